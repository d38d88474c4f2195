"""Resources that stand for another one: who listens to them listens to that."""

from __future__ import annotations

from dataclasses import replace

from reviewer.deploy.model import Deployment, Id, Setting, Trigger
from reviewer.value import Reference, Value, one_of, options

STANDS_FOR = {"AWS::Kinesis::StreamConsumer": "StreamARN"}
"""The property that names the other resource, by type. A consumer has a stream to itself, with enhanced fan-out.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-streamconsumer.html
"""


def listening(deployment: Deployment) -> Deployment:
    """The deployment, with triggers that listen to what is behind their sources."""
    behind = {
        resource.id: setting.value
        for resource in deployment.resources
        if resource.type in STANDS_FOR and (setting := resource.setting(STANDS_FOR[resource.type])) is not None
    }
    if not behind:
        return deployment
    return replace(deployment, triggers=tuple(_behind(trigger, behind) for trigger in deployment.triggers))


def _behind(trigger: Trigger, behind: dict[Id, Value]) -> Trigger:
    if trigger.source is None:
        return trigger
    found = [
        behind.get(Id(option.stack, option.name), option) if isinstance(option, Reference) else option
        for option in options(trigger.source.value)
    ]
    return replace(trigger, source=Setting(one_of(found), trigger.source.at))

"""The dialects of YAML and JSON: SAM, CloudFormation, what the CDK makes, the Serverless Framework."""

from __future__ import annotations

import json
import re

import yaml
from product_cases import Case, code
from product_dialects import Dialect, Files, indented

RESOURCE = re.compile("[A-Z]")
HASH = "3b" * 32
ASSET = f"asset.{HASH}"


def _below(folder: str, files: Files) -> Files:
    return {f"{folder}/{path}": text for path, text in files.items()}


def _template(cases: list[Case], resources: list[str], head: str = "") -> str:
    named = [f"Name{case.number}: {{Type: String, Default: {case.name}}}" for case in cases if case.way == "parameter"]
    parameters = f"Parameters:\n{indented(named)}" if named else ""
    return f"{head}{parameters}Resources:\n{indented(resources)}"


def _function(dialect: Dialect, case: Case, type_: str, more: str) -> str:
    settings = ["Runtime: python3.13", f"Handler: handlers.case_{case.number}", more]
    if variable := dialect.setting(case.written):
        settings.append(f"Environment: {{Variables: {{TARGET_{case.written.number}: {variable}}}}}")
    settings.append(dialect.settings(case))
    return f"F{case.number}: {{Type: {type_}, Properties: {{{', '.join(filter(None, settings))}}}}}"


def sam(dialect: Dialect, cases: list[Case]) -> Files:
    """Triggers are events, in braces, or resources of their own."""
    resources = []
    for case in cases:
        trigger = dialect.trigger(case)
        is_event = trigger.startswith("{")
        events = f"CodeUri: src, Events: {{Again: {trigger}}}" if is_event else "CodeUri: src"
        resources += [*dialect.declared(case), _function(dialect, case, "AWS::Serverless::Function", events)]
        resources += [] if is_event else [trigger]
    text = _template(cases, resources, "Transform: AWS::Serverless-2016-10-31\n")
    return {"template.yaml": text, **_below("src", code(cases))}


def _plain(dialect: Dialect, cases: list[Case], packed: str) -> str:
    resources = []
    for case in cases:
        function = _function(dialect, case, "AWS::Lambda::Function", packed)
        resources += [*dialect.declared(case), function, dialect.trigger(case)]
    return _template(cases, resources)


def cloudformation(dialect: Dialect, cases: list[Case]) -> Files:
    return {"template.yaml": _plain(dialect, cases, "Code: src"), **_below("src", code(cases))}


def cdk_out(dialect: Dialect, cases: list[Case]) -> Files:
    text = _plain(dialect, cases, f"Code: {{S3Bucket: cdk-assets, S3Key: {HASH}.zip}}")
    assets = {HASH: {"source": {"path": ASSET, "packaging": "zip"}}}
    return {
        "cdk.out/manifest.json": '{"version": "44.0.0", "artifacts": {}}',
        "cdk.out/Main.template.json": json.dumps(yaml.load(text, Loader=yaml.CSafeLoader), indent=1),
        "cdk.out/Main.assets.json": json.dumps({"version": "44.0.0", "files": assets}),
        **_below(f"cdk.out/{ASSET}", code(cases)),
    }


def serverless(dialect: Dialect, cases: list[Case]) -> Files:
    """Triggers are events, or resources, whose names begin with a capital."""
    functions, resources = [], []
    for case in cases:
        trigger = dialect.trigger(case)
        is_event = not RESOURCE.match(trigger)
        settings = [f"handler: handlers.case_{case.number}", dialect.settings(case)]
        settings += [f"events: [{{{trigger}}}]"] if trigger and is_event else []
        if variable := dialect.setting(case.written):
            settings.append(f"environment: {{TARGET_{case.written.number}: {variable}}}")
        functions.append(f"F{case.number}: {{{', '.join(filter(None, settings))}}}")
        resources += [*dialect.declared(case), *([] if is_event else [trigger])]
    custom = [f"name{case.number}: {case.name}" for case in cases if case.way == "parameter"]
    text = "service: jobs\nprovider: {name: aws, runtime: python3.13}\n"
    text += f"custom:\n{indented(custom)}" if custom else ""
    text += f"functions:\n{indented(functions)}"
    text += f"resources:\n  Resources:\n{indented(resources, '    ')}" if resources else ""
    return {"serverless.yml": text, **code(cases)}


STORED = "Stored<n>: {Type: AWS::SSM::Parameter, Properties: {Name: /targets/<n>, Type: String, Value: <value>}}"
NO_VALUE = '{Ref: "AWS::NoValue"}'
SUB = '{"Fn::Sub": "<text>"}'

SAM = Dialect("sam", sam, SUB, "${AWS::StackName}", "${Name<n>}", NO_VALUE, STORED)
CLOUDFORMATION = Dialect("cloudformation", cloudformation, SUB, "${AWS::StackName}", "${Name<n>}", NO_VALUE, STORED)
CDK_OUT = Dialect("cdk.out", cdk_out, SUB, "${AWS::StackName}", "${Name<n>}", NO_VALUE, STORED)
SERVERLESS = Dialect("serverless", serverless, '"<text>"', "${sls:stage}", "${self:custom.name<n>}", NO_VALUE, STORED)

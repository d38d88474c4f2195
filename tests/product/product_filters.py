"""Other filters of the same sources: by suffix, by event type, by what a message or an event holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from product_cases import FILTERED, OTHER, SAME, Source
from product_pushers import BUCKET, BUCKETS, BUS, NOTIFYING, TOPIC

PLAIN = ("literal", "reference", "event", "stored", "joined")
"""Ways of naming enough for a filter."""


def _said(table: Mapping[str, str], *changes: tuple[str, str]) -> dict[str, str]:
    """A table with words exchanged in each text."""
    made = dict(table)
    for before, after in changes:
        made = {dialect: text.replace(before, after) for dialect, text in made.items()}
    return made


SUFFIX = replace(
    BUCKET,
    kind="s3-suffix",
    pattern=".go",
    filters=_said(BUCKET.filters, ("prefix", "suffix"), ("Prefix", "Suffix")),
    ways=PLAIN,
)
REMOVED = ("ObjectCreated", "ObjectRemoved"), ("OBJECT_CREATED", "OBJECT_REMOVED")
EVENT_TYPE = replace(
    BUCKET,
    kind="s3-event-type",
    call="delete_object(Bucket=<target>, Key=<key>)",
    kept_out=BUCKET.call,
    pattern="",
    filters={},
    relations=(SAME, OTHER, FILTERED),
    resources={**BUCKET.resources, "cloudformation": _said({"": NOTIFYING}, *REMOVED)[""]},
    others=BUCKETS,
    triggers=_said(BUCKET.triggers, *REMOVED),
    ways=PLAIN,
)
BODY = replace(
    TOPIC,
    kind="sns-body",
    call='publish(TopicArn=<target>, Message=json.dumps({"kind": <sent>}))',
    filters={
        "cloudformation": ", FilterPolicy: <pattern>, FilterPolicyScope: MessageBody",
        "serverless": ", filterPolicy: <pattern>, filterPolicyScope: MessageBody",
        "terraform": '  filter_policy = jsonencode(<pattern>)\n  filter_policy_scope = "MessageBody"\n',
        "cdk": ', filter_policy_with_message_body={"kind": sns.FilterOrPolicy.filter(sns.SubscriptionFilter.string_filter(allowlist=["go"]))}',
    },
    ways=PLAIN,
)
ABSENT = replace(
    TOPIC,
    kind="sns-absent",
    kept_out='publish(TopicArn=<target>, Message="x")',
    ways=PLAIN,
)
"""A message without the attribute that the policy asks for."""
DETAIL = replace(
    BUS,
    kind="eventbridge-detail",
    call='put_events(Entries=[{"EventBusName": <target>, "Source": "cases-<n>", "DetailType": "any", "Detail": json.dumps({"kind": <sent>})}])',
    pattern='{"source": ["cases-<n>"], "detail": {"kind": [{"prefix": "g"}]}}',
    ways=PLAIN,
)
SOURCE = replace(
    BUS,
    kind="eventbridge-source",
    call='put_events(Entries=[{"EventBusName": <target>, "Source": <sent>, "DetailType": "any", "Detail": "{}"}])',
    unfiltered='{"source": [{"prefix": ""}]}',
    pattern='{"source": [{"anything-but": "no"}]}',
    ways=PLAIN,
)
ACCOUNT = replace(
    BUS,
    kind="eventbridge-account",
    unfiltered="",
    pattern="",
    relations=(SAME, OTHER),
    triggers={
        dialect: text.replace("<pattern>", '{"account": [<account>]}'.replace("<account>", account))
        for dialect, account in {
            **dict.fromkeys(("sam", "cloudformation", "cdk.out", "serverless"), '{"Ref": "AWS::AccountId"}'),
            "terraform": "data.aws_caller_identity.me.account_id",
            "cdk": "cdk.Aws.ACCOUNT_ID",
        }.items()
        for text in [BUS.of(BUS.triggers, dialect)]
    },
    ways=PLAIN,
)
"""A rule for all events of the account."""
FILTERS: tuple[Source, ...] = (SUFFIX, EVENT_TYPE, BODY, ABSENT, DETAIL, SOURCE, ACCOUNT)

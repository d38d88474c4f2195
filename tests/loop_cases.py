"""Small functions that write into a resource, with the trigger that may start them again: all combinations.

A case is a kind of resource, a way in which the code names it, and a relation between what is written and what the
trigger lets through. `Case.truth` says what is to be found, by its relation alone; the reviewer has to find it out from
the code and from the template that `template` makes of all cases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import Any

import yaml

KINDS = ("s3", "sqs", "sns", "dynamodb", "kinesis", "eventbridge")
RELATIONS = {"same": "error", "another": None, "excluded": None, "admitted": "error", "untold": "warning"}
"""What is between the write and the trigger, and what the reviewer has to say of it."""

ACCOUNT = "eu-west-1:111122223333"
SPELLED = {
    "s3": "{}",
    "sqs": "https://sqs.eu-west-1.amazonaws.com/111122223333/{}",
    "sns": f"arn:aws:sns:{ACCOUNT}:{{}}",
    "dynamodb": "{}",
    "kinesis": "{}",
    "eventbridge": "{}",
}
"""How the API wants the resource to be named."""
SUBSTITUTED = {
    **SPELLED,
    "sqs": "https://sqs.${{AWS::Region}}.amazonaws.com/${{AWS::AccountId}}/{}",
    "sns": "arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{}",
}
ARNS = {
    "sqs": SPELLED["sqs"],
    "sns": SPELLED["sns"],
    "dynamodb": f"arn:aws:dynamodb:{ACCOUNT}:table/{{}}",
    "kinesis": f"arn:aws:kinesis:{ACCOUNT}:stream/{{}}",
    "eventbridge": f"arn:aws:events:{ACCOUNT}:event-bus/{{}}",
}
ATTRIBUTES = {
    "s3": "Arn", "sqs": "QueueUrl", "sns": "TopicArn", "dynamodb": "Arn", "kinesis": "Arn", "eventbridge": "Arn",
}  # fmt: skip
TYPES = {
    "s3": ("AWS::S3::Bucket", "BucketName"),
    "sqs": ("AWS::SQS::Queue", "QueueName"),
    "sns": ("AWS::SNS::Topic", "TopicName"),
    "dynamodb": ("AWS::DynamoDB::Table", "TableName"),
    "kinesis": ("AWS::Kinesis::Stream", "Name"),
    "eventbridge": ("AWS::Events::EventBus", "Name"),
}
RECORD = 'event["Records"][0]'
FROM_EVENT = {
    "s3": f'{RECORD}["s3"]["bucket"]["name"]',
    "sqs": f'clients.sqs.get_queue_url(QueueName={RECORD}["eventSourceARN"].split(":")[-1]{{}})["QueueUrl"]',
    "sns": f'{RECORD}["Sns"]["TopicArn"]',
    "dynamodb": f'{RECORD}["eventSourceARN"].split("/")[1]',
    "kinesis": f'{RECORD}["eventSourceARN"].split("/")[-1]',
}
HANDLES = {"s3": "Bucket", "sqs": "Queue", "sns": "Topic", "dynamodb": "Table"}


@dataclass(frozen=True)
class Intrinsic:
    """A function of the template: `Ref`, `GetAtt`, `Sub`, `Join`."""

    name: str
    argument: Any

    @property
    def long(self) -> dict[str, Any]:
        argument = self.argument.split(".") if self.name == "GetAtt" else _long(self.argument)
        return {self.name if self.name == "Ref" else f"Fn::{self.name}": argument}


@dataclass(frozen=True)
class Case:
    number: int
    kind: str
    way: str
    relation: str

    @property
    def truth(self) -> str | None:
        return None if self.way == "unknown" else RELATIONS[self.relation]

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def target(self) -> str:
        """The name of what is written to."""
        return f"{self.name}-other" if self.relation == "another" else self.name

    @property
    def logical(self) -> str:
        return f"Other{self.number}" if self.relation == "another" else f"Source{self.number}"

    # --- code

    @property
    def variable(self) -> str:
        return f'os.environ["TARGET_{self.number}"]'

    @property
    def naming(self) -> str:
        """The expression by which the code names the resource."""
        if self.way == "event":
            more = '"-other"' if self.relation == "another" else ""
            base = FROM_EVENT[self.kind]
            return base.format(f" + {more}" if more else "") if "{}" in base else f"{base} + {more}" if more else base
        spelled = SPELLED[self.kind].format(self.target)
        return {
            "literal": repr(spelled),
            "resource object": repr(spelled),
            "arn": repr(ARNS.get(self.kind, "").format(self.target)),
            "attribute": f'{self.variable}.split(":::")[-1]' if self.kind == "s3" else self.variable,
            "lookup": f'clients.sqs.get_queue_url(QueueName="{self.target}")["QueueUrl"]',
            "helper": f"helpers.name_of({self.number})",
            "class": f"Settings{self.number}.target",
            "unknown": 'clients.ssm.get_parameter(Name="/target")["Parameter"]["Value"]',
        }.get(self.way, self.variable)

    @property
    def code(self) -> str:
        """The handler, with what it needs of its own."""
        before = ""
        if self.way == "class":
            before = f"class Settings{self.number}:\n    target = {self.variable}\n\n\n"
        return f"{before}def case_{self.number}(event, context):\n    {self.call}\n\n\n"

    @property
    def call(self) -> str:
        sent = {"excluded": '"no"', "untold": 'event["next"]'}.get(self.relation, '"go"')
        message = f'json.dumps({{"kind": {sent}}})'
        target, through = self.naming, f"clients.{self.kind}."
        if self.way == "resource object":
            handle = f'boto3.resource("{self.kind}").{HANDLES[self.kind]}({target})'
            target, through = "", f"{handle}."
        if self.way == "helper parameter":
            through = f"helpers.{self.kind}()."
        return through + self._operation(target, sent, message)

    def _operation(self, target: str, sent: str, message: str) -> str:
        def given(name: str) -> str:
            return f"{name}={target}, " if target else ""

        attributes = f'{{"kind": {{"DataType": "String", "StringValue": {sent}}}}}'
        key = {"excluded": '"out/1"', "untold": 'event["next"]'}.get(self.relation, '"in/1"')
        item = "delete_item(%sKey={})" if self.relation == "admitted" else "put_item(%sItem={})"
        stream = "StreamARN" if self.way in {"arn", "attribute"} else "StreamName"
        entry = f'{{"EventBusName": {target}, "Source": "cases", "DetailType": {sent}, "Detail": "{{}}"}}'
        return {
            "s3": f'put_object({given("Bucket")}Key={key}, Body=b"")',
            "sqs": f"send_message({given('QueueUrl')}MessageBody={message})",
            "sns": f'publish({given("TopicArn")}Message="x", MessageAttributes={attributes})',
            "dynamodb": item % given("TableName"),
            "kinesis": f'put_record({given(stream)}Data={message}, PartitionKey="x")',
            "eventbridge": f"put_events(Entries=[{entry}])",
        }[self.kind]

    # --- template

    @property
    def setting(self) -> Any:
        """What the template puts into the variable."""
        spelled, substituted = SPELLED[self.kind], SUBSTITUTED[self.kind]
        match self.way:
            case "reference" | "helper" | "helper parameter" | "class":
                return Intrinsic("Ref", self.logical)
            case "attribute":
                return Intrinsic("GetAtt", f"{self.logical}.{ATTRIBUTES[self.kind]}")
            case "variable":
                return spelled.format(self.target)
            case "substitution":
                return Intrinsic("Sub", substituted.format(f"${{AWS::StackName}}-{self.target}"))
            case "join":
                before, after = spelled.split("{}")
                return Intrinsic("Join", ["", [before, Intrinsic("Ref", "AWS::StackName"), f"-{self.target}", after]])
            case "parameter":
                own = Intrinsic("Ref", f"Name{self.number}")
                plain = {"s3", "dynamodb", "kinesis", "eventbridge"}
                other = "-other" if self.relation == "another" else ""
                if self.kind in plain and not other:
                    return own
                return Intrinsic("Sub", substituted.format(f"${{Name{self.number}}}{other}"))
        return None

    @property
    def physical(self) -> Any:
        """The name that the template gives to the trigger's resource; None for none."""
        if self.way in {"substitution", "join"}:
            return Intrinsic("Sub", f"${{AWS::StackName}}-{self.name}")
        if self.way == "parameter":
            return Intrinsic("Ref", f"Name{self.number}")
        return None if self.way in {"reference", "attribute", "helper", "class", "event"} else self.name

    @property
    def pattern(self) -> Any:
        """The trigger's filter; None for none. Of S3 it is the prefix."""
        if self.relation in {"same", "another"}:
            return {"source": ["cases"]} if self.kind == "eventbridge" else None
        events = {"excluded": "REMOVE", "admitted": "REMOVE", "untold": "INSERT"}
        return {
            "s3": "in/",
            "sqs": {"body": {"kind": ["go"]}},
            "sns": {"kind": ["go"]},
            "dynamodb": {"eventName": [events[self.relation]]},
            "kinesis": {"data": {"kind": ["go"]}},
            "eventbridge": {"source": ["cases"], "detail-type": ["go"]},
        }[self.kind]


def cases() -> list[Case]:
    """All combinations that make sense: not each kind can be named in each way."""
    applicable = {
        "event": FROM_EVENT, "arn": ARNS, "lookup": {"sqs"}, "resource object": HANDLES,
    }  # fmt: skip
    ways = (
        *("event", "reference", "variable", "literal", "arn", "attribute", "substitution", "join", "parameter"),
        *("lookup", "resource object", "helper", "helper parameter", "class", "unknown"),
    )
    unnamed = {("sns", "event", "another"), ("dynamodb", "event", "another")}
    combined = (each for each in product(KINDS, ways, RELATIONS) if each not in unnamed)
    sensible = (each for each in combined if each[0] in applicable.get(each[1], KINDS))
    return [Case(number, *each) for number, each in enumerate(sensible)]


def modules(every: list[Case]) -> dict[str, str]:
    """The Python modules of all cases."""
    services = {kind: "events" if kind == "eventbridge" else kind for kind in (*KINDS, "ssm")}
    clients = "".join(f'{kind} = boto3.client("{service}")\n' for kind, service in services.items())
    helpers = "".join(f"def {kind}():\n    return clients.{kind}\n\n\n" for kind in KINDS)
    files = {
        "clients.py": f"import boto3\n\n{clients}",
        "helpers.py": "import os\n\nimport clients\n\n\n"
        f'def name_of(number):\n    return os.environ[f"TARGET_{{number}}"]\n\n\n{helpers}',
    }
    head = "import json\nimport os\n\nimport boto3\n\nimport clients\nimport helpers\n\n\n"
    for kind in KINDS:
        files[f"{kind}_cases.py"] = head + "".join(case.code for case in every if case.kind == kind)
    return files


# --- templates ----------------------------------------------------------------------------------------------------


def template(every: list[Case], dialect: str) -> tuple[str, str]:
    """The path and the text of the template of all cases, in one dialect: `sam`, `cloudformation` or `json`."""
    resources: dict[str, Any] = {}
    for case in every:
        resources |= _resources(case, is_sam=dialect == "sam")
    named = (case for case in every if case.way == "parameter")
    parameters = {f"Name{case.number}": {"Type": "String", "Default": case.name} for case in named}
    whole = {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": parameters, "Resources": resources}
    if dialect == "json":
        return "template.json", json.dumps(_long(whole), indent=1)
    if dialect == "sam":
        whole["Transform"] = "AWS::Serverless-2016-10-31"
        return "template.yaml", yaml.dump(whole, Dumper=_Short, sort_keys=False)
    return "template.yaml", yaml.safe_dump(_long(whole), sort_keys=False)


class _Short(yaml.SafeDumper):
    """Writes functions of the template as tags."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _tagged(dumper: yaml.SafeDumper, data: Intrinsic) -> yaml.Node:
    node = dumper.represent_data(data.argument)
    node.tag = f"!{data.name}"
    return node


_Short.add_representer(Intrinsic, _tagged)


def _long(value: Any) -> Any:
    if isinstance(value, Intrinsic):
        return value.long
    if isinstance(value, dict):
        return {key: _long(each) for key, each in value.items()}
    return [_long(each) for each in value] if isinstance(value, list) else value


def _resources(case: Case, *, is_sam: bool) -> dict[str, Any]:
    kind, named = TYPES[case.kind]
    source: dict[str, Any] = {"Type": kind, "Properties": {named: case.physical} if case.physical else {}}
    made = {f"Source{case.number}": source}
    if case.relation == "another":
        made[f"Other{case.number}"] = {"Type": kind}
    function: dict[str, Any] = {"Runtime": "python3.13", "Handler": f"{case.kind}_cases.case_{case.number}"}
    if case.setting is not None:
        function["Environment"] = {"Variables": {f"TARGET_{case.number}": case.setting}}
    made[f"F{case.number}"] = {"Properties": function}
    if is_sam:
        made[f"F{case.number}"]["Type"] = "AWS::Serverless::Function"
        function["CodeUri"] = "."
        function["Events"] = {"Again": _event(case)}
        return made
    made[f"F{case.number}"]["Type"] = "AWS::Lambda::Function"
    function["Code"] = "."
    wiring = _wiring(case, source["Properties"])
    return made | ({f"Wire{case.number}": wiring} if wiring else {})


def _criteria(case: Case) -> dict[str, Any]:
    return {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(case.pattern)}]}} if case.pattern else {}


def _key_filter(case: Case) -> dict[str, Any]:
    return {"Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": case.pattern}]}}} if case.pattern else {}


def _event(case: Case) -> dict[str, Any]:
    """The event of a SAM function."""
    source = Intrinsic("Ref", f"Source{case.number}")

    def arn(attribute: str) -> Intrinsic:
        return Intrinsic("GetAtt", f"Source{case.number}.{attribute}")

    kind, properties = {
        "s3": ("S3", {"Bucket": source, "Events": "s3:ObjectCreated:*", **_key_filter(case)}),
        "sqs": ("SQS", {"Queue": arn("Arn"), **_criteria(case)}),
        "sns": ("SNS", {"Topic": source, **({"FilterPolicy": case.pattern} if case.pattern else {})}),
        "dynamodb": ("DynamoDB", {"Stream": arn("StreamArn"), "StartingPosition": "LATEST", **_criteria(case)}),
        "kinesis": ("Kinesis", {"Stream": arn("Arn"), "StartingPosition": "LATEST", **_criteria(case)}),
        "eventbridge": ("EventBridgeRule", {"EventBusName": source, "Pattern": case.pattern}),
    }[case.kind]
    return {"Type": kind, "Properties": properties}


def _wiring(case: Case, bucket: dict[str, Any]) -> dict[str, Any] | None:
    """The resource of plain CloudFormation that starts the function; a bucket does so itself."""
    function = Intrinsic("GetAtt", f"F{case.number}.Arn")
    if case.kind == "s3":
        notification = {"Event": "s3:ObjectCreated:*", "Function": function, **_key_filter(case)}
        bucket["NotificationConfiguration"] = {"LambdaConfigurations": [notification]}
        return None
    source = Intrinsic("Ref", f"Source{case.number}")
    if case.kind == "sns":
        policy = {"FilterPolicy": case.pattern} if case.pattern else {}
        properties: dict[str, Any] = {"Protocol": "lambda", "TopicArn": source, "Endpoint": function, **policy}
        return {"Type": "AWS::SNS::Subscription", "Properties": properties}
    if case.kind == "eventbridge":
        target = {"Id": "again", "Arn": function}
        properties = {"EventBusName": source, "EventPattern": case.pattern, "Targets": [target]}
        return {"Type": "AWS::Events::Rule", "Properties": properties}
    stream = Intrinsic("GetAtt", f"Source{case.number}.{'StreamArn' if case.kind == 'dynamodb' else 'Arn'}")
    mapping = {"EventSourceArn": stream, "FunctionName": function, **_criteria(case)}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}

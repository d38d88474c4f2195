"""Combinations of an event source, a dialect, a way of naming and a relation; what is true of each, and its code.

A case is a function that a source starts and that writes somewhere. Its truth follows from the relation that was chosen
for it, never from what the reviewer says. Texts of the tables have holes, `<logical>` or `<name>`, that `fill` fills.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

HOLE = re.compile(r"<(\w+)>")

SAME, OTHER, FILTERED, ADMITTED = "same", "other", "filtered", "admitted"
RELATIONS = (SAME, OTHER, FILTERED, ADMITTED)
"""What is written to is what triggers; or another resource; or a filter keeps the write out, or lets it in."""

FED: Mapping[str, str] = {SAME: "error", ADMITTED: "error"}
SILENT: Mapping[str, str] = {}

NAMED = ("literal", "variable", "composed", "class")
"""Ways of naming for which the resource has a name that is written out."""
WAYS = (*NAMED, "arn", "reference", "attribute", "helper", "default", "event", "stored", "held", "joined", "parameter")


TEMPLATES = frozenset({"sam", "cdk.out", "serverless"})
"""Dialects that say what CloudFormation says, where they have no words of their own."""


def fill(text: str, /, **values: object) -> str:
    """A text with its holes filled; holes without a value stay."""
    return HOLE.sub(lambda found: str(values.get(found[1], found[0])), text)


@dataclass(frozen=True)
class Source:
    """A kind of event source.

    `call` is the write, of the client `service`, with `<target>` and `<sent>` ("go" passes the filter, "no" does not;
    `kept_out` is the write that does not, where it is another operation);
    `spelled` is how the API wants a name, `arn` another spelling that it takes; `event` is how the event names the
    source, with `<more>` for what makes another name of it.
    By dialect: `resources` declares the source with its `<logical>` and its `<name>`, `others` a resource like it that
    starts nothing, `references` and `attributes` say how the template names it, `triggers` starts function `F<n>`, with
    `<filter>` or `<pattern>` in it, `settings` are those of the function itself. A dialect that is missing takes what
    CloudFormation has.
    `truth` is the severity of what is found, by relation; `rule` is what finds it. `made` begins the logical name of the
    source; where it names its function, it comes after that (`late`).
    """

    kind: str
    service: str
    call: str
    triggers: Mapping[str, str]
    resources: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    unfiltered: str = ""
    spelled: str = "<name>"
    arn: str = ""
    taken: str = "<variable>"
    kept_out: str = ""
    event: str = ""
    chalice_event: str = ""
    rule: str = "own-trigger-write"
    truth: Mapping[str, str] = field(default_factory=lambda: FED)
    relations: tuple[str, ...] = RELATIONS
    ways: tuple[str, ...] = WAYS
    made: str = "Source"
    late: bool = False

    def of(self, table: Mapping[str, str], dialect: str) -> str:
        """The text of a table for a dialect; "" where there is none."""
        return table.get(dialect, table.get("cloudformation", "") if dialect in TEMPLATES else "")

    def is_known_to(self, dialect: str) -> bool:
        return dialect in self.triggers or ("cloudformation" in self.triggers and dialect in TEMPLATES)

    def is_filtered_by(self, dialect: str, relation: str) -> bool:
        known = bool(self.of(self.filters, dialect)) or "<pattern>" in self.of(self.triggers, dialect)
        return known or (relation == FILTERED and bool(self.kept_out) and not self.pattern)


@dataclass(frozen=True)
class Case:
    """One combination. Where it has a partner, its function writes to what triggers that one's."""

    number: int
    source: Source
    dialect: str
    way: str
    relation: str
    partner: Case | None = None

    @property
    def written(self) -> Case:
        """The case whose source, or other resource, the function writes to."""
        return self.partner or self

    @property
    def truth(self) -> dict[str, str]:
        """What is to be found: severities by rule."""
        severity = self.source.truth.get(self.relation)
        return {} if severity is None else {self.source.rule: severity}

    @property
    def name(self) -> str:
        """The name of the source, where it has one."""
        return f"jobs-{self.number}"

    @property
    def target(self) -> str:
        """The name of what is written to."""
        return f"{self.name}-other" if self.relation == OTHER else self.name

    @property
    def logical(self) -> str:
        return f"{'Other' if self.relation == OTHER else self.source.made}{self.number}"

    @property
    def spelled(self) -> str:
        return fill(self.source.spelled, name=self.target)

    # --- code

    @property
    def code(self) -> str:
        """The handler, and what it needs of its own."""
        to, before = self.written, ""
        if to.way == "class":
            before = f'class Settings{to.number}:\n    target = "{to.spelled}"\n\n\n'
        if to.way == "default":
            before = f'TARGET_{to.number} = os.getenv("TARGET_{to.number}", "nothing")\n\n\n'
        return f"{before}def case_{self.number}(event, context):\n    {to.call}\n\n\n"

    @property
    def call(self) -> str:
        sent = '"no"' if self.relation == FILTERED else '"go"'
        stream = "StreamARN" if self.way in {"arn", "attribute"} else "StreamName"
        known = {"sent": sent, "n": self.number, "key": f'{sent[:-1]}/1.{sent[1:-1]}"', "parameter": stream}
        call = self.source.kept_out if self.relation == FILTERED and self.source.kept_out else self.source.call
        through = f"clients.{self.source.service}." if self.source.service else ""
        return through + fill(call, target=self.naming, **known)

    @property
    def naming(self) -> str:
        """The expression by which the code names what it writes to."""
        variable = f'os.environ["TARGET_{self.number}"]'
        before, _, after = self.source.spelled.partition("<name>")
        match self.way:
            case "literal":
                return f'"{self.spelled}"'
            case "arn":
                return '"' + fill(self.source.arn, name=self.target) + '"'
            case "composed":
                more = "-other" if self.relation == OTHER else ""
                return f'f"{before}{{naming.full({self.number})}}{more}{after}"'
            case "class":
                return f"Settings{self.number}.target"
            case "helper":
                return f"naming.of({self.number})"
            case "default":
                return f"TARGET_{self.number}"
            case "stored":
                return f"naming.stored({self.number})"
            case "held":
                return f"parameters.get_parameter({variable})"
            case "event":
                table = self.source.chalice_event if self.dialect == "chalice" else self.source.event
                return fill(table, more=' + "-other"' if self.relation == OTHER else "")
            case "attribute":
                return fill(self.source.taken, variable=variable)
        return variable

    # --- templates

    @property
    def is_filtered(self) -> bool:
        return self.relation in {FILTERED, ADMITTED}

    @property
    def pattern(self) -> str:
        """What the trigger's filter lets in."""
        return self.source.pattern if self.is_filtered else self.source.unfiltered


POWERTOOLS = "from aws_lambda_powertools.utilities import parameters"
NAMING = """\
import os

import clients

KIND = "jobs"


def of(number):
    return os.environ[f"TARGET_{number}"]


def full(number):
    return "-".join([KIND, str(number)])


def stored(number):
    found = clients.ssm.get_parameter(Name=f"/targets/{number}")
    return found["Parameter"]["Value"]
"""


def code(cases: list[Case]) -> dict[str, str]:
    """The modules of all cases."""
    services = {case.source.service for case in cases if case.source.service} | {"ssm"}
    clients = "".join(f'{name} = boto3.client("{CLIENTS.get(name, name)}")\n' for name in sorted(services))
    head = f"import json\nimport os\nimport urllib.request\n\nimport kafka\nimport pika\nimport pymongo\n{POWERTOOLS}\n\nimport clients\nimport naming\n\n\n"
    return {
        "clients.py": f"import boto3\n\n{clients}",
        "naming.py": NAMING,
        "handlers.py": head + "".join(case.code for case in cases),
    }


CLIENTS = {"iot": "iot-data", "functions": "lambda", "pools": "cognito-idp"}
"""The services whose client has another name in the code."""


def cases(source: Source, dialect: str, ways: tuple[str, ...]) -> list[Case]:
    """The combinations of a source and a dialect that make sense."""

    def sensible(way: str, relation: str) -> bool:
        event = source.chalice_event if dialect == "chalice" else source.event
        if relation in {FILTERED, ADMITTED} and not source.is_filtered_by(dialect, relation):
            return False
        needed = {"arn": source.arn, "attribute": source.of(source.attributes, dialect), "event": event}
        if way == "event" and relation == OTHER and "<more>" not in event:
            return False
        return way in source.ways and bool(needed.get(way, True))

    combined = ((way, relation) for way in ways for relation in source.relations if sensible(way, relation))
    return [Case(number, source, dialect, *each) for number, each in enumerate(combined, 1)]

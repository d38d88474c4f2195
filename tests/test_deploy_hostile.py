"""Templates that nobody means well with: any text is read or refused, soon."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from deploy_samples import TEMPLATE, deployed
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reviewing import review_files

from reviewer.deploy.documents import parse
from reviewer.deploy.joints import JOINTS
from reviewer.deploy.model import Deployment
from reviewer.deploy.nodes import Source, Unreadable, walk
from reviewer.deploy.wiring import API_BODIES, EVENTS, NOTIFICATIONS, RESOURCES

CLAIM = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n"


def read_text(text: str | bytes, name: str = TEMPLATE) -> Deployment:
    """The deployment of one file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        return deployed(Path(folder), {name: text})


# --- any text -----------------------------------------------------------------------------------------------------

BITS = st.sampled_from(
    ["Resources:", "\n", "  ", " ", "\t", "- ", "? ", ": ", "{", "}", "[", "]", ",", "&a ", "*a", "!Ref ", "!Sub ", "!If ", "|", ">", "'", '"', "#", "%", "---\n", "...", "<<: ", "\0", "\r", "\x85", "\u2028", "\ufeff", "\U0001f600", "\\", "\ud800", "!!binary ", "@", "`", "AWS::", "Type: AWS::Lambda::Function\n", "1.5", "~", "true", "\ue0000\ue001", "lambda-review: "]
)  # fmt: skip


@given(st.text() | st.lists(BITS, max_size=30).map("".join), st.sampled_from(["t.yaml", "t.json"]))
@example("a: \ud800", "t.yaml")
@example('{"a": "\\ud800"}', "t.json")
@example("a: !!python/object:x {}", "t.yaml")
@example("\t{}", "t.yaml")
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    try:
        nodes = [node for document in parse(Source(name, text)) for node in walk(document)]
    except Unreadable as refused:
        nodes = []
        assert refused.message
        assert 1 <= refused.at.line <= text.count("\n") + text.count("\r") + 1
    for node in nodes:
        assert 0 <= node.start <= node.end <= len(text)
        assert 1 <= node.at.line <= node.at.end_line


@given(st.binary(max_size=200), st.sampled_from(["t.yaml", "t.json", "t.template"]))
@example(b"\xff\xfe" + "Resources: {A: {Type: AWS::SQS::Queue}}".encode("utf-16-le"), "t.yaml")
@settings(max_examples=60, deadline=None)
def test_any_bytes_after_a_claim_are_read_or_a_problem(content: bytes, name: str) -> None:
    found = read_text(CLAIM.encode() + content, name)
    assert len(found.templates) + len(found.problems) == 1


@pytest.mark.parametrize("name", ["x" * 5_000, "x/" * 5_000, "\\u0000", "\\ud800", "/", "..", "."])
def test_any_handler_has_a_name(name: str) -> None:
    """Names that no file can have are not looked for."""
    function = f'{{"Type": "AWS::Lambda::Function", "Properties": {{"Handler": "{name}.f", "Code": ".", "Runtime": "python3.13"}}}}'
    found = review_files({"t.json": f'{{"Resources": {{"F": {function}}}}}', "app.py": ""})
    assert (found.functions, found.errors) == (1, ())


# --- any structure ------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["A", "B", "Queue", "AWS::Region", "AWS::NoValue", "P", "A.Arn", ""])
LEAVES = (
    NAMES | st.integers(-5, 5) | st.booleans() | st.none() | st.sampled_from(["${A}", "${P}-${A.Arn}", "${!x}", "{}"])
)
SHORT = ["Ref", *(f"Fn::{name}" for name in ("GetAtt", "Sub", "Join", "If", "Select", "Split", "FindInMap", "ImportValue", "Length", "Base64", "ToJsonString", "Transform", "ForEach::X", "Cidr", "Nothing"))]  # fmt: skip


def grown(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES, inner, max_size=3)
        | st.builds(lambda name, argument: {name: argument}, st.sampled_from(SHORT), inner)
        | st.builds(lambda name, arguments: {name: arguments}, st.sampled_from(SHORT), st.lists(inner, max_size=4))
    )


ANYTHING = st.recursive(LEAVES, grown, max_leaves=12)
KEYS = sorted(
    {step for wiring in (*RESOURCES.values(), *EVENTS.values()) for path in (*wiring.functions, wiring.source, *(path for _, path in wiring.settings)) for step in path.split(".")}
    | {step for joints in JOINTS.values() for joint in joints for path in (joint.target, joint.each, joint.source, joint.sent, joint.needs, joint.keys) for step in path.split(".")}
    | {"PolicyType", "PolicyDocument", "SelectionCriteria", "DeadLetterConfig", "Type", "Task", "Resource", "Arguments", "Events", "Environment", "Variables", "Code", "ZipFile", "CodeUri", "InlineCode", "Layers", "Policies", "Definition", "DefinitionString", "DefinitionSubstitutions", "DefinitionUri", "FunctionName", "Principal", "SourceArn", "TemplateURL", "Location", "Parameters", "NotificationConfiguration", "LambdaConfigurations", "Filter", "Rules", "DefinitionBody", "AutoPublishAlias", "FunctionUrlConfig", "SqsSubscription"}
    - {"*", "?", ""}
)  # fmt: skip
PROPERTIES = st.recursive(
    ANYTHING,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=15,
)
EVENT = st.fixed_dictionaries({"Type": st.sampled_from(sorted(EVENTS)) | ANYTHING, "Properties": PROPERTIES})
TYPES = st.sampled_from(
    sorted({*RESOURCES, *JOINTS, "AWS::Logs::AccountPolicy", *NOTIFICATIONS, *API_BODIES, "AWS::Lambda::Function", "AWS::Serverless::Function", "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine", "AWS::CloudFormation::Stack", "AWS::Serverless::Application", "AWS::Lambda::Permission", "AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig"})
)  # fmt: skip
RESOURCE = st.fixed_dictionaries(
    {"Type": TYPES},
    optional={"Properties": PROPERTIES | st.fixed_dictionaries({"Events": st.dictionaries(NAMES, EVENT, max_size=2)})},
) | st.fixed_dictionaries({"Type": TYPES | ANYTHING, "Properties": ANYTHING, "Metadata": ANYTHING})
DOCUMENT = st.fixed_dictionaries(
    {"Resources": st.dictionaries(NAMES, RESOURCE, min_size=1, max_size=4) | ANYTHING},
    optional={
        "Globals": st.dictionaries(st.sampled_from(["Function", "Api", "StateMachine"]), PROPERTIES) | ANYTHING,
        "Parameters": st.dictionaries(NAMES, st.dictionaries(st.sampled_from(["Type", "Default", "AllowedValues", "NoEcho"]), ANYTHING)),
        "Mappings": st.dictionaries(NAMES, st.dictionaries(NAMES, st.dictionaries(NAMES, ANYTHING))) | ANYTHING,
        "Outputs": st.dictionaries(NAMES, st.fixed_dictionaries({"Value": ANYTHING, "Export": st.fixed_dictionaries({"Name": ANYTHING})})),
        "Transform": ANYTHING | st.just("AWS::Serverless-2016-10-31"),
        "AWSTemplateFormatVersion": LEAVES,
    },
)  # fmt: skip


@given(DOCUMENT)
@settings(max_examples=60, deadline=None)
def test_any_structure_is_read(document: object) -> None:
    text = yaml.safe_dump(document, sort_keys=False) + "# Type: AWS::SQS::Queue\n"
    found = read_text(text)
    assert hash(found) == hash(read_text(text))
    places = [function.at for function in found.functions] + [trigger.at for trigger in found.triggers]
    places += [link.at for link in found.links]
    assert all(at.path == TEMPLATE and at.line <= text.count("\n") for at in places)


# --- amplifiers ---------------------------------------------------------------------------------------------------


def resources(count: int, properties: str, kind: str = "AWS::X::Y") -> str:
    return "Resources:\n  Q: {Type: AWS::SQS::Queue}\n" + "".join(
        f"  R{number}: {{Type: {kind}, Properties: {properties}}}\n" for number in range(count)
    )


LONG = "x" * 5_000
MANY = ", ".join(["*x"] * 200)
AMPLIFIERS = {
    "text of aliases": f"Metadata: {{x: &x {LONG}}}\n" + resources(100, f"{{V: !Join [a, [{MANY}]]}}"),
    "a parameter in text": f"Parameters: {{P: {{Default: {LONG}}}}}\n"
    + resources(100, "{V: !Sub '" + "${P}" * 200 + "'}"),
    "maps with unknown keys": "Mappings:\n  M:\n"
    + "".join(f"    k{n}: {{a: {n}}}\n" for n in range(3000))
    + resources(1000, "{V: !FindInMap [M, !Ref AWS::Region, b]}"),
    "splits": f"Parameters: {{P: {{Default: '{'a,' * 3000}'}}}}\n"
    + resources(1000, "{V: !Select [1, !Split [',', !FindInMap [M, a, b]]]}")
    + f"Mappings: {{M: {{a: {{b: '{'a,' * 3000}'}}}}}}\n",
    "globals": "Globals:\n  Function:\n    Environment:\n      Variables:\n"
    + "".join(f"        V{n}: x\n" for n in range(3000))
    + resources(1500, "{Timeout: 3}", "AWS::Serverless::Function"),
    "nested conditions": resources(20, "{V: " + "!If [C, " * 40 + "[" + "a, " * 500 + "a]" + ", b]" * 40 + "}"),
    "merge keys": "base: &x {a: 1}\nother:\n  <<: [" + ", ".join(["*x"] * 20_000) + "]\n"
    + "".join(f"  k{n}: 1\n" for n in range(10_000))
    + CLAIM,
    "definitions of aliases": f"Metadata: {{x: &x '{LONG}'}}\n"
    + resources(100, f"{{DefinitionString: !Join ['', ['[\"', {MANY}, '\"]']]}}", "AWS::StepFunctions::StateMachine"),
    "inline code of aliases": f"Metadata: {{x: &x '{LONG}'}}\n"
    + resources(100, f"{{Code: {{ZipFile: !Join ['', [{MANY}]]}}}}", "AWS::Lambda::Function"),
    "namesakes": resources(2000, "{FunctionName: same}", "AWS::Lambda::Function")
    + "".join(f"  P{n}: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: same}}}}\n" for n in range(2000)),
    "exports": resources(1500, "{V: !ImportValue {'Fn::Sub': '${AWS::StackName}-x'}}")
    + "Outputs:\n"
    + "".join(f"  O{n}: {{Value: 1, Export: {{Name: !Sub '${{AWS::StackName}}-x'}}}}\n" for n in range(1500)),
    "comments": CLAIM + "".join(f"# {n} # lambda-review: x # lambda-review: y\n" for n in range(5000)),
    "literals in a substitution": resources(1, "{V: !Sub '" + "${!x}" * 50_000 + "'}"),
    "unclosed variables": resources(1, "{V: !Sub '" + "${" * 100_000 + "'}"),
    "quotes": "Resources: {A: {Type: AWS::SQS::Queue, P: '" + "''" * 100_000 + "'}}\n",
    "anchors": CLAIM + "".join(f"    k{n}: &a{n} {n}\n" for n in range(20_000)),
    "allowed values": f"Parameters: {{P: {{AllowedValues: [{', '.join(map(str, range(5000)))}]}}}}\n"
    + resources(500, "{V: !If [C, !Ref P, !Sub '${P}']}"),
    "layers of layers": resources(50, "{Layers: *x, Environment: {Variables: {A: *x}}}", "AWS::Lambda::Function").replace(
        "Resources:\n", f"Metadata: {{x: &x [{', '.join('abc' for _ in range(1000))}]}}\nResources:\n"
    ),
    "documents": "---\n" * 100_000 + CLAIM,
}  # fmt: skip


@pytest.mark.parametrize("kind", AMPLIFIERS)
def test_what_multiplies_itself_is_bounded(kind: str, tmp_path: Path) -> None:
    found = deployed(tmp_path, AMPLIFIERS[kind])
    assert found.problems == ()
    assert found.templates == ((TEMPLATE,) if kind != "documents" else ())
    made = sum(len(function.code.value.inline or "") for function in found.functions if function.code)
    assert made <= 6_000_000


def test_a_chain_of_aliases_is_a_problem() -> None:
    lines = ["m0: &m0 [a, b]", *(f"m{n}: &m{n} [{', '.join([f'*m{n - 1}'] * 9)}]" for n in range(1, 9))]
    found = read_text("\n".join(lines) + "\n" + CLAIM)
    assert [problem.message for problem in found.problems] == ["The template cannot be read: more than 200000 nodes"]

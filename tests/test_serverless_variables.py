"""Variables of the Serverless Framework: what they are read as, and what they stand for."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import function, lines, value
from hypothesis import given
from hypothesis import strategies as st
from serverless_samples import CONFIG, read

from reviewer.deploy.serverless.syntax import DEEPEST, Source, Variable, parse
from reviewer.value import UNKNOWN, Constant, Parameter, Pseudo, Reference, Text, Value, text


def of(type_: str, *address: str | Variable) -> Source:
    return Source(type_, address=address)


def quoted(word: str) -> Source:
    return Source("", address=(word,) if word else (), quoted=True)


SYNTAX: list[tuple[str, tuple[str | Variable, ...]]] = [
    ("", ()),
    ("plain", ("plain",)),
    ("${AWS::Region}", ("${AWS::Region}",)),
    ("${Queue.Arn}", ("${Queue.Arn}",)),
    ("${!literal}", ("${!literal}",)),
    ("a-${self:x.y}-b", ("a-", Variable((of("self", "x.y"),)), "-b")),
    ("${opt:s, self:x, 'dev'}", (Variable((of("opt", "s"), of("self", "x"), quoted("dev"))),)),
    ("${opt:s, 3}", (Variable((of("opt", "s"), Source("", address=("3",)))),)),
    ("${env:X, ''}", (Variable((of("env", "X"), quoted(""))),)),
    ('${env:X, "a\\"b"}', (Variable((of("env", "X"), quoted('a\\"b'))),)),
    ("${self:a.${opt:s}.b}", (Variable((of("self", "a.", Variable((of("opt", "s"),)), ".b"),)),)),
    ("${file(a.yml):b}", (Variable((Source("file", (("a.yml",),), ("b",)),)),)),
    ("${cf(eu-west-1):a.B}", (Variable((Source("cf", (("eu-west-1",),), ("a.B",)),)),)),
    ("${s3:a/b, 'x'}", (Variable((of("s3", "a/b"), quoted("x"))),)),
    ("${ssm:/a/b~true}", (Variable((of("ssm", "/a/b~true"),)),)),
    ("${opt:s, ${self:x}}", (Variable((of("opt", "s"), Source("", address=(Variable((of("self", "x"),)),), quoted=True))),)),
    ("${self:open", ("${self:open",)),
    ("${self:a} ${opt:s,}", ("${self:a} ${opt:s,}",)),
    ("${f(a:b}", ("${f(a:b}",)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "parts"), SYNTAX)
def test_syntax(written: str, parts: tuple[str | Variable, ...]) -> None:
    assert parse(written) == parts


def test_variables_nest_to_a_limit() -> None:
    assert isinstance(parse("${self:" * DEEPEST + "x" + "}" * DEEPEST)[0], Variable)
    deep = "${self:" * 5_000 + "x" + "}" * 5_000
    assert parse(deep) == (deep,)


MARKS = st.sampled_from(
    ["${", "}", "self:", "opt:", "file(", ")", ",", "'", '"', " ", "a", ".", ":", "\\", "$", "${AWS::Region}"]
)


@given(st.lists(MARKS, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_parsed_or_left_as_it_is(written: str) -> None:
    parts = parse(written)
    assert all(isinstance(part, Variable) or part in written for part in parts)
    if "".join(part for part in parts if isinstance(part, str)) == written:
        assert parts in ((written,), ())


# --- what they stand for ------------------------------------------------------------------------------------------


def symbol(name: str, *default: str) -> Parameter:
    return Parameter(CONFIG, name, tuple(map(Constant, default)))


STAGE = symbol("stage", "dev")
VALUES: list[tuple[str, Value]] = [
    ("plain", Constant("plain")),
    ("${self:service}", Constant("shop")),
    ("${self:custom.name}-x", Constant("letters-x")),
    ("${self:custom.number}", Constant("7")),
    ("a${self:custom.number}", Constant("a7")),
    ("${self:custom.list.1}", Constant("two")),
    ("${self:custom.missing, 'd'}", Constant("d")),
    ("${self:custom.missing, self:custom.name}", Constant("letters")),
    ("${self:custom.missing}", symbol("self:custom.missing")),
    ("${self:custom.by.${sls:stage}}", Constant("of dev")),
    ("${self:custom.twice}", Constant("letters/letters")),
    ("${self:custom.queue}", Reference(CONFIG, "Queue")),
    ("x-${self:custom.queue}", Text((Constant("x-"), Reference(CONFIG, "Queue")))),
    ("${self:custom.script.name}", symbol("self:custom.script.name")),
    ("${self:custom.part.topic}", Text((Constant("orders-"), STAGE))),
    ("${file(part.yml):topic}", Text((Constant("orders-"), STAGE))),
    ("${file(./more/../part.yml):list.0.name}", Constant("first")),
    ("${file(data.json):a.b}", Constant("from json")),
    ("${file(none.yml):a, 'd'}", Constant("d")),
    ("${file(none.yml):a}", symbol("file(none.yml):a")),
    ("${file(../outside.yml):a, 'd'}", Constant("d")),
    ("${file(x.js):a}", symbol("file(x.js):a")),
    ("${opt:stage}", STAGE),
    ("${sls:stage}", STAGE),
    ("${self:provider.stage}", STAGE),
    ("${opt:stage, self:provider.stage, 'dev'}", STAGE),
    ("${opt:stage, 'test'}", symbol("stage", "test")),
    ("b-${sls:stage}-c", Text((Constant("b-"), STAGE, Constant("-c")))),
    ("${opt:x}", symbol("opt:x")),
    ("${opt:x, 'd'}", symbol("opt:x", "d")),
    ("${opt:x, 3}", symbol("opt:x", "3")),
    ("${opt:x, env:Y, 'd'}", symbol("opt:x", "d")),
    ("${env:X}", symbol("env:X")),
    ("${env:X, ''}", symbol("env:X", "")),
    ("${ssm:/a/${sls:stage}/b}", symbol("ssm:/a/dev/b")),
    ("${cf:other-dev.Out}", symbol("cf:other-dev.Out")),
    ("${cf(eu-west-1):other.Out, 'd'}", symbol("cf(eu-west-1):other.Out", "d")),
    ("${s3:b/k}", symbol("s3:b/k")),
    ("${git:branch}", symbol("git:branch")),
    ("${aws:region}", Pseudo("AWS::Region")),
    ("${aws:accountId}", Pseudo("AWS::AccountId")),
    ("${self:provider.region}", Pseudo("AWS::Region")),
    ("${param:plain}", Constant("p")),
    ("${param:staged}", Constant("in dev")),
    ("${param:v4}", Constant("four")),
    ("${param:missing, 'd'}", Constant("d")),
    ("${param:missing}", symbol("param:missing")),
    ("${strToBool(${self:custom.no})}", Constant("false")),
    ("${strToBool(${env:X, true})}", symbol("strToBool(true):")),
    ("${AWS::Region}", Constant("${AWS::Region}")),
    ("${self:custom.loop}", UNKNOWN),
    ("${self:custom.round}", UNKNOWN),
    ("${self:custom.name.deeper}", symbol("self:custom.name.deeper")),
    ("${unknown:thing}", symbol("unknown:thing")),
]  # fmt: skip

CUSTOM = """
custom:
  name: letters
  number: 7
  no: "false"
  list: [one, two]
  by: {dev: of dev, prod: of prod}
  twice: ${self:custom.name}/${self:custom.name}
  queue: {Ref: Queue}
  script: ${file(script.js)}
  part: ${file(part.yml)}
  loop: ${self:custom.loop}
  round: ${self:custom.turn}
  turn: ${self:custom.round}
params:
  default: {plain: p, staged: by default}
  dev: {staged: in dev}
stages:
  default: {params: {v4: four}}
functions:
  it: {handler: app.main, environment: {X: "%s"}}
"""
PARTS = {
    "part.yml": "topic: orders-${sls:stage}\nlist: [{name: first}]\n",
    "data.json": '{"a": {"b": "from json"}}',
    "x.js": "module.exports = {a: 1}",
}


@pytest.mark.parametrize(("written", "expected"), VALUES)
def test_values(tmp_path: Path, written: str, expected: Value) -> None:
    root = tmp_path / "tree"
    (tmp_path / "outside.yml").write_text("a: secret\n")
    found = read(root, CUSTOM.replace("%s", written.replace('"', '\\"')), PARTS)
    variable = function(found, "it").variable("X")
    assert value(variable) == expected
    assert found.problems == ()


def test_the_stage_of_the_provider_is_the_default(tmp_path: Path) -> None:
    provider = "provider: {name: aws, stage: \"${opt:stage, 'test'}\"}"
    body = "functions: {it: {handler: a.b, environment: {A: '${sls:stage}', B: '${opt:stage}', C: '${self:provider.stage}'}}}"
    variables = function(read(tmp_path, body, provider=provider), "it").environment
    assert [setting.value for _, setting in variables] == [symbol("stage", "test")] * 3
    own = read(tmp_path, body, provider='provider: {name: aws, stage: "${sls:stage}"}')
    assert value(function(own, "it").variable("A")) == STAGE


def test_substitutions_keep_symbols(tmp_path: Path) -> None:
    body = """
    functions:
      it:
        handler: a.b
        environment:
          A: !Sub "x/${AWS::Region}/${self:service}/${opt:x, 'd'}/${Queue.Arn}"
          B: !Sub ["${a}-${env:Y}", {a: "${self:service}"}]
          C: !Join ["-", [a, "${self:custom.queue}"]]
    custom: {queue: !GetAtt Queue.Arn}
    """
    variables = function(read(tmp_path, body), "it")
    arn = Reference(CONFIG, "Queue", "Arn")
    parts = ("x/", Pseudo("AWS::Region"), "/shop/", symbol("opt:x", "d"), "/", arn)
    assert value(variables.variable("A")) == text([Constant(p) if isinstance(p, str) else p for p in parts])
    assert value(variables.variable("B")) == text([Constant("shop-"), symbol("env:Y")])
    assert value(variables.variable("C")) == text([Constant("a-"), arn])


def test_values_stand_where_they_are_written(tmp_path: Path) -> None:
    body = """
    custom: {name: letters, part: "${file(part.yml)}"}
    functions:
      it:
        handler: a.b
        environment:
          A: ${self:custom.name}
          B: x-${self:custom.name}
          C: ${self:custom.part.topic}
    """
    it = function(read(tmp_path, body, {"part.yml": "topic:\n  orders\n"}), "it")
    assert [lines(it.variable(name))[:2] for name in "AB"] == [(4, 16), (10, 10)]
    setting = it.variable("C")
    assert setting and (setting.at.path, setting.at.line, setting.at.column) == ("part.yml", 2, 3)


def test_outputs_of_another_service(tmp_path: Path) -> None:
    from deploy_samples import deployed  # noqa: PLC0415 - two services, for once

    one = "service: one\nprovider: {name: aws}\nresources: {Resources: {Q: {Type: 'AWS::SQS::Queue'}}, Outputs: {Url: {Value: !Ref Q}}}\n"
    two = "service: two\nprovider: {name: aws}\nfunctions: {it: {handler: a.b, environment: {URL: '${cf:one-dev.Url}', NO: '${cf:one-dev.No}'}}}\n"
    it = function(deployed(tmp_path, {"one/serverless.yml": one, "two/serverless.yml": two}), "it")
    assert value(it.variable("URL")) == Reference("one/serverless.yml", "Q")
    assert value(it.variable("NO")) == Parameter("two/serverless.yml", "cf:one-dev.No")

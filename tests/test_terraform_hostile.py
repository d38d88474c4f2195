"""Configurations that nobody means well with: any text is read or refused, soon, and nothing grows without bounds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from deploy_samples import deployed
from hypothesis import example, given, settings
from hypothesis import strategies as st
from terraform_samples import FUNCTION, MAIN, SOURCES

from reviewer.deploy.model import Deployment
from reviewer.deploy.nodes import Node, Source, Unreadable
from reviewer.deploy.terraform import modules, plan
from reviewer.deploy.terraform.parse import MOST_HEREDOCS, Parsed
from reviewer.deploy.terraform.stack import MOST_ITEMS
from reviewer.deploy.terraform.syntax import Body, Expression
from reviewer.value import Unknown, contains

HANDLER = 'resource "aws_lambda_function" "f" {\n  handler = local.a0\n  tags = local.a0\n}\n'


def read_files(files: dict[str, str | bytes]) -> Deployment:
    with tempfile.TemporaryDirectory() as folder:
        return deployed(Path(folder), files)


# --- any text -----------------------------------------------------------------------------------------------------

BITS = st.sampled_from(
    ['resource "aws_lambda_function" "f" ', 'module "m" ', "locals ", 'variable "v" ', "{", "}", "[", "]", "(", ")", "\n", " ", "=", '"', "${", "%{", "}", "<<EOT\n", "<<-E\n", "EOT\n", "var.v", "local.a", "a = ", ".", "*", "[*]", "?", ":", "for x in ", "if ", "...", "=>", "==", "!", "-", "1", "e9", "null", "true", "f(", ",", "#", "//", "/*", "*/", "\0", "\r", "\u2028", "\ufeff", "🎉", "\\", "\\u12", "\ud800", "$${", "handler", "source = \"./\"", "for_each = "]
)  # fmt: skip


@given(st.text() | st.lists(BITS, max_size=40).map("".join))
@example("\ud800")
@example('a = "\\ud800"')
@example("a = <<E\n")
@example("a = <<-\n")
def test_any_text_is_read(text: str) -> None:
    found = Parsed(Source(MAIN, text))
    for start, end in spans(found.body):
        assert 0 <= start <= end <= len(text)
    if found.broken is not None:
        assert 1 <= found.broken.line <= text.count("\n") + text.count("\r") + 1


def spans(body: Body) -> list[tuple[int, int]]:
    found = [(each.start, each.end) for pair in body.attributes.values() for each in pair]
    return found + [span for block in body.blocks for span in [(block.key.start, block.key.end), *spans(block.body)]]


@given(
    st.binary(max_size=200),
    st.sampled_from(["x.tf", "x.tf.json", "terraform.tfvars", "terraform.tfvars.json", "x.json"]),
)
@example(b"\xff\xfe\x00", "x.tf")
@example(b'{"planned_values": 1, "configuration": {}, "aws_lambda_function": []}', "x.json")
@settings(max_examples=60, deadline=None)
def test_any_bytes_beside_a_function_leave_it_alone(content: bytes, name: str) -> None:
    found = read_files({MAIN: FUNCTION, name: content})
    assert [each.id.name for each in found.functions][:1] == ["aws_lambda_function.f"]


WHOLE = FUNCTION + SOURCES


@given(st.integers(0, len(WHOLE)), st.integers(0, 40), st.lists(BITS, max_size=4).map("".join))
@settings(max_examples=100, deadline=None)
def test_a_configuration_with_a_part_exchanged(start: int, length: int, put: str) -> None:
    text = WHOLE[:start] + put + WHOLE[start + length :]
    found = read_files({MAIN: text.encode("utf-8", "replace")})
    for each in (*found.functions, *found.resources):
        assert 1 <= each.at.line <= text.count("\n") + text.count("\r") + 2


# --- what grows ---------------------------------------------------------------------------------------------------

DOUBLING = {
    "lists": "[local.a{n}, local.a{n}]",
    "texts": '"${{local.a{n}}}${{local.a{n}}}"',
    "mappings": "{{ x = local.a{n}, y = local.a{n} }}",
    "choices": 'var.v ? local.a{n} : "${{local.a{n}}}"',
    "replacements": 'replace(local.a{n}, "x", "xx")',
    "joins": "join(local.a{n}, [local.a{n}, local.a{n}])",
    "concatenations": "concat([local.a{n}], [local.a{n}])",
    "formats": 'format("%s%s", local.a{n}, local.a{n})',
    "encodings": "jsonencode([local.a{n}, local.a{n}])",
    "merges": "merge({{ x = local.a{n} }}, {{ y = local.a{n} }})",
    "keys": '{{ for k in ["a", "b"] : k => local.a{n} }}',
}


@pytest.mark.parametrize("how", DOUBLING)
def test_what_doubles_is_given_up(how: str) -> None:
    lines = "".join(f"  a{n} = {DOUBLING[how].format(n=n + 1)}\n" for n in range(48))
    found = read_files({MAIN: f'{HANDLER}locals {{\n{lines}  a48 = "x"\n}}\nvariable "v" {{}}\n'})
    (function,) = found.functions
    assert function.handler is None or contains(function.handler.value, (Unknown,))


LONG = 20_000
DEEP = {
    "a chain of names": HANDLER + "locals {\n" + "".join(f"  a{n} = local.a{n + 1}\n" for n in range(3_000)) + "}\n",
    "lists in lists": HANDLER + "locals {\n  a0 = " + "[" * LONG + "]" * LONG + "\n}\n",
    "objects in objects": HANDLER + "locals {\n  a0 = " + "{a=" * 5_000 + "1" + "}" * 5_000 + "\n}\n",
    "a long sum": HANDLER + "locals {\n  a0 = 1" + "+1" * LONG + "\n}\n",
    "a long traversal": HANDLER + "locals {\n  a0 = a" + ".b" * LONG + "\n}\n",
    "many indices": HANDLER + "locals {\n  a0 = a" + "[0]" * LONG + "\n}\n",
    "negations": HANDLER + "locals {\n  a0 = " + "!" * LONG + "true\n}\n",
    "templates in templates": HANDLER + "locals {\n  a0 = " + '"${' * 3_000 + "1" + '}"' * 3_000 + "\n}\n",
    "choices in choices": HANDLER + "locals {\n  a0 = " + "1 ? 1 : " * LONG + "1\n}\n",
    "blocks in blocks": HANDLER + "a {\n" * LONG + "}\n" * LONG,
    "quotes": HANDLER + '"' * LONG,
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_is_unknown(name: str) -> None:
    found = read_files({MAIN: DEEP[name]})
    assert [each.id.name for each in found.functions] == ["aws_lambda_function.f"]


def test_loops_in_loops_come_to_an_end() -> None:
    inner = "local.l"
    for name in "abcd":
        inner = f"[for {name} in local.l : {inner}]"
    found = read_files({MAIN: f"{HANDLER}locals {{\n  l = [{'1, ' * 100}]\n  a0 = {inner}\n}}\n"})
    assert len(found.functions) == 1


def test_the_files_of_a_folder_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "MOST_TEXT", 2 * len(FUNCTION))
    names = {f"{name}.tf": FUNCTION.replace('"f"', f'"{name}"') for name in "abc"}
    found = read_files({**names, "inner/main.tf": FUNCTION})
    assert [each.id.name for each in found.functions] == [f"aws_lambda_function.{name}" for name in "abf"]
    assert [(problem.at.path, problem.at.line) for problem in found.problems] == [("c.tf", 1)]


def test_the_work_on_a_plan_grows_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each resource is looked up in the configuration, which is gone through once."""
    asked: list[Node | None] = []
    own = plan.text
    monkeypatch.setattr(plan, "text", lambda node: asked.append(node) or own(node))
    about = [{"mode": "managed", "type": "aws_lambda_function", "name": f"f{n}"} for n in range(300)]
    references = {"role": {"references": [f"aws_iam_role.r{n}" for n in range(2_000)]}}
    values = [{**each, "address": each["name"], "values": {"role": None}} for each in about]
    written = [{**each, "expressions": references if n < 3 else {}} for n, each in enumerate(about)]
    planned = {"planned_values": {"root_module": {"resources": values}}}
    content = {**planned, "configuration": {"root_module": {"resources": written}}}
    assert len(read_files({"plan.json": json.dumps(content)}).functions) == len(about)
    assert len(asked) < 20 * len(about) + 10 * plan.MOST_REFERENCES


def test_resources_for_each_are_bounded() -> None:
    keys = ", ".join(f"k{n} = {n}" for n in range(60))
    blocks = "".join(f'resource "aws_lambda_function" "f{n}" {{\n  for_each = local.l\n}}\n' for n in range(120))
    found = read_files({MAIN: f"locals {{\n  l = {{ {keys} }}\n}}\n{blocks}"})
    assert 120 < len(found.functions) <= MOST_ITEMS + 1


def test_modules_that_call_themselves() -> None:
    itself = 'module "a" {\n  source = "./"\n  x = module.a.o\n}\noutput "o" {\n  value = var.x\n}\nvariable "x" {}\n'
    found = read_files({MAIN: itself + FUNCTION})
    assert 1 < len(found.functions) < 20
    ring = {
        f"{one}/main.tf": f'module "m" {{\n  source = "../{two}"\n  x = module.m.o\n}}\noutput "o" {{\n  value = module.m.o\n}}\n{FUNCTION}'
        for one, two in (("a", "b"), ("b", "c"), ("c", "a"))
    }
    assert {each.id.stack for each in read_files({**ring}).functions} == {"a/main.tf"}


def test_modules_that_multiply() -> None:
    call = "".join(
        f'module "c{n}" {{\n  source = "../m%d"\n  for_each = toset(["a", "b", "c"])\n}}\n' for n in range(4)
    )
    files: dict[str, str | bytes] = {f"m{n}/main.tf": call % ((n + 1,) * 4) for n in range(8)}
    found = read_files({**files, "m8/main.tf": FUNCTION})
    assert len(found.functions) < 1_000


def test_nested_heredocs_are_refused() -> None:
    text = "".join(f"a = <<E{n}\n${{" for n in range(MOST_HEREDOCS + 1))
    with pytest.raises(Unreadable):
        Parsed(Source(MAIN, text))


@pytest.mark.parametrize("source", ["../../../etc", "/etc", "./\0", "https://example.com/x", "./nowhere", "..//..", ""])
def test_modules_outside_of_the_tree_are_not_followed(source: str) -> None:
    found = read_files({MAIN: f'module "m" {{\n  source = "{source}"\n}}\n{FUNCTION}'})
    assert len(found.functions) == 1


def test_links_out_of_the_tree_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / MAIN).write_text(FUNCTION.replace('"f" {', '"outside" {'))
    (outside / "secret.txt").write_text("secret")
    (inside / "m").symlink_to(outside)
    (inside / "linked.tf").symlink_to(outside / MAIN)
    text = f'module "m" {{\n  source = "./m"\n}}\nlocals {{\n  a0 = file("m/secret.txt")\n}}\n{HANDLER}'
    (function,) = deployed(inside, {MAIN: text}).functions
    assert function.id.name == "aws_lambda_function.f"
    assert function.handler is not None
    assert contains(function.handler.value, (Unknown,))


def test_any_expression_is_one() -> None:
    found = Parsed(Source(MAIN, "x = @@\n"))
    assert found.broken is not None
    assert all(isinstance(each, Expression) for _, each in found.body.attributes.values())


# --- what is odd --------------------------------------------------------------------------------------------------

ODD_NUMBERS = [
    "-1",
    "1.0e308",
    "99999999999999",
    '"x"',
    "null",
    "true",
    "[1]",
    "0.5",
    "1/0",
    "var.nope",
    "length(null)",
]
ODD_MAPPINGS = ["-1", '"x"', "null", "[1, 1]", "{}", "{ a = each.value }", "toset([[]])", "range(1.0e9)", 'toset(["\\u0000", "]", "\\"x"])', "aws_lambda_function.g", "setproduct(range(999), range(999))"]  # fmt: skip
ODD_CALLS = ["range(0, 1.0e9)", 'format("%999999999s", "a")', 'regex("^(a|aa)+$", "' + "a" * 60 + 'b")', 'jsondecode("[[[")', 'yamldecode("&a [*a]")', 'fileset("/", "**")', 'templatefile("main.tf", {})', "pow(10, 1.0e9)", 'parseint("9", 99999)', 'substr("abc", -5, 1.0e9)', 'indent(1.0e9, "a")', "formatlist()", "one([])", "element([], 1.0e99)", "1 % 0", '-"x"', "1e400", 'join(",", range(1000000))']  # fmt: skip
ODD_BLOCKS = ["dynamic {}", 'dynamic "x" {}', 'dynamic "y" {\n for_each = [1]\n}', 'dynamic "environment" {\n for_each = local.x\n iterator = environment\n content {\n dynamic "environment" {\n for_each = environment\n content {\n variables = environment.value\n}\n}\n}\n}', "lifecycle {\n ignore_changes = all\n}", "provisioner {}"]  # fmt: skip
ODD: dict[str, str] = {
    **{f"count = {each}": f"  count = {each}\n  handler = count.index\n" for each in ODD_NUMBERS},
    **{f"for_each = {each}": f"  for_each = {each}\n  handler = each.value\n" for each in ODD_MAPPINGS},
    **{f"handler = {each}": f"  handler = {each}\n" for each in ODD_CALLS},
    **{each: f"  {each}\n" for each in ODD_BLOCKS},
    "itself": "  handler = aws_lambda_function.g.handler\n  count = length(aws_lambda_function.g)\n",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_blocks_leave_others_alone(name: str) -> None:
    found = read_files({MAIN: f'resource "aws_lambda_function" "g" {{\n{ODD[name]}}}\n{FUNCTION}'})
    assert "aws_lambda_function.f" in [each.id.name for each in found.functions]


ODD_FILES: dict[str, str | bytes] = {
    "terraform.tfvars": 'resource "x" "y" {\n',
    "a.auto.tfvars": b"\0\1",
    "b.auto.tfvars.json": "[1, 2",
    "c.auto.tfvars.json": '"x"',
    "d.auto.tfvars": "v = v = v\n",
    "e.tf.json": '{"resource": [1, {"aws_lambda_function": [{"a": []}, 3]}], "module": {"a": {"source": 4}}, '
    '"variable": 5, "locals": [[]], "data": {"x": null}}',
    "f.tf": "locals {\r  x = 1\r}\r",
    "g.tf": b'\xef\xbb\xbflocals {\n  y = "\xe9"\n}\n',
    "h.json": '{"planned_values": {"root_module": {"child_modules": {"a": 1}, "resources": [1, null, {"mode": []}, '
    '{"type": "aws_lambda_function", "mode": "managed", "name": "f", "address": "x", "values": []}]}}, '
    '"configuration": {"root_module": {"resources": {}, "module_calls": [1]}}}',
    "i.json": '{"planned_values": "aws_lambda_", "configuration": ',
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_files_leave_others_alone(name: str) -> None:
    """What cannot be read is told with its file and line."""
    found = read_files({MAIN: FUNCTION + 'variable "v" {}\n', name: ODD_FILES[name]})
    assert [each.id.name for each in found.functions] == ["aws_lambda_function.f"]
    assert {(problem.at.path, problem.at.line >= 1) for problem in found.problems} <= {(name, True)}
    assert bool(found.problems) == (name in {"b.auto.tfvars.json", "g.tf", "i.json"})

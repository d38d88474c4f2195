"""Terraform's expressions: what they evaluate to. The constant ones were compared with `terraform plan` (1.11)."""

from __future__ import annotations

import pytest
from terraform_samples import evaluated, plain

from reviewer.value import OneOf, Transformed

LOCALS = """
locals {
  m    = { x = "X", y = "Why" }
  l    = ["p", "q", "r"]
  n    = null
  o    = { inner = { deep = "D" } }
  objs = [{ name = "n1", v = 1 }, { name = "n2", v = 2 }]
}
variable "any" {}
variable "named" {
  default = "given"
}
variable "empty" {
  default = ""
}
variable "stage" {
  default = "dev"
  validation {
    condition     = contains(["dev", "live"], var.stage)
    error_message = "A stage."
  }
}
resource "aws_sqs_queue" "q" {
  name = "jobs"
}
resource "aws_s3_bucket" "b" {
  bucket = "acme-${var.any}"
}
"""

CONSTANT = [
    ('"a-${local.m.x}-b"', "a-X-b"),
    ('"${local.m.x}"', "X"),
    ('"${local.l[1]}"', "q"),
    ('local.m["y"]', "Why"),
    ("local.o.inner.deep", "D"),
    ("local.objs[1].name", "n2"),
    ("local.objs.0.name", "n1"),
    ('join(",", local.objs[*].name)', "n1,n2"),
    ('join(",", local.objs.*.name)', "n1,n2"),
    ('join(",", [for o in local.objs : o.name])', "n1,n2"),
    ('join(",", [for i, o in local.objs : "${i}${o.name}"])', "0n1,1n2"),
    ('join(",", [for k, v in local.m : k if k != "x"])', "y"),
    ("{ for k, v in local.m : upper(k) => lower(v) }.Y", "why"),
    ('format("%s-%d-%%", "a", 3)', "a-3-%"),
    ('split(",", "a,b,c")[2]', "c"),
    ('title("hello world")', "Hello World"),
    ('trimspace("  a b ")', "a b"),
    ('trimprefix("helloworld", "hello")', "world"),
    ('trimsuffix("helloworld", "world")', "hello"),
    ('replace("1 + 2 + 3", "+", "-")', "1 - 2 - 3"),
    ('substr("hello world", 1, 4)', "ello"),
    ('substr("hello", 1, -1)', "ello"),
    ('basename("foo/bar/baz.txt")', "baz.txt"),
    ('dirname("foo/bar/baz.txt")', "foo/bar"),
    ('concat(["a"], ["b", "c"], [])[2]', "c"),
    ('merge({ a = "1", b = "2" }, { b = "3" }).b', "3"),
    ('lookup(local.m, "x", "none")', "X"),
    ('lookup(local.m, "zz", "none")', "none"),
    ('element(["a", "b", "c"], 4)', "b"),
    ('join(",", keys(local.m))', "x,y"),
    ('join(",", values(local.m))', "X,Why"),
    ('join(",", compact(["a", "", null, "b"]))', "a,b"),
    ('join(",", flatten([["a"], [["b"], "c"]]))', "a,b,c"),
    ('join(",", distinct(["a", "b", "a"]))', "a,b"),
    ('coalesce("", null, "x")', "x"),
    ('one(["a"])', "a"),
    ('try(local.m.nope, "fallback")', "fallback"),
    ('try(local.o.inner.deep, "fallback")', "D"),
    ("tostring(length(local.l))", "3"),
    ('contains(local.l, "q") ? "yes" : "no"', "yes"),
    ('jsondecode("{\\"a\\": [1, \\"x\\"]}").a[1]', "x"),
    ('"${1 + 2 * 3}-${10 / 4}-${10 / 5}-${7 % 3}-${-3 + 1}"', "7-2.5-2-1--2"),
    ('1 < 2 && !(1 == 2) || false ? "yes" : "no"', "yes"),
    ('local.n == null ? "yes" : "no"', "yes"),
    ('local.m.x != null ? local.m.x : "no"', "X"),
    ('length(local.l) > 0 ? local.l[0] : "none"', "p"),
    ("local.l[length(local.l) - 1]", "r"),
    ('startswith("hello", "he") ? "yes" : "no"', "yes"),
    ('"esc \\" \\\\ \\t $${x} %%{y} \\u00e9"', 'esc " \\ \t ${x} %{y} é'),
    ('"é${local.m.x}ü"', "éXü"),
    ('{ (local.m.x) = "k" }.X', "k"),
    ('{ "b c" : "k" }["b c"]', "k"),
    ('"${true}-${1.5}"', "true-1.5"),
    ('"${1e3}-${1.50e1}-${25E-1}"', "1000-15-2.5"),
    ("path.module", "."),
    ('nonsensitive("x")', "x"),
    ("<<EOT\nline\n  ${local.m.x} é\nEOT\n", "line\n  X é\n"),
    ("<<-EOT\n    line\n      two\n    ${local.m.x} end\n  EOT\n", "line\n  two\nX end\n"),
    ("<<-EOT\n    ${local.m.x}\n      b\n  EOT\n", "X\n  b\n"),
    ('file("${path.module}/t.txt")', "text\n"),
    ('templatefile("t.tpl", { name = "N", n = 3 })', "Hello N 3\n${x}\n"),
]

SYMBOLIC = [
    ("var.any", "$any"),
    ("var.any.inner", "$any.inner"),
    ('"pre-${var.any}"', "pre-$any"),
    ("var.named", "given"),
    ("var.empty", "$empty"),
    ("var.stage", "$stage['dev', 'live']"),
    ("terraform.workspace", "$terraform.workspace"),
    ("aws_sqs_queue.q.url", "<aws_sqs_queue.q.Ref>"),
    ("aws_sqs_queue.q.id", "<aws_sqs_queue.q.Ref>"),
    ("aws_sqs_queue.q.arn", "<aws_sqs_queue.q.Arn>"),
    ("aws_sqs_queue.q.name", "<aws_sqs_queue.q.QueueName>"),
    ("aws_s3_bucket.b.bucket", "<aws_s3_bucket.b.Ref>"),
    ("aws_s3_bucket.b.region", "$aws_s3_bucket.b.region"),
    ('"${aws_s3_bucket.b.arn}/*"', "<aws_s3_bucket.b.Arn>/*"),
    ("jsonencode({ a = [1, true], q = aws_sqs_queue.q.arn })", "json:{'a': [1, True], 'q': '<aws_sqs_queue.q.Arn>'}"),
    ("[for x in var.any : x]", "?"),
    ('regex("a", "b")', "?"),
    ('replace("hello", "/l+/", "L")', "?"),
    ('templatefile("loop.tpl", {})', "?"),
    ('file("../outside")', "?"),
    ("local.nothing", "?"),
    ("aws_sns_topic.nowhere.arn", "?"),
    ("aws_sqs_queue.nowhere", "?"),
    ("1 / 0", "?"),
    ("9999999999999999 * 2", "?"),
    ('lookup(merge(local.m, var.any), "x", "d")', "X"),
    ("data.aws_caller_identity.me.account_id", "<AWS::AccountId>"),
    ("data.aws_region.here.name", "<AWS::Region>"),
    ("data.aws_sqs_queue.theirs.url", "https://sqs.<AWS::Region>.amazonaws.com/<AWS::AccountId>/theirs"),
    ("data.aws_sqs_queue.theirs.arn", "arn:aws:sqs:<AWS::Region>:<AWS::AccountId>:theirs"),
    ("data.aws_s3_bucket.theirs.id", "theirs"),
    ("data.aws_s3_bucket.theirs.arn", "arn:aws:s3:::theirs"),
    ("data.terraform_remote_state.x.outputs.a", "$data.terraform_remote_state.x.outputs.a"),
    ("data.local_file.t.content", "text\n"),
    ("data.template_file.t.rendered", "Hello N 4\n${x}\n"),
    ("module.elsewhere.bucket", "$module.elsewhere.bucket"),
]

DATA = """
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_sqs_queue" "theirs" {
  name = "theirs"
}
data "aws_s3_bucket" "theirs" {
  bucket = "theirs"
}
data "terraform_remote_state" "x" {
  backend = "s3"
}
data "local_file" "t" {
  filename = "${path.module}/t.txt"
}
data "template_file" "t" {
  template = file("t.tpl")
  vars     = { name = "N", n = 4 }
}
module "elsewhere" {
  source = "acme/storage/aws"
}
"""
FILES = {"t.txt": "text\n", "t.tpl": "Hello ${name} ${ n }\n$${x}\n", "loop.tpl": "%{ for x in y }%{ endfor }"}


@pytest.mark.parametrize(("expression", "expected"), CONSTANT)
def test_constant_expressions(expression: str, expected: str) -> None:
    assert plain(evaluated(expression, LOCALS, FILES)) == expected


@pytest.mark.parametrize(("expression", "expected"), SYMBOLIC)
def test_what_is_not_known_keeps_its_name(expression: str, expected: str) -> None:
    assert plain(evaluated(expression, LOCALS + DATA, FILES)) == expected


def test_both_arms_of_an_open_choice_count() -> None:
    found = evaluated('var.any ? "a" : "b"', LOCALS)
    assert isinstance(found, OneOf)
    assert [plain(option) for option in found.options] == ["a", "b"]


def test_both_arms_count_where_a_default_decides_and_its_own_goes_first() -> None:
    found = evaluated('var.named == "other" ? "a" : "b"', LOCALS)
    assert isinstance(found, OneOf)
    assert [plain(option) for option in found.options] == ["b", "a"]


def test_an_arm_that_is_null_is_no_value() -> None:
    assert plain(evaluated('var.any ? "a" : null', LOCALS)) == "a"


def test_operations_on_what_is_not_known_are_kept() -> None:
    assert evaluated("lower(var.any)", LOCALS) == Transformed("lower", evaluated("var.any", LOCALS))


def test_an_unknown_key_is_any_of_the_entries() -> None:
    found = evaluated("local.m[var.any]", LOCALS)
    assert isinstance(found, OneOf)
    assert [plain(option) for option in found.options] == ["X", "Why"]


def test_what_stands_for_itself_is_unknown() -> None:
    more = 'locals {\n  a = local.b\n  b = "${local.a}"\n}\nvariable "v" {\n  default = var.v\n}\n'
    assert plain(evaluated("local.a", more)) == "?"
    assert plain(evaluated("var.v", more)) == "?"
    assert plain(evaluated("aws_lambda_function.f.environment[0].variables.X", more)) == "?"


def test_values_that_files_give_replace_defaults() -> None:
    files = {
        "terraform.tfvars": 'named = "by file"\nany = "one"\n',
        "b.auto.tfvars": 'any = "two"\n',
        "a.auto.tfvars.json": '{"any": "${not} a template", "stage": "live"}',
        "other.tfvars": 'named = "not loaded"\n',
    }
    assert plain(evaluated("var.named", LOCALS, files)) == "by file"
    assert plain(evaluated("var.any", LOCALS, files)) == "two"
    assert plain(evaluated("var.stage", LOCALS, files)) == "live"


def test_an_override_file_is_merged_in() -> None:
    files = {"x_override.tf": 'resource "aws_sqs_queue" "q" {\n  kms_key = "other"\n}\n'}
    assert plain(evaluated("aws_sqs_queue.q.kms_key", LOCALS, files)) == "other"

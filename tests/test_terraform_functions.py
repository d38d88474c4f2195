"""Functions of Terraform configurations: their settings, and where their code comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import resource, value, values
from terraform_samples import MAIN, configured, plain

from reviewer.deploy.model import Code, Deployment, Function, Setting
from reviewer.value import Value

ARCHIVED = """
data "archive_file" "z" {
  type        = "zip"
  %s
  output_path = "${path.module}/build/z.zip"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  handler       = "app.handler"
  runtime       = "python3.13"
  filename      = %s
}
"""
BY_REFERENCE = "data.archive_file.z.output_path"


def only(deployment: Deployment) -> Function:
    assert not deployment.problems
    (found,) = deployment.functions
    return found


def code(deployment: Deployment) -> Code:
    found = only(deployment).code
    assert found is not None
    return found.value


def spelled(setting: Setting[Value] | None) -> object:
    return None if setting is None else plain(setting.value)


def test_all_settings_of_a_function(tmp_path: Path) -> None:
    found = only(
        configured(
            tmp_path,
            {
                MAIN: """
                resource "aws_lambda_function" "f" {
                  function_name                  = "orders"
                  role                           = aws_iam_role.r.arn
                  handler                        = "app.handler"
                  runtime                        = "python3.13"
                  architectures                  = ["arm64"]
                  timeout                        = 30
                  memory_size                    = 512
                  publish                        = true
                  layers                         = [aws_lambda_layer_version.l.arn, "arn:aws:lambda:x:1:layer:y:1"]
                  reserved_concurrent_executions = 0
                  code_signing_config_arn        = aws_lambda_code_signing_config.c.arn
                  environment {
                    variables = merge({ A = "1", B = true }, { C = aws_sqs_queue.q.url, D = null })
                  }
                  dead_letter_config {
                    target_arn = aws_sqs_queue.q.arn
                  }
                  file_system_config {
                    arn              = "arn:aws:elasticfilesystem:x"
                    local_mount_path = "/mnt/data"
                  }
                  logging_config {
                    log_format = "JSON"
                    log_group  = "/orders"
                  }
                }
                resource "aws_iam_role" "r" {}
                resource "aws_lambda_layer_version" "l" {
                  layer_name = "l"
                  filename   = "layer"
                }
                resource "aws_lambda_code_signing_config" "c" {}
                resource "aws_sqs_queue" "q" {}
                resource "aws_lambda_function_event_invoke_config" "f" {
                  function_name = aws_lambda_function.f.function_name
                  destination_config {
                    on_failure {
                      destination = aws_sqs_queue.q.arn
                    }
                  }
                }
                resource "aws_lambda_function_url" "f" {
                  function_name      = aws_lambda_function.f.arn
                  authorization_type = "NONE"
                }
                resource "aws_lambda_function_recursion_config" "f" {
                  function_name  = aws_lambda_function.f.function_name
                  recursive_loop = "Allow"
                }
                """
            },
            unlisted={"layer/python/x.py": ""},
        )
    )
    assert (found.id, found.dialect, found.at.line, found.at.path) == (
        (MAIN, "aws_lambda_function.f"),
        "terraform",
        2,
        MAIN,
    )
    single = {
        name: spelled(getattr(found, name))
        for name in (
            *("name", "handler", "runtime", "timeout", "memory", "role", "reserved_concurrency", "code_signing"),
            *("recursive_loop", "on_failure", "dead_letter", "log_group", "url_auth", "publishes"),
        )
    }
    assert single == {
        "name": "orders",
        "handler": "app.handler",
        "runtime": "python3.13",
        "timeout": 30,
        "memory": 512,
        "role": "<aws_iam_role.r.Arn>",
        "reserved_concurrency": 0,
        "code_signing": "<aws_lambda_code_signing_config.c.Ref>",
        "recursive_loop": "Allow",
        "on_failure": "<aws_sqs_queue.q.Arn>",
        "dead_letter": "<aws_sqs_queue.q.Arn>",
        "log_group": "/orders",
        "url_auth": "NONE",
        "publishes": True,
    }
    assert [plain(each) for each in values(found.layers)] == [
        "<aws_lambda_layer_version.l.Ref>",
        "arn:aws:lambda:x:1:layer:y:1",
    ]
    assert [plain(each) for each in (*values(found.architectures), *values(found.mounts))] == ["arm64", "/mnt/data"]
    assert {name: plain(setting.value) for name, setting in found.environment} == {
        "A": "1",
        "B": "true",
        "C": "<aws_sqs_queue.q.Ref>",
    }


def test_settings_stand_where_they_are_written(tmp_path: Path) -> None:
    found = only(
        configured(
            tmp_path,
            {
                "functions.tf": 'resource "aws_lambda_function" "f" {\n  handler = var.handler\n  environment {\n'
                '    variables = merge(local.shared, { OWN = "é${local.x}" })\n  }\n}\n',
                "locals.tf": 'locals {\n  x = "1"\n  shared = {\n    SHARED = "2"\n  }\n}\n',
                "variables.tf": 'variable "handler" {\n  default = "app.handler"\n}\n',
            },
        )
    )
    assert found.handler is not None
    shared, own = found.variable("SHARED"), found.variable("OWN")
    assert shared is not None
    assert own is not None
    places = [(each.at.path, each.at.line, each.at.column) for each in (found.handler, own, shared)]
    assert places == [("functions.tf", 2, 13), ("functions.tf", 4, 45), ("locals.tf", 4, 14)]


@pytest.mark.parametrize(
    ("source", "filename", "expected"),
    [
        ('source_dir = "${path.module}/src"', BY_REFERENCE, "src"),
        ('source_dir = "src/"', BY_REFERENCE, "src"),
        ('source_file = "${path.root}/src/app.py"', BY_REFERENCE, "src/app.py"),
        ('source_dir = "${path.module}/src"', '"build/z.zip"', "src"),
        ('source_dir = "${path.module}/src"', '"./build/../build/z.zip"', "src"),
        ('source_dir = "${path.module}/src"', '"${data.archive_file.z.output_path}"', "src"),
        ('source_dir = "${abspath(path.module)}/src"', "var.any ? data.archive_file.z.output_path : null", "src"),
        (
            'source {\n    filename = "app.py"\n    content  = file("src/app.py")\n  }',
            BY_REFERENCE,
            "src/app.py",
        ),
        ('source_dir = "src"', "aws_s3_object.o.source", "src"),
    ],
)
def test_code_is_found_through_archives(tmp_path: Path, source: str, filename: str, expected: str) -> None:
    files = {MAIN: ARCHIVED % (source, filename), "more.tf": UPLOADED}
    assert code(configured(tmp_path, files, unlisted={"src/app.py": "1\n"})) == Code(folder=expected)


UPLOADED = """
variable "any" {}
resource "aws_s3_object" "o" {
  bucket = "packages"
  key    = "z.zip"
  source = data.archive_file.z.output_path
}
"""


def test_code_is_found_through_an_uploaded_object(tmp_path: Path) -> None:
    text = (ARCHIVED % ('source_dir = "src"', "null")) + UPLOADED
    text = text.replace("  filename      = null", '  s3_bucket = "packages"\n  s3_key    = aws_s3_object.o.key')
    assert code(configured(tmp_path, text_only(text), unlisted={"src/app.py": ""})) == Code(folder="src")


def text_only(text: str) -> dict[str, str]:
    return {MAIN: text}


@pytest.mark.parametrize(
    ("setting", "elsewhere"),
    [
        ('s3_bucket = "b"\n s3_key = "k.zip"', "an object in S3"),
        ('image_uri = "1.dkr.ecr/x"\n package_type = "Image"', "a container image"),
        ('filename = "dist/package.zip"', "the package `dist/package.zip`"),
        ('filename = "nowhere"', "`nowhere`, which is not part of the tree"),
        ('filename = "../outside"', "a path outside of the tree"),
        ('filename = "/absolute/x"', "a path outside of the tree"),
        ("filename = var.package", "a place that the deployment gives"),
    ],
)
def test_code_elsewhere(tmp_path: Path, setting: str, elsewhere: str) -> None:
    text = f'resource "aws_lambda_function" "f" {{\n handler = "app.handler"\n {setting}\n}}\nvariable "package" {{}}\n'
    assert code(configured(tmp_path, text_only(text))) == Code(elsewhere=elsewhere)


def test_a_package_made_by_hand_is_made_of_what_lies_beside_it(tmp_path: Path) -> None:
    text = 'resource "aws_lambda_function" "f" {\n  handler = "inner/app.handler"\n  filename = "src/package.zip"\n}\n'
    assert code(configured(tmp_path, text_only(text), unlisted={"src/inner/app.py": ""})) == Code(folder="src")


def test_code_in_a_heredoc(tmp_path: Path) -> None:
    text = ARCHIVED % (
        'source {\n    filename = "app.py"\n    content  = <<-PYTHON\n      def handler(e, c):\n'
        "          return e\n    PYTHON\n  }",
        BY_REFERENCE,
    )
    found = only(configured(tmp_path, text_only(text))).code
    assert found is not None
    assert found.value == Code(inline="def handler(e, c):\n    return e\n", block=True)
    assert (found.at.line, found.at.column) == (7, 7)


def test_code_with_gaps_is_substituted(tmp_path: Path) -> None:
    text = ARCHIVED % (
        'source {\n    filename = "app.py"\n    content  = <<EOT\nTABLE = "${aws_dynamodb_table.t.name}"\nEOT\n  }',
        BY_REFERENCE,
    )
    text += 'resource "aws_dynamodb_table" "t" {}\n'
    assert code(configured(tmp_path, text_only(text))) == Code(
        inline='TABLE = "${aws_dynamodb_table.t}"\n', substituted=True
    )


@pytest.mark.parametrize(
    ("waiting", "built"), [("null_resource.build", True), ("terraform_data.b", True), ("aws_iam_role.r", False)]
)
def test_a_build_before_the_archive_makes_the_package(tmp_path: Path, waiting: str, built: bool) -> None:
    text = ARCHIVED % (f'source_dir = "src"\n  depends_on = [{waiting}]', BY_REFERENCE)
    assert only(configured(tmp_path, text_only(text), unlisted={"src/app.py": ""})).built is built


def test_layers_hold_code(tmp_path: Path) -> None:
    text = """
    data "archive_file" "l" {
      type        = "zip"
      source_dir  = "layer"
      output_path = "l.zip"
    }
    resource "aws_lambda_layer_version" "l" {
      layer_name = "shared"
      filename   = data.archive_file.l.output_path
    }
    """
    found = resource(configured(tmp_path, text, unlisted={"layer/python/x.py": ""}), "aws_lambda_layer_version.l")
    assert (found.kind, found.code and found.code.value) == ("layer", Code(folder="layer"))


def test_dynamic_blocks(tmp_path: Path) -> None:
    text = """
    resource "aws_lambda_function" "f" {
      handler = "app.handler"
      dynamic "environment" {
        for_each = length(local.variables) > 0 ? [local.variables] : []
        content {
          variables = environment.value
        }
      }
      dynamic "file_system_config" {
        for_each = var.mounts
        iterator = mount
        content {
          local_mount_path = "/mnt/${mount.value}"
        }
      }
    }
    locals {
      variables = { A = "1" }
    }
    variable "mounts" {
      type    = list(string)
      default = []
    }
    """
    found = only(configured(tmp_path, text_only(text)))
    assert plain(value(found.variable("A"))) == "1"
    assert [plain(each) for each in values(found.mounts)] == ["/mnt/?"]


def test_the_json_form(tmp_path: Path) -> None:
    text = """{
      "//": "a comment",
      "variable": {"stage": {"default": "dev"}},
      "locals": [{"name": "jobs-${var.stage}"}],
      "data": {"archive_file": {"z": {"type": "zip", "source_dir": "${path.module}/src", "output_path": "z.zip"}}},
      "resource": {
        "aws_sqs_queue": {"q": {"name": "${local.name}"}},
        "aws_lambda_function": {"f": [{
          "handler": "app.handler",
          "filename": "${data.archive_file.z.output_path}",
          "environment": {"variables": {"queue_url": "${aws_sqs_queue.q.url}", "text": "a-${var.stage}\\n\\"b\\""}}
        }]}
      }
    }"""
    deployment = configured(tmp_path, {"main.tf.json": text}, unlisted={"src/app.py": ""})
    found = only(deployment)
    assert code(deployment) == Code(folder="src")
    assert {name: plain(setting.value) for name, setting in found.environment} == {
        "queue_url": "<aws_sqs_queue.q.Ref>",
        "text": 'a-dev\n"b"',
    }
    assert found.variable("text") is not None
    assert [setting.at.line for _, setting in found.environment] == [11, 11]
    assert plain(value(resource(deployment, "aws_sqs_queue.q").name)) == "jobs-dev"


@pytest.mark.parametrize(
    ("handler", "folder"), [("app.handler", "one/src"), ("other.handler", None), ("handler", None)]
)
def test_the_source_that_a_module_is_told(tmp_path: Path, handler: str, folder: str | None) -> None:
    module = """
    variable "source_path" {}
    variable "handler" {}
    resource "aws_lambda_function" "f" {
      handler  = var.handler
      filename = data.external.built.result.filename
    }
    """
    call = f"""
    module "m" {{
      source      = "../"
      handler     = "{handler}"
      source_path = "${{path.module}}/src"
    }}
    """
    found = code(configured(tmp_path, {"one/main.tf": call, "main.tf": module}, unlisted={"one/src/app.py": ""}))
    assert found.folder == folder

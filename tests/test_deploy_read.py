"""Which files are templates, what becomes a problem, and which comments speak to the reviewer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, sam

from reviewer.deploy.nodes import LARGEST
from reviewer.deploy.read import read
from reviewer.finding import Location

GOOD = cloudformation("It: {Type: AWS::Lambda::Function}")


# --- templates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        "Resources: {A: {Type: AWS::SQS::Queue}}",
        '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}',
        '{\n\t"Resources" : {"A" : {"Type" : "AWS::SQS::Queue"}}}',
        "'Resources':\n  A:\n    Type: 'AWS::SQS::Queue'\n",
        "---\nother: 1\n---\nResources:\n  A:\n    Type: AWS::SQS::Queue\n",
        "\ufeffResources:\n  A:\n    Type: AWS::SQS::Queue\n",
        "Transform: AWS::Serverless-2016-10-31\r\nResources:\r\n  A:\r\n    Type: AWS::SQS::Queue\r\n",
        "Resources:\n  A:\n    Type: AWS::SQS::Queue\n  B: text\n  C: {Properties: {}}\n  D: [1]\n",
    ],
)
def test_templates(tmp_path: Path, content: str) -> None:
    found = deployed(tmp_path, content)
    assert found.templates == (TEMPLATE,)
    assert found.problems == ()
    assert len(found.functions) + len(found.resources) == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "just text",
        "[1, 2]",
        "a: b: c",
        "key: [unclosed",
        "Resources: [unclosed",
        '{"Resources": ',
        "\tResources:",
        "Type: AWS::SQS::Queue",
        "resources:\n  Resources:\n    A:\n      Type: AWS::SQS::Queue\n",
        "service: x\nresources: {Resources: {A: {Type: AWS::SQS::Queue}}}\n",
        "Resources: [a]\nB: {Type: AWS::SQS::Queue}\n",
        "- Resources: {A: {Type: AWS::SQS::Queue}}\n",
        "Resources: {A: {type: AWS::SQS::Queue}}\n",
        "Resources: {}\n",
        "{% if x %}\nResources:\n  A:\n    Type: AWS::SQS::Queue\n{% endif %}\n",
        "Resources:\n  {{ name }}:\n    Type: AWS::SQS::Queue\n   x: [\n",
        "\x00\x01\x02",
    ],
)
def test_other_files_are_passed_over_in_silence(tmp_path: Path, content: str) -> None:
    found = deployed(tmp_path, {"a.yaml": content, "b.json": content, "good.yaml": GOOD})
    assert found.templates == ("good.yaml",)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "content", "line", "column", "message"),
    [
        ("t.yaml", "Resources:\n  A:\n    Type: AWS::SQS::Queue\n\tB: 1\n", 4, 1, "tab character"),
        ("t.yaml", "Resources:\n  A:\n    Type: AWS::SQS::Queue\n   B: 1\n", 4, 4, "did not find expected key"),
        ("t.yaml", "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    P: 'open\n", 5, 1, "unexpected end of stream"),
        ("t.yaml", "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    P: \x00\n", 4, 8, "control character"),
        ("t.yaml", "Resources:\n  A: &a\n    Type: AWS::SQS::Queue\n    P: *a\n", 4, 8, "stands for itself"),
        ("t.json", '{"Resources": {"A": {"Type": "AWS::SQS::Queue",\n "P": x}}}', 2, 7, "neither a value nor a mark"),
        ("t.yaml", "AWSTemplateFormatVersion: x\nResources: [{Type: AWS::SQS::Queue}]\n", 2, 12, "is not a mapping"),
    ],
)
def test_problems(tmp_path: Path, *, name: str, content: str, line: int, column: int, message: str) -> None:
    found = deployed(tmp_path, {name: content, "good.yaml": GOOD})
    (problem,) = found.problems
    assert (problem.at.path, problem.at.line, problem.at.column) == (name, line, column)
    assert message in problem.message
    assert found.templates == ("good.yaml",)
    assert len(found.functions) == 1


def test_bytes_that_are_no_text_are_a_problem_at_their_line(tmp_path: Path) -> None:
    content = GOOD.encode() + b"# one\n# \xff\n"
    (problem,) = deployed(tmp_path, {"t.yaml": content}).problems
    assert problem.at == Location("t.yaml", GOOD.count("\n") + 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    content = (GOOD + "  Größe: {Type: AWS::SQS::Queue}\n").encode(encoding)
    found = deployed(tmp_path, {"t.yaml": content})
    assert [each.id.name for each in found.resources] == ["Größe"]


def test_a_template_over_the_limit_is_a_problem(tmp_path: Path) -> None:
    found = deployed(tmp_path, GOOD + "#" * LARGEST)
    assert found.functions == ()
    assert ["larger than" in problem.message for problem in found.problems] == [True]


@pytest.mark.parametrize(
    "path", ["missing.yaml", "folder", "../outside.yaml", "link.yaml", "linked/t.yaml", "a\0b", "pipe.yaml"]
)
def test_what_is_no_file_of_the_tree_is_not_read(tmp_path: Path, path: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "folder").mkdir(parents=True)
    outside.mkdir()
    (tmp_path / "outside.yaml").write_text(GOOD)
    (outside / "t.yaml").write_text(GOOD)
    (root / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "linked").symlink_to(outside)
    os.mkfifo(root / "pipe.yaml")
    (root / "good.yaml").write_text(GOOD)
    found = read(root, [path, "good.yaml", "good.yaml"])
    assert (found.templates, found.problems) == (("good.yaml",), ())


def test_a_file_that_is_closed_to_the_reader_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "closed.yaml").write_text(GOOD)
    opened = os.open

    def open_but_one(path: str, *flags: int) -> int:
        if path.endswith("closed.yaml"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *flags)

    monkeypatch.setattr(os, "open", open_but_one)
    found = read(tmp_path, ["closed.yaml", "good.yaml"])
    assert found.templates == ("good.yaml",)
    assert [(each.at.path, each.message) for each in found.problems] == [
        ("closed.yaml", "This file cannot be read: Permission denied")
    ]


def test_a_root_that_is_itself_a_link_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "t.yaml").write_text(GOOD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read(tmp_path / "link", ["t.yaml"]).templates == ("t.yaml",)


def test_a_resource_is_known_by_its_template(tmp_path: Path) -> None:
    found = deployed(tmp_path, {"a.yaml": GOOD, "b/c.yaml": GOOD})
    assert [function.id for function in found.functions] == [("a.yaml", "It"), ("b/c.yaml", "It")]


# --- comments -----------------------------------------------------------------------------------------------------

COMMENTED = """\
# lambda-review: ignore-file[one] reason
AWSTemplateFormatVersion: "2010-09-09"  # plain
Resources:
  It:  # lambda-review: ignore[two]
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.8    # see below # lambda-review: ignore[three] why not
      Description: "no # lambda-review: comment"
      Handler: 'a # lambda-review: b'
      Role: plain#lambda-review:no
      "key # lambda-review: x": [a, "# lambda-review: b"]  # lambda-review: yes[four]
      Code:
        ZipFile: |  # lambda-review: ignore[five]
          x = 1  # lambda-review: ignore[code]
          # lambda-review: ignore[code]

        # lambda-review: ignore[six]
      Layers: >
        folded # lambda-review: no
      # lambda-review:ignore[seven]
# lambda-review: end
"""


def test_comments_are_read_and_strings_are_not(tmp_path: Path) -> None:
    found = deployed(tmp_path, COMMENTED).comments
    assert [(at.line, at.column, text) for at, text in found] == [
        (1, 1, "# lambda-review: ignore-file[one] reason"),
        (4, 8, "# lambda-review: ignore[two]"),
        (7, 29, "# see below # lambda-review: ignore[three] why not"),
        (11, 60, "# lambda-review: yes[four]"),
        (13, 21, "# lambda-review: ignore[five]"),
        (17, 9, "# lambda-review: ignore[six]"),
        (20, 7, "# lambda-review:ignore[seven]"),
        (21, 1, "# lambda-review: end"),
    ]
    lines = COMMENTED.split("\n")
    assert all(lines[at.line - 1][at.column - 1 : at.end_column - 1] == text for at, text in found)


def test_comments_with_windows_line_ends(tmp_path: Path) -> None:
    found = deployed(tmp_path, COMMENTED.replace("\n", "\r\n")).comments
    assert [at.line for at, _ in found] == [1, 4, 7, 11, 13, 17, 20, 21]
    assert found[0][1] == "# lambda-review: ignore-file[one] reason"


def test_json_has_no_comments(tmp_path: Path) -> None:
    content = '{"Resources": {"A": {"Type": "AWS::SQS::Queue", "P": " # lambda-review: x"}}}'
    assert deployed(tmp_path, {"t.json": content}).comments == ()


# --- all together -------------------------------------------------------------------------------------------------


def test_the_order_of_a_template_is_kept(tmp_path: Path) -> None:
    resources = "".join(f"{name}: {{Type: AWS::Serverless::Function}}\n" for name in "CAB")
    assert [function.id.name for function in deployed(tmp_path, sam(resources)).functions] == ["C", "A", "B"]


def test_records_are_frozen_and_hashable(tmp_path: Path) -> None:
    found = deployed(
        tmp_path,
        sam(
            """
            It: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: SQS, Properties: {Queue: !Ref Q}}}}}
            Q: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}
            """
        ),
    )
    assert hash(found) == hash(found)
    assert found == deployed(tmp_path, (tmp_path / TEMPLATE).read_text())

"""Projects whose findings have fixes, and what the fixes make of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reviewing import review_files

from reviewer.config import Config, enabled
from reviewer.discover import discover
from reviewer.finding import Review
from reviewer.fixing import Mended, mend
from reviewer.review import review
from reviewer.rule import collect

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: {visibility}
  Pack:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: |
        import requests
        def handler(event, context):
            requests.get("https://example.com/")
      Handler: index.handler
      Runtime: {runtime}
      Timeout: {timeout}
      Events:
        Order: {{Type: SQS, Properties: {{Queue: !GetAtt Orders.Arn}}}}
"""

Files = Mapping[str, str | bytes]


def fixed(files: Files, *, unsafe: bool = True) -> dict[str, bytes]:
    """The bytes of all files after `--fix`, with or without `--unsafe`; of those of which there are others."""
    return dict(mended(files, unsafe=unsafe).after)


def mended(files: Files, *, unsafe: bool = True) -> Mended:
    """What fixes make of files that are given by path and content."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        tree, config = discover([root]), Config(pedantic=True)
        rules = enabled(collect(), config)

        def again(unsaved: Mapping[str, bytes]) -> Review:
            return review(tree, config, rules, unsaved=unsaved)

        return mend(again({}), again, unsafe=unsafe)


def fixed_code(code: str, *, unsafe: bool = True) -> str:
    """A module after its fixes."""
    return fixed({"app.py": code}, unsafe=unsafe).get("app.py", code.encode()).decode()


def rules_of(files: Files) -> list[str]:
    """The rules that find something."""
    return sorted(found.rule for found in review_files(files).findings)


def tree_of(root: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and bytes of each file below a folder, but git's."""
    found = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    plain = (file for file in found if ".git" not in file.parts and not file.is_symlink())
    return {file.relative_to(root).as_posix(): (file.stat().st_mode, file.read_bytes()) for file in plain}

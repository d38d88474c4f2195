"""The files that a repository has yet to hold: settings, a pipeline's review, hooks. Texts in, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.config import OWN
from reviewer.origin import Origin
from reviewer.survey import HOOKS, Survey

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
UPLOAD = "github/codeql-action/upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e # v4.36.2"

SETTINGS = """\
# Settings of lambda-review. `lambda-review rules` lists the names that `select` and `ignore` take.
# From this severity on, findings fail a run: "error", "warning", "note", or "never".
fail-on = "warning"
# What is not reviewed, each pattern as in a .gitignore.
exclude = []
"""

WORKFLOW = f"""\
name: lambda-review
on:
  push:
    branches: [main, master]
  pull_request:
permissions: {{}}
jobs:
  review:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      security-events: write # findings go to code scanning
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
"""
BY_ACTION = """\
      - uses: ACTION
"""
BY_PIP = f"""\
      - uses: {PYTHON}
        with:
          python-version: "3.13"
      - run: python -I -m pip install "REQUIREMENT"
      - run: lambda-review . --format sarif --output lambda-review.sarif
      - if: ${{{{ !cancelled() }}}}
        uses: {UPLOAD}
        with:
          sarif_file: lambda-review.sarif
"""
GITLAB = """\
lambda-review:
  image: python:3.13-slim
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - GITpython -I -m pip install --quiet "REQUIREMENT"
  script:
    - lambda-review . --format html --output lambda-review.html --format sarif --output lambda-review.sarif
  artifacts:
    when: always
    paths: [lambda-review.html, lambda-review.sarif]
"""
BUILDSPEC = """\
version: 0.2
phases:
  install:
    runtime-versions:
      python: "3.13"
    commands:
      - python -I -m pip install --quiet "REQUIREMENT"
  build:
    commands:
      - lambda-review . --format html --output lambda-review.html --format sarif --output lambda-review.sarif
artifacts:
  files:
    - lambda-review.html
    - lambda-review.sarif
"""
HOOK = """\
  - repo: ADDRESS
    rev: REVISION
    hooks:
      - id: lambda-review
"""
HOOK_OF_INDEX = """\
  - repo: local
    hooks:
      - id: lambda-review
        name: lambda-review
        entry: lambda-review check --changed
        language: python
        additional_dependencies: ["REQUIREMENT"]
        types: [text]
        files: '\\.(py|ya?ml|json|template|tf|tfvars)$|(^|/)zappa_settings\\.toml$'
        require_serial: true
"""
NEEDS_GIT = "apt-get update -qq && apt-get install -qq -y git >/dev/null && "
"""The slim images of Python have no git, which pip needs for an address of one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file to write. With `beside`, that file is there already, and the text is what could be added to it."""

    path: str
    text: str
    why: str
    beside: bool = False


def proposals(found: Survey, origin: Origin) -> tuple[Proposal, ...]:
    """What the repository does not hold yet, the settings first."""
    return (*_settings(found), *_pipelines(found, origin), *_hooks(found, origin))


def _settings(found: Survey) -> Iterator[Proposal]:
    if not found.settings:
        yield Proposal(OWN, SETTINGS, "the settings, as they are without a file")


def _pipelines(found: Survey, origin: Origin) -> Iterator[Proposal]:
    services = dict(found.pipelines) or {"GitHub Actions": ()}
    for service, files in services.items():
        if not found.mentions.isdisjoint(files):
            continue
        if service == "GitHub Actions":
            text = WORKFLOW + (BY_ACTION if origin.action else BY_PIP)
            yield Proposal(".github/workflows/lambda-review.yml", _filled(text, origin), "findings in code scanning")
        elif service == "GitLab CI":
            path = ".gitlab/lambda-review.yml" if files else ".gitlab-ci.yml"
            yield Proposal(path, _filled(GITLAB, origin), "a job that reviews merge requests")
            if files:
                yield Proposal(".gitlab-ci.yml", f"include:\n  - local: {path}\n", "what takes the job in", beside=True)
        else:
            path = "buildspec.lambda-review.yml"
            yield Proposal(path, _filled(BUILDSPEC, origin), "a build project may name it as its buildspec")


def _hooks(found: Survey, origin: Origin) -> Iterator[Proposal]:
    if HOOKS in found.mentions:
        return
    hook = _filled(HOOK if origin.address else HOOK_OF_INDEX, origin)
    if found.hooks:
        yield Proposal(HOOKS, hook, "an entry for the list `repos` of this file", beside=True)
    else:
        yield Proposal(HOOKS, f"repos:\n{hook}", "a review of what changed, before each commit")


def _filled(text: str, origin: Origin) -> str:
    marks = {
        "GITpython": f"{NEEDS_GIT if origin.address else ''}python",
        "REQUIREMENT": origin.requirement,
        "ACTION": origin.action,
        "ADDRESS": origin.address,
        "REVISION": origin.revision,
    }
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text

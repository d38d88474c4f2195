"""The commands of the first minutes: `init`, which looks at a repository and proposes files, and `completion`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.inputs import InputError
from reviewer.outputs import OutputError, show
from reviewer.report.terminal import visible
from reviewer.usage import Choice, Command, option, paths_completed

if TYPE_CHECKING:
    from reviewer.proposals import Proposal
    from reviewer.survey import Survey

PROGRAM = "lambda-review"
SHELLS = ("bash", "zsh", "fish")
DIALECTS = {
    "cdk": "CDK",
    "chalice": "Chalice",
    "cloudformation": "CloudFormation",
    "sam": "SAM",
    "serverless": "Serverless Framework",
    "terraform": "Terraform",
    "zappa": "Zappa",
}
MOST = 20
"""Templates, and modules, that are listed one by one."""


@click.command(cls=Command, short_help="Look at a repository; propose settings, a workflow and a hook.")
@click.argument("folder", default=".", metavar="[FOLDER]", shell_complete=paths_completed)
@option("Output", "--write", "writes", is_flag=True, help="Write the files; none that is there is overwritten.")
@option(
    "Output",
    "--source",
    metavar="ADDRESS@REVISION",
    help="The git repository that workflow and hook get lambda-review from, unless it was installed from one.",
)
def init(folder: str, writes: bool, source: str | None) -> int:
    """Look at a repository: its templates and handlers, pipelines, hooks and settings.

    Shows the files that would let lambda-review run there; --write writes them.
    """
    from reviewer.origin import OriginError, given, installed  # noqa: PLC0415
    from reviewer.proposals import proposals  # noqa: PLC0415
    from reviewer.survey import survey  # noqa: PLC0415

    if not folder or not Path(folder).is_dir():
        raise InputError(f"{folder or 'the empty path'}: no such folder")
    try:
        origin = given(source) if source is not None else installed()
    except OriginError as error:
        raise InputError(f"--source {error}") from None
    found = survey(Path(folder))
    proposed = proposals(found, origin)
    show("".join(f"{visible(line)}\n" for line in _described(found)))
    for each in proposed:
        show(f"\n{_outcome(each, found.root, writes=writes)}\n")
        if not writes or each.beside:
            show("".join(f"    {line}\n" for line in each.text.splitlines()))
    if not proposed:
        show("\nNothing to propose: settings, pipeline and hook are there.\n")
    if proposed and not origin.address:
        show("\nWorkflow and hook take lambda-review from the package index. With --source, from a git repository.\n")
    return 0


def _described(found: Survey) -> Iterator[str]:
    yield f"{found.root}:"
    for (dialect, path), count in found.deployed[:MOST]:
        yield f"  {DIALECTS.get(dialect, dialect)}: {path}, {_counted(count, 'function')}"
    yield from _more(len(found.deployed), "template")
    for path, count in found.undeployed[:MOST]:
        yield f"  no template: {path}, {_counted(count, 'handler')}"
    yield from _more(len(found.undeployed), "module")
    if not found.deployed and not found.undeployed:
        yield "  no function in Python"
    for service, files in found.pipelines:
        yield f"  {service}: {', '.join(files) or 'no pipeline yet'}"
    yield f"  hooks: {found.hooks or 'no .pre-commit-config.yaml'}"
    yield f"  settings: {found.settings or 'none'}"


def _more(count: int, name: str) -> Iterator[str]:
    if count > MOST:
        yield f"  and {_counted(count - MOST, f'more {name}')}"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _outcome(proposal: Proposal, root: Path, *, writes: bool) -> str:
    if proposal.beside:
        return f"{proposal.path} is there and stays as it is; it could take this, {proposal.why}:"
    file = root / proposal.path
    if file.is_symlink() or file.exists():
        return f"{proposal.path} is there and stays as it is; the proposal was {proposal.why}."
    if not writes:
        return f"{proposal.path} would be written, {proposal.why}:"
    _create(file, proposal.text, root)
    return f"{proposal.path} is written, {proposal.why}."


def _create(file: Path, text: str, root: Path) -> None:
    """Write a file that is not there yet, inside of the repository. Raises `OutputError`."""
    try:
        if not file.parent.resolve().is_relative_to(root):
            raise OutputError(f"{file}: a link leads out of the repository")
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise OutputError(f"{file}: {error.strerror}") from None


def rules_completed(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """What completes an argument that takes a rule."""
    from reviewer.rule import collect  # noqa: PLC0415

    return [rule for rule in collect() if rule.startswith(incomplete)]


@click.command(cls=Command, short_help="Print what completes the command line in a shell.")
@click.argument("shell", type=Choice([*SHELLS]), metavar="SHELL")
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script that completes commands, options and paths in bash, zsh or fish.

    It is read when a shell starts: eval "$(lambda-review completion bash)"
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    kind = get_completion_class(shell)
    assert kind is not None
    variable = f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE"
    show(kind(context.find_root().command, {}, PROGRAM, variable).source())
    return 0

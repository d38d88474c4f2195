"""The command line: arguments in, exit status out. Whatever is heavy is imported inside the commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer import commenting, config, inputs, starting
from reviewer.concern import around
from reviewer.config import Config, ConfigError, nearest
from reviewer.discover import LARGEST, Tree, discover
from reviewer.inputs import InputError
from reviewer.options import OUTPUT, about_files, about_findings, about_fixes, about_new, about_rules
from reviewer.outputs import Output, OutputError, beside_patch, check_target, files, paired, show, wants_color, write
from reviewer.report import FORMATS, GRAPHS
from reviewer.usage import Choice, Command, Group, option, paths_completed, worded

if TYPE_CHECKING:
    from reviewer.finding import Review
    from reviewer.rule import Rule

NAME = "lambda-review"
WIDTH = 100
"""Columns of text that does not go to a terminal."""
FAILED = 2
INTERRUPTED = 130

SUMMARY = "Review AWS Lambda handlers written in Python, together with the templates that deploy them."
EXAMPLES = (
    (f"{NAME} .", "the handlers of the current folder"),
    (f"{NAME} src/app.py", "one file as a whole; its template is looked for upwards"),
    (f"{NAME} . --format sarif --output lambda.sarif", "a report for code scanning, and text here"),
    (f"{NAME} . --select invocation --fail-on error", "one group of rules; only errors fail"),
    (f"{NAME} explain self-invocation", "what a rule looks for, and what helps"),
)
STATUSES = (
    ("0", "nothing found at or above the --fail-on severity"),
    ("1", "findings"),
    ("2", "no review, or an incomplete one: arguments, settings, an internal error"),
)
MISSING = {
    "paths": f"no path given; `{NAME} .` reviews the current folder",
    "rule": f"no rule given; `{NAME} rules` lists them",
}


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from reviewer.report.product import version  # noqa: PLC0415

    click.echo(f"{NAME} {version()}")
    ctx.exit()


# --- commands -----------------------------------------------------------------------------------------------------


@click.group(
    cls=Group,
    default="check",
    examples=EXAMPLES,
    statuses=STATUSES,
    failed=FAILED,
    help=SUMMARY,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
def cli() -> None:
    pass


KINDS = ", ".join(FORMATS) + "."
COLORS = ["auto", "always", "never"]


@cli.command(cls=Command, short_help="Review files and folders; what PATH... alone does.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=paths_completed)
@about_rules
@about_files
@about_findings
@about_new
@about_fixes
@option(OUTPUT, "--format", "formats", multiple=True, type=Choice([*FORMATS]), metavar="FORMAT", help=f"{KINDS} [text]")
@option(OUTPUT, "--output", "targets", multiple=True, metavar="FILE", help="Write the report there; one per --format.")
@option(OUTPUT, "--list-suppressions", is_flag=True, help="List the suppressions instead (as text or json).")
@option(OUTPUT, "--statistics", is_flag=True, help="Count the findings of each rule.")
@option(OUTPUT, "-q", "--quiet", is_flag=True, help="Findings only; no text beside --output.")
@option(OUTPUT, "-v", "--verbose", is_flag=True, help="Explain each finding in full; list what was left out, and why.")
@option(OUTPUT, "--color", type=Choice(COLORS), default="auto", metavar="WHEN", help=f"{', '.join(COLORS)}. [auto]")
def check(
    *,
    paths: tuple[str, ...],
    formats: tuple[str, ...],
    targets: tuple[str, ...],
    config_file: str | None,
    stdin_filename: str | None,
    cdk_out: tuple[str, ...],
    since: str | None,
    diff: str | None,
    baseline: str | None,
    write_baseline: str | None,
    list_suppressions: bool,
    changed: bool,
    quiet: bool,
    verbose: bool,
    statistics: bool,
    color: str,
    fix: bool,
    show_fixes: bool,
    unsafe: bool,
    **settings: Any,
) -> int:
    """Review files and folders.

    A folder: the functions of its templates, handlers that no template names, and the modules that these import.

    A file: all of it; its template is looked for upwards.

    `-`: the standard input, as a file.
    """
    from reviewer.novelty import Asked  # noqa: PLC0415
    from reviewer.policy import exit_status  # noqa: PLC0415
    from reviewer.rule import collect  # noqa: PLC0415

    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    mends = inputs.mends(
        paths, fix=fix, show=show_fixes, unsafe=unsafe, of_some=any((since, diff, baseline, write_baseline, changed))
    )
    if changed and "-" in paths:
        raise click.UsageError("--changed and `-` exclude each other")
    outputs = paired(formats, targets, quiet=quiet)
    outputs = beside_patch(outputs) if show_fixes else outputs
    places = inputs.places(paths, stdin_filename, cli.commands)
    rules = collect()
    named = Path(baseline) if baseline is not None else None
    used = inputs.settings(places, rules, config_file, baseline=named, **settings)
    synthesised = inputs.synthesised(cdk_out, places)
    read = around if changed else discover
    tree = read(places, everything=used.everything, exclude=used.exclude, synthesised=synthesised)
    for file in files(outputs):
        check_target(file, tree, used.source)
    if verbose and used.source:
        _say(f"settings from {used.source}")
    newness = Asked(since, diff, named, write_baseline, used.baseline, is_stdin=paths == ("-",))
    novelty = newness.checked(tree, files(outputs))

    unsaved = _unsaved(tree, reads_stdin=paths == ("-",))
    review = _reviewed(tree, used, rules, unsaved)
    if list_suppressions:
        return _list(review, outputs)
    if mends:
        from reviewer.mending import mended, printable  # noqa: PLC0415

        review, patch, remarks = mended(
            review, lambda made: _reviewed(tree, used, rules, unsaved | made), rules, unsafe=unsafe, show=show_fixes
        )
        for remark in remarks:
            _say(remark)
        show(printable(patch) if sys.stdout.isatty() else patch)
    review, baselines = novelty.applied(review, used, rules)
    write(baselines, "--write-baseline")
    text = {"verbose": verbose, "quiet": quiet, "statistics": statistics}
    reports = {output: _rendered(output, review, rules, color, text) for output in outputs}
    write({output.file: report for output, report in reports.items() if output.file})
    for output, report in reports.items():
        if output.file is None:
            show(report, sys.stdout.encoding if output.format == "text" else None)
    if Output("text") not in outputs:
        for error in review.errors:
            _say(f"internal error: {error}")
    return exit_status(review.findings, review.errors, used)


@cli.command("graph", cls=Command, short_help="Draw what starts which function, and what goes round.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=paths_completed)
@about_files
@option(
    OUTPUT,
    "--format",
    "form",
    type=Choice([*GRAPHS]),
    default=next(iter(GRAPHS)),
    metavar="FORMAT",
    help=f"{', '.join(GRAPHS)}. [{next(iter(GRAPHS))}]",
)
@option(OUTPUT, "--output", "target", metavar="FILE", help="Write the graph there, not to the standard output.")
def draw(
    *,
    paths: tuple[str, ...],
    form: str,
    target: str | None,
    config_file: str | None,
    stdin_filename: str | None,
    cdk_out: tuple[str, ...],
    **settings: Any,
) -> int:
    """Draw the invocation graph: triggers, functions, what these write to, and the loops among them.

    Nothing is reported: the exit status is 0, or 2 where there is no graph.
    """
    from reviewer.report import render_graph  # noqa: PLC0415
    from reviewer.rule import collect  # noqa: PLC0415

    places = inputs.places(paths, stdin_filename, cli.commands)
    used = inputs.settings(places, collect(), config_file, select=(), ignore=(), **settings)
    synthesised = inputs.synthesised(cdk_out, places)
    tree = discover(places, everything=used.everything, exclude=used.exclude, synthesised=synthesised)
    (output,) = paired((form,), (target,) if target is not None else (), quiet=True)
    for file in files([output]):
        check_target(file, tree, used.source)
    review = _reviewed(tree, used, {}, _unsaved(tree, reads_stdin=paths == ("-",)))
    assert review.graph is not None
    drawn = render_graph(form, review.graph())
    if output.file is None:
        show(drawn)
    else:
        write({output.file: drawn})
    return 0


@cli.command(cls=Command, short_help="List the rules.")
@click.option("--format", "form", type=Choice(["text", "json"]), default="text", help="How to list them.  [text]")
def rules(form: str) -> int:
    """List the rules: id, severity, group, tier, title.

    Rules of the tier `pedantic` run with --pedantic, those of the tier `policy` with --guardrails, or if selected.
    """
    from reviewer.rule import collect  # noqa: PLC0415

    found = collect().values()
    if form == "json":
        import json  # noqa: PLC0415

        show(json.dumps([_described(rule) for rule in found], indent=2, ensure_ascii=False) + "\n")
        return 0
    rows = [[str(value) for value in list(_described(rule).values())[:5]] for rule in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    lines = ("  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows)
    show("".join(f"{line}\n" for line in lines), sys.stdout.encoding)
    return 0


@cli.command(cls=Command, short_help="Show what a rule looks for, why, and what helps.")
@click.argument("rule", metavar="RULE", shell_complete=starting.rules_completed)
def explain(rule: str) -> int:
    """Show the page of a rule: what it looks for, why that matters, and what helps."""
    from reviewer.rule import collect  # noqa: PLC0415

    known = collect()
    found = known.get(rule.lower().replace("_", "-"))
    if found is None:
        if grouped := [each.id for each in known.values() if each.group == rule]:
            raise click.UsageError(f"`{rule}` is a group of rules: {', '.join(grouped)}")
        raise click.UsageError(f"no rule `{rule}`{nearest(rule, known)}")
    tier = f", {found.tier}" if found.tier != "default" else ""
    head, mark, rest = found.page.partition("\n## ")
    parts = (f"{found.id} ({found.severity.label}, {found.group}{tier})", head.strip(), found.suggest)
    show("\n\n".join(parts) + f"\n{mark}{rest.rstrip()}\n", sys.stdout.encoding)
    return 0


def _described(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "severity": rule.severity.label,
        "group": rule.group,
        "tier": rule.tier,
        "title": rule.title,
        "security": rule.security,
        "cwe": rule.cwe,
        "references": list(rule.references),
    }


cli.add_command(starting.init)
cli.add_command(starting.completion)


# --- the parts of a review ----------------------------------------------------------------------------------------


def _reviewed(tree: Tree, used: Config, rules: dict[str, Rule], unsaved: dict[str, bytes]) -> Review:
    from reviewer.review import review  # noqa: PLC0415

    return review(tree, used, config.enabled(rules, used), unsaved=unsaved)


def _unsaved(tree: Tree, *, reads_stdin: bool) -> dict[str, bytes]:
    """The bytes of the file that the standard input is, by its path."""
    if not reads_stdin:
        return {}
    if sys.stdin is None:
        raise InputError("the standard input is closed")
    if not tree.explicit:
        raise InputError(f"--stdin-filename {tree.left_out[0][0]}: {tree.left_out[0][1]}")
    (path,) = tree.explicit
    return {path: sys.stdin.buffer.read(LARGEST + 1)}


def _list(review: Review, outputs: Sequence[Output]) -> int:
    from reviewer.report import suppressions  # noqa: PLC0415

    form = outputs[0].format
    if form not in suppressions.FORMATS or outputs != (Output(form),):
        raise InputError(f"--list-suppressions goes to the standard output, as {' or '.join(suppressions.FORMATS)}")
    show(suppressions.render(form, review.marks), sys.stdout.encoding if form == "text" else None)
    return FAILED if review.errors else 0


def _rendered(output: Output, review: Review, rules: dict[str, Rule], color: str, options: dict[str, bool]) -> str:
    from reviewer.report import render  # noqa: PLC0415

    if output.format != "text":
        return render(output.format, review, rules)
    from shutil import get_terminal_size  # noqa: PLC0415

    terminal = output.file is None and sys.stdout.isatty()
    colored = output.file is None and wants_color(color, os.environ, terminal=terminal)
    width = get_terminal_size((WIDTH, 0)).columns if output.file is None else WIDTH
    return render("text", review, rules, color=colored, links=colored and terminal, width=width, **options)


# --- what can go wrong --------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; no exception leaves it."""
    if sys.stdout is None:  # its file descriptor is closed
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    try:
        return int(cli.main(arguments, NAME, standalone_mode=False) or 0)
    except SystemExit:  # of click, where the reader of its help has gone away
        return 0
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        _say(f"error: {worded(error, MISSING)}")
    except (ConfigError, InputError, OutputError) as error:
        _say(f"error: {error}")
    except OSError as error:
        _say(f"error: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
    except Exception as error:
        _say(f"internal error: {_located(error)}")
    return FAILED


def run() -> None:
    """The program: `main`, without what a process that does one thing and ends has no use for.

    Collecting garbage, of which a review makes hardly any, and taking the heap apart at the end would cost a third of
    the time.
    """
    import gc  # noqa: PLC0415

    gc.disable()
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # its reader has gone away
            stream.flush()
    os._exit(status)


def _say(message: str) -> None:
    click.echo(f"{NAME}: {_visible(message)}", err=True)


def _visible(text: str) -> str:
    from reviewer.report.terminal import visible  # noqa: PLC0415

    return visible(text)


def _located(error: Exception) -> str:
    """An exception in one line, with the place that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    place = f" ({Path(code.co_filename).name}:{trace.tb_lineno})" if code and trace else ""
    return f"{type(error).__name__}: {error}{place}"


cli.add_command(commenting.command(check, _reviewed, _say))


if __name__ == "__main__":
    run()

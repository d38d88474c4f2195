"""How the command line explains itself: help in sections, and each error in one line that names what is nearest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from reviewer.config import nearest

Rows = Sequence[tuple[str, str]]
Declared = TypeVar("Declared", bound=Callable[..., Any])


class Choice(click.Choice):  # type: ignore[type-arg] # click 8.1 takes no argument there
    """A choice that names the nearest one where there is none such."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        names = [str(name) for name in self.choices]
        if value not in names:
            name = param.opts[0] if param else ""
            raise click.UsageError(f"{name}: `{value}` is none of {', '.join(names)}{nearest(str(value), names)}")
        return value


class Option(click.Option):
    """An option that knows its section of the help."""

    def __init__(self, *args: Any, section: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.section = section

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if self.metavar in {"FILE", "DIR"}:
            return [CompletionItem(incomplete, type=self.metavar.lower())]
        return super().shell_complete(ctx, incomplete)


def paths_completed(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What completes an argument that takes files and folders."""
    return [CompletionItem(incomplete, type="file")]


def option(section: str, *names: str, **settings: Any) -> Callable[[Declared], Declared]:
    """Declare an option of a section of the help."""
    return click.option(*names, cls=Option, section=section, **settings)


class Command(click.Command):
    """A command whose help shows its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record and isinstance(param, click.Option):
                sections.setdefault(getattr(param, "section", "Other"), []).append(record)
        for title, records in sections.items():
            write_section(formatter, title, records)


class Group(click.Group):
    """A group that takes anything but a command's name as arguments of one command, and shows that one's help as well.

    `default` is that command's name, `examples` and `statuses` are rows of the help. Without arguments, it shows the
    help and fails: a script that lost its arguments has reviewed nothing.
    """

    def __init__(self, *args: Any, default: str, examples: Rows, statuses: Rows, failed: int, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.default, self.examples, self.statuses, self.failed = default, examples, statuses, failed

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(self.failed)
        own = {name for param in self.get_params(ctx) for name in param.opts}
        is_own = not args or args[0] in {*self.commands, *own}
        return super().parse_args(ctx, args if is_own else [self.default, *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands, and what may follow where the name of the default one is left out."""
        command = self.commands[self.default]
        arguments = [param for param in command.params if isinstance(param, click.Argument)]
        with click.Context(command, ctx, self.default, resilient_parsing=True) as inner:
            if incomplete.startswith("-"):
                more = command.shell_complete(inner, incomplete)
            else:
                more = [item for argument in arguments for item in argument.shell_complete(inner, incomplete)]
        # paths first: where one may stand, click's script for bash drops what it was given before
        return [*more, *super().shell_complete(ctx, incomplete)]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        name = ctx.command_path
        formatter.write_usage(name, "[OPTIONS] PATH...")
        formatter.write_usage(name, "COMMAND [ARGUMENTS]", " " * len("Usage: "))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_section(formatter, "Examples", self.examples)
        rows = [(name, command.get_short_help_str(formatter.width)) for name, command in self.commands.items()]
        write_section(formatter, "Commands", rows)
        command = self.commands[self.default]
        with click.Context(command, ctx, self.default, help_option_names=[]) as inner:
            command.format_options(inner, formatter)
        click.Command.format_options(self, ctx, formatter)
        write_section(formatter, "Exit status", self.statuses)


def write_section(formatter: click.HelpFormatter, title: str, rows: Rows) -> None:
    with formatter.section(title):
        formatter.write_dl(rows)


def worded(error: click.ClickException, missing: dict[str, str]) -> str:
    """An error of click in one line. `missing` says what to say of each argument that is not given."""
    if isinstance(error, click.NoSuchOption):
        return _no_option(error.option_name, error.ctx)
    if isinstance(error, click.MissingParameter) and error.param is not None and error.param.name in missing:
        return missing[error.param.name]
    return " ".join(error.format_message().split()).rstrip(".")


def _no_option(name: str, context: click.Context | None) -> str:
    """What to say of an option that a command has not, and may have been meant for the program as a whole."""
    own, whole = (_options(each) for each in (context, context and context.parent))
    return f"`{name}` stands alone" if name in whole else f"no option `{name}`{nearest(name, own | whole)}"


def _options(context: click.Context | None) -> set[str]:
    return {name for param in context.command.get_params(context) for name in param.opts} if context else set()

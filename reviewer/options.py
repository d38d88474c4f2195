"""The options that commands of the command line share, and the sections of the help that they stand in."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from reviewer.usage import option

RULES, FILES, FOUND, NEW = "Which rules", "Which files", "Which findings", "Only what is new"
FIXES, OUTPUT = "Fixes", "Output"

ABOUT_FILES = (
    option(FILES, "--all", "everything", is_flag=True, help="Review all Python files, also tests and ignored ones."),
    option(FILES, "--exclude", multiple=True, metavar="PATTERN", help="Leave out what matches, as in a .gitignore."),
    option(
        FILES,
        "--config",
        "config_file",
        metavar="FILE",
        help="Read the settings there, not in the nearest pyproject.toml.",
    ),
    option(
        FILES,
        "--cdk-out",
        "cdk_out",
        multiple=True,
        metavar="DIR",
        help="A folder that `cdk synth` wrote, where it is not the `cdk.out` beside the app.",
    ),
    option(FILES, "--stdin-filename", metavar="FILE", help="The name of the file that `-` reads from standard input."),
)
ABOUT_NEW = (
    option(NEW, "--since", metavar="REF", help="Report what changes since the branch left REF touch."),
    option(NEW, "--diff", metavar="FILE", help="Report what this unified diff touches (`-`: standard input)."),
    option(NEW, "--baseline", metavar="FILE", help="Leave out the findings that this baseline knows."),
    option(NEW, "--write-baseline", metavar="FILE", help="Write a baseline that knows all findings."),
)
ABOUT_FIXES = (
    option(FIXES, "--fix", is_flag=True, help="Apply the safe fixes to the files; report what is left."),
    option(FIXES, "--show-fixes", is_flag=True, help="Print what --fix would change, as `git apply` takes it."),
    option(FIXES, "--unsafe", is_flag=True, help="With either: also fixes that change what is run or deployed."),
)


def about_files(command: Callable[..., int]) -> Callable[..., int]:
    """Declare the options of all commands that read files."""
    return reduce(lambda declared, declare: declare(declared), reversed(ABOUT_FILES), command)


def about_new(command: Callable[..., int]) -> Callable[..., int]:
    """Declare the options that leave out what is not new."""
    return reduce(lambda declared, declare: declare(declared), reversed(ABOUT_NEW), command)


def about_fixes(command: Callable[..., int]) -> Callable[..., int]:
    """Declare the options that change files."""
    return reduce(lambda declared, declare: declare(declared), reversed(ABOUT_FIXES), command)

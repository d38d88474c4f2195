"""The options that commands of the command line share, and the sections of the help that they stand in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from reviewer.config import SEVERITIES, THRESHOLDS
from reviewer.usage import Choice, option

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
ABOUT_RULES = (
    option(
        RULES, "--select", multiple=True, metavar="NAME", help="Run these rules or groups only (`all`: all there are)."
    ),
    option(RULES, "--ignore", multiple=True, metavar="NAME", help="Leave these rules or groups out."),
    option(RULES, "--pedantic", is_flag=True, help="Run the pedantic rules as well."),
    option(RULES, "--guardrails", is_flag=True, help="Run the rules about signing and versions as well."),
)
LEVELS = ", ".join(SEVERITIES)
ABOUT_FINDINGS = (
    option(FILES, "--changed", is_flag=True, help="Read the project around the paths; report what concerns them."),
    option(
        FOUND,
        "--min-severity",
        type=Choice([*SEVERITIES]),
        metavar="LEVEL",
        help=f"Report from this level on: {LEVELS}.",
    ),
    option(
        FOUND,
        "--fail-on",
        type=Choice([*THRESHOLDS]),
        metavar="LEVEL",
        help="Exit with 1 from this level on, or `never`. [warning]",
    ),
)

Run = Callable[..., int]
Declare = Callable[[Run], Run]


def _declaring(options: Sequence[Declare]) -> Declare:
    """A decorator that declares some options, in their order."""
    return lambda command: reduce(lambda declared, declare: declare(declared), reversed(options), command)


about_rules, about_findings = _declaring(ABOUT_RULES), _declaring(ABOUT_FINDINGS)
about_files = _declaring(ABOUT_FILES)
"""The options of all commands that read files."""
about_new, about_fixes = _declaring(ABOUT_NEW), _declaring(ABOUT_FIXES)

"""Paired wall-clock comparison of two commands: A B A B …, so that a drift of the machine meets both alike.

    python benchmarks/speed.py bandit FOLDER          lambda-review against `bandit -r` on the same folder
    python benchmarks/speed.py versions OLD NEW FOLDER  two versions: programs or git revisions
    python benchmarks/speed.py start                  `--version` and `--help` against `python -c 'import click'`
    python benchmarks/speed.py commands 'A' 'B'       any two commands

Prints each pair, the medians, the ratio of the medians and the median of the pairs' ratios, the processor time and the
peak of resident memory. Standard library only; not for Windows, which has no `os.wait4`. The exit status is 2 where a
command fails: any status but 0 and 1 (findings).
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from versions import executable

Command = Sequence[str]
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes: macOS counts `ru_maxrss` in bytes, Linux in KiB."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: seconds of wall-clock and of processor time, MB of peak resident memory."""

    seconds: float
    processor: float
    memory: float


def run(command: Command) -> Run:
    """Run a command to its end, its output unread. Exits with 2 where it fails."""
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            errors.seek(0)
            last = errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            print(f"{shlex.join(command)}: exit status {process.returncode}: {last}", file=sys.stderr)
            raise SystemExit(2)
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT / 1e6)


def compare(first: Command, second: Command, pairs: int) -> None:
    """Run both commands in turn and print what came of it."""
    print(f"A: {shlex.join(first)}\nB: {shlex.join(second)}\n\npair       A s       B s     A/B")
    runs = []
    for number in range(1, pairs + 1):
        a, b = run(first), run(second)
        runs.append((a, b))
        print(f"{number:4}  {a.seconds:8.3f}  {b.seconds:8.3f}  {a.seconds / b.seconds:6.2f}", flush=True)
    ratios = [a.seconds / b.seconds for a, b in runs]
    a_seconds, b_seconds = median(a.seconds for a, _ in runs), median(b.seconds for _, b in runs)
    a_processor, b_processor = median(a.processor for a, _ in runs), median(b.processor for _, b in runs)
    a_memory, b_memory = max(a.memory for a, _ in runs), max(b.memory for _, b in runs)
    print(f"\nmedian {a_seconds:7.3f}  {b_seconds:8.3f}  {a_seconds / b_seconds:6.2f}  (ratio of the medians)")
    print(f"ratios of the pairs: median {median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")
    print(f"processor time: A {a_processor:.3f} s, B {b_processor:.3f} s (medians)")
    print(f"peak memory: A {a_memory:.0f} MB, B {b_memory:.0f} MB\n")


def program(name: str) -> str:
    """A program beside this Python, else on the PATH."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if found is None:
        raise SystemExit(f"{name}: not installed beside {sys.executable}, and not on the PATH")
    return found


def comparisons(options: argparse.Namespace, room: Path) -> list[tuple[Command, Command]]:
    """The pairs of commands that the command line asks for."""
    if options.preset == "commands":
        return [(shlex.split(options.first), shlex.split(options.second))]
    if options.preset == "bandit":
        return [([program("lambda-review"), options.folder], [program("bandit"), "-q", "-r", options.folder])]
    if options.preset == "versions":
        new, old = (str(executable(version, room)) for version in (options.new, options.old))
        return [([new, options.folder], [old, options.folder])]
    click = [sys.executable, "-c", "import click"]
    return [([program("lambda-review"), option], click) for option in ("--version", "--help")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, help="how many; 5, or 25 for start")
    presets = parser.add_subparsers(dest="preset", required=True, metavar="bandit | versions | start | commands")
    presets.add_parser("bandit").add_argument("folder")
    versions = presets.add_parser("versions")
    for name in ("old", "new", "folder"):
        versions.add_argument(name)
    presets.add_parser("start")
    commands = presets.add_parser("commands")
    for name in ("first", "second"):
        commands.add_argument(name)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        try:
            wanted = comparisons(options, Path(room))
        except LookupError as error:
            raise SystemExit(str(error)) from None
        for first, second in wanted:
            compare(first, second, options.pairs or (25 if options.preset == "start" else 5))


if __name__ == "__main__":
    main()

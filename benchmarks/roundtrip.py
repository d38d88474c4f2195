"""Fix a copy of a repository, and check by rule what `--fix --unsafe` leaves.

    python benchmarks/roundtrip.py [--tool lambda-review] FOLDER…

Each folder is copied into a temporary one, as a git repository, and reviewed before and after. What has to hold:

- the patch of `--show-fixes` is taken by `git apply`, and makes of the copy what `--fix` makes of it;
- every file that changed can still be read: Python compiles, and no finding `unreadable-source` is new;
- the bytes outside of the edits are equal: the edits of the JSON reports, put into another copy by this script itself,
  make the same files; modes and line ends are kept;
- a finding with a fix is gone, no finding has a fix any more, and no rule has more findings than before;
- a second run changes nothing.

Prints one line for each folder and rule, and what does not hold; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import codecs
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.autocrlf=false")

MOST_ROUNDS = 20


def run(*command: str, cwd: Path, accepts: tuple[int, ...] = (0,)) -> bytes:
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    if done.returncode not in accepts:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def findings(tool: str, folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(tool, ".", "--format", "json", "--fail-on", "never", cwd=folder))[
        "findings"
    ]
    return found


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """The modes and bytes of all plain files."""
    plain = (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and ".git" not in p.parts)
    return {str(p.relative_to(folder)): (p.stat().st_mode, p.read_bytes()) for p in plain}


def put(content: bytes, edits: list[dict[str, Any]]) -> bytes:
    """The bytes of a file in UTF-8 with edits put in, which count characters behind the byte order mark."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.removeprefix(mark).decode()
    for edit in sorted(edits, key=lambda each: -each["start"]):
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    return mark + text.encode()


def by_hand(tool: str, folder: Path) -> None:
    """Put the edits of the JSON report into the files, none that touches an earlier one, until a report has none."""
    for _ in range(MOST_ROUNDS):
        chosen: dict[str, list[dict[str, Any]]] = {}
        for fix in (fix for finding in findings(tool, folder) for fix in finding["fixes"]):
            taken = [(each, edit) for edit in fix["edits"] for each in chosen.get(edit["path"], [])]
            if not any(each["start"] <= edit["end"] and edit["start"] <= each["end"] for each, edit in taken):
                for edit in fix["edits"]:
                    chosen.setdefault(edit["path"], []).append(edit)
        for path, edits in chosen.items():
            (folder / path).write_bytes(put((folder / path).read_bytes(), edits))
        if not chosen:
            return


def checked(tool: str, source: Path, folder: Path) -> Iterator[str]:
    """What does not hold; the numbers are printed on the way."""
    shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    run(*GIT, "init", "-q", cwd=folder)
    run(*GIT, "add", "-A", "-f", cwd=folder)
    run(*GIT, "commit", "-q", "-m", "before", cwd=folder)
    old, first = state(folder), findings(tool, folder)

    patch = run(tool, ".", "--show-fixes", "--unsafe", cwd=folder, accepts=(0, 1))
    if state(folder) != old:
        yield "--show-fixes changed files"
    (folder.parent / "fixes.patch").write_bytes(patch)
    if patch:
        run(*GIT, "apply", "--whitespace=nowarn", str(folder.parent / "fixes.patch"), cwd=folder)
    patched = state(folder)
    run(*GIT, "checkout", "-q", "--", ".", cwd=folder)
    by_hand(tool, folder)
    edited = state(folder)
    run(*GIT, "checkout", "-q", "--", ".", cwd=folder)

    run(tool, ".", "--fix", "--unsafe", "--quiet", cwd=folder, accepts=(0, 1))
    new, last = state(folder), findings(tool, folder)
    changed = sorted(path for path in old if new.get(path) != old[path])
    if patched != new:
        yield f"the patch and --fix differ: {sorted(p for p in new if patched.get(p) != new[p])[:5]}"
    if edited != new:
        yield f"other bytes than those of the edits changed: {sorted(p for p in new if edited.get(p) != new[p])[:5]}"
    if new.keys() != old.keys():
        yield f"files came or went: {sorted(new.keys() ^ old.keys())[:5]}"
    for path in changed:
        yield from unlike(path, *old[path], *new[path])
    run(tool, ".", "--fix", "--unsafe", "--quiet", cwd=folder, accepts=(0, 1))
    if state(folder) != new:
        yield "a second run changed files"

    counts, left = Counter(f["rule"] for f in first), Counter(f["rule"] for f in last)
    offered = Counter(f["rule"] for f in first if f["fixes"])
    still = Counter(f["rule"] for f in last if f["fixes"])
    print(f"{source.name}: {len(changed)} of {len(old)} files changed")
    for rule in sorted(offered):
        print(f"  {rule}: {counts[rule]} findings, {offered[rule]} with a fix, {left[rule]} findings after it")
    for rule in sorted(counts.keys() | left.keys()):
        if still[rule]:
            yield f"{rule}: {still[rule]} findings still have a fix"
        if left[rule] > counts[rule] - offered[rule]:
            yield f"{rule}: {left[rule]} findings where {counts[rule] - offered[rule]} were to be left"


def unlike(path: str, mode: int, before: bytes, new_mode: int, after: bytes) -> Iterator[str]:
    """In what a fixed file is none."""
    if mode != new_mode:
        yield f"{path}: another mode"
    if (before.count(b"\r\n") == before.count(b"\n")) != (after.count(b"\r\n") == after.count(b"\n")):
        yield f"{path}: other line ends"
    if path.endswith(".py"):
        try:
            compile(after, path, "exec", dont_inherit=True)
        except SyntaxError as problem:
            yield f"{path}: {problem}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=str(Path(sys.executable).with_name("lambda-review")))
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    faults = 0
    for source in arguments.folders:
        with tempfile.TemporaryDirectory() as room:
            for fault in checked(arguments.tool, source.resolve(), Path(room, "copy")):
                faults += 1
                print(f"  wrong: {fault}")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Unified diffs: what they say is new, from whatever wrote them, and that no text ends the reader."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.changes import WHOLE, Changes, DiffError, changes, merged, parts
from reviewer.finding import Finding, Location, Severity, Step

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "-- x", "++ y", "@@ -1 +1 @@", "\\ z"]), max_size=12)
NOWHERE = Path("/nowhere")


def diff_of(old: list[str], new: list[str], context: int) -> list[str]:
    return list(unified_diff(old, new, "a/app.py", "b/app.py", lineterm="", n=context))


@given(LINES, LINES, st.integers(0, 3), st.sampled_from(["\n", "\r\n"]))
def test_what_is_new_is_what_difflib_says(old: list[str], new: list[str], context: int, end: str) -> None:
    expected = []
    for kind, _, _, first, last in SequenceMatcher(None, old, new).get_opcodes():
        if kind in ("insert", "replace"):
            expected.append((first + 1, last))
        elif kind == "delete":
            expected.append((max(1, first), first + 1))
    text = "".join(line + end for line in diff_of(old, new, context))
    found = [part.lines for part in parts(text.encode())]
    assert found == ([merged(expected)] if old != new else [])


@given(LINES, LINES, st.data())
def test_a_damaged_diff_is_read_or_refused(old: list[str], new: list[str], data: st.DataObject) -> None:
    lines = "\n".join(diff_of(old, new, 2)).encode()
    at = data.draw(st.integers(0, len(lines)))
    damaged = lines[:at] + data.draw(st.binary(max_size=4)) + lines[at + data.draw(st.integers(0, 9)) :]
    try:
        found = changes(damaged, NOWHERE, NOWHERE)
    except DiffError as error:
        assert str(error).partition(":")[0].isdigit()
    else:
        assert all(first <= last and first >= 0 for runs in found.lines.values() for first, last in runs)


@given(st.one_of(st.binary(), st.text(alphabet='-+@\\ ,ab/"\n\r\t17').map(str.encode)))
def test_any_text_is_read_or_refused(text: bytes) -> None:
    try:
        changes(text, NOWHERE, NOWHERE)
    except DiffError as error:
        assert str(error).partition(":")[0].isdigit()


HUNK = "@@ -1,2 +1,3 @@ def f():\n one\n+two\n three\n"
NAMES = {
    "git": ("diff --git a/src/app.py b/src/app.py\n--- a/src/app.py\n+++ b/src/app.py\n", "src/app.py"),
    "git without prefixes": ("diff --git src/app.py src/app.py\n--- src/app.py\n+++ src/app.py\n", "src/app.py"),
    "a folder called b": ("diff --git b/app.py b/app.py\n--- b/app.py\n+++ b/app.py\n", "b/app.py"),
    "mnemonic prefixes": ("diff --git i/app.py w/app.py\n--- i/app.py\n+++ w/app.py\n", "app.py"),
    "a new file": ("diff --git a/app.py b/app.py\nnew file mode 100644\n--- /dev/null\n+++ b/app.py\n", "app.py"),
    "a new file in a folder called b": ("diff --git b/app.py b/app.py\n--- /dev/null\n+++ b/app.py\n", "b/app.py"),
    "a renamed file": ("diff --git a/x.py b/y.py\nrename from x.py\nrename to y.py\n--- a/x.py\n+++ b/y.py\n", "y.py"),
    "diff with times": ("--- app.py\t2026-01-01 00:00:00\n+++ app.py\t2026-01-02 00:00:00\n", "app.py"),
    "a blank in the name": ("diff --git a/a b.py b/a b.py\n--- a/a b.py\t\n+++ b/a b.py\t\n", "a b.py"),
    "a quoted name": ('--- "a/f\\303\\251\\"\\n.py"\n+++ "b/f\\303\\251\\"\\n.py"\n', 'fé"\n.py'),
    "a mail": ("From 1 Mon Sep\nSubject: x\n---\n app.py | 1 +\n\n--- a/app.py\n+++ b/app.py\n", "app.py"),
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    head, path = NAMES[name]
    assert changes((head + HUNK).encode(), NOWHERE, NOWHERE).lines == {path: ((2, 2),)}


@pytest.mark.parametrize(
    ("named", "here"), [("a/app.py", "."), ("old/src/app.py", "."), ("app.py", "src"), ("src/app.py", ".")]
)
def test_the_file_that_is_there_is_meant(tmp_path: Path, named: str, here: str) -> None:
    path = "app.py" if named == "a/app.py" else "src/app.py"
    (tmp_path / "src").mkdir()
    (tmp_path / path).write_text("one\n")
    new = named.replace("a/", "b/", 1) if named.startswith("a/") else named.replace("old/", "new/")
    text = f"--- {named}\n+++ {new}\n{HUNK}"
    assert changes(text.encode(), tmp_path, tmp_path / here).lines == {path: ((2, 2),)}


def test_a_name_that_leads_out_of_the_tree_is_none_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x\n")
    (tmp_path / "tree").mkdir()
    text = f"--- ../secret.py\n+++ ../secret.py\n{HUNK}"
    assert changes(text.encode(), tmp_path / "tree", tmp_path / "tree").lines == {"../secret.py": ((2, 2),)}


SEVERAL = f"""\
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -4 +3,0 @@
-    if not event:
@@ -9,2 +8,2 @@
-x
-y
\\ No newline at end of file
+x
+z
\\ No newline at end of file
diff --git a/old.py b/kept.py
similarity index 100%
rename from old.py
rename to kept.py
diff --git a/other.py b/other.py
--- a/other.py
+++ b/other.py
{HUNK}"""


def test_several_files() -> None:
    """Beside a removed line, both neighbours count: it may have been what guarded them."""
    found = changes(SEVERAL.encode(), NOWHERE, NOWHERE)
    assert found.lines == {"app.py": ((3, 4), (8, 9)), "other.py": ((2, 2),)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello\n", "1: no unified diff: it names no file"),
        ("@@ -1 +1 @@\n-a\n+b\n", "1: a hunk before the `---` and `+++` lines of its file"),
        ("--- a\n+++ b\n@@ -1 +1,x @@\n", "3: a malformed hunk head"),
        ("--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n", "3: this hunk ends before the number of lines that its head tells"),
        ("--- a\n+++ b\n@@ -1 +1,2 @@\n a\nx\n", "5: this line does not belong to the hunk of line 3"),
        ("--- a\n+++ b\n@@ -1 +1 @@\n+a\n+b\n", "5: this line does not belong to the hunk of line 3"),
        (
            "diff --cc a\n@@@ -1 -1 +1 @@@\n",
            "2: a combined diff, of a merge, does not say what is new against one side",
        ),
    ],
)
def test_what_is_no_diff_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(DiffError) as error:
        list(parts(text.encode()))
    assert str(error.value) == said


@pytest.mark.parametrize("text", ["", "\n", "diff --git a/x b/y\nsimilarity index 100%\n"])
def test_a_diff_without_changes_has_none(text: str) -> None:
    assert changes(text.encode(), NOWHERE, NOWHERE) == Changes({})


def found(at: Location, *, related: tuple[Location, ...] = (), steps: tuple[Location, ...] = ()) -> Finding:
    notes = (tuple(Step(place, "A place") for place in places) for places in (related, steps))
    return Finding("rule", Severity.NOTE, at, "A fact", "", related=next(notes), steps=next(notes))


def test_a_finding_is_touched_at_its_place_its_steps_and_its_related_places() -> None:
    new = Changes({"app.py": ((3, 3), (7, 9)), "new.py": WHOLE})
    outside, inside = Location("app.py", 5), Location("app.py", 8)
    assert [new.meet(Location("app.py", line)) for line in range(1, 11)] == [
        line in (3, 7, 8, 9) for line in range(1, 11)
    ]
    assert new.meet(Location("app.py", 4, 1, 7, 2))
    assert new.meet(Location("new.py", 4000))
    assert not new.meet(Location("other.py", 3))
    assert new.touch(found(inside))
    assert new.touch(found(outside, related=(inside,)))
    assert new.touch(found(outside, steps=(outside, inside)))
    assert not new.touch(found(outside, related=(outside,), steps=(outside,)))

"""String operations on shapes: what is still known of a text that `replace`, `basename`… were applied to.

`apply` says it for each operation of a `Transformed` value. `base` is the string; `arguments` are in the order of the
Python call, and one that the call leaves out may be left out, or be None where Python has None for it.

| operation | arguments | the Python that it stands for |
|---|---|---|
| `str`, `encode`, `decode` | | the text itself |
| `lower`, `upper`, `casefold`, `title`, `capitalize`, `swapcase` | | `x.lower()`… |
| `strip`, `lstrip`, `rstrip` | [chars] | `x.strip(chars)`… |
| `replace` | old, new, [count] | `x.replace(old, new, count)` |
| `removeprefix`, `removesuffix` | affix | `x.removeprefix(affix)`… |
| `zfill` | width | `x.zfill(width)` |
| `slice` | start, stop | `x[start:stop]` |
| `split_first` | sep | `x.split(sep)[0]`, `x.partition(sep)[0]` |
| `split_last` | sep | `x.split(sep)[-1]`, `x.rsplit(sep, 1)[-1]`, `x.rpartition(sep)[2]` |
| `rsplit_head` | sep | `x.rsplit(sep, 1)[0]`: all before the last `sep`, or the whole |
| `partition_tail` | sep | `x.partition(sep)[2]`: all after the first `sep`, or nothing |
| `join` | parts… | `x.join(parts)`; base is the separator |
| `quote`, `quote_plus` | [safe] | `urllib.parse.quote(x, safe)`… |
| `unquote`, `unquote_plus` | | `urllib.parse.unquote(x)`… |
| `basename` | | `os.path.basename(x)`, `PurePath(x).name` |
| `dirname` | | `os.path.dirname(x)`, `str(PurePath(x).parent)` |
| `splitext_stem` | | `os.path.splitext(x)[0]` |
| `splitext_extension` | | `os.path.splitext(x)[1]`, `PurePath(x).suffix` |
| `stem` | | `PurePath(x).stem` |
| `with_suffix`, `with_name` | new | `str(PurePath(x).with_suffix(new))`… |
| `path` | | `str(PurePath(x))` |
| `path_join` | parts… | `os.path.join(x, *parts)`; base is the first part |

The path operations leave out of account a path that names no file: one that ends with a slash or a dot, or whose last
part is nothing but an extension (`in/.raw`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from reviewer.shapes import ANY, LONGEST, Shape, after, before, common_end, common_start, concat, exactly, first, join

Argument = Shape | int | None

MOST_REPLACED = 16


# --- what is left after cutting -----------------------------------------------------------------------------------


def _slice(base: Shape, start: int | None = None, stop: int | None = None) -> Shape:
    if start is not None and start < 0:
        if stop is not None and stop >= 0:
            return ANY
        end = first(base.flipped(), -start).flipped()
        return end if stop is None else before(end, -stop)
    if stop is not None:
        base = first(base, stop) if stop >= 0 else before(base, -stop)
    return after(base, start or 0)


def _open_end(text: str, word: str) -> int:
    """Where a `word` that goes on behind `text` can begin in it at the earliest; the end of `text` if nowhere."""
    reach = range(max(0, len(text) - len(word) + 1), len(text))
    return next((at for at in reach if word.startswith(text[at:])), len(text))


def _split_first(base: Shape, sep: str) -> Shape:
    if sep in base.prefix:
        return exactly(base.prefix.split(sep)[0])
    without = base.absent | ({sep} if len(sep) == 1 else set())
    return Shape(base.prefix[: _open_end(base.prefix, sep)], without=without)


def _split_last(base: Shape, sep: str) -> Shape:
    if any(sep.startswith(sep[at:]) for at in range(1, len(sep))):
        return ANY  # such as "aa": `split` and `rsplit` cut "aaa" at different places
    return _split_first(base.flipped(), sep[::-1]).flipped()


def _rsplit_head(base: Shape, sep: str) -> Shape:
    if sep in base.suffix:
        return before(base, len(base.suffix) - base.suffix.rindex(sep))
    cut = base.prefix.rindex(sep) if sep in base.prefix else _open_end(base.prefix, sep)
    return Shape(base.prefix[:cut], without=base.absent)


def _partition_tail(base: Shape, sep: str) -> Shape:
    if sep in base.prefix:
        return after(base, base.prefix.index(sep) + len(sep))
    return Shape(suffix=base.suffix.partition(sep)[2], without=base.absent)


def _removeprefix(base: Shape, affix: str) -> Shape:
    if base.prefix.startswith(affix):
        return after(base, len(affix))
    return join([base, after(base, len(affix))]) if affix.startswith(base.prefix) else base


def _removesuffix(base: Shape, affix: str) -> Shape:
    return _removeprefix(base.flipped(), affix[::-1]).flipped()


def _stripped(left: bool, right: bool) -> Callable[..., Shape]:
    def rule(base: Shape, chars: str | None = None) -> Shape:
        prefix, suffix = base.prefix, base.suffix
        left_stays = not left or bool(prefix[:1].strip(chars))
        right_stays = not right or bool(suffix[-1:].strip(chars))
        if left_stays and right_stays:
            return base
        prefix = prefix if left_stays else prefix.lstrip(chars)
        suffix = suffix if right_stays else suffix.rstrip(chars)
        # Stripping at one end can go on until it reaches what is known of the other.
        prefix = prefix if right_stays else prefix.rstrip(chars)
        suffix = suffix if left_stays else suffix.lstrip(chars)
        return Shape(prefix, suffix, without=base.absent)

    return rule


# --- what is left after rewriting ---------------------------------------------------------------------------------


def _replace(base: Shape, old: str, new: str, count: int = -1) -> Shape:
    if not old:
        return ANY
    *replaced, rest = base.prefix.split(old, count)
    head = "".join(piece + new for piece in replaced)
    if len(replaced) == count:  # all spent within the known beginning: what follows stays
        return concat(exactly(head), after(base, len(base.prefix) - len(rest)))
    at = _open_end(rest, old)
    # An occurrence may begin in the known beginning and end behind it.
    crossing = [rest[at:begin] + new for begin in range(at, len(rest)) if old.startswith(rest[begin:])]
    without = base.absent - set(new) | ({old} if count < 0 and len(old) == 1 and old not in new else set())
    return Shape(
        head + rest[:at] + common_start([rest[at:], *crossing]),
        _replaced_end(base.suffix, old, new, count),
        least=base.least if len(new) >= len(old) else 0,
        without=without,
    )


def _replaced_end(suffix: str, old: str, new: str, count: int) -> str:
    """What is certain at the end, whether or not an occurrence of `old` reaches into `suffix` from before it."""
    outcomes = []
    for taken in range(min(len(old), len(suffix) + 1)):
        if not old.endswith(suffix[:taken]):
            continue
        body, lead = suffix[taken:], new if taken else ""
        most = min(count, body.count(old))
        if most > MOST_REPLACED:
            return ""
        outcomes += [lead + body.replace(old, new, times) for times in (range(most + 1) if count >= 0 else (-1,))]
    return common_end(outcomes)


def _characterwise(change: Callable[..., str]) -> Callable[..., Shape]:
    """The rule of a change that looks at a character and, at most, at whether letters stand beside it.

    `title` looks back; `lower` looks both ways, for the final sigma. So the known text is changed in each surrounding.
    """

    def rule(base: Shape, *arguments: str) -> Shape:
        prefix = common_start([change(base.prefix + after, *arguments) for after in ("", "a", " ")])
        suffix = common_end([change(before + base.suffix, *arguments) for before in ("", "a", " ")])
        return Shape(prefix, suffix, least=base.least)

    return rule


def _url(name: str) -> Callable[..., str]:
    def change(text: str, *arguments: str) -> str:
        from urllib import parse  # noqa: PLC0415 - costs more than the rest of this module

        result: str = getattr(parse, name)(text, *arguments)
        return result

    return change


def _unquoted(special: str) -> Callable[[Shape], Shape]:
    def rule(base: Shape) -> Shape:
        prefix = re.split(f"[{special}]", base.prefix)[0]
        # An escape may have begun before the known end; two digits at most belong to it.
        suffix = re.sub("^[0-9A-Fa-f]{1,2}", "", re.split(f"[{special}]", base.suffix)[-1])
        return Shape(prefix, suffix)

    return rule


def _zfill(base: Shape, width: int) -> Shape:
    if base.least >= width:
        return base
    return Shape(suffix=base.suffix[1:] if base.suffix[:1] in ("+", "-") else base.suffix, least=width)


# --- paths --------------------------------------------------------------------------------------------------------


def _tidy(base: Shape) -> Shape:
    """What is sure of a path whether or not `pathlib` tidies it: it drops `./`, doubled and closing slashes."""
    if base.exact:
        return exactly(str(PurePosixPath(base.prefix)))
    prefix = re.sub(r"(^|/)\.$", r"\1", re.split(r"/(?=/)|/(?=\./)|^(?=\./)", base.prefix)[0])
    suffix = re.sub(r"^(\.?/)+", "", re.split(r"/(?=/)|/\.(?=/)", base.suffix)[-1])
    return Shape(prefix, "" if suffix == "." else suffix, without=base.absent)


def _basename(base: Shape) -> Shape:
    name = base.suffix.rpartition("/")[2]
    without = base.absent | {"/"}
    if name in ("", "."):
        return Shape(without=without)
    return exactly(name) if name != base.suffix else Shape(suffix=name, without=without)


def _dirname(base: Shape) -> Shape | tuple[Shape, ...]:
    tidy = _tidy(base)
    folder, end = (text.rpartition("/")[0].rstrip("/") for text in (tidy.prefix, tidy.suffix))
    # The file stands in the folder that is known, or in one further down.
    return (exactly(folder), Shape(tidy.prefix, end)) if folder else Shape(suffix=end)


def _extension(base: Shape) -> str | None:
    """The extension of the file's name, "" for none, None where it is not known."""
    name = base.suffix.rpartition("/")[2]
    if name != base.suffix:
        return posixpath.splitext(name)[1]
    return name[name.rindex(".") :] if "." in name else None


def _splitext_stem(base: Shape) -> Shape:
    if base.exact:
        return exactly(posixpath.splitext(base.prefix)[0])
    extension = _extension(base)
    if extension is not None:
        return before(base, len(extension)) if extension else base
    return Shape(posixpath.splitext(base.prefix)[0], without=base.absent)


def _splitext_extension(base: Shape) -> Shape:
    extension = _extension(base)
    return Shape(without=base.absent | {"/"}) if extension is None else exactly(extension)


def _with_suffix(base: Shape, new: Shape) -> Shape:
    return concat(_splitext_stem(_tidy(base)), new)


def _with_name(base: Shape, new: Shape) -> Shape:
    tidy = _tidy(base)
    if tidy.exact:
        return concat(exactly(tidy.prefix[: tidy.prefix.rfind("/") + 1]), new)
    folder, end = (text[: text.rfind("/") + 1] for text in (tidy.prefix, tidy.suffix))
    return concat(Shape(folder, end), new)


def _path_join(base: Shape, *parts: Shape) -> Shape:
    for part in parts:
        base = _beside(base, part)
    return base


def _beside(folder: Shape, part: Shape) -> Shape:
    if part.prefix.startswith("/"):
        return part
    slash = exactly("/")
    if folder.exact and not folder.prefix:
        joined = part
    elif folder.suffix:
        joined = concat(folder, part) if folder.suffix.endswith("/") else concat(folder, slash, part)
    else:
        joined = join([concat(folder, part), concat(folder, slash, part)])
    relative = part.exact or part.prefix or "/" in part.absent
    return joined if relative else join([joined, part])


def _join(separator: Shape, *parts: Shape) -> Shape:
    pieces = [piece for part in parts for piece in (separator, part)]
    return concat(*pieces[1:])


# --- the table ----------------------------------------------------------------------------------------------------

_CASES = (str.lower, str.upper, str.casefold, str.title, str.capitalize, str.swapcase)
_QUOTES = ("quote", "quote_plus")
_UNQUOTES = {"unquote": "%", "unquote_plus": "%+"}


def _bounded_zfill(text: str, width: int) -> str:
    return text.zfill(min(width, 2 * LONGEST))


_Readings = tuple[Callable[..., str], ...]

_OPERATIONS: dict[str, tuple[_Readings, Callable[..., Shape | tuple[Shape, ...]]]] = {
    **{name: ((lambda text, *_: text,), lambda base, *_: base) for name in ("str", "encode", "decode")},
    **{change.__name__: ((change,), _characterwise(change)) for change in _CASES},
    **{name: ((_url(name),), _characterwise(_url(name))) for name in _QUOTES},
    **{name: ((_url(name),), _unquoted(special)) for name, special in _UNQUOTES.items()},
    "strip": ((str.strip,), _stripped(True, True)),
    "lstrip": ((str.lstrip,), _stripped(True, False)),
    "rstrip": ((str.rstrip,), _stripped(False, True)),
    "replace": ((str.replace,), _replace),
    "removeprefix": ((str.removeprefix,), _removeprefix),
    "removesuffix": ((str.removesuffix,), _removesuffix),
    "zfill": ((_bounded_zfill,), _zfill),
    "slice": ((lambda text, start=None, stop=None: text[start:stop],), _slice),
    "split_first": ((lambda text, sep: text.split(sep)[0],), _split_first),
    "split_last": ((lambda text, sep: text.split(sep)[-1], lambda text, sep: text.rsplit(sep, 1)[-1]), _split_last),
    "rsplit_head": ((lambda text, sep: text.rsplit(sep, 1)[0],), _rsplit_head),
    "partition_tail": ((lambda text, sep: text.partition(sep)[2],), _partition_tail),
    "basename": ((posixpath.basename, lambda text: PurePosixPath(text).name), _basename),
    "dirname": ((posixpath.dirname, lambda text: str(PurePosixPath(text).parent)), _dirname),
    "splitext_stem": ((lambda text: posixpath.splitext(text)[0],), _splitext_stem),
    "splitext_extension": (
        (lambda text: posixpath.splitext(text)[1], lambda text: PurePosixPath(text).suffix),
        _splitext_extension,
    ),
    "stem": (
        (lambda text: posixpath.splitext(posixpath.basename(text))[0], lambda text: PurePosixPath(text).stem),
        lambda base: _splitext_stem(_basename(base)),
    ),
    "path": ((str, lambda text: str(PurePosixPath(text))), _tidy),
}
"""By operation: what it does to a string, in each of the Python calls that it stands for; what it does to a shape."""

_COMPOSED: dict[str, Callable[..., Shape]] = {
    "with_suffix": _with_suffix,
    "with_name": _with_name,
    "path_join": _path_join,
    "join": _join,
}
"""Operations that put strings together, so that their arguments are shapes too."""


def makes_text(operation: str) -> bool:
    """Whether the result of an operation is a string for certain."""
    return operation in _OPERATIONS or operation in _COMPOSED


def apply(operation: str, base: Shape, arguments: tuple[Argument, ...] = ()) -> tuple[Shape, ...]:
    """What is known of the result of an operation, as alternatives that together cover it.

    ANY where the operation is unknown, or the call would raise.
    """
    try:
        found = _applied(operation, base, arguments)
    except (KeyError, TypeError, ValueError, AttributeError):
        return (ANY,)
    return found if isinstance(found, tuple) else (found,)


def _applied(operation: str, base: Shape, arguments: tuple[Argument, ...]) -> Shape | tuple[Shape, ...]:
    if operation in _COMPOSED:
        return _COMPOSED[operation](base, *arguments)
    readings, rule = _OPERATIONS[operation]
    if any(isinstance(argument, Shape) and not argument.exact for argument in arguments):
        return ANY
    plain = [argument.prefix if isinstance(argument, Shape) else argument for argument in arguments]
    return tuple(exactly(reading(base.prefix, *plain)) for reading in readings) if base.exact else rule(base, *plain)

"""Terraform's functions, as far as their results can be told.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Protocol

from reviewer.deploy import jsontext
from reviewer.deploy.nodes import Node, Scalar, Source, Unreadable
from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform import terms
from reviewer.deploy.terraform.lists import LISTS, MOST_ITEMS
from reviewer.deploy.terraform.terms import (
    Encoded,
    Spanned,
    constant,
    entries,
    is_unknown,
    joined,
    known,
    listed,
    table,
    worded,
)
from reviewer.value import UNKNOWN, Constant, Transformed

LONGEST = 100_000
"""Characters of a text that a function makes."""

_VERB = re.compile(r"%(?:([%sdvq])|.)", re.DOTALL)
_GAP = re.compile(r"(\$?)\$\{\s*([A-Za-z_][\w.-]*)\s*\}")


class Context(terms.Context, Protocol):
    """What functions need to know."""

    def spend(self, amount: int) -> bool: ...

    def text_of(self, path: str) -> Scalar | None: ...


Function = Callable[[Context, Spanned, list[Node]], Node]
Arguments = list[Node]


def _made(context: Context, at: Spanned, made: str | float | bool | None) -> Node:
    if isinstance(made, str) and (len(made) > LONGEST or not context.spend(len(made))):
        return known(at, UNKNOWN)
    return constant(at, made)


# --- text ---------------------------------------------------------------------------------------------------------


def _of_text(function: Callable[..., str | bool], operation: str = "") -> Function:
    """A function of constant texts; of another first argument it is the operation of that name, if there is one."""

    def apply(context: Context, at: Spanned, given: Arguments) -> Node:
        texts = [worded(node, context) for node in given]
        if not given or None in texts[1:]:
            return known(at, UNKNOWN)
        if texts[0] is not None:
            try:
                return _made(context, at, function(*texts))
            except (TypeError, ValueError):
                return known(at, UNKNOWN)
        base = context.value(given[0])
        if not operation or base is None or is_unknown(given[0]):
            return known(at, UNKNOWN)
        return known(at, Transformed(operation, base, tuple(Constant(text) for text in texts[1:])))

    return apply


def _replaced(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        raise ValueError("a regular expression")
    if len(text) * max(len(new), 1) > LONGEST:
        raise ValueError("too long")
    return text.replace(old, new)


def _substring(text: str, start: str, length: str) -> str:
    begin, size = int(start), int(length)
    return text[begin:] if size < 0 else text[begin : begin + size]


def _format(context: Context, at: Spanned, given: Arguments) -> Node:
    """`format("%s-%d", a, b)`."""
    pattern = worded(given[0], context) if given else None
    if pattern is None or len(pattern) > LONGEST:
        return known(at, UNKNOWN)
    rest = iter(given[1:])
    parts: list[Node] = []
    end = 0
    for found in _VERB.finditer(pattern):
        parts.append(constant(at, pattern[end : found.start()]))
        end = found.end()
        if found[1] == "%":
            parts.append(constant(at, "%"))
            continue
        argument = next(rest, None)
        if argument is None or found[1] not in ("s", "d", "v"):
            return known(at, UNKNOWN)
        parts.append(argument)
    return joined(at, [*parts, constant(at, pattern[end:])])


def _join(context: Context, at: Spanned, given: Arguments) -> Node:
    separator = worded(given[0], context) if given else None
    items = [item for node in given[1:] for item in (node.items if isinstance(node, ListNode) else (node,))]
    if separator is None or len(items) > MOST_ITEMS or not all(isinstance(node, ListNode) for node in given[1:]):
        return known(at, UNKNOWN)
    return items[0] if len(items) == 1 else joined(at, items, separator)


def _split(context: Context, at: Spanned, given: Arguments) -> Node:
    texts = [worded(node, context) for node in given]
    if len(texts) != 2 or not texts[0]:
        return known(at, UNKNOWN)
    if texts[1] is not None:
        words = texts[1].split(texts[0], MOST_ITEMS)
        return listed(at, (constant(at, word) for word in words)) if len(words) <= MOST_ITEMS else known(at, UNKNOWN)
    # what CloudFormation's own function knows of an ARN's parts
    split = listed(at, (constant(at, texts[0]), given[1]))
    return known(at, context.value(table(at, {"Fn::Split": split})) or UNKNOWN)


# --- files and JSON -----------------------------------------------------------------------------------------------


def _file(context: Context, at: Spanned, given: Arguments) -> Node:
    path = worded(given[0], context) if given else None
    return (context.text_of(path) if path else None) or known(at, UNKNOWN)


def _template_file(context: Context, at: Spanned, given: Arguments) -> Node:
    """`templatefile(path, variables)`: the file's text with its gaps filled; no loops, no conditions."""
    template = _file(context, at, given)
    variables = entries(given[1]) if len(given) > 1 else {}
    return rendered(template, variables or {}, at)


def rendered(template: Node, variables: dict[str, Node], at: Spanned) -> Node:
    """A text with `${name}` filled in."""
    if not isinstance(template, Scalar) or "%{" in template.text:
        return known(at, UNKNOWN)
    text = template.text
    parts: list[Node] = []
    end = 0
    for found in _GAP.finditer(text):
        if found[1]:
            continue
        parts += _lines(template, text[end : found.start()].replace("$${", "${"), end)
        parts.append(variables.get(found[2]) or known(at, UNKNOWN))
        end = found.end()
    parts += _lines(template, text[end:].replace("$${", "${"), end)
    return joined(at, parts)


def _lines(template: Scalar, text: str, offset: int) -> list[Node]:
    """The lines of a file's text, each with its place."""
    found: list[Node] = []
    for line in text.splitlines(keepends=True) if text.count("\n") < MOST_ITEMS // 2 else [text]:
        start = template.start + offset
        found.append(Scalar(template.source, start, start + len(line), line))
        offset += len(line)
    return found


def _encoded(_: Context, at: Spanned, given: Arguments) -> Node:
    return Encoded(at.source, at.start, at.end, given[0]) if given else known(at, UNKNOWN)


def _decoded(context: Context, at: Spanned, given: Arguments) -> Node:
    if given and isinstance(given[0], Encoded):
        return given[0].root
    text = worded(given[0], context) if given else None
    if text is None:
        return known(at, UNKNOWN)
    own = given[0].source if isinstance(given[0], Scalar) and given[0].source.text == text else None
    try:
        return jsontext.parse(own or Source(at.source.path, text))
    except Unreadable:
        return known(at, UNKNOWN)


FUNCTIONS: dict[str, Function] = {
    "lower": _of_text(str.lower, "lower"),
    "upper": _of_text(str.upper, "upper"),
    "title": _of_text(str.title),
    "trimspace": _of_text(str.strip, "strip"),
    "chomp": _of_text(lambda text: text.rstrip("\r\n"), "rstrip"),
    "trim": _of_text(str.strip, "strip"),
    "trimprefix": _of_text(str.removeprefix, "removeprefix"),
    "trimsuffix": _of_text(str.removesuffix, "removesuffix"),
    "replace": _of_text(_replaced),
    "substr": _of_text(_substring),
    "basename": _of_text(posixpath.basename, "basename"),
    "dirname": _of_text(posixpath.dirname, "dirname"),
    "startswith": _of_text(str.startswith),
    "endswith": _of_text(str.endswith),
    "strcontains": _of_text(str.__contains__),
    "format": _format,
    "join": _join,
    "split": _split,
    "file": _file,
    "templatefile": _template_file,
    "jsonencode": _encoded,
    "jsondecode": _decoded,
    **LISTS,
}
"""By name."""

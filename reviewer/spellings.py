"""What is known of texts that functions and events make: ids, digests, numbers and times hold few characters."""

from __future__ import annotations

import re
import string as characters

from reviewer.identity import canonical
from reviewer.shapes import Shape
from reviewer.value import ContextPath, EventPath, Result, Value, string

PRINTABLE = frozenset(characters.printable)
HEX = frozenset("0123456789abcdefABCDEF-")
NUMBER = frozenset("0123456789.-+eE_")
TIME = frozenset("0123456789-:.+TZ ")


def _of(held: frozenset[str], least: int = 1) -> Shape:
    return Shape(least=least, without=PRINTABLE - held)


MADE: dict[str, Shape] = {
    "uuid.uuid1": _of(HEX, 32),
    "uuid.uuid4": _of(HEX, 32),
    "uuid.uuid5": _of(HEX, 32),
    "secrets.token_hex": _of(HEX),
    "time.time": _of(NUMBER),
    "time.time_ns": _of(NUMBER),
    "builtins.int": _of(NUMBER),
    "builtins.len": _of(NUMBER),
    "builtins.round": _of(NUMBER),
    "random.randint": _of(NUMBER),
    "random.randrange": _of(NUMBER),
}
"""By the function that makes the text, and any part of it (`uuid4().hex`)."""

ENDINGS: dict[str, Shape] = {
    "hexdigest()": _of(HEX, 32),
    "isoformat()": _of(TIME, 8),
    "timestamp()": _of(NUMBER),
}
"""By the method that makes the text, whatever it is called on."""

IDS = frozenset({("records", "*", "messageid"), ("records", "*", "eventid"), ("id",), ("requestcontext", "requestid")})
"""Where events hold ids that AWS makes."""

NUMERIC = re.compile(r"%[YmdHMSfjysUWuwVG]")
DIRECTIVE = re.compile(r"%.")


def spelling(value: Value) -> Shape | None:
    """The shape of a text that a known function, the context or the event makes; None for any other value."""
    if isinstance(value, ContextPath) and value.path == ("aws_request_id",):
        return _of(HEX, 36)
    if isinstance(value, EventPath) and canonical(value.path) in IDS:
        return _of(HEX)
    if not isinstance(value, Result):
        return None
    if value.function == "datetime.strftime":
        return _formatted(string(dict(value.arguments).get("0")))
    return MADE.get(value.function) or (ENDINGS.get(value.path[-1]) if value.path else None)


def _formatted(pattern: str | None) -> Shape | None:
    """The shape of a time written by a format whose directives all make digits."""
    if pattern is None or DIRECTIVE.search(NUMERIC.sub("", pattern)):
        return None
    literal = NUMERIC.sub("\0", pattern)
    head, tail = literal.partition("\0")[0], literal.rpartition("\0")[2]
    return Shape(head, tail, least=len(pattern), without=PRINTABLE - NUMBER - set(literal))

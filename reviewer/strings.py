"""Reasoning about text: does a value begin so, end so, are two names the same string?

The answers are a `Truth` over all worlds and branches. The operations of `Transformed` values are listed in
`transforms`. What is known of leaves (an object key carries the trigger's prefix) comes from the caller, as `Known`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import product

from reviewer.shapes import ANY, Shape, concat, exactly, join
from reviewer.transforms import apply
from reviewer.truth import MAYBE, NO, YES, Truth, decide, possibilities
from reviewer.value import (
    DEEPEST,
    UNKNOWN,
    Constant,
    ContextPath,
    EventPath,
    Lookup,
    OneOf,
    Parameter,
    Pseudo,
    Reference,
    Text,
    Transformed,
    Value,
    parts,
    spell,
    string,
    text,
)

MOST_SHAPES = 8
IDENTITIES = frozenset(("Ref", "Arn"))
"""Attributes that no two resources have in common."""


Known = Callable[[Value], Shape | None]
"""What the caller knows of a value (a leaf, or any other): its shape, or None where it knows nothing of its own.

Of an object key that the event brings, it speaks of the *decoded* key: `unquote_plus` of such a leaf leaves it alone.
"""


def nothing(_: Value) -> Shape | None:
    """Knows nothing."""
    return None


# --- from values to shapes ----------------------------------------------------------------------------------------


def shape(value: Value, known: Known = nothing) -> tuple[Shape, ...]:
    """What is known of a value's text, as a few alternatives that together cover all of it."""
    return _shapes(value, known, 0)


def _shapes(value: Value, known: Known, depth: int) -> tuple[Shape, ...]:
    given = known(value)
    if given is not None:
        return (given,)
    if depth > DEEPEST:
        return (ANY,)

    def inner(part: Value) -> tuple[Shape, ...]:
        return _shapes(part, known, depth + 1)

    match value:
        case Constant():
            spelled = spell(value)
            return (ANY if spelled is None else exactly(spelled),)
        case Text(pieces):
            whole: tuple[Shape, ...] = (exactly(""),)
            for piece in pieces:
                whole = _few(concat(head, tail) for head in whole for tail in inner(piece))
            return whole
        case Transformed("unquote" | "unquote_plus", base) if _is_plain(known(base)):
            return inner(base)
        case Transformed(operation, base, arguments):
            plain = [_argument(argument, inner) for argument in arguments]
            return _few(found for made in product(inner(base), product(*plain)) for found in apply(operation, *made))
        case OneOf() | Lookup() | Parameter():
            return _few(found for option in possibilities(value) for found in inner(option))
    return (ANY,)


def _is_plain(given: Shape | None) -> bool:
    return given is not None and not set(given.prefix + given.suffix) & {"%", "+"}


def _argument(
    value: Value, inner: Callable[[Value], tuple[Shape, ...]]
) -> tuple[Shape, ...] | tuple[int, ...] | tuple[None, ...]:
    if isinstance(value, Constant) and value.value is None:
        return (None,)
    if isinstance(value, Constant) and isinstance(value.value, int):
        return (value.value,)
    return inner(value)


def _few(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    found = tuple(dict.fromkeys(shapes))
    return found if len(found) <= MOST_SHAPES else (join(found),)


# --- questions ----------------------------------------------------------------------------------------------------


def begins(value: Value, prefix: Value | str, known: Known = nothing) -> Truth:
    """Does the text begin with `prefix`? YES for an empty prefix."""
    return framed(value, prefix, "", known)


def ends(value: Value, suffix: Value | str, known: Known = nothing) -> Truth:
    """Does the text end with `suffix`? YES for an empty suffix."""
    return framed(value, "", suffix, known)


def framed(value: Value, prefix: Value | str, suffix: Value | str, known: Known = nothing) -> Truth:
    """Does the text begin with `prefix` and end with `suffix`, both in the same case?"""

    def test(value: Value, prefix: Value, suffix: Value) -> Truth:
        return _begins(_pieces(value), _pieces(prefix), known) & _ends(_pieces(value), _pieces(suffix), known)

    return decide(test, value, _value(prefix), _value(suffix))


def equals(value: Value, other: Value | str, known: Known = nothing) -> Truth:
    """Are two texts the same?"""
    return decide(lambda a, b: _equal(_pieces(a), _pieces(b), known), value, _value(other))


def same(a: Value, b: Value) -> Truth:
    """Are two names the same string?

    YES: in each world, where a world gives every parameter one of its values (consistently on both sides), and looks
    the cells of maps up under them. NO: in no world. SOME: in one world at least: with a parameter's default, in one
    stage, in one arm of `Fn::If`. MAYBE: not known.

    Text that is made alike of the same constants, references, parameters and paths of event and context is the same;
    UNKNOWN equals nothing. References to two resources differ in their name and in their ARN.
    """
    return equals(a, b)


def _value(given: Value | str) -> Value:
    return Constant(given) if isinstance(given, str) else given


Pieces = tuple[Value, ...]


def _pieces(value: Value) -> Pieces:
    """The parts of a text; constants are strings, and not empty."""
    if isinstance(value, Constant):
        spelled = spell(value)
        return (UNKNOWN,) if spelled is None else (Constant(spelled),) if spelled else ()
    return value.parts if isinstance(value, Text) else (value,)


def _is_fixed(value: Value) -> bool:
    """Whether a value, wherever it is written, stands for one and the same string."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, (Text, Transformed, Lookup)):
            pending += parts(current)
        elif not isinstance(current, (Constant, Reference, Parameter, Pseudo, EventPath, ContextPath)):
            return False
    return True


def _trimmed(a: Pieces, b: Pieces) -> tuple[Pieces, Pieces]:
    """Both without the beginning that they share: `xa` and `xb` compare as `a` and `b` do."""
    while a and b:
        head, other = string(a[0]), string(b[0])
        if head is not None and other is not None:
            shared = next((i for i, (c, d) in enumerate(zip(head, other, strict=False)) if c != d), None)
            cut = min(len(head), len(other)) if shared is None else shared
            a = (*_pieces(Constant(head[cut:])), *a[1:])
            b = (*_pieces(Constant(other[cut:])), *b[1:])
            if shared is not None:
                break
        elif a[0] == b[0] and _is_fixed(a[0]):
            a, b = a[1:], b[1:]
        else:
            break
    return a, b


def _trimmed_end(a: Pieces, b: Pieces) -> tuple[Pieces, Pieces]:
    a, b = _trimmed(_backwards(a), _backwards(b))
    return _backwards(a), _backwards(b)


def _backwards(pieces: Pieces) -> Pieces:
    return tuple(Constant(c[::-1]) if (c := string(piece)) is not None else piece for piece in reversed(pieces))


def _begins(value: Pieces, prefix: Pieces, known: Known) -> Truth:
    value, prefix = _trimmed(value, prefix)
    return _compared(_starts, value, prefix, known) if prefix else YES


def _ends(value: Pieces, suffix: Pieces, known: Known) -> Truth:
    value, suffix = _trimmed_end(value, suffix)
    return _compared(lambda a, b: _starts(a.flipped(), b.flipped()), value, suffix, known) if suffix else YES


def _equal(a: Pieces, b: Pieces, known: Known) -> Truth:
    a, b = _trimmed_end(*_trimmed(a, b))
    if not a and not b:
        return YES
    if _differ_in_letters(a, b) or _differ_in_resource(a, b):
        return NO
    return _compared(_equates, a, b, known)


def _differ_in_letters(a: Pieces, b: Pieces) -> bool:
    """Whether both have the same unknown parts in some order, but not the same letters beside them: `x`, `x-out`."""
    symbols = [Counter(piece for piece in side if string(piece) is None) for side in (a, b)]
    letters = [Counter("".join(string(piece) or "" for piece in side)) for side in (a, b)]
    return symbols[0] == symbols[1] and all(map(_is_fixed, symbols[0])) and letters[0] != letters[1]


def _differ_in_resource(a: Pieces, b: Pieces) -> bool:
    match a, b:
        case (Reference(attribute=one) as left,), (Reference(attribute=other) as right,):
            return one == other and one in IDENTITIES and left != right
    return False


def _compared(compare: Callable[[Shape, Shape], Truth], a: Pieces, b: Pieces, known: Known) -> Truth:
    """The comparison of all that is known of both. Never SOME: not all combinations of alternatives are possible."""
    found = {compare(left, right) for left in shape(text(a), known) for right in shape(text(b), known)}
    return found.pop() if len(found) == 1 else MAYBE


def _clash(a: str, b: str) -> bool:
    return not a.startswith(b) and not b.startswith(a)


def _lacks(known: Shape, letters: str, but: str = "") -> bool:
    """Whether some of these letters cannot stand outside of the known beginning and end."""
    return not known.without.isdisjoint(set(letters) - set(but))


def _starts(whole: Shape, prefix: Shape) -> Truth:
    if prefix.exact and whole.prefix.startswith(prefix.prefix):
        return YES
    if _clash(whole.prefix, prefix.prefix) or (whole.exact and prefix.least > whole.least):
        return NO
    more = prefix.prefix[len(whole.prefix) :]
    return NO if _lacks(whole, more, whole.suffix) else MAYBE


def _equates(a: Shape, b: Shape) -> Truth:
    if a.exact and b.exact:
        return Truth.of(a.prefix == b.prefix)
    if _clash(a.prefix, b.prefix) or _clash(a.suffix[::-1], b.suffix[::-1]):
        return NO
    for one, other in ((a, b), (b, a)):
        between = one.prefix[len(other.prefix) : max(one.least - len(other.suffix), 0)]
        if one.exact and (other.least > one.least or _lacks(other, between)):
            return NO
    return MAYBE

"""Which values of a deployment meet in one resource: a call, a link and a trigger that name the same one.

Of the pairs of a large tree next to none do, and most are told apart by what their names can be at all.
"""

from __future__ import annotations

from itertools import product
from math import prod

from reviewer.identity import TOPIC, Named, Resources, equal, named, pieces_of
from reviewer.topics import takes
from reviewer.value import (
    AwsResult,
    Environment,
    EventPath,
    Parameter,
    Pseudo,
    Reference,
    Result,
    Unknown,
    Value,
    options,
    string,
    text,
)

OPAQUE = (Environment, Result, AwsResult, Unknown)
"""Values that only a run tells: they equal nothing for certain."""
MOST_SPELLINGS = 64


def meet(a: Value, b: Value, node: str, resources: Resources) -> bool:
    """Whether two values of the deployment name the same resource of kind `node`, in one possible case at least.

    Of IoT: whether what `b` listens to takes the topic `a`.
    """
    if node == TOPIC:
        return takes(b, a).some
    return any(
        _meet(named(first, node, resources), named(second, node, resources), resources)
        for first in options(a)
        for second in options(b)
    )


def _meet(a: Named, b: Named, resources: Resources) -> bool:
    if a.resource is None or b.resource is None:
        first, second = _spelled(a.name, resources), _spelled(b.name, resources)
        if first is not None and second is not None and first.isdisjoint(second):
            return False
    return equal(a, b).some


def _spelled(name: Value, resources: Resources) -> frozenset[Value] | None:
    if name not in resources.spelled:
        resources.spelled[name] = _spellings(name)
    return resources.spelled[name]


def _spellings(name: Value) -> frozenset[Value] | None:
    """All that a name can be, its parameters settled each by itself; None where that cannot be enumerated."""
    ways: list[tuple[Value, ...]] = []
    for piece in pieces_of(name):
        found = _ways(piece)
        if found is None:
            return None
        ways.append(found)
    return frozenset(map(text, product(*ways))) if prod(map(len, ways)) <= MOST_SPELLINGS else None


def _ways(piece: Value) -> tuple[Value, ...] | None:
    """What a part of a name can be, nothing where only a run tells; None where that cannot be enumerated."""
    if isinstance(piece, OPAQUE):
        return ()
    if isinstance(piece, (Reference, Pseudo, EventPath)) or string(piece) is not None:
        return (piece,)
    if isinstance(piece, Parameter) and all(string(option) is not None for option in piece.options):
        return (piece, *piece.options)
    return None

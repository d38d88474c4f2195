"""Condition expressions of DynamoDB: whether a write that carries one needs the item to be there.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import re

GAP = "\0"
"""Stands for a part of an expression that is not known."""
_TOKEN = re.compile(r"[()]|\b(?:AND|OR|NOT)\b|[^()\s]+", re.IGNORECASE)
_NEEDS_ITEM = re.compile(
    r"(?:attribute_exists|attribute_type|begins_with|contains)\s*\(|[#\w.\[\]]+\s*(?:=|<=?(?!>)|>=?)\s*:\w+",
    re.IGNORECASE,
)
"""What no item that is not there fulfils. (`<>` holds for an attribute that is missing.)"""


LONGEST = 4096
"""Bytes. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""
DEEPEST = 8
"""How many parentheses deep a condition is looked for."""


def asks_for_item(expression: str, level: int = 0) -> bool:
    """Whether one of the conditions that have to hold together can hold of an item only that is there."""
    if len(expression) > LONGEST or level > DEEPEST:
        return False
    pieces: list[list[str]] = [[]]
    depth = 0
    for token in _TOKEN.findall(expression):
        depth += (token == "(") - (token == ")")
        if depth == 0 and (token.upper() == "OR" or GAP in token):
            return False
        if depth == 0 and token.upper() == "AND":
            pieces.append([])
        else:
            pieces[-1].append(token)
    return any(_needs_item(" ".join(piece), level) for piece in pieces)


def _needs_item(piece: str, level: int) -> bool:
    inner = piece.strip()
    if inner.startswith("(") and inner.endswith(")"):
        return GAP not in inner and asks_for_item(inner[1:-1], level + 1)
    return _NEEDS_ITEM.match(inner) is not None

"""Which topics of IoT a rule's SQL statement takes, by the topic filter in it.

Sources: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-from.html and
https://docs.aws.amazon.com/iot/latest/developerguide/topics.html
"""

from __future__ import annotations

import re
from itertools import zip_longest

from reviewer.strings import Known, begins, nothing, same
from reviewer.truth import MAYBE, YES, Truth, decide
from reviewer.value import Constant, Value, string

STATEMENT = re.compile(r"\bFROM\s+(?P<quote>['\"]?)(?P<topic>[^'\"\s]+)(?P=quote)(?P<where>\s+WHERE\b)?", re.IGNORECASE)
WILDCARD = re.compile(r"[+#]")


def takes(statement: Value, topic: Value, known: Known = nothing) -> Truth:
    """Whether a statement takes what is published to a topic."""

    def taken(sql: Value, name: Value) -> Truth:
        found = STATEMENT.search(string(sql) or "")
        return _takes(found["topic"], name, known) if found else MAYBE

    return decide(taken, statement, topic)


def takes_all(statement: Value) -> Truth:
    """Whether a statement takes each message that comes to its topics: MAYBE where it asks for more."""
    found = STATEMENT.search(string(statement) or "")
    return YES if found and not found["where"] else MAYBE


def _takes(pattern: str, topic: Value, known: Known) -> Truth:
    """Whether a topic is one of those that a filter names: `+` stands for a level, `#` for all that follow."""
    name = string(topic)
    if name is not None:
        return Truth.of(_covers(pattern.split("/"), name.split("/")))
    before = WILDCARD.split(pattern, maxsplit=1)[0]
    if before == pattern:
        return same(topic, Constant(pattern))
    start = begins(topic, before, known)
    return start if pattern == f"{before}#" and before else start & MAYBE


def _covers(pattern: list[str], name: list[str]) -> bool:
    if name[0].startswith("$") and pattern[0] in {"+", "#"}:
        return False
    for wanted, given in zip_longest(pattern, name):
        if wanted == "#":
            return True
        if wanted is None or given is None or wanted not in {"+", given}:
            return False
    return True

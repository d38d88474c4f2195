"""Random structured programs that say, when they are run, which assignment each use saw and which test came out how.

A program is the body of a function over three names. Whatever is assigned is a `tag(number)`, each use is
`use(number, name)`, each test is `flag(number, …)`; what tests answer and which calls raise is drawn at random.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import count
from random import Random
from types import CodeType
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c")
MOST_STEPS = 60

names = st.sampled_from(NAMES)
LEAVES = ["assign", "use", "use", "augment", "delete", "walrus", "comprehension", "closure", "where", "choice"]
leaves = st.one_of(
    st.tuples(st.sampled_from(LEAVES), names),
    st.tuples(st.sampled_from(["unpack", "both"]), names, names),
    st.tuples(st.sampled_from(["raise", "return", "break", "continue", "may", "assert"])),
)
UNSURE = {"may", "delete", "closure"}
"""What may fail, or happen later."""


def _blocks(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    body = st.lists(inner, min_size=1, max_size=4)
    maybe = st.one_of(st.just([]), body)
    return st.one_of(
        st.tuples(st.just("if"), st.lists(body, min_size=1, max_size=3), maybe),
        st.tuples(st.sampled_from(["while", "endless"]), names, body, maybe),
        st.tuples(st.just("for"), names, body, maybe),
        st.tuples(st.just("try"), body, st.lists(body, max_size=2), maybe, maybe),
        st.tuples(st.sampled_from(["with", "suppress"]), names, body),
        st.tuples(st.just("match"), names, st.lists(body, min_size=1, max_size=3), st.booleans()),
    )


def _branches(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    body = st.lists(inner, min_size=1, max_size=3)
    return st.tuples(st.just("if"), st.lists(body, min_size=1, max_size=3), st.one_of(st.just([]), body))


statements = st.lists(st.recursive(leaves, _blocks, max_leaves=12), min_size=1, max_size=6)
branching = st.lists(
    st.recursive(leaves.filter(lambda each: each[0] not in UNSURE), _branches, max_leaves=8),
    min_size=1,
    max_size=5,
)
"""Programs that branch only: each way through them can be tried."""


class Writer:
    """The text of a program."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.loops = 0
        self.final = False
        """Whether a `finally` is written: a jump out of it would swallow the end of the run."""

    def number(self) -> int:
        return next(self.numbers)

    def program(self, body: list[Any]) -> str:
        start = "".join(f"{name} = tag({self.number()})\n" for name in NAMES)
        end = "".join(f"use({self.number()}, {name})\n" for name in NAMES)
        return "def program():\n" + textwrap.indent(start + self.block(body) + end, "    ")

    def block(self, body: list[Any]) -> str:
        return "".join(self.statement(*each) for each in body) or "pass\n"

    def suite(self, head: str, body: list[Any]) -> str:
        return f"{head}:\n" + textwrap.indent(self.block(body), "    ")

    def statement(self, kind: str, *parts: Any) -> str:
        written: str = getattr(self, f"write_{kind}")(*parts)
        return written

    def write_assign(self, name: str) -> str:
        return f"{name} = tag({self.number()})\n"

    def write_use(self, name: str) -> str:
        return f"use({self.number()}, {name})\n"

    def write_augment(self, name: str) -> str:
        return f"{name} += tag({self.number()})\n"

    def write_delete(self, name: str) -> str:
        return f"del {name}\n"

    def write_walrus(self, name: str) -> str:
        return f"flag({self.number()}, flag({self.number()}) and ({name} := tag({self.number()})))\n"

    def write_comprehension(self, name: str) -> str:
        use, walrus, items, test = (self.number() for _ in range(4))
        other = NAMES[NAMES.index(name) - 1]
        return f"[use({use}, {name}, {other} := tag({walrus})) for {name} in items({items}, {other}) if flag({test})]\n"

    def write_closure(self, name: str) -> str:
        number = self.number()
        return f"def change():\n    nonlocal {name}\n    {name} = tag({number})\nlater(change)\n"

    def write_where(self, name: str) -> str:
        first, second = self.number(), self.number()
        return f"flag({first}) and (not flag({second}) or use({self.number()}, {name}))\n"

    def write_choice(self, name: str) -> str:
        return f"use({self.number()}, {name}) if flag({self.number()}) else use({self.number()}, {name})\n"

    def write_unpack(self, first: str, second: str) -> str:
        return f"{first}, {second} = tag({self.number()}), tag({self.number()})\n"

    def write_both(self, first: str, second: str) -> str:
        return f"{first} = {second} = tag({self.number()})\n"

    def write_raise(self) -> str:
        return "raise Failure\n"

    def write_return(self) -> str:
        return "pass\n" if self.final else "return\n"

    def write_break(self) -> str:
        return "break\n" if self.loops else "pass\n"

    def write_continue(self) -> str:
        return "continue\n" if self.loops else "pass\n"

    def write_may(self) -> str:
        return "may()\n"

    def write_assert(self) -> str:
        return f"assert flag({self.number()})\n"

    def write_if(self, arms: list[Any], orelse: list[Any]) -> str:
        heads = ("if", *("elif" for _ in arms[1:]))
        text = "".join(self.suite(f"{head} flag({self.number()})", arm) for head, arm in zip(heads, arms, strict=True))
        return text + (self.suite("else", orelse) if orelse else "")

    def loop(self, head: str, body: list[Any], orelse: list[Any]) -> str:
        self.loops += 1
        text = self.suite(head, body)
        self.loops -= 1
        return text + (self.suite("else", orelse) if orelse else "")

    def write_while(self, name: str, body: list[Any], orelse: list[Any]) -> str:
        return self.loop(f"while flag({self.number()}, {name} := tag({self.number()}))", body, orelse)

    def write_endless(self, _: str, body: list[Any], orelse: list[Any]) -> str:
        return self.loop("while True", [("assert",), *body], orelse)

    def write_for(self, name: str, body: list[Any], orelse: list[Any]) -> str:
        return self.loop(f"for {name} in items({self.number()})", body, orelse)

    def write_try(self, body: list[Any], handlers: list[Any], orelse: list[Any], final: list[Any]) -> str:
        text = self.suite("try", body)
        kinds = ("except Failure", "except Exception")
        text += "".join(self.suite(kind, handler) for kind, handler in zip(kinds, handlers, strict=False))
        text += self.suite("else", orelse) if handlers and orelse else ""
        return text + (self.cleanup(final) if final or not handlers else "")

    def cleanup(self, body: list[Any]) -> str:
        around = self.loops, self.final
        self.loops, self.final = 0, True
        text = self.suite("finally", body)
        self.loops, self.final = around
        return text

    def write_with(self, name: str, body: list[Any]) -> str:
        return self.suite(f"with context({self.number()}) as {name}", body)

    def write_suppress(self, _: str, body: list[Any]) -> str:
        return self.suite("with suppress(Failure)", body)

    def write_match(self, name: str, cases: list[Any], takes_all: bool) -> str:
        patterns = (name, *("Tag()" for _ in cases[1:]))
        text = "".join(
            self.suite(f"case {pattern} if flag({self.number()})", case)
            for pattern, case in zip(patterns, cases, strict=True)
        )
        return "match choice():\n" + textwrap.indent(text + ("case _:\n    pass\n" if takes_all else ""), "    ")


class Failure(Exception):  # noqa: N818 - what the programs raise and catch
    pass


class Enough(BaseException):
    """The program has run for long enough."""


class Value:
    """What is assigned: it knows by which number."""

    def __init__(self, number: int, run: Run) -> None:
        self.number, self.run = number, run

    def __bool__(self) -> bool:
        return self.run.draws()

    def __iadd__(self, other: Value) -> Value:
        return other


class Tag(Value):
    pass


class Other(Value):
    """What the patterns of a program do not match, unless they take all."""


class Chance:
    """Where outcomes come from: at random."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def draws(self) -> bool:
        return self.random.random() < 0.5

    def fails(self) -> bool:
        return self.random.random() < 0.2


class Script(Chance):
    """Outcomes that take one way after the other, until all were taken. Nothing fails by chance."""

    def __init__(self) -> None:
        self.taken: list[bool] = []
        self.at = 0

    def draws(self) -> bool:
        if self.at == len(self.taken):
            self.taken.append(True)
        self.at += 1
        return self.taken[self.at - 1]

    def fails(self) -> bool:
        return False

    def next(self) -> bool:
        """Go on to the next way; false where there is none."""
        while self.taken and not self.taken[-1]:
            self.taken.pop()
        if self.taken:
            self.taken[-1] = False
        self.at = 0
        return bool(self.taken)


class Run:
    """One run of a compiled program. `seen` are the numbers of what each use saw, `held` the outcome of each test at each use."""

    def __init__(self, code: CodeType, chance: Chance) -> None:
        self.chance, self.steps = chance, 0
        self.seen: dict[int, set[int]] = defaultdict(set)
        self.held: dict[int, list[dict[int, bool]]] = defaultdict(list)
        self.outcomes: dict[int, bool] = {}
        self.changes: list[Callable[[], None]] = []
        known: dict[str, Any] = {
            "tag": self.tag,
            "use": self.use,
            "flag": self.flag,
            "may": self.may,
            "later": self.later,
            "items": self.items,
            "context": self.context,
            "choice": self.choice,
            "suppress": suppress,
            "Failure": Failure,
            "Tag": Tag,
        }
        exec(code, known)
        with suppress(Failure, NameError, AssertionError, Enough):
            known["program"]()

    def draws(self) -> bool:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Enough
        return self.chance.draws()

    def may(self) -> None:
        self.steps += 1
        if self.chance.fails():
            raise Failure

    def later(self, change: Callable[[], None]) -> None:
        """Keep a change for later, and call any of those that are kept."""
        self.changes.append(change)
        if self.draws():
            self.chance.random.choice(self.changes)()

    def tag(self, number: int) -> Tag:
        if number > len(NAMES):
            self.may()
        return Tag(number, self)

    def use(self, number: int, value: Value, *_: object) -> None:
        self.seen[number].add(value.number)
        self.held[number].append(dict(self.outcomes))

    def flag(self, number: int, *value: object) -> bool:
        outcome = self.outcomes[number] = bool(value[0]) if value else self.draws()
        return outcome

    def items(self, number: int, *_: object) -> Iterator[Tag]:
        while self.draws():
            yield Tag(number, self)

    def context(self, number: int) -> AbstractContextManager[Tag]:
        return nullcontext(self.tag(number))

    def choice(self) -> Value:
        return Tag(0, self) if self.draws() else Other(0, self)

"""Which definitions reach the current point of a walk, through branches, loops and exceptions.

The state is a stack of layers. A branch opens a layer of its own, and what it changed is joined into the layer below
when it ends: the cost of a branch is what it changes, however many names there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from reviewer.code.scopes import Definition, Reaching

MOST_REACHING = 64
"""A name that more definitions reach has any value: bounds hostile chains of branches."""
MOST_JUMPS = 64
"""`break`s, or `continue`s, of one loop whose states are told apart."""

Changes = dict[str, Reaching]
"""What a stretch of code changes: the definitions that reach its end, by name, where they differ from its start."""


class Bindings:
    """The state of a walk. `alive` is false where the code cannot be reached: nothing changes there."""

    def __init__(self) -> None:
        self.layers: list[Changes] = [{}]
        self.alive = True
        self.trail: list[Definition] = []
        """All definitions, in the order in which the walk came by them."""

    def reaching(self, name: str) -> Reaching:
        """The definitions of a name that reach this point."""
        for layer in reversed(self.layers):
            found = layer.get(name)
            if found is not None:
                return found
        return ()

    def define(self, definition: Definition) -> None:
        """A definition that takes the place of all others of its name."""
        if self.alive:
            self.layers[-1][definition.name] = (definition,)
            self.trail.append(definition)

    def open(self, changes: Mapping[str, Reaching] | None = None) -> None:
        """Begin a branch, with some changes already made."""
        self.layers.append(dict(changes) if changes else {})

    def close(self) -> Changes | None:
        """End a branch: what it changed, or None where its end cannot be reached."""
        changes = self.layers.pop()
        return changes if self.alive else None

    def close_perhaps(self, without: Collection[str] = ()) -> None:
        """End a branch of an expression, which may not have been taken. Names `without` mean nothing outside of it."""
        changes = {name: found for name, found in self.layers.pop().items() if name not in without}
        if changes:
            self.join([{}, changes])

    def since(self, depth: int) -> Changes:
        """What the layers from `depth` on change, taken together."""
        return {name: found for layer in self.layers[depth:] for name, found in layer.items()}

    def join(self, ends: Sequence[Changes | None]) -> None:
        """Go on from the ends of several branches; the place behind them can be reached if any of the ends can."""
        alive = [changes for changes in ends if changes is not None]
        self.alive = bool(alive)
        found: dict[str, list[Reaching]] = {}
        for index, changes in enumerate(alive):
            for name, reaching in changes.items():
                if name not in found:  # the branches before this one leave the name as it was
                    found[name] = [self.reaching(name)] if index else []
                found[name].append(reaching)
        top = self.layers[-1]
        for name, several in found.items():
            if len(several) < len(alive):
                several.append(self.reaching(name))
            top[name] = union(several)

    def interrupted(self, begin: int, end: int | None = None) -> Changes:
        """What may be changed where a stretch of the trail was left anywhere in its midst."""
        made: dict[str, list[Reaching]] = {}
        for definition in self.trail[begin:end]:
            made.setdefault(definition.name, [self.reaching(definition.name)]).append((definition,))
        return {name: union(several) for name, several in made.items()}


def union(several: Sequence[Reaching]) -> Reaching:
    """All definitions of several sets of one name's; one that says nothing, where they are too many."""
    if len(several) == 1:
        return several[0]
    found = tuple(dict.fromkeys(definition for reaching in several for definition in reaching))
    if len(found) <= MOST_REACHING:
        return found
    return (Definition(found[0].name, "opaque", found[0].node),)


class Jumps:
    """The states in which `break` and `continue` leave one loop and its rounds. `depth` is the layer of the loop."""

    def __init__(self, bindings: Bindings, depth: int) -> None:
        self.bindings, self.depth, self.begin = bindings, depth, len(bindings.trail)
        self.taken: dict[str, list[Changes]] = {"break": [], "continue": []}
        self.crowded: set[str] = set()

    def take(self, kind: str) -> None:
        """Note the state at a jump."""
        if not self.bindings.alive:
            return
        if len(self.taken[kind]) < MOST_JUMPS:
            self.taken[kind].append(self.bindings.since(self.depth + (kind == "continue")))
        else:
            self.crowded.add(kind)

    def states(self, kind: str) -> list[Changes]:
        """What is changed where the jumps of a kind lead to."""
        crowd = [self.bindings.interrupted(self.begin)] if kind in self.crowded else []
        return [*self.taken[kind], *crowd]

    def count(self) -> dict[str, int]:
        """How many states there are, for `passing`."""
        return {kind: len(taken) for kind, taken in self.taken.items()}

    def passing(self, counts: Mapping[str, int]) -> list[Changes]:
        """The states at the jumps after the first `counts`, each of which a `finally` may change in place."""
        return [state for kind, taken in self.taken.items() for state in taken[counts[kind] :]]

    def drop(self, states: Sequence[Changes]) -> None:
        """Forget jumps that do not get through a `finally`."""
        gone = set(map(id, states))
        for taken in self.taken.values():
            taken[:] = [state for state in taken if id(state) not in gone]

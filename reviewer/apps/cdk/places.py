"""Where in an app's source a value of it is written."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.apps.cdk.constructs import Evaluator
from reviewer.code import facts
from reviewer.code.scopes import Definition
from reviewer.rule import Place
from reviewer.value import MODULE, Frame, string

MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Spot:
    """An expression of an activation, and what its names stand for there."""

    values: Evaluator
    expression: facts.Expression
    frame: Frame

    @property
    def place(self) -> Place:
        return Place(self.frame.module, self.expression.node)

    def inside(self, key: str | int) -> Spot:
        """The place of an entry, an item or an argument; the whole's where it is written elsewhere."""
        spot = self.written
        found = _part(spot, key)
        return self if found is None else Spot(self.values, found, spot.frame)

    @property
    def written(self) -> Spot:
        """The place that a name got its value at, as far as there is one such place."""
        spot = self
        for _ in range(MOST_NAMES):
            found = spot._assigned()
            if found is None:
                break
            spot = found
        return spot

    def _assigned(self) -> Spot | None:
        if not isinstance(self.expression, facts.Name):
            return None
        scope = self.values.modules.scope(self.frame.module, self.frame.owner)
        found = scope.uses.get(self.expression.node)
        if found:
            return self._of(found, self.frame)
        module = self.values.modules.scope(self.frame.module, MODULE)
        return self._of(module.end.get(self.expression.id, ()), Frame(self.frame.module, MODULE))

    def _of(self, definitions: tuple[Definition, ...], frame: Frame) -> Spot | None:
        if len(definitions) != 1 or definitions[0].kind != "value" or definitions[0].path:
            return None
        value = definitions[0].value
        return None if value is None else Spot(self.values, value, frame)


def _part(spot: Spot, key: str | int) -> facts.Expression | None:
    whole = spot.expression
    if isinstance(whole, facts.Dictionary):
        for name, value in whole.entries:
            if name is not None and string(spot.values.of(name, spot.frame)) == key:
                return value
    elif isinstance(whole, facts.Display) and isinstance(key, int) and key < len(whole.items):
        before = whole.items[: key + 1]
        return None if any(isinstance(item, facts.Star) for item in before) else whole.items[key]
    elif isinstance(whole, facts.Call):
        return argument(whole, key)
    return None


def argument(call: facts.Call, key: str | int) -> facts.Expression | None:
    """An argument of a call by its name or its position."""
    if isinstance(key, str):
        return next((each.value for each in call.arguments if each.name.rstrip("_") == key), None)
    plain = [each.value for each in call.arguments if not each.name]
    starred = any(each.name == "*" for each in call.arguments)
    return plain[key] if key < len(plain) and not starred else None

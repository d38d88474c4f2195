"""An app's constructs as the resources that it would make of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewer.apps.cdk import catalogue, machines
from reviewer.apps.cdk.catalogue import Kind
from reviewer.apps.cdk.code import Sources
from reviewer.apps.cdk.constructs import Construct, Evaluator
from reviewer.apps.cdk.drafts import Branch, Draft, Leaf, Tree, merge, opened, put
from reviewer.apps.cdk.names import FREE
from reviewer.apps.cdk.objects import Given, pattern, rules
from reviewer.apps.cdk.places import Spot
from reviewer.apps.cdk.terms import CURRENT, Terms
from reviewer.apps.cdk.walk import Use, trail
from reviewer.code.library import Arguments
from reviewer.deploy.catalogue import FUNCTION, VERSION
from reviewer.value import UNKNOWN, Constant, Instance, Items, Reference, Result, Table, Value, options, string

NONE = Constant(None)
FROM_IMAGE = Constant("FROM_IMAGE")
"""The handler of a function whose image says what it runs."""
LAYER = "AWS::Lambda::LayerVersion"
MACHINE = "AWS::StepFunctions::StateMachine"
PARAMETER = "CfnParameter"
RAW = frozenset(
    {"Variables", "EventPattern", "FilterPolicy", "Pattern", "Detail", "Definition", "DefinitionSubstitutions", "Tags"}
)
"""Properties whose keys are the user's own."""
CONVERTED = {"EventPattern": pattern, "FilterRules": rules}


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its arguments by name: what terms of the table speak of.

    `subject` is the construct that it makes or is a method of; `outer` the method that a bound object was handed to.
    """

    kind: Kind
    subject: Construct
    given: Given
    spot: Spot
    outer: Call | None = None

    def spot_of(self, name: str) -> Spot:
        """The place of an argument."""
        found = self.spot.inside(name)
        if found is self.spot and name in self.kind.parameters:
            return self.spot.inside(self.kind.parameters.index(name))
        return found


class Synthesis:
    """Makes the resources of one app, in the order of its calls."""

    def __init__(self, values: Evaluator, terms: Terms, sources: Sources) -> None:
        self.values = values
        self.terms = terms
        self.sources = sources
        self.drafts: dict[str, Draft] = {}
        self.parameters: dict[str, Draft] = {}
        self.machines: list[tuple[Draft, Call]] = []
        self.unread: list[tuple[Spot, str]] = []

    def make(self, uses: Iterable[Use]) -> None:
        """Make what the calls of an app make, and then what its methods add."""
        uses = list(uses)
        for use in self.terms.kept:
            self.construct(use)
        for use in uses:
            if use.method:
                self.method(use)
        for draft, call in self.machines:
            self.define(draft, call, uses)
        for function in self.values.published:
            found = self.drafts.get(self.terms.name(function))
            if found is not None and found.type == FUNCTION:
                settings: Tree = {"FunctionName": Leaf(Reference(self.terms.path, found.name), found.at)}
                self.add(f"{found.name}/{CURRENT}", VERSION, settings, found.at)

    # --- constructs -----------------------------------------------------------------------------------------------

    def construct(self, use: Use) -> None:
        kind = catalogue.construct(use.subject.type)
        if kind is None or use.subject.type in FREE:
            return
        spot = Spot(self.values, use.call, use.frame)
        call = Call(kind, use.subject, self.terms.arguments(kind, use.given), spot)
        name = self.terms.called[use]
        if use.subject.type == PARAMETER:
            self.parameters[name] = Draft(name, PARAMETER, self._named(spot), self.l1(call))
        if kind.type:
            draft = Draft(name, kind.type, self._named(spot))
            draft.properties = self.l1(call) if kind.is_l1 else self.settings(call, kind)
            self.drafts[name] = draft
            self.complete(draft, call)
        for index, part in enumerate(kind.parts):
            if not part.needs or any(call.given.get(argument, NONE) != NONE for argument in part.needs):
                self.add(f"{name}/{_last(part.type)}{index or ''}", part.type, self.settings(call, part), spot)
        for argument in kind.binds:
            self.bind(argument, call)

    def _named(self, spot: Spot) -> Spot:
        """The place of a construct's id; that of its call where it has none of its own."""
        found = spot.inside("id")
        return spot.inside(1) if found is spot else found

    def add(self, name: str, kind: str, properties: Tree, at: Spot) -> None:
        """Add a resource that has no id of its own."""
        made = name = name.removeprefix("/")
        number = 1
        while made in self.drafts:
            number += 1
            made = f"{name}{number}"
        self.drafts[made] = Draft(made, kind, at, properties)

    def complete(self, draft: Draft, call: Call) -> None:
        """What a table cannot say: code, and what is computed of several arguments."""
        if call.kind.is_l1:
            return
        if draft.type == FUNCTION:
            self.function(draft, call, call.subject.type.rpartition(".")[2])
        elif draft.type == LAYER:
            draft.properties["Content"] = self.code(call)[0]
        elif draft.type == MACHINE:
            self.machines.append((draft, call))

    def function(self, draft: Draft, call: Call, class_: str) -> None:
        """Code, handler and runtime of a function."""
        given, properties = call.given, draft.properties
        environment = properties.get("Environment")
        variables = environment.get("Variables") if isinstance(environment, dict) else None
        if isinstance(environment, dict) and isinstance(variables, Leaf):
            environment["Variables"] = opened(variables)
        properties.setdefault("Role", Leaf(UNKNOWN, call.spot))
        named = properties.get("Handler")
        if class_ == "DockerImageFunction" or (isinstance(named, Leaf) and named.value == FROM_IMAGE):
            properties["PackageType"] = Leaf(Constant("Image"), call.spot)
            properties.pop("Handler", None)
            properties.pop("Runtime", None)
        elif class_ == "NodejsFunction":
            properties.setdefault("Runtime", Leaf(Constant("nodejs"), call.spot))
        elif class_ == "PythonFunction":
            index = string(given.get("index", Constant("index.py"))) or ""
            handler = string(given.get("handler", Constant("handler")))
            known = index.endswith(".py") and handler is not None
            place = call.spot_of("handler" if "handler" in given else "index")
            properties["Handler"] = Leaf(Constant(f"{index[:-3]}.{handler}") if known else UNKNOWN, place)
        code, draft.built = self.code(call)
        properties["Code"] = opened(code)
        if code.value == UNKNOWN and "PackageType" not in properties and class_ != "NodejsFunction":
            self.unread.append((code.spot, draft.name))

    def code(self, call: Call) -> tuple[Leaf, bool]:
        """The code of a function or a layer, and whether a build makes it."""
        entry = call.given.get("entry")
        if entry is not None:
            return Leaf(self.sources.asset(entry), call.spot_of("entry")), False
        value, built = self.sources.code(call.given.get("code", UNKNOWN), call.spot)
        return Leaf(value, call.spot_of("code")), built

    def define(self, draft: Draft, call: Call, uses: list[Use]) -> None:
        """The definition of a state machine: its tasks."""
        argument = "definition_body" if "definition_body" in call.given else "definition"
        definition, spot = call.given.get(argument, UNKNOWN), call.spot_of(argument)
        filed, text = machines.written(definition, "from_file"), machines.written(definition, "from_string")
        if filed is not None:
            draft.properties["DefinitionUri"] = Leaf(self.sources.asset(filed), spot)
        elif text is not None:
            meant = self.terms.meaning(text)
            draft.properties["Definition" if isinstance(meant, Table) else "DefinitionString"] = Leaf(meant, spot)
        else:
            found: Tree = {}
            for state in machines.states(definition, uses):
                use = self.terms.made.get(trail(self.values, state))
                task = self.task(use) if use is not None else None
                if task:
                    found[self.terms.name(state)] = {"Type": Leaf(Constant("Task"), spot), **task}
            draft.properties["Definition"] = {"States": found}

    def task(self, use: Use) -> Tree | None:
        """A state that calls something."""
        kind = catalogue.task(use.subject.type) or Kind()
        call = Call(kind, use.subject, self.terms.arguments(kind, use.given), Spot(self.values, use.call, use.frame))
        if use.subject.type != machines.SERVICE_CALL:
            return self.settings(call, kind)
        resource = machines.service_call(call.given.get("service"), call.given.get("action"))
        if resource is None:
            return None
        given = self.terms.meaning(call.given.get("parameters", UNKNOWN))
        return {"Resource": Leaf(resource, call.spot), "Parameters": Leaf(given, call.spot_of("parameters"))}

    # --- methods and bound objects ----------------------------------------------------------------------------------

    def method(self, use: Use) -> None:
        kind = catalogue.method(use.method)
        if kind is None or kind.makes:
            return
        spot = Spot(self.values, use.call, use.frame)
        call = Call(kind, use.subject, self.terms.arguments(kind, use.given), spot)
        owner = self.terms.name(use.subject.whole)
        if kind.into:
            self.extend(owner, call, kind)
        elif kind.type:
            self.add(f"{owner}/{_last(kind.type)}", kind.type, self.settings(call, kind), spot)
        for argument in kind.binds:
            self.bind(argument, call)

    def extend(self, owner: str, call: Call, kind: Kind) -> None:
        """Add to a construct's own properties."""
        draft = self.drafts.get(owner)
        if draft is None:
            return
        key = string(self.terms.meaning(call.given.get(kind.keyed, UNKNOWN))) if kind.keyed else ""
        if key is None:
            return
        path = f"{kind.into}.{key}" if key else kind.into
        settings = self.settings(call, kind)
        whole: Branch = settings.get("", settings)
        several = opened(whole) if isinstance(whole, Leaf) and path.endswith(".*") else whole
        for branch in several if isinstance(several, list) else [several] if several else []:
            grown: Tree = {}
            put(grown, path, branch)
            merge(draft.properties, grown)

    def bind(self, argument: str, call: Call) -> None:
        """What the objects in an argument make of the construct that they are handed to."""
        value, spot = self.walk(argument.split("."), call)
        for each, at in _each(value, spot):
            for option in options(each):
                self.bound(option, at, call)

    def bound(self, value: Value, spot: Spot, outer: Call) -> None:
        if isinstance(value, Instance):
            name, arguments = self.values.based(value)
        elif isinstance(value, Result) and not value.path:
            name, arguments = value.function, _arguments(value)
        else:
            return
        kind = catalogue.bound(name)
        if kind is None:
            return
        call = Call(kind, outer.subject, self.terms.arguments(kind, arguments), spot.written, outer)
        owner = self.terms.name(outer.subject.whole)
        if kind.into:
            self.extend(owner, call, kind)
        else:
            self.add(f"{owner}/{_last(kind.type)}", kind.type, self.settings(call, kind), call.spot)

    # --- settings ---------------------------------------------------------------------------------------------------

    def l1(self, call: Call) -> Tree:
        """The properties of a construct that is a resource itself: all of its arguments."""
        made: Tree = {}
        for name, value in call.given.items():
            key = catalogue.pascal(name)
            inline = _inline(value)
            if key == "Code" and inline is not None:
                text = self.sources.inline(inline, call.spot_of(name).written.inside("zip_file"))
                made[key] = {"ZipFile": Leaf(text, call.spot_of(name))}
            elif value != NONE:
                made[key] = Leaf(_capitals(self.terms.meaning(value), key), call.spot_of(name))
        return made

    def settings(self, call: Call, kind: Kind) -> Tree:
        made: Tree = {}
        for path, term in kind.settings:
            found = self.term(term, call)
            if found is None:
                continue
            name = path.rpartition(".")[2]
            leaf = Leaf(CONVERTED[name](found.value), found.spot) if name in CONVERTED else found
            if path:
                put(made, path, leaf)
            else:
                made[path] = leaf
        return made

    def term(self, term: str, call: Call) -> Leaf | None:
        """The value of a term; None where no argument of it is given."""
        for choice in term.split("|"):
            if choice.startswith("="):
                return Leaf(Constant(True if choice == "=true" else choice[1:]), call.spot)
            path, _, text = choice.partition("?")
            value, spot = self.walk(path.split("."), call)
            if value is None or value == NONE:
                continue
            if not text:
                return Leaf(self.terms.meaning(value), spot)
            if value != Constant(False):
                return Leaf(Constant(text) if isinstance(value, Constant | Table | Items) else UNKNOWN, spot)
        return None

    def walk(self, steps: list[str], call: Call) -> tuple[Value | None, Spot]:
        """What a path of arguments leads to, and where that is written."""
        first, *rest = steps
        value: Value | None
        if first == "call":
            return self.walk(rest, call.outer) if call.outer is not None else (None, call.spot)
        subjects = {"self": call.subject, "root": call.subject.whole, "scope": call.subject.scope}
        if first in subjects:
            value, spot = subjects[first], call.spot
        else:
            value, spot = call.given.get(first), call.spot_of(first)
        for step in rest:
            if value is None:
                break
            value = self.terms.step(value, step)
            spot = spot.inside(step)
        return value, spot


def _each(value: Value | None, spot: Spot) -> Iterator[tuple[Value, Spot]]:
    """The items of a list, or a value alone."""
    if isinstance(value, Items):
        written = spot.written
        yield from ((item, written.inside(index)) for index, item in enumerate(value.items))
    elif value is not None:
        yield value, spot


def _arguments(value: Result) -> Arguments:
    positional = tuple(part for name, part in value.arguments if name.isdecimal())
    return Arguments(positional, tuple(pair for pair in value.arguments if not pair[0].isdecimal()))


def _last(kind: str) -> str:
    return kind.rpartition("::")[2]


def _inline(code: Value) -> Value | None:
    """The text of code that a resource itself is given."""
    if isinstance(code, Result):
        return dict(code.arguments).get("zip_file")
    return code.get("zipFile") or code.get("ZipFile") if isinstance(code, Table) else None


def _capitals(value: Value, key: str) -> Value:
    """A structure with the names of properties as templates have them, where they are written in another way."""
    if key in RAW:
        return value
    if isinstance(value, Items):
        return Items(tuple(_capitals(item, "") for item in value.items), value.open)
    if isinstance(value, Table):
        pairs = ((catalogue.pascal(name), part) for name, part in value.entries)
        return Table(tuple((name, _capitals(part, name)) for name, part in pairs), value.open)
    return value

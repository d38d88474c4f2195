"""Values of an app's source in the words of templates: constructs become references, objects what they stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from posixpath import basename

from reviewer.apps.cdk import catalogue
from reviewer.apps.cdk.constructs import Construct, Evaluator
from reviewer.apps.cdk.names import CURRENT_VERSION, FREE, known_as
from reviewer.apps.cdk.objects import AWS, OBJECTS, Given, pseudo, structure
from reviewer.apps.cdk.walk import Use, trail
from reviewer.code.bounds import bounded
from reviewer.code.library import Arguments
from reviewer.deploy.wiring import API_KINDS
from reviewer.identity import replaced
from reviewer.value import (
    UNKNOWN,
    Constant,
    Environment,
    External,
    Instance,
    Items,
    OneOf,
    Parameter,
    Reference,
    Result,
    Table,
    Text,
    Transformed,
    Value,
    options,
    string,
    text,
)

Trail = tuple[Value, ...]

NAMED = {"_domain_name": "DomainName", "_arn": "Arn", "_name": "Ref", "_id": "Ref", "_ref": "Ref"}
"""How attributes end that name a construct, whatever its class, with what they mostly are in CloudFormation."""
OTHERS = ("_url", "_endpoint")
"""How those end that are of many names."""
TARGETED = {"CDK_DEFAULT_REGION": "region", "CDK_DEFAULT_ACCOUNT": "account"}
"""Environment variables by which the CDK tells an app where it is deployed.
Source: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html"""
URL_OF_FUNCTION = ("add_function_url()", "url")
"""What leads from a function to the address of the URL that it was given."""
DEEPEST_TERM = 8
_KEPT = (Constant, Items, Table, Text, OneOf, Transformed, Reference, Parameter)


class Terms:
    """The values of one app. `path` is that of its stack in the deployment.

    `kept` are the uses that make constructs, each construct once, with its trail; `called` their names.
    """

    def __init__(self, values: Evaluator, path: str, made: Iterable[Use]) -> None:
        self.values = values
        self.path = path
        self.made: dict[Trail, Use] = {}
        self.kept: dict[Use, Trail] = {}
        calls = set()
        for use in made:
            key = trail(values, use.subject)
            if _is_known(key):
                if self.made.setdefault(key, use) is use:
                    self.kept[use] = key
            elif use.call not in calls:
                self.kept[use] = key
            calls.add(use.call)
        self.exports = {name: use for use in self.kept if (name := _exported(use)) is not None}
        self.called = _names(self.kept)
        self.names = {key: self.called[use] for key, use in self.made.items()}
        self.found: dict[tuple[Use, str], Value] = {}
        self.depth = 0

    def name(self, construct: Construct) -> str:
        """The name of a construct: its path in its stack, or in the app where stacks hold the same. "" of no one's."""
        return self.names.get(trail(self.values, construct), "")

    # --- values ---------------------------------------------------------------------------------------------------

    def meaning(self, value: Value) -> Value:
        """A value as a template would have it."""
        return replaced(value, self._changed)

    def _changed(self, value: Value) -> Value | None:
        if isinstance(value, Construct):
            return self.reference(value)
        if isinstance(value, Instance):
            construct = self.values.construct(value)
            return UNKNOWN if construct is None else self.reference(construct)
        if isinstance(value, External):
            return self._member(value)
        if isinstance(value, Result):
            return self._object(value)
        if isinstance(value, Environment) and value.name in TARGETED:
            return pseudo(TARGETED[value.name], self.path)
        if isinstance(value, Environment):  # of whoever deploys the app
            default = () if value.default in (None, Constant(None)) else (self.meaning(value.default or UNKNOWN),)
            return Parameter(self.path, f"env:{value.name}", default)
        if isinstance(value, Transformed) and value.operation == "path":
            return self.meaning(value.base)
        return None if isinstance(value, _KEPT) else UNKNOWN

    def _member(self, value: External) -> Value:
        name = known_as(value.name)
        if name is None:
            return UNKNOWN
        if name.startswith(("Aws.", "ScopedAws.")):
            return pseudo(AWS.get(name.rpartition(".")[2], ""), self.path)
        found = catalogue.member(name)
        return UNKNOWN if found is None else Constant(found)

    def _object(self, value: Result) -> Value:
        """What an object of the CDK stands for."""
        if value.path:
            return UNKNOWN
        name = value.function.rstrip("_")
        argument = catalogue.wrapped(name)
        if argument is not None:
            given = dict(value.arguments)
            return self.meaning(given.get(argument) or given.get("0") or UNKNOWN)
        if name == IMPORT:
            return self._import(string(dict(value.arguments).get("0")))
        if name == "json.dumps":
            return self.meaning(dict(value.arguments).get("0", UNKNOWN))
        make = OBJECTS.get(name)
        if make is None and (not value.function.partition(".")[2] or not name.rpartition(".")[2][:1].isupper()):
            return UNKNOWN
        given = {key: self.meaning(part) for key, part in value.arguments}
        return (make or structure)(given)

    # --- constructs -----------------------------------------------------------------------------------------------

    def reference(self, construct: Construct) -> Value:
        """What a construct, or an attribute of one, is to a template; UNKNOWN where that cannot be told."""
        kind, path = catalogue.construct(construct.type), construct.path
        if construct.type in FREE:
            return pseudo(path[0], self.path) if len(path) == 1 else UNKNOWN
        if construct.type == "CfnParameter":
            return self._parameter(construct)
        owner, dot, function = construct.type.rpartition(".")
        if dot and function[:1].islower():
            return self._imported(construct, owner)
        key = trail(self.values, construct)
        if not _is_known(key):
            return UNKNOWN
        name = self.names.get(key, "/".join(str(string(part)) for part in key))
        if path[:1] == (CURRENT_VERSION,) or path[:1] == ("latest_version",):
            return self._version(name, path)
        if path[:1] == ("log_group",) and path[1:] in ((), ("log_group_name",)):
            return text([Constant("/aws/lambda/"), Reference(self.path, name)])
        if path == ("url",) and kind and kind.type in API_KINDS:
            return self._address(name)
        if path == URL_OF_FUNCTION:
            return Reference(self.path, f"{name}/Url", "FunctionUrl")
        if len(path) > 1:
            return UNKNOWN
        if not path:
            return Reference(self.path, name, kind.whole if kind else "Arn")
        use = self.made.get(key)
        if kind and kind.is_l1 and use is not None and use.given.get(None, path[0]) is not None:
            return self._given(use, path[0])
        attribute = kind.attribute(path[0]) if kind else None
        if attribute is None and kind is None:
            attribute = _attribute(path[0])
        return UNKNOWN if attribute is None else Reference(self.path, name, attribute)

    def _address(self, api: str) -> Value:
        """The URL of an API, up to the name of its stage."""
        place = (pseudo("region", self.path), Constant("."), pseudo("url_suffix", self.path))
        host = (Reference(self.path, api), Constant(".execute-api."), *place)
        return text([Constant("https://"), *host, Constant("/"), UNKNOWN])

    def _version(self, name: str, path: tuple[str, ...]) -> Value:
        if path[0] == "latest_version":
            return Reference(self.path, name, "Arn")
        return Reference(self.path, f"{name}/{CURRENT}") if path[1:] in ((), *_OF_VERSION) else UNKNOWN

    def _parameter(self, construct: Construct) -> Value:
        name, use = self.name(construct), self.made.get(trail(self.values, construct))
        if not name or use is None:
            return UNKNOWN
        allowed = use.given.get(None, "allowed_values")
        choices = [] if use.given.get(None, "default") is None else [self._given(use, "default")]
        choices += allowed.items if isinstance(allowed, Items) else ()
        closed = isinstance(allowed, Items) and not allowed.open
        return Parameter(self.path, name, tuple(dict.fromkeys(choices)), closed)

    def _imported(self, construct: Construct, owner: str) -> Value:
        """A construct of another app, by what names it here."""
        use = self.made.get(trail(self.values, construct))
        wanted = catalogue.imported(construct.type)
        if use is None or wanted is None or len(construct.path) > 1:
            return UNKNOWN
        for name in wanted.split("|"):
            position = None if "|" in wanted else 0
            if use.given.get(position, name) is not None:
                found = self._given(use, name, position)
                return _named(found, name, construct.path[0] if construct.path else "")
        return UNKNOWN

    def _import(self, export: str | None) -> Value:
        """What another stack of the app exports."""
        use = self.exports.get(export or "")
        return UNKNOWN if use is None else self._given(use, "value")

    def _given(self, use: Use, name: str, position: int | None = None) -> Value:
        """An argument of what another construct is made with, found once. What it is a part of itself, or of a long
        row of constructs that are made with each other, is not told."""
        key = (use, name)
        if key not in self.found and self.depth < DEEPEST_TERM:
            self.found[key] = UNKNOWN
            self.depth += 1
            self.found[key] = bounded(self.meaning(use.given.get(position, name) or UNKNOWN))
            self.depth -= 1
        return self.found.get(key, UNKNOWN)

    # --- arguments ------------------------------------------------------------------------------------------------

    def arguments(self, kind: catalogue.Kind, given: Arguments) -> Given:
        """The arguments of a call by the names of its parameters; of `*rest` a list."""
        found: Given = {name: Constant(value) for name, value in kind.given}
        rest = list(given.positional)
        for parameter in kind.parameters:
            if parameter.startswith("*"):
                found[parameter[1:]] = Items(tuple(rest), given.open)
            elif rest:
                found[parameter] = rest.pop(0)
        return found | {name.rstrip("_"): value for name, value in given.named}

    def step(self, value: Value, name: str) -> Value | None:
        """What a step leads to: an attribute of a construct, an argument of an object, an entry."""
        construct = self.values.construct(value)
        if construct is not None:
            return construct.at(name)
        if isinstance(value, Result):
            return dict(value.arguments).get(name)
        if isinstance(value, Table):
            return value.get(name) or value.get(catalogue.pascal(name)[:1].lower() + catalogue.pascal(name)[1:])
        return None


IMPORT = "Fn.import_value"


def _exported(use: Use) -> str | None:
    """The name under which an output is exported."""
    return string(use.given.get(None, "export_name")) if use.subject.type == "CfnOutput" else None


def _attribute(name: str) -> str | None:
    """What an attribute of a construct is that the table does not know."""
    known = next((meant for end, meant in NAMED.items() if name.endswith(end)), None)
    return catalogue.pascal(name) if known is None and name.endswith(OTHERS) else known


CURRENT = "CurrentVersion"
"""The id of the version that each deployment publishes."""
_OF_VERSION = (("function_arn",), ("function_name",))


def _is_known(key: Trail) -> bool:
    return bool(key) and all(string(part) is not None for part in key)


def _inside(key: Trail) -> Trail:
    """A trail without what is not known to be around it."""
    return key[1:] if len(key) > 1 and key[0] == UNKNOWN else key


def _names(made: Mapping[Use, Trail]) -> dict[Use, str]:
    """The names of constructs: without the stack where that leaves each its own."""
    spelled = {use: tuple(string(part) or "*" for part in _inside(key)) for use, key in made.items()}
    short = Counter("/".join(parts[1:] or parts) for parts in spelled.values())
    taken: Counter[str] = Counter()
    found = {}
    for use, parts in spelled.items():
        name = "/".join(parts[1:] or parts)
        name = name if short[name] == 1 else "/".join(parts)
        taken[name] += 1
        found[use] = name if taken[name] == 1 else f"{name}#{taken[name]}"
    return found


def _named(value: Value, given: str, attribute: str) -> Value:
    """An attribute of a construct that is known by one of its names: of an ARN the name in its end."""
    if given.endswith("_arn") and attribute.endswith(("_name", "_url")):
        found = [_tail(option) for option in options(value)]
        return found[0] if len(found) == 1 else UNKNOWN
    return value


def _tail(arn: Value) -> Value:
    written = string(arn)
    return arn if written is None else Constant(basename(written.rpartition(":")[2]))

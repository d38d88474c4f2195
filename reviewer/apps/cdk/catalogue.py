"""What is known of the classes and methods of the CDK: `constructs.toml`, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_L1 = re.compile(r"aws_(?P<service>\w+)\.Cfn(?P<type>[A-Z]\w*)")
_ENUM = re.compile(r"(?P<cls>.+)\.(?P<member>[A-Z][A-Z0-9_]*)")
_RUNTIME = re.compile(r"(?P<family>PYTHON|NODEJS|JAVA|DOTNET|RUBY|GO)_(?P<version>[0-9][0-9A-Z_]*)")
_SEPARATED = frozenset({"PYTHON", "RUBY", "GO", "NODEJS"})

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A class or method. The fields are those of the table; `settings` are its `set` and `same`."""

    type: str = ""
    parameters: tuple[str, ...] = ()
    settings: Pairs = ()
    attributes: Pairs = ()
    whole: str = "Arn"
    binds: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    parts: tuple[Kind, ...] = ()
    into: str = ""
    keyed: str = ""
    given: Pairs = ()
    makes: str = ""
    is_l1: bool = False

    def attribute(self, name: str) -> str | None:
        """What an attribute is in CloudFormation's words."""
        known = dict(self.attributes).get(name)
        if known is not None or not self.is_l1:
            return known
        return "Ref" if name == "ref" else pascal(name.removeprefix("attr_")) if name.startswith("attr_") else None


@cache
def table() -> dict[str, Any]:
    """The whole of the table, as it is written."""
    with files(__package__).joinpath("constructs.toml").open("rb") as file:
        return tomllib.load(file)


def _kind(entry: dict[str, Any]) -> Kind:
    like = table()["construct"][entry["like"]] if "like" in entry else {}
    settings = {pascal(name): name for name in (*like.get("same", ()), *entry.get("same", ()))}
    settings |= {**like.get("set", {}), **entry.get("set", {})}
    return Kind(
        type=entry.get("type", like.get("type", "")),
        parameters=tuple(entry.get("parameters", ())),
        settings=tuple(settings.items()),
        attributes=tuple(entry.get("attributes", {}).items()),
        whole=entry.get("whole", "Arn"),
        binds=tuple(entry.get("binds", ())),
        needs=tuple(entry.get("needs", ())),
        parts=tuple(map(_kind, entry.get("parts", ()))),
        into=entry.get("into", ""),
        keyed=entry.get("keyed", ""),
        given=tuple(entry.get("given", {}).items()),
        makes=entry.get("makes", ""),
    )


@cache
def construct(name: str) -> Kind | None:
    """A class of constructs, by the CDK's name of it; None for one that is not in the table."""
    name = table()["like"].get(name, name)
    entry = table()["construct"].get(name)
    if entry is not None:
        return _kind(entry)
    l1 = _L1.fullmatch(name)
    if l1 is None:
        return None
    service = table()["service"].get(l1["service"], l1["service"].capitalize())
    return Kind(type=f"AWS::{service}::{l1['type']}", whole="Ref", is_l1=True)


@cache
def bound(name: str) -> Kind | None:
    """A class whose objects are handed to constructs."""
    entry = table()["bound"].get(name)
    return None if entry is None else _kind(entry)


@cache
def method(name: str) -> Kind | None:
    """A method of constructs."""
    entry = table()["method"].get(name)
    return None if entry is None else _kind(entry)


@cache
def task(name: str) -> Kind | None:
    """A class of tasks of state machines."""
    entry = table()["task"].get(name)
    return None if entry is None else _kind(entry)


@cache
def makers() -> dict[str, tuple[str, str]]:
    """The methods of classes that make constructs: the class of these, and the parameter that names them."""
    return {
        f"{entry['of']}.{name}": (entry["makes"], entry["parameters"][0])
        for name, entry in table()["method"].items()
        if "makes" in entry
    }


def imported(name: str) -> str | None:
    """The arguments that name what `from_…` brings into an app, the best first; None for any other name."""
    found: str | None = table()["import"].get(name)
    return found


def wrapped(name: str) -> str | None:
    """The argument that an object stands for."""
    found: str | None = table()["wrapper"].get(name)
    return found


def member(name: str) -> str | None:
    """The text that a member of an enumeration is in a template; None where a name is none."""
    found = _ENUM.fullmatch(name)
    if found is None:
        return None
    if found["cls"] == "aws_lambda.Runtime":
        return _runtime(found["member"])
    words = table()["enum"].get(found["cls"], {})
    return str(words.get(found["member"], found["member"]))


def _runtime(member: str) -> str | None:
    """`PYTHON_3_13` is `python3.13`, `NODEJS_20_X` is `nodejs20.x`; None where the library decides which one it is."""
    if member.startswith("PROVIDED"):
        return member.lower().replace("_", ".")
    found = _RUNTIME.fullmatch(member)
    if found is None:
        return None
    if member == "JAVA_8_CORRETTO":
        return "java8.al2"
    separator = "." if found["family"] in _SEPARATED else ""
    return found["family"].lower() + found["version"].lower().replace("_", separator)


def pascal(name: str) -> str:
    """The name of a property by that of an argument: `function_name` and `functionName` are `FunctionName`."""
    made = "".join(word[:1].upper() + word[1:] for word in name.strip("_").split("_"))
    found: str = table()["capitals"].get(made, made)
    return found

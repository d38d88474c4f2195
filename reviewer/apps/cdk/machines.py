"""State machines that an app chains out of constructs: which states are in them."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.apps.cdk.constructs import Construct, constructs_in
from reviewer.apps.cdk.walk import Use
from reviewer.value import Constant, Result, Value, string

BODY = "aws_stepfunctions.DefinitionBody"
SERVICE_CALL = "aws_stepfunctions_tasks.CallAwsService"


def states(definition: Value, uses: Iterable[Use]) -> list[Construct]:
    """The constructs that a definition leads to, by the methods that chain one to the next."""
    following: dict[Construct, list[Construct]] = {}
    for use in uses:
        if not _is_state(use.subject):
            continue
        found = constructs_in(value for _, value in use.given.pairs)
        following.setdefault(use.subject.whole, []).extend(found)
    pending = list(constructs_in([definition]))
    reached: dict[Construct, None] = {}
    while pending:
        state = pending.pop(0)
        if state not in reached:
            reached[state] = None
            pending += following.get(state, ())
    return list(reached)


def _is_state(construct: Construct) -> bool:
    """Whether a construct can be of a definition: the function that a task calls leads to no other state."""
    library, _, name = construct.type.rpartition(".")
    return name != "StateMachine" and (not library.startswith("aws_") or library.startswith("aws_stepfunctions"))


def written(definition: Value, how: str) -> Value | None:
    """What a definition is read from, where its body is made in one way: `from_file`, `from_string`."""
    if isinstance(definition, Result) and definition.function == f"{BODY}.{how}":
        return next((value for _, value in definition.arguments), None)
    return None


def service_call(service: Value | None, action: Value | None) -> Value | None:
    """The resource of a task that calls an AWS service."""
    names = string(service), string(action)
    return None if None in names else Constant(f"arn:aws:states:::aws-sdk:{names[0]}:{names[1]}")

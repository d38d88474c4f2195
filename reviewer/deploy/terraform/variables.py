"""What a variable's declaration says of the values that it can take.

Source: https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

from reviewer.deploy.nodes import Sequence as ListNode
from reviewer.deploy.terraform.evaluate import Scope, evaluate
from reviewer.deploy.terraform.syntax import Attribute, Block, Call, Expression, ListOf, Literal, Name
from reviewer.value import Constant, Value

MOST_ALLOWED = 64

_KINDS = {"string": "String", "number": "Number", "bool": "Boolean", "any": "String"}
_LISTS = frozenset({"list", "set"})


def allowed(block: Block, name: str, scope: Scope) -> tuple[Value, ...]:
    """The only values that a variable can take, where a validation lists them: `contains([…], var.name)`."""
    for validation in block.body.of("validation"):
        test = validation.body.get("condition")
        if not isinstance(test, Call) or test.name != "contains" or len(test.arguments) != 2:
            continue
        listed, tested = test.arguments
        is_own = isinstance(tested, Attribute) and isinstance(tested.base, Name) and tested.base.name == "var"
        if not is_own or not isinstance(tested, Attribute) or tested.name != name or not isinstance(listed, ListOf):
            continue
        found = evaluate(listed, scope)
        values = [scope.value(item) for item in found.items] if isinstance(found, ListNode) else []
        if 0 < len(values) <= MOST_ALLOWED and all(isinstance(value, Constant) for value in values):
            return tuple(value for value in values if value is not None)
    return ()


def kind(block: Block) -> str:
    """The type of a variable in CloudFormation's words; one that is not declared is that of the default."""
    declared = block.body.get("type")
    if declared is None:
        default = block.body.get("default")
        return "String" if default is None or _is_text(default) else "Any"
    if isinstance(declared, Name):
        return _KINDS.get(declared.name, "Any")
    if isinstance(declared, Literal):  # before Terraform 0.12, types were quoted
        return _KINDS.get(str(declared.value), "Any")
    inner = declared.arguments[0] if isinstance(declared, Call) and declared.arguments else None
    is_list = isinstance(declared, Call) and declared.name in _LISTS and isinstance(inner, Name)
    return "CommaDelimitedList" if is_list and isinstance(inner, Name) and inner.name == "string" else "Any"


def _is_text(expression: Expression) -> bool:
    return isinstance(expression, Literal) and (expression.value is None or isinstance(expression.value, str))


def is_hidden(block: Block) -> bool:
    """Whether Terraform keeps a variable's value out of what it shows and stores."""
    found = (block.body.get(name) for name in ("sensitive", "ephemeral"))
    return any(isinstance(each, Literal) and each.value in (True, "true") for each in found)

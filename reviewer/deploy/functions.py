"""Functions and other resources of a CloudFormation or SAM template, as records of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from posixpath import dirname
from typing import Any

from reviewer.deploy.catalogue import FUNCTION, FUNCTIONS, KINDS, NAMES, SAM_FUNCTION
from reviewer.deploy.intrinsics import pieces
from reviewer.deploy.model import Code, Function, Id, Resource, Setting
from reviewer.deploy.naming import Naming
from reviewer.deploy.nodes import Mapping, Node, Scalar, Sequence, arms, find, intrinsic, text
from reviewer.deploy.stacks import Stack
from reviewer.deploy.template import Declared
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, Parameter, Pseudo, Reference, Value, one_of, options, string

_COMMON = {
    "name": "FunctionName",
    "handler": "Handler",
    "runtime": "Runtime",
    "timeout": "Timeout",
    "memory": "MemorySize",
    "role": "Role",
    "reserved_concurrency": "ReservedConcurrentExecutions",
    "code_signing": "CodeSigningConfigArn",
    "recursive_loop": "RecursiveLoop",
    "log_group": "LoggingConfig.LogGroup",
}
_SINGLE = {
    FUNCTION: {
        **_COMMON,
        "dead_letter": "DeadLetterConfig.TargetArn",
        "publishes": "Publish",  # of Terraform alone
    },
    SAM_FUNCTION: {
        **_COMMON,
        "dead_letter": "DeadLetterQueue.TargetArn",
        "alias": "AutoPublishAlias",
        "on_success": "EventInvokeConfig.DestinationConfig.OnSuccess.Destination",
        "on_failure": "EventInvokeConfig.DestinationConfig.OnFailure.Destination",
        "url_auth": "FunctionUrlConfig.AuthType",
    },
}
"""Where a function's settings are written, by its type."""
_SEVERAL = {
    "architectures": "Architectures.*",
    "layers": "Layers.*",
    "policies": "Policies.*",
    "mounts": "FileSystemConfigs.*.LocalMountPath",
}
_OF_OTHERS = {
    "AWS::Lambda::EventInvokeConfig": (
        "FunctionName",
        {
            "on_success": "DestinationConfig.OnSuccess.Destination",
            "on_failure": "DestinationConfig.OnFailure.Destination",
        },
    ),
    "AWS::Lambda::Url": ("TargetFunctionArn", {"url_auth": "AuthType"}),
    "aws_lambda_function_recursion_config": ("function_name", {"recursive_loop": "recursive_loop"}),
}
"""Resources that set something of a function: the property that names it, and its settings."""
_DESTINATIONS = frozenset({"on_success", "on_failure"})
_CODE_URI = {FUNCTION: "Code", SAM_FUNCTION: "CodeUri"}
_LAYER_URI = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}

_PACKED = (".zip", ".jar", ".war")
_KEPT = re.compile(r"\$\{!([^{}]*)\}")


def function(stack: Stack, declared: Declared, properties: Mapping | None) -> Function:
    """A function as the template sets it up; `properties` are its own with those of Globals."""
    single = {field: stack.setting(properties, path) for field, path in _SINGLE[declared.type].items()}
    several = {field: stack.settings(properties, path) for field, path in _SEVERAL.items()}
    found: Any = {**single, **several}
    package = stack.setting(properties, "PackageType")
    is_image = string(package.value) == "Image" if package else any(_images(properties))
    for field in _DESTINATIONS.intersection(single):
        found[field] = single[field] or _made(properties, _SINGLE[declared.type][field])
    found["handler"] = found["handler"] or stack.setting(next(find(properties, "ImageConfig.Command.*"), None))
    return Function(
        id=Id(stack.path, declared.name),
        at=declared.at,
        dialect=stack.dialect or FUNCTIONS[declared.type],
        code=_image(stack, properties, declared) if is_image else _code(stack, declared, properties, found["handler"]),
        package="Image" if is_image else "Zip",
        environment=tuple(_environment(stack, properties)),
        hidden_variables=any(_is_hidden(stack, node) for node in _variables(properties)),
        built=any(text(method) == "makefile" for method in find(declared.body, "Metadata.BuildMethod")),
        **found,
    )


def _made(properties: Mapping | None, path: str) -> Setting[Value] | None:
    """A destination that only has a type: SAM makes it."""
    for node in find(properties, path.rpartition(".")[0]):
        return Setting(UNKNOWN, node.at)
    return None


def _environment(stack: Stack, properties: Mapping | None) -> Iterator[tuple[str, Setting[Value]]]:
    """The variables. Whatever a template writes, the code reads text."""
    written: dict[str, list[Node]] = {}
    for variables in find(properties, "Environment.Variables"):
        for arm in arms(variables):
            for name, node in arm.entries.items() if isinstance(arm, Mapping) else ():
                if not name.startswith("Fn::") and not intrinsic(arm):
                    written.setdefault(name, []).append(node)
    for name, nodes in written.items():
        found = [value for node in nodes if (value := stack.value(node)) is not None]
        values = [_as_text(option) for value in found for option in options(value)]
        if values:
            yield name, Setting(one_of(values), nodes[0].at)


def _variables(properties: Mapping | None) -> Iterator[Node]:
    """What may stand for variables: the environment, what it holds, and what brings in more of them."""
    for path in ("Environment", "Environment.Variables"):
        yield from (arm for node in find(properties, path) for arm in arms(node))


def _is_hidden(stack: Stack, node: Node) -> bool:
    """Whether something stands in the place of variables that may be any."""
    if isinstance(node, (Scalar, Sequence)) or (isinstance(node, Mapping) and not intrinsic(node)):
        return isinstance(node, Mapping) and any(name.startswith("Fn::") for name in node.entries)
    return stack.value(node) not in {None, Constant(None)}


def _as_text(value: Value) -> Value:
    if isinstance(value, Constant) and not isinstance(value.value, str):
        return Constant("" if value.value is None else str(value.value).lower())
    return value


# --- code ---------------------------------------------------------------------------------------------------------


def _images(properties: Mapping | None) -> Iterator[Node]:
    yield from find(properties, "ImageUri")
    yield from find(properties, "Code.ImageUri")


def _image(stack: Stack, properties: Mapping | None, declared: Declared) -> Setting[Code]:
    node = next(_images(properties), None)
    return Setting(Code(elsewhere="a container image"), node.at if node else declared.at)


def _code(
    stack: Stack, declared: Declared, properties: Mapping | None, handler: Setting[Value] | None
) -> Setting[Code] | None:
    """Where the code of a zip function is."""
    for path in ("InlineCode", "Code.ZipFile"):
        for written in find(properties, path):
            inline = _inline(stack, written)
            if inline is not None:
                return inline
    node = next(find(properties, _CODE_URI[declared.type]), None)
    if node is None:
        # SAM takes the template's folder, CloudFormation has no default.
        return Setting(local(stack, "."), declared.at) if declared.type == SAM_FUNCTION else None
    module = (string(handler.value) or "").rpartition(".")[0] if handler else ""
    return _written(stack, node, module.replace(".", "/"))


def _written(stack: Stack, node: Node, module: str = "") -> Setting[Code]:
    """The code that a path, or a place in S3, leads to. `module` is the path of the handler's, without its ending."""
    asset = stack.asset(node)
    if asset is not None:
        return Setting(packed(asset), node.at)
    for arm in arms(node):
        value = stack.value(arm)
        for option in value.options if isinstance(value, Parameter) else (value,):
            written = string(option)
            if written is not None:
                return Setting(local(stack, written, module), arm.at)
    named = isinstance(node, Mapping) and not intrinsic(node)
    return Setting(Code(elsewhere="an object in S3" if named else "a place that the deployment gives"), node.at)


def local(stack: Stack, written: str, module: str = "") -> Code:
    """The code that a template means by a path: of a package that is made by hand, the folder with its module."""
    if written.startswith(("s3://", "https://")):
        return Code(elsewhere="an object in S3")
    path = stack.files.path(stack.path, written)
    if path is None:
        return Code(elsewhere="a path outside of the tree")
    if not path.endswith(_PACKED) and not stack.files.exists(path):
        return Code(elsewhere=f"`{path}`, which is not part of the tree")
    folder = dirname(path)
    if module and path.endswith(_PACKED) and stack.files.exists(f"{folder}/{module}.py".lstrip("/")):
        return Code(folder=folder)
    return packed(path)


def packed(path: str) -> Code:
    """The code that a folder or a file of the tree holds; that of an archive is out of sight."""
    return Code(elsewhere=f"the package `{path}`") if path.endswith(_PACKED) else Code(folder=path)


def _inline(stack: Stack, node: Node) -> Setting[Code] | None:
    """Code that stands in the template itself. What a substitution or a join fills in stays as `${Name}`."""
    for arm in arms(node):
        name = intrinsic(arm)
        if name == "Fn::Join" and isinstance(arm, Mapping):
            parts = [_spelled(part.value) for part in pieces(stack, arm) or ()]
            if parts and stack.spend(sum(map(len, parts))):
                return Setting(Code(inline="".join(parts), substituted=True), arm.at)
            continue
        scalar: Node = arm
        if name == "Fn::Sub" and isinstance(arm, Mapping):
            scalar = arm.entries[name]
            if isinstance(scalar, Sequence) and scalar.items:
                scalar = scalar.items[0]
        if isinstance(scalar, Scalar) and isinstance(scalar.value, str):
            code = _KEPT.sub(r"${\1}", scalar.text) if name else scalar.text
            block = scalar.style == "|"
            return Setting(
                Code(inline=code, block=block, substituted=bool(name)), scalar.first_line if block else scalar.at
            )
    return None


def _spelled(value: Value) -> str:
    match value:
        case Constant():
            return str(value.value)
        case Reference(name=name, attribute=attribute):
            return f"${{{name}}}" if attribute == "Ref" else f"${{{name}.{attribute}}}"
        case Parameter(name=name) | Pseudo(name=name):
            return f"${{{name}}}"
    return "${}"


# --- resources ----------------------------------------------------------------------------------------------------


def resource(stack: Stack, declared: Declared, properties: Mapping | None) -> Resource:
    """Any resource but a function."""
    kind, named, layer = KINDS.get(declared.type, "other"), NAMES.get(declared.type), _LAYER_URI.get(declared.type)
    node = next(find(properties, layer), None) if layer else None
    return Resource(
        id=Id(stack.path, declared.name),
        at=declared.at,
        kind=kind,
        type=declared.type,
        name=stack.setting(properties, named) if named else None,
        evaluate=None if properties is None else partial(stack.value, properties),
        place=None if properties is None else partial(place, properties),
        code=None if node is None else _written(stack, node),
    )


def place(node: Node, path: str) -> Location | None:
    """Where what stands at a path below a node is written. What an intrinsic function computes is one thing."""
    for step in path.split("."):
        below: Node | None = None
        if isinstance(node, Sequence):
            below = node.items[int(step)] if step.isdecimal() and int(step) < len(node.items) else None
        elif isinstance(node, Mapping) and not intrinsic(node):
            below = node.entries.get(step)
        if below is None:
            return None
        node = below
    return node.at


def completed(functions: list[Function], stacks: list[Stack], naming: Naming) -> list[Function]:
    """The functions with what other resources set for them."""
    by_id = {function.id: function for function in functions}
    for stack in stacks:
        for declared in stack.template.resources.values():
            if declared.type not in _OF_OTHERS:
                continue
            named, fields = _OF_OTHERS[declared.type]
            target = stack.setting(declared.properties, named)
            found: Any = {
                field: setting
                for field, path in fields.items()
                if (setting := stack.setting(declared.properties, path)) is not None
            }
            for aimed in naming.targets(target.value if target else None, stack.path):
                by_id[aimed.function] = replace(by_id[aimed.function], **found)
    return list(by_id.values())

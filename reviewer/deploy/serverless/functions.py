"""What a function of a service becomes: a function of CloudFormation, and what the framework makes beside it.

Source: https://www.serverless.com/framework/docs/providers/aws/guide/functions
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join

from reviewer.deploy.catalogue import ALIAS, FUNCTION, VERSION
from reviewer.deploy.nodes import Mapping, Node, Scalar, intrinsic
from reviewer.deploy.sam import merged
from reviewer.deploy.serverless.made import attribute, items, joined, scalar, structure, table
from reviewer.deploy.serverless.service import Configured, Service, at

Made = tuple[str, Scalar, Mapping]
"""A resource: its logical id, the node that asks for it, and its body."""

ROLE = "IamRoleLambdaExecution"

_OWN = {
    "Handler": "handler",
    "ReservedConcurrentExecutions": "reservedConcurrency",
    "RecursiveLoop": "recursiveLoop",
    "Description": "description",
}
"""Properties of the function by the settings that give them."""
_INHERITED = {"Runtime": "runtime", "Timeout": "timeout", "MemorySize": "memorySize", "Layers": "layers"}
"""Properties that the provider's section gives where the function does not."""
_DEFAULTS: dict[str, str | int] = {"Runtime": "nodejs20.x", "Timeout": 6, "MemorySize": 1024}
_WSGI = ("wsgi_handler.handler", "wsgi.handler")
"""Handlers that the plugin serverless-wsgi makes; they run the application that `custom.wsgi.app` names."""


def made(service: Service, function: Configured) -> Iterator[Made]:
    """The function and the resources beside it."""
    key, here = function.key, attribute(function.key, function.name)
    yield function.name, key, body(key, FUNCTION, properties(service, function))
    if not is_off(function.get("versionFunction") or service.get("provider.versionFunctions")):
        version = function.logical("LambdaVersion")
        yield version, key, body(key, VERSION, table(key, {"FunctionName": here}))
        name = alias(service, function)
        if name:
            settings = table(
                key,
                {
                    "FunctionName": here,
                    "FunctionVersion": attribute(key, version, "Version"),
                    "Name": scalar(key, name),
                },
            )
            yield function.logical("ProvConcLambdaAlias"), key, body(key, ALIAS, settings)
    yield from _destinations(service, function, here)
    yield from _url(service, function, here)
    if not _is_on(function.get("disableLogs")):
        group = joined(key, "", (scalar(key, "/aws/lambda/"), _name(service, function)))
        yield function.logical("LogGroup"), key, body(key, "AWS::Logs::LogGroup", table(key, {"LogGroupName": group}))
    statements = function.get("iamRoleStatements") or at(function.get("iam"), "role.statements")
    if statements is not None:
        yield function.logical(ROLE), key, role(key, statements, None)


def alias(service: Service, function: Configured) -> str:
    """The alias that the framework publishes and that all events go to; empty for none."""
    if not _is_versioned(service, function):
        return ""
    provisioned = function.get("provisionedConcurrency")
    if provisioned is not None and service.variables.constant(provisioned) not in ("", "0"):
        return "provisioned"
    return "snapstart" if _is_on(function.get("snapStart")) else ""


def _is_versioned(service: Service, function: Configured) -> bool:
    return not is_off(function.get("versionFunction") or service.get("provider.versionFunctions"))


def body(near: Node, kind: str, settings: Node) -> Mapping:
    """A resource of a type."""
    return table(near, {"Type": scalar(near, kind), "Properties": settings})


def is_off(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value in (False, "false")


def _is_on(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value in (True, "true")


# --- the function -------------------------------------------------------------------------------------------------


def properties(service: Service, function: Configured) -> Mapping:
    """The properties of the function."""
    key = function.key
    given: dict[str, Node | None] = {name: function.get(path) for name, path in _OWN.items()}
    image = _image(function.get("image"))
    for name, path in _INHERITED.items():
        given[name] = function.get(path) or service.get(f"provider.{path}")
        if given[name] is None and name in _DEFAULTS and not (name == "Runtime" and image):
            given[name] = scalar(key, _DEFAULTS[name])
    handler = given["Handler"]
    if isinstance(handler, Scalar) and handler.text in _WSGI and "serverless-wsgi" in service.plugins:
        own = service.files.path(service.path, handler.text.replace(".handler", ".py"))
        if own is not None and not service.files.exists(own):
            given["Handler"] = _application(service.get("custom.wsgi.app")) or handler
    group = function.get("logs.logGroup") or service.get("provider.logs.lambda.logGroup")
    mount = function.get("fileSystemConfig.localMountPath")
    return table(
        key,
        {
            **given,
            "FunctionName": _name(service, function),
            "Architectures": function.get("architecture") or service.get("provider.architecture"),
            "Environment": _environment(service, function),
            "Role": _role(service, function),
            "DeadLetterConfig": _under(function.get("onError"), "TargetArn"),
            "LoggingConfig": _under(group, "LogGroup"),
            "FileSystemConfigs": _under(mount, "LocalMountPath"),
            "Code": _under(image, "ImageUri") or _code(service, function),
        },
    )


def _under(node: Node | None, name: str) -> Node | None:
    return None if node is None else table(node, {name: node})


def _name(service: Service, function: Configured) -> Node:
    named = function.get("name")
    if named is not None:
        return named
    key, own = function.key, service.get("service")
    own = at(own, "name") or own or scalar(key, "")
    return joined(key, "-", (own, service.variables.stage_at(key), scalar(key, key.text)))


def _environment(service: Service, function: Configured) -> Node | None:
    given = [node for node in (service.get("provider.environment"), function.get("environment")) if node is not None]
    known = [variables for variables in map(structure, given) if variables is not None]
    hidden = next((node for node in given if intrinsic(node)), None)
    if not known:
        return hidden
    whole = merged(known[0], known[-1]) if len(known) > 1 else known[0]
    if hidden is not None and isinstance(whole, Mapping):  # there are more of them
        more = table(hidden, {"Fn::Transform": hidden})
        entries, keys = {**whole.entries, **more.entries}, {**whole.keys, **more.keys}
        whole = Mapping(whole.source, whole.start, whole.end, entries, keys)
    return table(known[-1], {"Variables": whole})


def _image(node: Node | None) -> Node | None:
    """What names an image: a URI, a name of the provider's section, or settings with either."""
    settings = structure(node)
    return node if settings is None else settings.get("uri") or settings.get("name") or settings


def _code(service: Service, function: Configured) -> Node:
    """The package: one that is made elsewhere, else the folder of the service, or the module that is packed alone."""
    package = function.get("package.artifact") or service.get("package.artifact")
    if package is not None:
        return package
    module, handler = (service.variables.constant(function.get(name)) for name in ("module", "handler"))
    if module and handler:
        folder = service.files.path(service.path, module)
        path = handler.rpartition(".")[0].replace(".", "/")
        if folder is not None and service.files.exists(join(folder, f"{path}.py")):
            return scalar(function.key, module)
    return scalar(function.key, ".")


def _application(node: Node | None) -> Node | None:
    """The handler that a WSGI application stands for: `api/app.create()` is `api/app.create`."""
    if not isinstance(node, Scalar) or "." not in node.text:
        return None
    return Scalar(node.source, node.start, node.end, node.text.removesuffix("()"), node.style)


# --- roles --------------------------------------------------------------------------------------------------------


def shared_role(service: Service, near: Scalar) -> Mapping | None:
    """The role that the framework makes for all functions; None where there is another one."""
    if _given_role(service) is not None:
        return None
    statements = service.get("provider.iam.role.statements") or service.get("provider.iamRoleStatements")
    managed = service.get("provider.iam.role.managedPolicies") or service.get("provider.iamManagedPolicies")
    return role(near, statements, managed)


def role(near: Node, statements: Node | None, managed: Node | None) -> Mapping:
    """A role with these statements."""
    policy = None if statements is None else table(near, {"PolicyDocument": table(near, {"Statement": statements})})
    settings = {"Policies": None if policy is None else items(near, (policy,)), "ManagedPolicyArns": managed}
    return body(near, "AWS::IAM::Role", table(near, settings))


def _given_role(service: Service) -> Node | None:
    given = service.get("provider.iam.role") or service.get("provider.role")
    return None if structure(given) is not None else given


def _role(service: Service, function: Configured) -> Node:
    """The function's role. A plain name is a logical id of the template."""
    own = function.get("iam.role") or function.get("role")
    if function.get("iamRoleStatements") is not None or structure(own) is not None:
        return attribute(function.key, function.logical(ROLE))
    given = own or _given_role(service) or attribute(function.key, ROLE)
    if isinstance(given, Scalar) and given.text and ":" not in given.text:
        return attribute(given, given.text)
    return given


# --- beside the function ------------------------------------------------------------------------------------------


def _destinations(service: Service, function: Configured, here: Node) -> Iterator[Made]:
    given = structure(function.get("destinations"))
    if given is None:
        return
    names = {"OnSuccess": "onSuccess", "OnFailure": "onFailure"}
    settings: dict[str, Node | None] = {
        name: _under(_destination(service, given.get(path)), "Destination") for name, path in names.items()
    }
    config = table(given, {"FunctionName": here, "DestinationConfig": table(given, settings)})
    key = function.key
    yield function.logical("LambdaEvConf"), key, body(key, "AWS::Lambda::EventInvokeConfig", config)


def _destination(service: Service, node: Node | None) -> Node | None:
    """A destination: an ARN, or a function of the service by its key."""
    node = at(node, "arn") or node
    if isinstance(node, Scalar):
        named = service.by_key.get(node.text)
        return node if named is None else attribute(node, named.name)
    return node


def _url(service: Service, function: Configured, here: Node) -> Iterator[Made]:
    url = function.get("url")
    if url is None or is_off(url):
        return
    authorizer = at(url, "authorizer")
    auth: Node = scalar(url, "NONE") if authorizer is None else authorizer
    if isinstance(authorizer, Scalar):
        auth = Scalar(authorizer.source, authorizer.start, authorizer.end, authorizer.text.upper(), authorizer.style)
    name = alias(service, function)
    qualifier = scalar(url, name) if name else None
    settings = table(url, {"TargetFunctionArn": here, "Qualifier": qualifier, "AuthType": auth})
    key = next((key for name, key in function.settings.keys.items() if name == "url"), function.key)
    yield function.logical("LambdaFunctionUrl"), key, body(key, "AWS::Lambda::Url", settings)

"""Objects of the CDK that stand for something in a template: durations, patterns, filters, schedules, structures.

Each is a function of an object's arguments, which are translated already. Sources: the classes' pages below
https://docs.aws.amazon.com/cdk/api/v2/python/
"""

from __future__ import annotations

from collections.abc import Callable

from reviewer.apps.cdk.catalogue import pascal
from reviewer.value import UNKNOWN, Constant, Items, Pseudo, Table, Value, number, string, text

Given = dict[str, Value]
"""Arguments by their names, positional ones by their positions."""

PREFIX = Constant("prefix")
SECONDS = {"millis": 0.001, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
PLACES = {
    "region": "AWS::Region",
    "account": "AWS::AccountId",
    "partition": "AWS::Partition",
    "url_suffix": "AWS::URLSuffix",
    "stack_name": "AWS::StackName",
    "stack_id": "AWS::StackId",
}
"""Attributes of stacks."""
AWS = {
    "REGION": "region",
    "ACCOUNT_ID": "account",
    "PARTITION": "partition",
    "URL_SUFFIX": "url_suffix",
    "STACK_NAME": "stack_name",
    "STACK_ID": "stack_id",
}
"""Members of `Aws` and `ScopedAws`, with what they are of a stack."""
FIELDS = {"detail_type": "detail-type", "detailType": "detail-type"}


def pseudo(attribute: str, stack: str) -> Value:
    """An attribute of a stack; UNKNOWN where it is none that templates have."""
    name = PLACES.get(attribute)
    return UNKNOWN if name is None else Pseudo(name, stack if attribute.startswith("stack") else "")


def structure(given: Given) -> Value:
    """An object that only holds values, as the properties of a resource have it."""
    if "0" in given:
        return UNKNOWN
    return Table(tuple((pascal(name), value) for name, value in given.items()))


def pattern(value: Value) -> Value:
    """An EventBridge pattern with the names of its fields as events have them."""
    if not isinstance(value, Table):
        return value
    entries = tuple((FIELDS.get(name, name), entry) for name, entry in value.entries)
    return Table(tuple(each for each in entries if each[1] != Constant(None)), value.open)


def rules(value: Value) -> Value:
    """The key filters of a bucket's notification: names and values, one after the other."""
    filters = value.items if isinstance(value, Items) else (value,)
    if isinstance(value, Items) and value.open:
        return UNKNOWN
    found: list[Value] = []
    for each in filters:
        if not isinstance(each, Table) or each.open:
            return UNKNOWN
        for name, part in each.entries:
            if part != Constant(None):
                found.append(Table((("Name", Constant(name.lower())), ("Value", part))))
    return Items(tuple(found))


# --- functions of arguments -----------------------------------------------------------------------------------------


def _first(given: Given, name: str) -> Value:
    return given.get(name) or given.get("0") or UNKNOWN


def _duration(factor: float) -> Callable[[Given], Value]:
    def make(given: Given) -> Value:
        amount = number(given.get("0") or given.get("amount"))
        seconds = None if amount is None else amount * factor
        return UNKNOWN if seconds is None else Constant(int(seconds) if seconds == int(seconds) else seconds)

    return make


def _size(factor: int) -> Callable[[Given], Value]:
    def make(given: Given) -> Value:
        amount = number(given.get("0") or given.get("amount"))
        return UNKNOWN if amount is None else Constant(amount * factor)

    return make


def _fields(given: Given) -> Value:
    return Table(tuple((FIELDS.get(name, name), value) for name, value in given.items()))


def _matcher(operator: str) -> Callable[[Given], Value]:
    """`[{"prefix": "x"}]`: what matches one value by an operator."""
    return lambda given: Items((Table(((operator, given.get("0") or next(iter(given.values()), UNKNOWN)),)),))


def _fixed(operator: str, value: bool) -> Callable[[Given], Value]:
    return lambda _: Items((Table(((operator, Constant(value)),)),))


def _each(given: Given) -> Items:
    """The values of all arguments, lists among them item by item: what matches any of them."""
    found: list[Value] = []
    for value in given.values():
        found += value.items if isinstance(value, Items) else (value,)
    return Items(tuple(found))


def _anything_but(given: Given) -> Value:
    return Items((Table((("anything-but", _each(given)),)),))


def _inside(operator: str) -> Callable[[Given], Value]:
    """`[{"anything-but": {"prefix": "x"}}]`."""
    return lambda given: Items((Table((("anything-but", Table(((operator, _first(given, "value")),))),)),))


def _between(sign: str) -> Callable[[Given], Value]:
    def make(given: Given) -> Value:
        low, high = [*given.values(), UNKNOWN, UNKNOWN][:2]
        return Items((Table((("numeric", Items((Constant(sign), low, Constant("<="), high))),)),))

    return make


def _compared(sign: str) -> Callable[[Given], Value]:
    return lambda given: Items((Table((("numeric", Items((Constant(sign), _first(given, "value")))),)),))


def _criterion(given: Given) -> Value:
    return Table((("Pattern", _first(given, "filter")),))


def _strings(given: Given) -> Value:
    """A filter of an SNS policy: allowed texts, forbidden ones, beginnings, endings."""
    found: list[Value] = []
    for name, operator in (("allowlist", ""), ("denylist", "anything-but"), ("match_prefixes", "prefix")):
        items = given.get(name)
        if items is None:
            continue
        if not isinstance(items, Items) or items.open:
            return UNKNOWN
        if operator == "anything-but":
            found.append(Table(((operator, items),)))
        else:
            found += [Table(((operator, item),)) if operator else item for item in items.items]
    if set(given) - {"allowlist", "denylist", "match_prefixes"}:
        found.append(UNKNOWN)
    return Items(tuple(found))


def _rate(given: Given) -> Value:
    seconds = number(_first(given, "duration"))
    if seconds is None:
        return UNKNOWN
    for unit in ("days", "hours", "minutes", "seconds"):
        amount = seconds / SECONDS[unit]
        if amount == int(amount):
            return Constant(f"rate({int(amount)} {unit.removesuffix('s') if amount == 1 else unit})")
    return UNKNOWN


def _cron(given: Given) -> Value:
    if given.get("week_day") is not None:
        given = {"day": Constant("?"), **given}
    fields = ("minute", "hour", "day", "month", "week_day", "year")
    parts: list[Value] = []
    for name in fields:
        parts += [Constant(" "), given.get(name, Constant("?" if name == "week_day" else "*"))]
    return text([Constant("cron("), *parts[1:], Constant(")")])


def _joined(given: Given) -> Value:
    items, separator = given.get("1") or given.get("list_of_values"), given.get("0") or given.get("delimiter")
    if not isinstance(items, Items) or items.open or separator is None:
        return UNKNOWN
    parts: list[Value] = []
    for item in items.items:
        parts += [separator, item]
    return text(parts[1:])


ARN_FORMATS = {"COLON_RESOURCE_NAME": ("", ":"), "SLASH_RESOURCE_SLASH_RESOURCE_NAME": ("/", "/")}
"""What stands before and after the resource in an ARN, where its format does not name the usual `resource/name`."""


def _arn(given: Given) -> Value:
    """An ARN of its parts: of the app's own region and account where they are not given."""
    parts = given.get("0") or given.get("components")
    named = dict(parts.entries) if isinstance(parts, Table) else {pascal(name): part for name, part in given.items()}
    before, after = ARN_FORMATS.get(string(named.get("ArnFormat")) or "", ("", "/"))
    found: list[Value] = [Constant("arn")]
    for name in ("Partition", "Service", "Region", "Account"):
        own = Pseudo(PLACES[name.lower()]) if name.lower() in PLACES else UNKNOWN
        found += [Constant(":"), named.get(name, own)]
    found += [Constant(f":{before}"), named.get("Resource", UNKNOWN)]
    return text([*found, Constant(after), named["ResourceName"]] if "ResourceName" in named else found)


def _runtime(given: Given) -> Value:
    return _first(given, "name")


def _terms(given: Given) -> Value:
    words = [string(value) for value in _each(given).items]
    return Constant(" ".join(f'"{word}"' for word in words)) if None not in words else UNKNOWN


OBJECTS: dict[str, Callable[[Given], Value]] = {
    **{f"Duration.{unit}": _duration(factor) for unit, factor in SECONDS.items()},
    "Size.mebibytes": _size(1),
    "Size.gibibytes": _size(1024),
    "aws_lambda.Runtime": _runtime,
    "aws_events.EventPattern": _fields,
    "aws_s3.NotificationKeyFilter": _fields,
    "aws_events.Schedule.rate": _rate,
    "aws_events.Schedule.cron": _cron,
    "aws_scheduler.ScheduleExpression.rate": _rate,
    "aws_scheduler.ScheduleExpression.cron": _cron,
    "aws_events.Match.prefix": _matcher("prefix"),
    "aws_events.Match.suffix": _matcher("suffix"),
    "aws_events.Match.wildcard": _matcher("wildcard"),
    "aws_events.Match.cidr": _matcher("cidr"),
    "aws_events.Match.equals_ignore_case": _matcher("equals-ignore-case"),
    "aws_events.Match.exists": _fixed("exists", True),
    "aws_events.Match.does_not_exist": _fixed("exists", False),
    "aws_events.Match.exact_string": _each,
    "aws_events.Match.any_of": _each,
    "aws_events.Match.anything_but": _anything_but,
    "aws_events.Match.anything_but_prefix": _inside("prefix"),
    "aws_events.Match.anything_but_suffix": _inside("suffix"),
    "aws_events.Match.interval": _between(">="),
    "aws_events.Match.greater_than": _compared(">"),
    "aws_events.Match.greater_than_or_equal": _compared(">="),
    "aws_events.Match.less_than": _compared("<"),
    "aws_events.Match.less_than_or_equal": _compared("<="),
    "aws_lambda.FilterCriteria.filter": _criterion,
    "aws_lambda.FilterRule.is_equal": _each,
    "aws_lambda.FilterRule.or": _each,
    "aws_lambda.FilterRule.not_equals": _anything_but,
    "aws_lambda.FilterRule.begins_with": _matcher("prefix"),
    "aws_lambda.FilterRule.between": _between(">"),
    "aws_lambda.FilterRule.exists": _fixed("exists", True),
    "aws_lambda.FilterRule.not_exists": _fixed("exists", False),
    "aws_lambda.FilterRule.null": lambda _: Items((Constant(None),)),
    "aws_lambda.FilterRule.empty": lambda _: Items((Constant(""),)),
    "aws_sns.SubscriptionFilter.string_filter": _strings,
    "aws_sns.SubscriptionFilter.exists_filter": _fixed("exists", True),
    "aws_sns.SubscriptionFilter.not_exists_filter": _fixed("exists", False),
    "aws_sns.FilterOrPolicy.filter": lambda given: _first(given, "filter"),
    "aws_sns.FilterOrPolicy.policy": lambda given: _first(given, "policy"),
    "aws_logs.FilterPattern.all_events": lambda _: Constant(""),
    "aws_logs.FilterPattern.all_terms": _terms,
    "Arn.format": _arn,
    "ArnComponents": structure,
    "Fn.join": _joined,
}
"""What becomes of an object, by the name of the class or the function that makes it."""

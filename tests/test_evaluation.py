"""What an expression can be: clients wherever they live, strings however they are built, the event however it is read.

The truth is computed beside, by Python itself where the value is a constant.
"""

from __future__ import annotations

import textwrap
from itertools import product

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from probing import given, indented, probed, value

from reviewer.value import (
    ITEM,
    Constant,
    ContextPath,
    Environment,
    EventPath,
    OneOf,
    Text,
    Unknown,
    Value,
    contains,
    options,
)

# --- clients ------------------------------------------------------------------------------------------------------

IMPORTS = {
    "plain": ("import boto3", 'boto3.client("s3")'),
    "alias": ("import boto3 as aws", 'aws.client("s3")'),
    "from": ("from boto3 import client", 'client("s3")'),
    "from alias": ("from boto3 import client as make", 'make(service_name="s3")'),
    "session": ("from boto3 import Session", 'Session(region_name="eu-west-1").client("s3")'),
    "session module": ("import boto3.session", 'boto3.session.Session().client("s3", config=None)'),
}

PLACES: dict[str, tuple[str, str, str, str]] = {
    # where the client lives: another module `aws.py`, one before it `again.py`, the head of the module, the expression
    "module": ("", "", "s3 = {client}", "s3"),
    "function": ("", "", "def made():\n    found = {client}\n    return found", "made()"),
    "class attribute": ("", "", "class Store:\n    s3 = {client}", "Store.s3"),
    "class attribute of an object": ("", "", "class Store:\n    s3 = {client}", "Store().s3"),
    "self attribute": ("", "", "class Store:\n    def __init__(self):\n        self.s3 = {client}", "Store().s3"),
    "parameter": ("", "", "def same(s3):\n    return s3", "same({client})"),
    "default": ("", "", "def made(s3={client}):\n    return s3", "made()"),
    "closure": (
        "",
        "",
        "def outer():\n    s3 = {client}\n    def inner():\n        return s3\n    return inner",
        "outer()()",
    ),
    "lambda": ("", "", "made = lambda: {client}", "made()"),
    "global": (
        "",
        "",
        "s3 = None\ndef made():\n    global s3\n    if s3 is None:\n        s3 = {client}\n    return s3",
        "made()",
    ),
    "lru_cache": (
        "",
        "",
        "import functools\n@functools.lru_cache(maxsize=None)\ndef made():\n    return {client}",
        "made()",
    ),
    "other module": ("{statement}\ns3 = {client}", "", "import aws", "aws.s3"),
    "from other module": ("{statement}\ns3 = {client}", "", "from aws import s3 as store", "store"),
    "function of other module": ("{statement}\ndef made():\n    return {client}", "", "from aws import made", "made()"),
    "re-export": ("{statement}\ns3 = {client}", "from aws import s3 as store", "import again", "again.store"),
    "dataclass field": (
        "",
        "",
        "from dataclasses import dataclass\n@dataclass\nclass Store:\n    s3: object\nstore = Store({client})",
        "store.s3",
    ),
    "partial": (
        "",
        "",
        "from functools import partial\ndef made(s3, name):\n    return s3\nbound = partial(made, {client})",
        "bound('name')",
    ),
    "dict": ("", "", "clients = {{'s3': {client}}}", "clients['s3']"),
    "tuple": ("", "", "s3, name = {client}, 'name'", "s3"),
    "handler": ("", "", "", "{client}"),
}

BRANCHES = {
    "plain": "{write}",
    "if": "if event.get('go'):\n    {write}",
    "else": "if event.get('stop'):\n    pass\nelse:\n    {write}",
    "try": "try:\n    {write}\nexcept Exception:\n    raise",
    "except": "try:\n    print()\nexcept Exception as error:\n    {write}",
    "finally": "try:\n    print()\nfinally:\n    {write}",
    "for": "for record in event['Records']:\n    {write}",
    "while": "while True:\n    {write}\n    break",
    "with": "with open('/tmp/x') as file:\n    {write}",
    "comprehension": "[{write} for _ in range(3)]",
    "match": "match event:\n    case {{'go': True}}:\n        {write}",
}


@pytest.mark.parametrize(("style", "place"), list(product(IMPORTS, PLACES)))
def test_a_write_is_found_wherever_its_client_lives(style: str, place: str) -> None:
    statement, client = IMPORTS[style]
    aws, again, head, expression = (part.format(statement=statement, client=client) for part in PLACES[place])
    write = f"{expression}.put_object(Bucket=os.environ['TARGET'], Key='out.txt')"
    expected = {"Bucket": Environment("TARGET"), "Key": Constant("out.txt")}
    for name, branch in BRANCHES.items():
        body = indented(branch.format(write=write))
        module = f"import os\n{statement}\n{head}\n\ndef handler(event, context):\n{body}"
        found = given({"app.py": module, "aws.py": aws, "again.py": again}, "s3.put_object")
        assert found == [expected], name


# --- strings ------------------------------------------------------------------------------------------------------

KEY = EventPath(("key",))
BUILT = {
    "plus": "'in/' + key + '.txt'",
    "f-string": "f'in/{key}.txt'",
    "f-string with str": "f'in/{str(key)}.txt'",
    "f-string with !s": "f'in/{key!s}.txt'",
    "format": "'in/{}.txt'.format(key)",
    "format by number": "'in/{0}{1}'.format(key, '.txt')",
    "format by name": "'in/{key}{end}'.format(end='.txt', key=key)",
    "percent": "'in/%s.txt' % key",
    "percent of a tuple": "'%s/%s.txt' % ('in', key)",
    "percent of a dict": "'in/%(key)s.txt' % {'key': key}",
    "join": "''.join(['in/', key, '.txt'])",
    "join of a tuple": "'/'.join(('in', key + '.txt'))",
    "beside": "'in' '/' f'{key}' '.txt'",
    "concatenated twice": "'i' + ('n/' + key) + '.txt'",
    "named parts": "PREFIX + key + END",
    "helper": "path(key)",
    "helper by keyword": "path(key=key, end=END)",
    "method of a class": "Paths('in/').of(key)",
    "lambda": "(lambda name: PREFIX + name + END)(key)",
    "dict": "{'a': f'in/{key}.txt'}['a']",
    "conditional of the same": "f'in/{key}.txt' if key else f'in/{key}.txt'",
    "walrus": "(made := f'in/{key}.txt')",
}
HEAD = """
PREFIX = "in/"
END = ".txt"

def path(key, end=".txt"):
    return f"{PREFIX}{key}{end}"

class Paths:
    def __init__(self, prefix):
        self.prefix = prefix

    def of(self, key):
        return self.prefix + key + END
"""


@pytest.mark.parametrize("form", BUILT)
def test_strings_are_the_same_however_they_are_built(form: str) -> None:
    found = value(f"key = event['key']\nprobe({BUILT[form]})", HEAD)
    assert found == Text((Constant("in/"), KEY, Constant(".txt")))


def test_a_string_may_grow_over_statements() -> None:
    assert value("path = 'in/'\npath += event['key']\npath += '.txt'\nprobe(path)") == Text(
        (Constant("in/"), KEY, Constant(".txt"))
    )


# --- constants ----------------------------------------------------------------------------------------------------

WORDS = st.text(alphabet="ab/.-é😀 '\"\\\n", max_size=6)


@st.composite
def texts(draw: st.DrawFn, depth: int = 0) -> str:
    """An expression of constants whose value is a string."""
    if depth >= 3 or draw(st.integers(0, 3)) == 0:
        return repr(draw(WORDS))
    inner = texts(depth=depth + 1)
    part = st.builds(lambda text: f"({text})", inner)
    number = st.integers(-3, 5).map(str)
    made = draw(
        st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("''.join([{}, {}])".format, inner, inner),
            st.builds("{}.join(({}, {}))".format, part, inner, inner),
            st.builds("'a%sb%%%s' % ({}, {})".format, inner, inner),
            st.builds("'{{}}-{{}}{{{{}}}}'.format({}, {})".format, inner, inner),
            st.builds("'{{1}}{{0}}'.format({}, {})".format, inner, inner),
            st.builds("{}.replace({}, {})".format, part, inner, inner),
            st.builds(
                "{}.{}()".format, part, st.sampled_from(("lower", "upper", "strip", "lstrip", "title", "casefold"))
            ),
            st.builds("{}.{}({})".format, part, st.sampled_from(("removeprefix", "removesuffix", "rstrip")), inner),
            st.builds("{}[{}:{}]".format, part, number, number),
            st.builds("{}.zfill({})".format, part, number),
            st.builds("{}.split('/')[{}]".format, part, st.sampled_from(("0", "-1"))),
            st.builds(
                "{}.{}('a')[{}]".format, part, st.sampled_from(("partition", "rpartition")), st.sampled_from("012")
            ),
            st.builds("str({})".format, inner),
            st.builds("({} if {} else {})".format, inner, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("({} and {})".format, inner, inner),
            st.builds("[{}, {}][{}]".format, inner, inner, st.sampled_from(("0", "1", "-1"))),
            st.builds("{{'a': {}, 'b': {}}}['b']".format, inner, inner),
            st.builds("os.path.{}({})".format, st.sampled_from(("basename", "dirname")), inner),
            st.builds("os.path.join({}, {})".format, inner, inner),
            st.builds("os.path.splitext({})[{}]".format, inner, st.sampled_from("01")),
        )
    )
    return str(made)


@for_all(texts())
def test_constants_are_what_python_says_they_are(expression: str) -> None:
    import os  # noqa: PLC0415 - a name of the expressions

    truth = eval(expression, {"os": os})  # made above, of constants
    found = value(f"probe({expression})", "import os")
    assert any(option == Constant(truth) or contains(option, (Unknown,)) for option in options(found)), (truth, found)


KNOWN = (
    "'a' + 'b'",
    "'a' 'b' + '''c'''",
    "'%s-%s' % ('a', 'b')",
    "'{}-{b}'.format('a', b='b')",
    "'a/b.txt'.rpartition('/')[2]",
    "'/'.join(['a', 'b', 'c'])",
    "'A'.lower() + 'b'.upper()",
    "'abc'[1:] + 'abc'[:-1] + 'abc'[0]",
    "os.path.join('a', 'b', 'c.txt')",
    "os.path.splitext(os.path.basename('a/b.txt'))[0]",
    "'a-b'.replace('-', '_')",
    "f'{1}{True}{None}{2.5}'",
    "-1",
    "1 + 2",
    "'' or 'b'",
    "'a' and 'b'",
    "{'a': 1, **{'a': 2}}['a']",
    "('a', *('b', 'c'))[2]",
    "str(17)",
)


@pytest.mark.parametrize("expression", KNOWN)
def test_constants_are_known(expression: str) -> None:
    import os  # noqa: PLC0415 - a name of the expressions

    assert value(f"probe({expression})", "import os") == Constant(eval(expression, {"os": os}))


# --- the environment ----------------------------------------------------------------------------------------------

ENVIRONMENT: dict[str, tuple[str, str, Value]] = {
    "item": ("import os", "os.environ['A']", Environment("A")),
    "get": ("import os", "os.environ.get('A')", Environment("A")),
    "get with default": ("import os", "os.environ.get('A', 'x')", Environment("A", Constant("x"))),
    "getenv": ("import os", "os.getenv('A')", Environment("A")),
    "getenv with default": ("import os", "os.getenv('A', default='x')", Environment("A", Constant("x"))),
    "getenv by keyword": ("import os", "os.getenv(key='A')", Environment("A")),
    "from environ": ("from os import environ", "environ['A']", Environment("A")),
    "from environ as": ("from os import environ as env", "env.get('A')", Environment("A")),
    "from getenv": ("from os import getenv", "getenv('A')", Environment("A")),
    "module alias": ("import os as system", "system.environ['A']", Environment("A")),
    "named environment": ("import os\nenv = os.environ", "env['A']", Environment("A")),
    "named key": ("import os\nNAME = 'A'", "os.environ[NAME]", Environment("A")),
    "built key": ("import os\nSTAGE = 'A'", "os.environ[f'{STAGE}_B']", Environment("A_B")),
    "module constant": ("import os\nA = os.environ['A']", "A", Environment("A")),
    "class constant": ("import os\nclass Config:\n    A = os.environ['A']", "Config.A", Environment("A")),
    "helper": ("import os\ndef env(name):\n    return os.environ[name]", "env('A')", Environment("A")),
    "setdefault": ("import os", "os.environ.setdefault('A', 'x')", Environment("A", Constant("x"))),
}


@pytest.mark.parametrize("form", ENVIRONMENT)
def test_environment_variables_are_known_in_every_form(form: str) -> None:
    head, expression, expected = ENVIRONMENT[form]
    assert value(f"probe({expression})", head) == expected


# --- the event ----------------------------------------------------------------------------------------------------

NAME = ("Records", ITEM, "s3", "bucket", "name")
EVENT: dict[str, tuple[str, tuple[str, ...]]] = {
    "subscripts": ("probe(event['Records'][0]['s3']['bucket']['name'])", NAME),
    "get": ("probe(event.get('Records')[0].get('s3').get('bucket').get('name'))", NAME),
    "get with defaults of nothing": ("probe(event.get('Records', None)[0]['s3']['bucket'].get('name', None))", NAME),
    "steps": ("records = event['Records']\nfirst = records[0]\ns3 = first['s3']\nprobe(s3['bucket']['name'])", NAME),
    "for": ("for record in event['Records']:\n    probe(record['s3']['bucket']['name'])", NAME),
    "for over a list": ("for record in list(event['Records']):\n    probe(record['s3']['bucket']['name'])", NAME),
    "for over sorted": ("for record in sorted(event['Records']):\n    probe(record['s3']['bucket']['name'])", NAME),
    "comprehension": ("[probe(record['s3']['bucket']['name']) for record in event['Records']]", NAME),
    "of a comprehension": (
        "for bucket in [r['s3']['bucket'] for r in event['Records'] if r]:\n    probe(bucket['name'])",
        NAME,
    ),
    "generator expression": (
        "for bucket in (r['s3']['bucket'] for r in event['Records']):\n    probe(bucket['name'])",
        NAME,
    ),
    "next of a generator": ("probe(next(r['s3']['bucket'] for r in event['Records'])['name'])", NAME),
    "generator": ("for bucket in buckets(event):\n    probe(bucket['name'])", NAME),
    "generator from": ("for bucket in again(event):\n    probe(bucket['name'])", NAME),
    "helper": ("probe(bucket(event['Records'][0])['name'])", NAME),
    "unpacking": ("[record] = event['Records']\nprobe(record['s3']['bucket']['name'])", NAME),
    "unpacking with a rest": ("record, *_ = event['Records']\nprobe(record['s3']['bucket']['name'])", NAME),
    "enumerate": ("for i, record in enumerate(event['Records'], 1):\n    probe(record['s3']['bucket']['name'])", NAME),
    "zip": ("for i, r in zip(range(9), event['Records']):\n    probe(r['s3']['bucket']['name'])", NAME),
    "while": ("while event:\n    record = event['Records'][0]\n    probe(record['s3']['bucket']['name'])", NAME),
    "walrus": ("if (records := event['Records']):\n    probe(records[0]['s3']['bucket']['name'])", NAME),
    "named keys": ("key = 'Records'\nprobe(event[key][0]['s3']['bucket']['name'])", NAME),
    "copied": ("import copy\nprobe(copy.deepcopy(event)['Records'][0]['s3']['bucket']['name'])", NAME),
    "dict of parts": ("parts = {'b': event['Records'][0]['s3']}\nprobe(parts['b']['bucket']['name'])", NAME),
    "json": ("import json\nprobe(json.loads(event['body'])['id'])", ("body", "json()", "id")),
    "event itself": ("probe(event)", ()),
}
EVENT_HEAD = """
def bucket(record):
    return record["s3"]["bucket"]

def buckets(event):
    for record in event["Records"]:
        yield record["s3"]["bucket"]

def again(event):
    yield from buckets(event)
"""


@pytest.mark.parametrize("form", EVENT)
def test_parts_of_the_event_are_known_by_their_path(form: str) -> None:
    body, path = EVENT[form]
    assert value(body, EVENT_HEAD) == EventPath(path)


def test_the_context_is_known_by_its_attributes() -> None:
    assert value("probe(context.function_name)") == ContextPath(("function_name",))


# --- several possibilities, and none ------------------------------------------------------------------------------


def test_branches_leave_all_possibilities() -> None:
    body = "name = 'a'\nif event:\n    name = 'b'\nelif context:\n    name = 'c'\nprobe(name)"
    assert set(options(value(body))) == {Constant("a"), Constant("b"), Constant("c")}
    assert value("probe('a' if event else 'b')") == OneOf((Constant("a"), Constant("b")))


UNKNOWABLE = (
    "name = missing\nprobe(name)",
    "name = name + 'a'\nprobe(name)",
    "probe(again('a'))",
    "probe(f(f))",
    "del name\nprobe(name)",
    "probe(event @ context)",
)


@pytest.mark.parametrize("body", UNKNOWABLE)
def test_what_cannot_be_told_is_unknown(body: str) -> None:
    head = "def again(name):\n    return again(name + 'a')\n\ndef f(g):\n    return g(g)\n"
    assert all(contains(option, (Unknown,)) for option in options(value(body, head)))


def test_every_call_of_a_helper_is_its_own() -> None:
    module = """
    from probe import probe

    def put(name):
        probe(name)

    def handler(event, context):
        put("a")
        put(name="b")
        put(event["c"])
    """
    assert probed(textwrap.dedent(module)) == [Constant("a"), Constant("b"), EventPath(("c",))]

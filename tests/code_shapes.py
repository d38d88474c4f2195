"""One and the same write in all the shapes that code takes: its import, the place of its client, its call.

Each shape is a handler of its own, behind a queue of its own, which it writes to. The reviewer has to find every one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import cycle, product

IMPORTS = {
    "plain": ("import boto3", 'boto3.client("sqs")'),
    "alias": ("import boto3 as aws", 'aws.client("sqs")'),
    "from": ("from boto3 import client", 'client("sqs")'),
    "from alias": ("from boto3 import client as make", 'make("sqs")'),
    "session": ("import boto3", 'boto3.Session(region_name="eu-west-1").client("sqs")'),
    "session module": ("import boto3.session", 'boto3.session.Session().client(service_name="sqs")'),
    "guarded": ("try:\n    import boto3\nexcept ImportError:\n    boto3 = None", 'boto3.client("sqs")'),
}
"""How the SDK is imported, and the expression that makes a client then."""

CLASS = "class Clients:\n"
INIT = "    def __init__(self):\n"
MADE = "\n\nclients = Clients()"
FUNCTION = "def queue_client():\n"

PLACES = {
    "module": ("sqs = {client}", "sqs"),
    "handler": ("", "{client}"),
    "function": (FUNCTION + "    return {client}", "queue_client()"),
    "cached": ("@functools.lru_cache\n" + FUNCTION + "    return {client}", "queue_client()"),
    "lazy": (
        "sqs = None\n" + FUNCTION + "    global sqs\n    if sqs is None:\n        sqs = {client}\n    return sqs",
        "queue_client()",
    ),
    "class": (CLASS + "    sqs = {client}", "Clients.sqs"),
    "instance": (CLASS + INIT + "        self.sqs = {client}" + MADE, "clients.sqs"),
    "property": (CLASS + "    @property\n    def sqs(self):\n        return {client}" + MADE, "clients.sqs"),
    "dataclass": ("@dataclass\n" + CLASS + "    sqs: object\n\nclients = Clients(sqs={client})", "clients.sqs"),
    "base class": (
        "class Base:\n    def __init__(self, sqs):\n        self.sqs = sqs\n\n"
        "class Clients(Base):\n" + INIT + "        super().__init__({client})" + MADE,
        "clients.sqs",
    ),
    "dict": ('CLIENTS = {{"sqs": {client}}}', 'CLIENTS["sqs"]'),
    "annotated": ("sqs: object = {client}", "sqs"),
    "unpacked": ("sqs, name = {client}, 'queue'", "sqs"),
    "renamed": ("first = {client}\nsecond = first\nsqs = second", "sqs"),
    "conditional": ("sqs = {client} if os.environ.get('A') else {client}", "sqs"),
}
"""Where the client stands, and the expression that gives it."""

CALLS = {
    "direct": "{sqs}.send_message(QueueUrl=URL, MessageBody=body)",
    "keywords": 'given = {{"QueueUrl": URL, "MessageBody": body}}\n{sqs}.send_message(**given)',
    "dict call": "given = dict(QueueUrl=URL, MessageBody=body)\n{sqs}.send_message(**given)",
    "bound": "send = {sqs}.send_message\nsend(QueueUrl=URL, MessageBody=body)",
    "helper": "deliver({sqs}, URL, body)",
    "keyword helper": "deliver(url=URL, body=body, sqs={sqs})",
    "default": "deliver_here({sqs}, body)",
    "nested": "def send():\n    {sqs}.send_message(QueueUrl=URL, MessageBody=body)\nsend()",
    "lambda": "send = lambda text: {sqs}.send_message(QueueUrl=URL, MessageBody=text)\nsend(body)",
    "comprehension": "[{sqs}.send_message(QueueUrl=URL, MessageBody=each) for each in (body,)]",
    "generator": "list(sent({sqs}, body))",
    "method": "Sender({sqs}).send(body)",
    "callable": "Sender({sqs})(body)",
    "class method": "Sender.to({sqs}).send(body)",
    "returned": "return {sqs}.send_message(QueueUrl=URL, MessageBody=body)",
    "assigned": "answer = {sqs}.send_message(QueueUrl=URL, MessageBody=body)\nprint(answer)",
    "walrus": "if answer := {sqs}.send_message(QueueUrl=URL, MessageBody=body):\n    print(answer)",
    "retried": "for _ in range(3):\n    try:\n        {sqs}.send_message(QueueUrl=URL, MessageBody=body)\n"
    "    except Exception:\n        continue",
    "finally": "try:\n    print(body)\nfinally:\n    {sqs}.send_message(QueueUrl=URL, MessageBody=body)",
    "with": "with open('/tmp/log', 'w') as log:\n    {sqs}.send_message(QueueUrl=URL, MessageBody=body)",
    "endless": "while True:\n    {sqs}.send_message(QueueUrl=URL, MessageBody=body)",
    "pool": "with ThreadPoolExecutor() as pool:\n    pool.submit(deliver, {sqs}, URL, body)",
    "mapped": "with ThreadPoolExecutor() as pool:\n    list(pool.map(functools.partial(deliver, {sqs}, URL), [body]))",
    "partial": "send = functools.partial(deliver, {sqs}, URL)\nsend(body)",
    "decorated": "decorated({sqs}, body)",
    "batch": 'entries = []\nentries.append({{"Id": "1", "MessageBody": body}})\n'
    "{sqs}.send_message_batch(QueueUrl=URL, Entries=entries)",
    "joined": "print('sent: ' + str({sqs}.send_message(QueueUrl=URL, MessageBody=body)))",
    "async": "asyncio.run(deliver_later({sqs}, body))",
}
"""What the handler does with the client `{sqs}`."""

HEAD = """
import asyncio
import functools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

URL = os.environ["URL"]
"""

TAIL = """
def deliver(sqs, url, body):
    sqs.send_message(QueueUrl=url, MessageBody=body)


def deliver_here(sqs, body, url=URL):
    sqs.send_message(QueueUrl=url, MessageBody=body)


async def deliver_later(sqs, body):
    sqs.send_message(QueueUrl=URL, MessageBody=body)


def sent(sqs, body):
    yield sqs.send_message(QueueUrl=URL, MessageBody=body)


def logged(function):
    @functools.wraps(function)
    def run(*args, **kwargs):
        print(args)
        return function(*args, **kwargs)

    return run


@logged
def decorated(sqs, body):
    sqs.send_message(QueueUrl=URL, MessageBody=body)


class Sender:
    def __init__(self, sqs):
        self.sqs = sqs

    @classmethod
    def to(cls, sqs):
        return cls(sqs)

    def send(self, body):
        self.sqs.send_message(QueueUrl=URL, MessageBody=body)

    def __call__(self, body):
        self.send(body)
"""


def some_shapes() -> list[tuple[str, str, str]]:
    """All combinations of place and call, the imports in turn."""
    return [(style, *pair) for style, pair in zip(cycle(IMPORTS), product(PLACES, CALLS), strict=False)]


def module(style: str, place: str, call: str) -> str:
    """The module of one shape."""
    statement, client = IMPORTS[style]
    setup, sqs = (part.format(client=client) for part in PLACES[place])
    body = textwrap.indent(CALLS[call].format(sqs=sqs), "    ")
    handler = f'def handler(event, context):\n    body = event["Records"][0]["body"]\n{body}\n'
    return f"{statement}\n{HEAD}\n{setup}\n\n{TAIL}\n\n{handler}"


def files(chosen: list[tuple[str, str, str]]) -> dict[str, str]:
    """A project with one function for each of the shapes."""
    modules = {f"shape_{number}.py": module(*shape) for number, shape in enumerate(chosen)}
    return {"template.yaml": "\n".join(_template(len(chosen))), **modules}


def _template(count: int) -> Iterator[str]:
    yield "Transform: AWS::Serverless-2016-10-31"
    yield "Globals: {Function: {Runtime: python3.13, CodeUri: .}}"
    yield "Resources:"
    for number in range(count):
        yield f"  Queue{number}: {{Type: AWS::SQS::Queue}}"
        yield f"  F{number}:"
        yield "    Type: AWS::Serverless::Function"
        yield "    Properties:"
        yield f"      Handler: shape_{number}.handler"
        yield f"      Environment: {{Variables: {{URL: !Ref Queue{number}}}}}"
        yield f"      Events: {{Message: {{Type: SQS, Properties: {{Queue: !GetAtt Queue{number}.Arn}}}}}}"

"""A handler that is a coroutine or a generator.

The runtime calls the handler and serialises what it returns. A coroutine that nobody awaits, or a generator that nobody
reads, cannot be serialised: each invocation ends with `Runtime.MarshalError`, and none of its code runs.

## Bad
    import asyncio


    async def handler(event, context):  # finding
        await asyncio.sleep(0)
        return {"done": True}

## Good
    import asyncio


    async def work(event):
        await asyncio.sleep(0)
        return {"done": True}


    def handler(event, context):
        return asyncio.run(work(event))

## References
- https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
- https://github.com/aws/aws-lambda-python-runtime-interface-client
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Entry


@rule(Severity.ERROR, suggest="A plain function that calls `asyncio.run(…)` returns what the coroutine returns.")
def async_handler(entry: Entry) -> Reports:
    if entry.kind and not entry.is_wrapped:
        yield entry.at, f"The handler `{entry.name}` is a {entry.kind}, which the runtime cannot serialise"

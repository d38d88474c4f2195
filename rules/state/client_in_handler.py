"""A client, session or connection that is built anew on each invocation.

Building an SDK client reads service models and resolves credentials, and a connection adds TLS and login. An execution
environment serves many invocations, one after the other: what its first one builds outside of the handler, the others
find ready. Built inside, each invocation waits for it and pays for the time.

## Bad
    import boto3


    def handler(event, context):
        table = boto3.resource("dynamodb").Table("orders")  # finding
        return table.get_item(Key={"id": event["id"]})["Item"]["state"]

## Good
    import boto3

    table = boto3.resource("dynamodb").Table("orders")


    def handler(event, context):
        return table.get_item(Key={"id": event["id"]})["Item"]["state"]

## References
- https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from reviewer.finding import Severity
from reviewer.rule import Report, Reports, offered, rule
from reviewer.subjects import Call


@rule(Severity.WARNING, suggest="Moving it to module level, or behind a cache, builds it once per environment.")
def client_in_handler(call: Call) -> Reports:
    if not call.builds or not call.on_every_invocation or call.differs_by_invocation or call.is_remembered:
        return
    which = "every invocation that gets here" if call.is_conditional else "every invocation"
    edits = call.moved_to_module if call.name in {"boto3.client", "boto3.resource"} else ()
    fixes = offered("Moving the assignment to module level keeps the client between invocations", edits)
    yield Report(call.at, f"`{call.name}` builds {call.builds} on {which}", fixes=fixes)

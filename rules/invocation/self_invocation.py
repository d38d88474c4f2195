"""A function that invokes itself.

Each invocation starts the next one. Without an end in the code, the chain goes on until Lambda's own loop detection
stops it after about 16 rounds, or without an end at all where recursion is allowed; each round is paid for.

An error has no condition on the way to the call. A warning has one that depends on something outside: a token that the
service hands out, the work or the time that is left. A note is bounded by a counter that is tested and handed on, or
wanted (`RecursiveLoop: Allow`).

## Bad
    import boto3

    client = boto3.client("lambda")


    def handler(event, context):
        print("round", event.get("round"))
        client.invoke(FunctionName=context.function_name, InvocationType="Event", Payload=b"{}")  # finding

## Good
    import os

    import boto3

    queue = boto3.resource("sqs").Queue(os.environ["NEXT_PAGES"])


    def handler(event, context):
        queue.send_message(MessageBody=event["next"])

## References
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from reviewer.apps.tasks import task_loops
from reviewer.finding import Severity
from reviewer.loops import self_invocations
from reviewer.rule import Report, Reports, rule
from reviewer.subjects import Deployed


@rule(
    Severity.ERROR,
    cwe=674,
    suggest="A queue, a schedule or a Step Functions loop carries work on with a bound and a retry of its own.",
)
def self_invocation(deployed: Deployed) -> Reports:
    for loop in (*self_invocations(deployed.project), *task_loops(deployed.project)):
        yield Report(
            loop.at,
            f"`{loop.call}` invokes `{loop.function}`, the function that it runs in",
            detail=loop.detail,
            severity=loop.verdict.severity,
            confidence=loop.verdict.confidence,
            related=loop.tests,
            steps=loop.steps,
        )

"""A function that invokes another one and waits for its answer.

While it waits, both functions are paid for, and the caller's timeout has to hold the callee's cold start, retries and
throttling as well. An error of the callee arrives as a successful call with `FunctionError` set.

## Bad
    import boto3

    client = boto3.client("lambda")


    def handler(event, context):
        answer = client.invoke(FunctionName="price:live", Payload=b"{}")  # finding
        return answer["StatusCode"]

## Good
    import boto3

    client = boto3.client("lambda")


    def handler(event, context):
        client.invoke(FunctionName="price:live", InvocationType="Event", Payload=b"{}")

## References
- https://docs.aws.amazon.com/lambda/latest/operatorguide/functions-calling-functions.html
- https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Call


@rule(
    Severity.WARNING,
    suggest='`InvocationType="Event"`, a queue or Step Functions frees the caller from waiting.',
)
def synchronous_invoke(call: Call) -> Reports:
    if call.waits_for_function:
        yield call.at, f"`{call.name}` waits for another function to answer"

"""A function is named without a version or an alias.

A name or ARN without a qualifier means `$LATEST`: a caller gets whatever was deployed last, tested or not, and a
roll-back of an alias does not reach it. In templates this is reported where the project publishes an alias that the
reference goes past.

## Bad
    import boto3

    client = boto3.client("lambda")


    def handler(event, context):
        client.invoke(FunctionName="tax-table", InvocationType="Event", Payload=b"{}")  # finding

## Good
    import boto3

    client = boto3.client("lambda")


    def handler(event, context):
        client.invoke(FunctionName="tax-table", Qualifier="live", InvocationType="Event", Payload=b"{}")

## References
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
"""

from reviewer.finding import Severity
from reviewer.references import unpinned
from reviewer.rule import Reports, rule
from reviewer.subjects import Deployed


@rule(Severity.WARNING, suggest="Adding the alias or version that was tested pins the reference.")
def unpinned_function_arn(deployed: Deployed) -> Reports:
    yield from unpinned(deployed.project)

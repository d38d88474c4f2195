"""A function that may take longer than its caller waits.

API Gateway waits 29 seconds for a function (an HTTP API 30, a REST API longer only where its integration says so), and
Cognito waits five. Then the caller gets an error, or tries again, while the function goes on: what it still does is
paid for, and nobody gets its answer. Where the function may take a second longer and no more, this is a note: 30
seconds are a common default, and one that is worth knowing to be a second too long.

## Bad
    # template.yaml
    Resources:
      Report:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return {"statusCode": 200, "body": "42"}
          Handler: index.handler
          Runtime: python3.13
          Timeout: 120  # finding
          Events:
            Get: {Type: HttpApi, Properties: {Method: GET, Path: /report}}

## Good
    # template.yaml
    Resources:
      Report:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return {"statusCode": 200, "body": "42"}
          Handler: index.handler
          Runtime: python3.13
          Timeout: 29
          Events:
            Get: {Type: HttpApi, Properties: {Method: GET, Path: /report}}

## References
- https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
- https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
- https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
"""

from reviewer.finding import Severity
from reviewer.rule import Note, Report, Reports, offered, rule
from reviewer.subjects import Template


@rule(
    Severity.WARNING,
    suggest="A timeout within what the caller waits ends the work with it; longer work can go on behind a queue.",
)
def timeout_above_trigger(template: Template) -> Reports:
    for hasty in template.hasty_callers:
        name, called = hasty.function.id.name, Note(hasty.trigger.at, f"{hasty.caller} waits for the function")
        others = (Note(each.at, f"`{each.id.name}` has the same timeout") for each in hasty.others)
        message = f"`{name}` may take {hasty.timeout:g} s, and {hasty.caller} waits {hasty.seconds:g} s for it"
        severity = Severity.NOTE if hasty.is_close else None
        fixes = offered(f"Writing {hasty.seconds:g} s ends the work with the wait", template.shortened(hasty))
        yield Report(hasty.at, message, (called, *others), severity=severity, fixes=fixes)

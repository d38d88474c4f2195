"""Functions that start one another in a ring, or one that starts itself over other resources.

Each looks harmless alone: an upload starts one function, its message starts another, whose upload starts the first
again. Nothing in such a ring ends it: each round is paid for, fan-out multiplies the rounds. Lambda's own detection
stops some rings after about 16 rounds, and only those through S3, SQS, SNS and direct invocations.

The ring is reported once, at the call that closes it; its steps name every hop. An error is proven at every hop. A
warning is possible: a filter's answer, or a condition in the code, cannot be told. A note is bounded or wanted.

## Bad
    # template.yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Pages:
        Type: AWS::SNS::Topic
      Printed:
        Type: AWS::SQS::Queue
      PagesToPrinted:
        Type: AWS::SNS::Subscription
        Properties:
          TopicArn: !Ref Pages
          Protocol: sqs
          Endpoint: !GetAtt Printed.Arn
          RawMessageDelivery: true
      Print:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: .
          Handler: app.handler
          Runtime: python3.13
          Environment:
            Variables:
              PAGES: !Ref Pages
          Events:
            Page: {Type: SQS, Properties: {Queue: !GetAtt Printed.Arn}}

    # app.py
    import os

    import boto3

    sns = boto3.client("sns")


    def handler(event, context):
        for record in event["Records"]:
            sns.publish(TopicArn=os.environ["PAGES"], Message=record["body"])  # finding

## Good
    # template.yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Pages:
        Type: AWS::SQS::Queue
      Printed:
        Type: AWS::SNS::Topic
      Print:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: .
          Handler: app.handler
          Runtime: python3.13
          Environment:
            Variables:
              PRINTED: !Ref Printed
          Events:
            Page: {Type: SQS, Properties: {Queue: !GetAtt Pages.Arn}}

    # app.py
    import os

    import boto3

    sns = boto3.client("sns")


    def handler(event, context):
        for record in event["Records"]:
            sns.publish(TopicArn=os.environ["PRINTED"], Message=record["body"])

## References
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from reviewer.cycles import cycles
from reviewer.finding import Severity
from reviewer.rule import Report, Reports, rule
from reviewer.subjects import Deployed


@rule(
    Severity.ERROR,
    cwe=674,
    suggest="Another resource at one hop, or a filter that excludes what comes round, opens the ring.",
)
def invocation_cycle(deployed: Deployed) -> Reports:
    for cycle in cycles(deployed.project):
        yield Report(
            cycle.at,
            f"`{cycle.call}` closes an invocation cycle over {cycle.members}",
            detail=cycle.detail,
            severity=cycle.verdict.severity,
            confidence=cycle.verdict.confidence,
            related=cycle.tests,
            steps=cycle.steps,
        )

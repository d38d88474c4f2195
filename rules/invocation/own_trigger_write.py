"""A function writes into the resource that triggers it.

Each write is an event, the event starts the function, and the function writes again. Nothing in such a loop ends it:
each round is paid for, fan-out multiplies the rounds, and what the function writes piles up. Lambda's own detection
stops some of these loops after about 16 rounds, and only those through S3, SQS and SNS.

The finding says which trigger and which filter take part. An error is proven: the write names the very resource that
triggers the function, and every filter lets it through. A warning is possible: a filter's answer, or a condition in the
code, cannot be told. A note is bounded, by a counter that the message carries, or wanted (`RecursiveLoop: Allow`).

## Bad
    import boto3

    s3 = boto3.client("s3")


    def handler(event, context):
        for record in event["Records"]:
            bucket = record["s3"]["bucket"]["name"]
            key = record["s3"]["object"]["key"]
            s3.put_object(Bucket=bucket, Key=f"thumb-{key}", Body=b"small")  # finding

## Good
    import os

    import boto3

    s3 = boto3.client("s3")


    def handler(event, context):
        for record in event["Records"]:
            key = record["s3"]["object"]["key"]
            s3.put_object(Bucket=os.environ["THUMBNAILS"], Key=key, Body=b"small")

## References
- https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
"""

from reviewer.finding import Severity
from reviewer.loops import own_trigger_writes
from reviewer.rule import Report, Reports, rule
from reviewer.subjects import Deployed


@rule(
    Severity.ERROR,
    cwe=674,
    suggest="Writing to another resource, or a trigger filter that excludes what is written, ends the loop.",
)
def own_trigger_write(deployed: Deployed) -> Reports:
    for loop in own_trigger_writes(deployed.project):
        yield Report(
            loop.at,
            f"`{loop.call}` writes to {loop.through}, which triggers `{loop.function}` again",
            detail=loop.detail,
            severity=loop.verdict.severity,
            confidence=loop.verdict.confidence,
            related=loop.tests,
            steps=loop.steps,
        )

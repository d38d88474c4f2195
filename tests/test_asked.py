"""The bucket that a rule of EventBridge asks for, and the one that the code writes to, however both are spelled."""

from __future__ import annotations

import pytest
from apps_samples import review

TEMPLATE = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties: {BucketName: %s, NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}
      Another: {Type: AWS::S3::Bucket}
      F:
        Type: AWS::Serverless::Function
        Properties:
          Handler: app.handler
          Runtime: python3.13
          CodeUri: .
          Environment: {Variables: {BUCKET: !Ref Bucket, ARN: !GetAtt Bucket.Arn}}
          Events:
            Again: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.s3], detail: {bucket: {name: %s}}}}}
"""
WRITES = ('"jobs-in"', 'os.environ["BUCKET"]', 'os.environ["ARN"].split(":::")[-1]')
NAMED = {
    "[jobs-in]": "error",
    "[!Ref Bucket]": "error",
    "[!Ref Another, !Ref Bucket]": "error",
    "[!Ref Another]": None,
    "[another]": None,
    "[{prefix: jobs-}]": "error",
    "[{prefix: other-}]": None,
    "[{suffix: -in}]": "error",
    "[{anything-but: jobs-in}]": None,
    "[{anything-but: another}]": "error",
    "[{wildcard: 'jobs-*'}]": "error",
}
UNNAMED = {"[!Ref Bucket]": "error", "[!Ref Another]": None, "[{prefix: jobs-}]": "warning"}


def told(name: str, asked: str, written: str) -> str | None:
    code = (
        'import os\n\nimport boto3\n\ns3 = boto3.client("s3")\n\n\n'
        f'def handler(event, context):\n    s3.put_object(Bucket={written}, Key="x", Body=b"")\n'
    )
    found = review({"template.yaml": TEMPLATE % (name, asked), "app.py": code}).findings
    return next((each.severity.label for each in found if each.rule == "invocation-cycle"), None)


@pytest.mark.parametrize("written", WRITES)
@pytest.mark.parametrize("asked", NAMED)
def test_a_bucket_with_a_name(asked: str, written: str) -> None:
    assert told("jobs-in", asked, written) == NAMED[asked]


@pytest.mark.parametrize("written", WRITES[1:])
@pytest.mark.parametrize("asked", UNNAMED)
def test_a_bucket_without_a_name(asked: str, written: str) -> None:
    assert told("!Ref AWS::NoValue", asked, written) == UNNAMED[asked]

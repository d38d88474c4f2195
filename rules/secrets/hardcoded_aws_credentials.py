"""AWS credentials as literals.

Whoever reads the code can act as their owner, from anywhere, until they are rotated. In Lambda there is no need for
any: the function's role brings temporary ones that the SDK finds and renews by itself.

## Bad
    import boto3

    s3 = boto3.client(  # finding
        "s3",
        aws_access_key_id="AKIA0189FAKE0KEY0018",
        aws_secret_access_key="not-a-real-key-0Vq8kLm2",
    )

## Good
    import boto3

    s3 = boto3.client("s3")

## References
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
- https://docs.aws.amazon.com/boto3/latest/guide/credentials.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import AwsCredentials


@rule(
    Severity.ERROR,
    cwe=798,
    security=True,
    suggest="The function's own role, or one that it assumes, gives temporary credentials.",
)
def hardcoded_aws_credentials(credentials: AwsCredentials) -> Reports:
    if credentials.are_literal:
        yield credentials.at, f"`{credentials.given_to}` gets AWS credentials as literals"

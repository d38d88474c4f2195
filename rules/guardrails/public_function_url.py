"""A function that everybody may call without authentication.

A function URL with `AuthType: NONE` answers anybody on the internet who knows or guesses its address, and each call is
paid for. A permission with the principal `*` and no condition lets any AWS account invoke the function. What such a
function does about authentication, it has to do itself.

## Bad
    # template.yaml
    Resources:
      Price:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return 42
          Handler: index.handler
          Runtime: python3.13
          FunctionUrlConfig:
            AuthType: NONE  # finding

## Good
    # template.yaml
    Resources:
      Price:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return 42
          Handler: index.handler
          Runtime: python3.13
          FunctionUrlConfig:
            AuthType: AWS_IAM

## References
- https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
- https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Template


@rule(
    Severity.WARNING,
    cwe=306,
    security=True,
    suggest="`AWS_IAM` for a URL, or a source account for a permission, lets in who is meant to call the function.",
)
def public_function_url(template: Template) -> Reports:
    for door in template.open_doors:
        of = f" of `{door.function}`" if door.function else ""
        if door.by_url:
            yield door.at, f"The function URL{of} is open to everybody without authentication"
        else:
            yield door.at, f"A permission{of} lets every AWS account invoke the function"

"""An alias that points to `$LATEST`.

An alias is a name for a version that callers can rely on. On `$LATEST` it moves with each deployment, as if callers
named the function itself: there is nothing to roll back to, and no traffic to shift.

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
      Live:
        Type: AWS::Lambda::Alias
        Properties:
          Name: live
          FunctionName: !Ref Price
          FunctionVersion: $LATEST  # finding

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
      PriceVersion:
        Type: AWS::Lambda::Version
        Properties:
          FunctionName: !Ref Price
      Live:
        Type: AWS::Lambda::Alias
        Properties:
          Name: live
          FunctionName: !Ref Price
          FunctionVersion: !GetAtt PriceVersion.Version

## References
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Template


@rule(
    Severity.WARNING,
    suggest="Pointing the alias to a published version, as `AutoPublishAlias` does, keeps it in place.",
)
def alias_of_latest(template: Template) -> Reports:
    for name, at in template.drifting_aliases:
        yield at, f"The alias `{name}` points to `$LATEST` and moves with each deployment"

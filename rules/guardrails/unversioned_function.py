"""A function of which no version is published.

Callers of such a function always reach the code of the latest deployment. There is no earlier version to go back to,
no gradual shift of traffic, and a deployment under way changes the code under the feet of its callers.

This rule is a policy: it runs with `guardrails = true` in the settings, or if selected.

## Bad
    # template.yaml
    Resources:
      Price:  # finding
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return 42
          Handler: index.handler
          Runtime: python3.13

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
          AutoPublishAlias: live

## References
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from reviewer.finding import Severity
from reviewer.rule import Note, Reports, rule
from reviewer.subjects import Template


@rule(
    Severity.NOTE,
    policy=True,
    suggest="A published version with an alias on it can be rolled back, and callers can name it.",
)
def unversioned_function(template: Template) -> Reports:
    if not template.unversioned:
        return
    first, *others = template.unversioned
    notes = (Note(each.at, f"No version of `{each.id.name}` is published") for each in others)
    also = f"{len(others)} more functions" if len(others) > 1 else "one more function"
    whose = f"`{first.id.name}` or of {also} of the template" if others else f"the function `{first.id.name}`"
    yield first.at, f"No version of {whose} is published", *notes

"""A function whose code need not be signed.

With a code signing configuration, Lambda checks at each deployment that a package was signed by a trusted profile and
has not changed since. Without one, whoever may update the function can bring in any code.

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
    Parameters:
      SigningConfig:
        Type: String
    Resources:
      Price:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return 42
          Handler: index.handler
          Runtime: python3.13
          CodeSigningConfigArn: !Ref SigningConfig

## References
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
"""

from reviewer.finding import Severity
from reviewer.rule import Note, Reports, rule
from reviewer.subjects import Template


@rule(
    Severity.NOTE,
    policy=True,
    suggest="A code signing configuration lets in what a trusted profile has signed, and nothing else.",
)
def unsigned_function(template: Template) -> Reports:
    if not template.unsigned:
        return
    first, *others = template.unsigned
    notes = (Note(each.at, f"`{each.id.name}` has no code signing configuration") for each in others)
    also = f"{len(others)} more functions" if len(others) > 1 else "one more function"
    whose = f"`{first.id.name}` and {also} of the template have" if others else f"The function `{first.id.name}` has"
    yield first.at, f"{whose} no code signing configuration", *notes

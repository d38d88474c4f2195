"""A Python runtime that is past its deprecation date.

A deprecated runtime gets no security updates. Some weeks later Lambda refuses to create functions with it, and then to
update them.

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
          Runtime: python3.8  # finding

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

## References
- https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from reviewer.finding import Severity
from reviewer.rule import Note, Report, Reports, offered, rule
from reviewer.subjects import Template


@rule(Severity.WARNING, suggest="Moving to a current runtime brings its security updates back.")
def deprecated_runtime(template: Template) -> Reports:
    old = template.past_runtimes
    if not old:
        return
    first = old[0]
    others = [Note(each.at, f"`{each.function}` runs on `{each.runtime}`, deprecated {each.date}") for each in old[1:]]
    if not others:
        message = f"The runtime `{first.runtime}` of `{first.function}` has been deprecated since {first.date}"
    else:
        more = f"{len(others)} more functions" if len(others) > 1 else "one more function"
        message = f"The runtimes of `{first.function}` and {more} are deprecated, `{first.runtime}` since {first.date}"
    newest = template.newest_runtime
    fixes = offered(f"Writing `{newest}` moves to the newest runtime", template.with_runtime(newest))
    yield Report(first.at, message, tuple(others), fixes=fixes)

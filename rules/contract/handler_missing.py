"""The handler that a template names is not in the function's code.

The function deploys, and every invocation fails before any of its code runs: `Runtime.ImportModuleError` where the file
is not there, `Runtime.HandlerNotFound` where the file has no such function.

## Bad
    # template.yaml
    Resources:
      Price:
        Type: AWS::Serverless::Function
        Properties:
          InlineCode: |
            def handler(event, context):
                return 42
          Handler: index.main  # finding
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

## References
- https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html#python-handler-naming
"""

from reviewer.finding import Severity
from reviewer.project import Handler
from reviewer.rule import Reports, rule
from reviewer.value import string


@rule(Severity.ERROR, suggest="Naming the file's path and the function inside of it lets the runtime find the handler.")
def handler_missing(handler: Handler) -> Reports:
    if not handler.missing or handler.function is None or handler.function.handler is None:
        return
    named = string(handler.function.handler.value) or ""
    module, _, name = named.rpartition(".")
    what = f"no file for `{module}`" if handler.missing == "file" else f"no function `{name}`"
    yield handler.function.handler.at, f"The handler `{named}` has {what} in the function's code"

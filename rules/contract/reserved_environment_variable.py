"""An environment variable that Lambda reserves for itself.

Lambda sets some variables by itself: the region, the credentials of the role, the names of the function and of its log
group, the folder of its code. A deployment that sets one of them fails.

Others look like them and may be set, such as `PATH`, `PYTHONPATH`, `TZ`, `LANG` and `AWS_XRAY_DAEMON_ADDRESS`.

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
          Environment:
            Variables:
              AWS_REGION: eu-west-1  # finding

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
          Environment:
            Variables:
              PRICE_REGION: eu-west-1

## References
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import SetVariable


@rule(Severity.ERROR, suggest="A name of the project's own tells the function the same.")
def reserved_environment_variable(variable: SetVariable) -> Reports:
    if variable.is_reserved:
        yield variable.at, f"Lambda reserves the environment variable `{variable.name}` and sets it by itself"

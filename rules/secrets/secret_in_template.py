"""A secret in a template: in a function's environment, in a parameter's default, or in a parameter without NoEcho.

Templates are kept in repositories and in the stack itself, where everybody who may describe the stack or the function
reads them. A parameter for a password that lacks `NoEcho` shows its value in the console and in the API.

## Bad
    # template.yaml
    Parameters:
      MailPassword:  # finding
        Type: String
    Resources:
      Mails:
        Type: AWS::SQS::Queue

## Good
    # template.yaml
    Parameters:
      MailPassword:
        Type: String
        NoEcho: true
    Resources:
      Mails:
        Type: AWS::SQS::Queue

## References
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Template


@rule(
    Severity.ERROR,
    cwe=798,
    security=True,
    suggest="`NoEcho` hides what a parameter is given; a dynamic reference to Secrets Manager or Parameter Store keeps "
    "it out of the template as well.",
)
def secret_in_template(template: Template) -> Reports:
    for variable, setting in template.secret_variables:
        yield setting.at, f"The environment variable `{variable}` holds a secret as a literal"
    for parameter in template.secret_parameters:
        if parameter.default is not None:
            yield parameter.default.at, f"The default of the parameter `{parameter.name}` is a secret"
        else:
            yield parameter.at, f"The parameter `{parameter.name}` takes a secret and lacks `{parameter.veil}`"

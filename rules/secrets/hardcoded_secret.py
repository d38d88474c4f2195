"""A credential as a literal in the code.

Whoever can read the repository, a build log or the deployment package has the credential, for as long as it is valid
and for as long as the history is kept. Changing it takes a deployment.

Known formats (tokens of vendors, private keys, URLs with a password) are recognised wherever they stand; other literals
where a name or an argument says that they are secrets, and the text looks like one. No output shows more than the first
four characters.

## Bad
    import jwt


    def handler(event, context):
        return jwt.encode({"sub": event["user"]}, "mP3vXz81QeRt0LkUwYh7", algorithm="HS256")  # finding

## Good
    import os

    import jwt


    def handler(event, context):
        return jwt.encode({"sub": event["user"]}, os.environ["SIGNING_KEY"], algorithm="HS256")

## References
- https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
- https://cwe.mitre.org/data/definitions/798.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Module


@rule(
    Severity.ERROR,
    cwe=798,
    security=True,
    suggest="Secrets Manager or Parameter Store keeps it out of the code and lets it change without a deployment.",
)
def hardcoded_secret(module: Module) -> Reports:
    for secret in module.secrets:
        what = f" in `{secret.name}`" if secret.name else ""
        yield module.place(secret.node), f"A literal{what} looks like a credential: {secret.title}"

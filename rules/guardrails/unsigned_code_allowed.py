"""A code signing configuration that lets unsigned code in.

With the policy `Warn`, which is also the default, Lambda deploys a package that nobody has signed, or that was changed
after it was signed, and writes a line into the audit log. Only `Enforce` blocks the deployment.

This rule is a policy: it runs with `guardrails = true` in the settings, or if selected.

## Bad
    # template.yaml
    Resources:
      Profile:
        Type: AWS::Signer::SigningProfile
        Properties:
          PlatformId: AWSLambda-SHA384-ECDSA
      Signing:
        Type: AWS::Lambda::CodeSigningConfig
        Properties:
          AllowedPublishers:
            SigningProfileVersionArns: [!GetAtt Profile.ProfileVersionArn]
          CodeSigningPolicies:
            UntrustedArtifactOnDeployment: Warn  # finding

## Good
    # template.yaml
    Resources:
      Profile:
        Type: AWS::Signer::SigningProfile
        Properties:
          PlatformId: AWSLambda-SHA384-ECDSA
      Signing:
        Type: AWS::Lambda::CodeSigningConfig
        Properties:
          AllowedPublishers:
            SigningProfileVersionArns: [!GetAtt Profile.ProfileVersionArn]
          CodeSigningPolicies:
            UntrustedArtifactOnDeployment: Enforce

## References
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
- https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningPolicies.html
"""

from reviewer.finding import Severity
from reviewer.rule import Reports, rule
from reviewer.subjects import Template


@rule(
    Severity.WARNING,
    policy=True,
    suggest="With `UntrustedArtifactOnDeployment: Enforce`, Lambda blocks the deployment of unsigned code.",
)
def unsigned_code_allowed(template: Template) -> Reports:
    for name, at in template.lenient_signing:
        yield at, f"The signing configuration `{name}` lets unsigned code in with a warning"

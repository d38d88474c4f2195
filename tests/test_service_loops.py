"""Loops through user pools, function URLs, topics of IoT and log groups, as code writes them."""

from __future__ import annotations

import pytest
from apps_samples import review

POOL = """
    Resources:
      Pool:
        Type: AWS::Cognito::UserPool
        Properties: {LambdaConfig: {PreSignUp: !GetAtt F.Arn}}
      F:
        Type: AWS::Lambda::Function
        Properties: {Handler: app.handler, Runtime: python3.13, Code: .}
"""
URL = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties:
          Handler: app.handler
          Runtime: python3.13
          CodeUri: .
          FunctionUrlConfig: {AuthType: NONE}
          Environment: {Variables: {OWN: !GetAtt FUrl.FunctionUrl, OTHER: https://example.org/}}
"""
RULE = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties:
          Handler: app.handler
          Runtime: python3.13
          CodeUri: .
          Events: {Again: {Type: IoTRule, Properties: {Sql: "SELECT * FROM 'jobs/#' WHERE done"}}}
"""
CREATE = 'pools.admin_create_user(UserPoolId=event["userPoolId"], Username="x")'
CASES = [
    (POOL, CREATE, ["error"]),
    (POOL, f'if event["triggerSource"] == "PreSignUp_ExternalProvider":\n        {CREATE}', []),
    (POOL, f'if event["triggerSource"] != "PreSignUp_AdminCreateUser":\n        {CREATE}', []),
    (POOL, f'if event["triggerSource"] == "PreSignUp_AdminCreateUser":\n        {CREATE}', ["error"]),
    (POOL, 'pools.admin_create_user(UserPoolId="eu-west-1_another", Username="x")', []),
    (URL, 'requests.post(os.environ["OWN"] + "next", timeout=1)', ["error"]),
    (URL, 'requests.Session().request("POST", url=os.environ["OWN"], timeout=1)', ["error"]),
    (URL, 'urllib.request.urlopen(urllib.request.Request(os.environ["OWN"]), timeout=1)', ["error"]),
    (URL, 'host = event["headers"]["host"]\n    requests.get(f\'https://{host}/{event}\', timeout=1)', ["error"]),
    (URL, 'requests.post(os.environ["OTHER"] + os.environ["OWN"], timeout=1)', []),
    (URL, 'requests.get(f\'https://api.{event["headers"]["host"]}\', timeout=1)', []),
    (URL, 'requests.post(event["callback"], timeout=1)', []),
    (RULE, 'things.publish(topic=f"jobs/{event}", payload=b"")', ["warning"]),
    (RULE, 'things.publish(topic=f"done/{event}", payload=b"")', []),
    (RULE, 'things.publish(topic=event["reply"], payload=b"")', []),
]


@pytest.mark.parametrize(("template", "written", "expected"), CASES)
def test_loops(template: str, written: str, expected: list[str]) -> None:
    code = (
        "import os\nimport urllib.request\n\nimport boto3\nimport requests\n\n"
        'pools, things = boto3.client("cognito-idp"), boto3.client("iot-data")\n\n\n'
        f"def handler(event, context):\n    {written}\n"
    )
    found = review({"template.yaml": template, "app.py": code})
    assert found.errors == ()
    assert [each.severity.label for each in found.findings if each.rule == "own-trigger-write"] == expected


PLAN = 'plans.create_schedule(Name="next", ScheduleExpression="rate(1 hour)", Target={"Arn": %s, "Input": %s})'
PLANS = [
    (PLAN % ("context.invoked_function_arn", '"{}"'), ["error"]),
    (PLAN.replace("create", "update") % ("context.invoked_function_arn", '"{}"'), ["error"]),
    ('if event["again"]:\n        ' + PLAN % ("context.invoked_function_arn", '"{}"'), []),
    ('if event["again"]:\n        ' + PLAN % ("context.invoked_function_arn", "json.dumps(event)"), ["warning"]),
    (PLAN % ('"arn:aws:scheduler:::aws-sdk:sqs:sendMessage"', '"{}"'), []),
    ('plans.create_schedule(Name="next", Target=event["target"])', []),
    ('plans.create_schedule(Name="next", Target={"Input": "{}"})', []),
    ('plans.delete_schedule(Name="next")', []),
]


@pytest.mark.parametrize(("written", "expected"), PLANS)
def test_a_function_that_plans_its_own_next_run(written: str, expected: list[str]) -> None:
    code = f'import json\n\nimport boto3\n\nplans = boto3.client("scheduler")\n\n\ndef handler(event, context):\n    {written}\n'
    found = [each for each in review({"app.py": code}).findings if each.rule == "self-invocation"]
    assert [each.severity.label for each in found] == expected
    assert all("does not cover this source" in each.detail for each in found)


def test_a_pipe_to_a_resource_of_no_known_kind_ends_there() -> None:
    template = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Q: {Type: AWS::SQS::Queue}
          Api: {Type: AWS::Events::ApiDestination, Properties: {}}
          One: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Q.Arn, Target: !GetAtt Api.Arn}}
          Two: {Type: AWS::Pipes::Pipe, Properties: {Source: arn:aws:sqs:eu-west-1:111122223333:x, Target: !GetAtt F.Arn}}
          F:
            Type: AWS::Serverless::Function
            Properties: {Handler: app.handler, Runtime: python3.13, CodeUri: ., Environment: {Variables: {Q: !Ref Q}}}
    """
    code = (
        'import os\n\nimport boto3\n\nsqs = boto3.client("sqs")\n\n\n'
        'def handler(event, context):\n    sqs.send_message(QueueUrl=os.environ["Q"], MessageBody="x")\n'
    )
    found = review({"template.yaml": template, "app.py": code})
    assert found.errors == ()
    assert [each for each in found.findings if each.rule == "invocation-cycle"] == []

"""Event sources of other services: rules of IoT, user pools, log groups that the code writes to, mail, brokers."""

from __future__ import annotations

from product_cases import NAMED, OTHER, SAME, SILENT, Source
from product_functions import FUNCTION, LOGS

OWN_SQL = "SELECT * FROM '<name>'"
IOT = Source(
    "iot",
    "iot",
    'publish(topic=<target>, payload=b"{}")',
    spelled="<name>",
    ways=(*NAMED, "parameter"),
    relations=(SAME, OTHER),
    triggers={
        "cloudformation": "Wire<n>: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: \"SELECT * FROM 'jobs-<n>'\", "
        'Actions: [{Lambda: {FunctionArn: {"Fn::GetAtt": [F<n>, Arn]}}}]}}}',
        "sam": "{Type: IoTRule, Properties: {Sql: \"SELECT * FROM 'jobs-<n>'\"}}",
        "serverless": "iot: {sql: \"SELECT * FROM 'jobs-<n>'\"}",
        "terraform": 'resource "aws_iot_topic_rule" "Wire<n>" {\n  name = "wire<n>"\n  enabled = true\n  sql = "SELECT * FROM \'jobs-<n>\'"\n'
        '  sql_version = "2016-03-23"\n  lambda {\n    function_arn = aws_lambda_function.F<n>.arn\n  }\n}',
        "cdk": 'iot.CfnTopicRule(self, "Wire<n>", topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(sql="SELECT * FROM \'jobs-<n>\'", '
        "actions=[iot.CfnTopicRule.ActionProperty(lambda_=iot.CfnTopicRule.LambdaActionProperty(function_arn=F<n>.function_arn))]))",
    },
)
LEVELS = Source(
    "iot-levels",
    "iot",
    'publish(topic=<target>, payload=b"{}")',
    spelled="<name>/7/done",
    ways=("literal", "variable", "composed", "class"),
    relations=(SAME, OTHER),
    triggers={dialect: text.replace("'jobs-<n>'", "'jobs-<n>/+/done'") for dialect, text in IOT.triggers.items()},
)

POOL = Source(
    "cognito",
    "pools",
    'admin_create_user(UserPoolId=<target>, Username="x")',
    event='event["userPoolId"]',
    ways=("reference", "helper", "default", "stored", "held", "event"),
    relations=(SAME, OTHER),
    resources={
        "cloudformation": '<logical>: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: <name>, LambdaConfig: {PreSignUp: {"Fn::GetAtt": [F<n>, Arn]}}}}',
        "sam": "<logical>: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: <name>}}",
        "terraform": 'resource "aws_cognito_user_pool" "<logical>" {\n  name = <name>\n  lambda_config {\n    pre_sign_up = aws_lambda_function.F<n>.arn\n  }\n}',
        "cdk": '<logical> = cognito.UserPool(self, "<logical>", user_pool_name=<name>)',
    },
    others={
        "cloudformation": "<logical>: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: <name>}}",
        "terraform": 'resource "aws_cognito_user_pool" "<logical>" {\n  name = <name>\n}',
        "cdk": '<logical> = cognito.UserPool(self, "<logical>", user_pool_name=<name>)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_cognito_user_pool.<logical>.id",
        "cdk": "<logical>.user_pool_id",
    },
    triggers={
        "cloudformation": "",
        "sam": "{Type: Cognito, Properties: {UserPool: {Ref: <source>}, Trigger: PreSignUp}}",
        "terraform": "",
        "cdk": "<source>.add_trigger(cognito.UserPoolOperation.PRE_SIGN_UP, F<n>)",
    },
)
CONFIRMED = Source(
    **{
        name: getattr(POOL, name)
        for name in ("ways", "relations", "resources", "others", "references", "triggers", "event")
    },
    kind="cognito-another-operation",
    service="pools",
    call='admin_confirm_sign_up(UserPoolId=<target>, Username="x")',
    truth=SILENT,
)
"""A user that is confirmed does not sign up again."""

WRITTEN_LOGS = Source(
    "logs-by-code",
    "logs",
    'put_log_events(logGroupName=<target>, logStreamName="x", logEvents=[])',
    pattern=LOGS.pattern,
    truth=LOGS.truth,
    relations=LOGS.relations,
    resources=LOGS.resources,
    references={**LOGS.references, "cdk": "<logical>.log_group_name"},
    triggers={**LOGS.triggers, "cdk": LOGS.triggers["cdk"].replace("<own>", "<source>")},
)
AT_URL = "Type: AWS::Lambda::Url, Properties: {AuthType: NONE, TargetFunctionArn: {Ref: <logical>}}"
TF_URL = 'resource "aws_lambda_function_url" "<logical>" {\n  function_name = aws_lambda_function.<logical>.function_name\n  authorization_type = "NONE"\n}'
CDK_URL = "<logical>Url = <logical>.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)"
URL = Source(
    "url",
    "",
    'urllib.request.urlopen(<target>, data=b"{}", timeout=3)',
    event="f\"https://{event['requestContext']['domainName']}/next\"",
    ways=("reference", "helper", "default", "stored", "held", "event"),
    relations=(SAME, OTHER),
    made="F",
    late=True,
    others={
        "cloudformation": f"{FUNCTION.others['cloudformation']}\n<logical>Url: {{{AT_URL}}}",
        "serverless": f"{FUNCTION.others['cloudformation']}\n<logical>LambdaFunctionUrl: {{{AT_URL}}}",
        "terraform": f"{FUNCTION.others['terraform']}\n{TF_URL}",
        "cdk": f"{FUNCTION.others['cdk']}\n{CDK_URL}",
    },
    settings={
        "sam": "FunctionUrlConfig: {AuthType: NONE}",
        "serverless": "url: true",
        "terraform": 'function_name = "F<n>"',
    },
    references={
        "cloudformation": '{"Fn::GetAtt": [<logical>Url, FunctionUrl]}',
        "serverless": '{"Fn::GetAtt": [<logical>LambdaFunctionUrl, FunctionUrl]}',
        "terraform": "aws_lambda_function_url.<logical>.function_url",
        "cdk": "<logical>Url.url",
    },
    triggers={
        "cloudformation": f"<logical>Url: {{{AT_URL}}}",
        "sam": "",
        "serverless": "",
        "terraform": TF_URL,
        "cdk": CDK_URL,
    },
)

SERVICES = (IOT, LEVELS, POOL, CONFIRMED, WRITTEN_LOGS, URL)

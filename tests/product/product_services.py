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

HTTP_API = Source(
    "http-api",
    "",
    URL.call,
    event=URL.event,
    ways=URL.ways,
    relations=(SAME, OTHER),
    truth={SAME: "warning"},
    spelled="https://<name>",
    resources={
        "cloudformation": "<logical>: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: <name>, ProtocolType: HTTP}}",
        "sam": "<logical>: {Type: AWS::Serverless::HttpApi, Properties: {Name: <name>}}",
        "terraform": 'resource "aws_apigatewayv2_api" "<logical>" {\n  name = <name>\n  protocol_type = "HTTP"\n}',
        "cdk": '<logical> = apigatewayv2.HttpApi(self, "<logical>", api_name=<name>)',
    },
    references={
        "cloudformation": '{"Fn::GetAtt": [<logical>, ApiEndpoint]}',
        "sam": '{"Fn::Sub": "https://${<logical>}.execute-api.${AWS::Region}.amazonaws.com/"}',
        "terraform": "aws_apigatewayv2_api.<logical>.api_endpoint",
        "cdk": "<logical>.url",
    },
    triggers={
        "cloudformation": "Wire<n>: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: {Ref: <source>}, IntegrationType: AWS_PROXY, "
        'IntegrationUri: {"Fn::GetAtt": [F<n>, Arn]}}}',
        "sam": "{Type: HttpApi, Properties: {ApiId: {Ref: <source>}, Path: /jobs, Method: POST}}",
        "terraform": 'resource "aws_apigatewayv2_integration" "Wire<n>" {\n  api_id = aws_apigatewayv2_api.<source>.id\n  integration_type = "AWS_PROXY"\n'
        "  integration_uri = aws_lambda_function.F<n>.invoke_arn\n}",
        "cdk": '<source>.add_routes(path="/jobs", integration=integrations.HttpLambdaIntegration("Wire<n>", F<n>))',
    },
)
"""Which routes a request takes is not known: a loop is possible where all of them lead to the function itself."""
TO_OTHER = {
    "cloudformation": FUNCTION.others["cloudformation"]
    .replace("<logical>", "Second<n>")
    .replace("<name>", '{Ref: "AWS::NoValue"}'),
    "terraform": FUNCTION.others["terraform"].replace("<logical>", "Second<n>").replace("<name>", "null"),
    "cdk": FUNCTION.others["cdk"].replace("<logical>", "Second<n>").replace("<name>", "None"),
}
SHARED_API = Source(
    **{
        name: getattr(HTTP_API, name)
        for name in ("service", "call", "event", "ways", "spelled", "resources", "references")
    },
    kind="http-api-shared",
    relations=(SAME,),
    truth=SILENT,
    triggers={
        name: text
        if name == "sam"
        else f"{text}\n{TO_OTHER[name]}\n{text.replace('Wire', 'Again').replace('F<n>', 'Second<n>')}"
        for name, text in HTTP_API.triggers.items()
        if name != "sam"
    },
)
"""Where the routes lead to several functions, which one a request starts is not known."""

REST_API = Source(
    **{name: getattr(HTTP_API, name) for name in ("service", "call", "event", "ways", "relations", "truth", "spelled")},
    kind="rest-api",
    resources={
        "cloudformation": "<logical>: {Type: AWS::ApiGateway::RestApi, Properties: {Name: <name>}}",
        "sam": "<logical>: {Type: AWS::Serverless::Api, Properties: {Name: <name>, StageName: prod}}",
        "terraform": 'resource "aws_api_gateway_rest_api" "<logical>" {\n  name = <name>\n}\n'
        'resource "aws_api_gateway_stage" "<logical>" {\n  rest_api_id = aws_api_gateway_rest_api.<logical>.id\n  stage_name = "prod"\n}',
        "cdk": '<logical> = apigateway.RestApi(self, "<logical>", rest_api_name=<name>)',
    },
    references={
        "cloudformation": '{"Fn::Sub": "https://${<logical>}.execute-api.${AWS::Region}.amazonaws.com/prod/"}',
        "terraform": "aws_api_gateway_stage.<logical>.invoke_url",
        "cdk": "<logical>.url",
    },
    triggers={
        "cloudformation": "Wire<n>: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: {Ref: <source>}, ResourceId: root, HttpMethod: POST, Integration: "
        '{Type: AWS_PROXY, Uri: {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F<n>.Arn}/invocations"}}}}',
        "sam": "{Type: Api, Properties: {RestApiId: {Ref: <source>}, Path: /jobs, Method: post}}",
        "terraform": 'resource "aws_api_gateway_integration" "Wire<n>" {\n  rest_api_id = aws_api_gateway_rest_api.<source>.id\n  type = "AWS_PROXY"\n'
        "  uri = aws_lambda_function.F<n>.invoke_arn\n}",
        "cdk": '<source>.root.add_method("POST", apigateway.LambdaIntegration(F<n>))',
    },
)

SERVICES = (IOT, LEVELS, POOL, CONFIRMED, WRITTEN_LOGS, URL, HTTP_API, SHARED_API, REST_API)

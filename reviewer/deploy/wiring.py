"""How resources and SAM events start functions: paths of properties, as data.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wiring:
    """One way to start a function.

    `kind` is the trigger's; `role` that of the reference to the function. `functions` are the paths that lead to it
    (none for a SAM event, which stands inside of its function), `source` to what it listens to (empty: the resource
    itself), `qualifier` to a version or alias beside the function. `settings` pairs fields of `Trigger` with paths.
    """

    kind: str
    role: str = ""
    functions: tuple[str, ...] = ()
    source: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Notifications:
    """Where a type keeps the notifications of a bucket. All but `each` and `bucket` are paths within one of them."""

    each: str
    function: str
    events: str
    rules: str
    bucket: str = ""


_POLLER = (
    ("batch_size", "BatchSize"),
    ("response_types", "FunctionResponseTypes.*"),
    ("patterns", "FilterCriteria.Filters.*.Pattern"),
    ("enabled", "Enabled"),
    ("on_failure", "DestinationConfig.OnFailure.Destination"),
)
_SUBSCRIPTION = (("patterns", "FilterPolicy"), ("scope", "FilterPolicyScope"))
_RULE = (("patterns", "Pattern"), ("enabled", "State"), ("enabled", "Enabled"))

EVENTS = {
    "S3": Wiring("s3", source="Bucket", settings=(("events", "Events.*"),)),
    "SNS": Wiring("sns", source="Topic", settings=_SUBSCRIPTION),
    "SQS": Wiring("sqs", source="Queue", settings=_POLLER),
    "Kinesis": Wiring("kinesis", source="Stream", settings=_POLLER),
    "DynamoDB": Wiring("dynamodb", source="Stream", settings=_POLLER),
    "MSK": Wiring("msk", source="Stream", settings=_POLLER),
    "SelfManagedKafka": Wiring("kafka", source="KafkaBootstrapServers", settings=_POLLER),
    "MQ": Wiring("mq", source="Broker", settings=_POLLER),
    "DocumentDB": Wiring("documentdb", source="Cluster", settings=_POLLER),
    "EventBridgeRule": Wiring("eventbridge", source="EventBusName", settings=_RULE),
    "CloudWatchEvent": Wiring("eventbridge", source="EventBusName", settings=_RULE),
    "Schedule": Wiring("schedule", settings=(("schedule", "Schedule"), ("enabled", "State"), ("enabled", "Enabled"))),
    "ScheduleV2": Wiring("schedule", settings=(("schedule", "ScheduleExpression"), ("enabled", "State"))),
    "CloudWatchLogs": Wiring("logs", source="LogGroupName", settings=(("patterns", "FilterPattern"),)),
    "IoTRule": Wiring("iot", source="Sql"),
    "Cognito": Wiring("cognito", source="UserPool", settings=(("events", "Trigger.*"),)),
    "AlexaSkill": Wiring("alexa", source="SkillId"),
    "Api": Wiring("rest-api", source="RestApiId"),
    "HttpApi": Wiring("http-api", source="ApiId", settings=(("payload_format", "PayloadFormatVersion"),)),
}
"""The event types of `AWS::Serverless::Function`."""

IMPLICIT_APIS = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
"""The API that SAM makes for events that name none."""

RESOURCES = {
    "AWS::Lambda::EventSourceMapping": Wiring(
        "custom", "event-source-mapping", ("FunctionName",), "EventSourceArn", _POLLER
    ),
    "AWS::Events::Rule": Wiring(
        "eventbridge",
        "rule-target",
        ("Targets.*.Arn",),
        "EventBusName",
        (("patterns", "EventPattern"), ("schedule", "ScheduleExpression"), ("enabled", "State")),
    ),
    "AWS::Scheduler::Schedule": Wiring(
        "schedule",
        "schedule-target",
        ("Target.Arn",),
        settings=(("schedule", "ScheduleExpression"), ("enabled", "State")),
    ),
    "AWS::SNS::Subscription": Wiring("sns", "subscription", ("Endpoint",), "TopicArn", _SUBSCRIPTION),
    "AWS::SNS::Topic": Wiring("sns", "subscription", ("Subscription.*.Endpoint",)),
    "AWS::Logs::SubscriptionFilter": Wiring(
        "logs", "log-destination", ("DestinationArn",), "LogGroupName", (("patterns", "FilterPattern"),)
    ),
    "AWS::IoT::TopicRule": Wiring(
        "iot", "iot-action", ("TopicRulePayload.Actions.*.Lambda.FunctionArn",), "TopicRulePayload.Sql"
    ),
    "AWS::Cognito::UserPool": Wiring("cognito", "user-pool", ("LambdaConfig.?", "LambdaConfig.?.LambdaArn")),
    "AWS::ApiGateway::Method": Wiring("rest-api", "api-integration", ("Integration.Uri",), "RestApiId"),
    "AWS::ApiGatewayV2::Integration": Wiring(
        "http-api", "api-integration", ("IntegrationUri",), "ApiId", (("payload_format", "PayloadFormatVersion"),)
    ),
    "AWS::ApiGatewayV2::Api": Wiring("http-api", "api-integration", ("Target",)),
    "AWS::ApiGateway::Authorizer": Wiring("custom", "authorizer", ("AuthorizerUri",), "RestApiId"),
    "AWS::ApiGatewayV2::Authorizer": Wiring("custom", "authorizer", ("AuthorizerUri",), "ApiId"),
    "AWS::Serverless::Api": Wiring("custom", "authorizer", ("Auth.Authorizers.?.FunctionArn",)),
    "AWS::Serverless::HttpApi": Wiring("custom", "authorizer", ("Auth.Authorizers.?.FunctionArn",)),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Wiring("alb", "load-balancer-target", ("Targets.*.Id",)),
    "AWS::VpcLattice::TargetGroup": Wiring("custom", "load-balancer-target", ("Config.Targets.*.Id", "Targets.*.Id")),
    "AWS::Lambda::Url": Wiring("url", "url", ("TargetFunctionArn",), qualifier="Qualifier"),
    "AWS::Config::ConfigRule": Wiring("config", "config-rule", ("Source.SourceIdentifier",)),
    "AWS::SES::ReceiptRule": Wiring("ses", "receipt-rule", ("Rule.Actions.*.LambdaAction.FunctionArn",)),
    "AWS::IoT::Authorizer": Wiring("custom", "authorizer", ("AuthorizerFunctionArn",)),
    "AWS::Transfer::Workflow": Wiring(
        "custom", "workflow-step", ("Steps.*.CustomStepDetails.Target", "OnExceptionSteps.*.CustomStepDetails.Target")
    ),
    "AWS::CloudFront::Distribution": Wiring(
        "custom",
        "edge-association",
        tuple(
            f"DistributionConfig.{behaviors}.LambdaFunctionAssociations.*.LambdaFunctionARN"
            for behaviors in ("DefaultCacheBehavior", "CacheBehaviors.*")
        ),
    ),
    "AWS::SSM::Document": Wiring("custom", "automation-step", ("Content.mainSteps.*.inputs.FunctionName",)),
    "AWS::AppSync::DataSource": Wiring("custom", "data-source", ("LambdaConfig.LambdaFunctionArn",)),
    "AWS::AppSync::GraphQLApi": Wiring("custom", "authorizer", ("LambdaAuthorizerConfig.AuthorizerUri",)),
    "AWS::Serverless::GraphQLApi": Wiring("custom", "data-source", ("DataSources.Lambda.?.FunctionArn",)),
    "AWS::SecretsManager::RotationSchedule": Wiring("custom", "rotation", ("RotationLambdaARN",), "SecretId"),
    "AWS::KinesisFirehose::DeliveryStream": Wiring(
        "firehose",
        "transformation",
        tuple(
            f"{destination}DestinationConfiguration.ProcessingConfiguration.Processors.*.Parameters.*.ParameterValue"
            for destination in ("ExtendedS3", "S3", "HttpEndpoint", "Redshift", "AmazonopensearchserviceS3")
        ),
    ),
    "AWS::Pipes::Pipe": Wiring("custom", "pipe", ("Target", "Enrichment")),
    "AWS::S3ObjectLambda::AccessPoint": Wiring(
        "custom",
        "transformation",
        ("ObjectLambdaConfiguration.TransformationConfigurations.*.ContentTransformation.AwsLambda.FunctionArn",),
    ),
    "AWS::CodePipeline::Pipeline": Wiring("custom", "pipeline", ("Stages.*.Actions.*.Configuration.FunctionName",)),
    "AWS::CloudWatch::Alarm": Wiring("custom", "alarm-action", ("AlarmActions.*", "OKActions.*")),
    "AWS::Bedrock::Agent": Wiring("custom", "agent", ("ActionGroups.*.ActionGroupExecutor.Lambda",)),
    "AWS::BedrockAgentCore::Gateway": Wiring(
        "custom", "agent", ("InterceptorConfigurations.*.Interceptor.Lambda.Arn",)
    ),
    "AWS::BedrockAgentCore::GatewayTarget": Wiring("custom", "agent", ("TargetConfiguration.Mcp.Lambda.LambdaArn",)),
    "AWS::Connect::IntegrationAssociation": Wiring("custom", "integration", ("IntegrationArn",)),
    "AWS::CloudFormation::CustomResource": Wiring("custom", "custom-resource", ("ServiceToken",)),
}
"""Resources that start functions, by type. Buckets, state machines and API definitions have readers of their own."""

CUSTOM = RESOURCES["AWS::CloudFormation::CustomResource"]
"""Types that begin with `Custom::`."""

NOTIFICATIONS = {
    "AWS::S3::Bucket": Notifications(
        "NotificationConfiguration.LambdaConfigurations.*", "Function", "Event.*", "Filter.S3Key.Rules.*"
    ),
    "Custom::S3BucketNotifications": Notifications(
        "NotificationConfiguration.LambdaFunctionConfigurations.*",
        "LambdaFunctionArn",
        "Events.*",
        "Filter.Key.FilterRules.*",
        "BucketName",
    ),
}

INTEGRATIONS = {"AWS::ApiGateway::Method": "Integration", "AWS::ApiGatewayV2::Integration": ""}
"""Where the integration of an API with a function is, by type."""

API_BODIES = {
    "AWS::Serverless::Api": ("DefinitionBody", "DefinitionUri"),
    "AWS::Serverless::HttpApi": ("DefinitionBody", "DefinitionUri"),
    "AWS::ApiGateway::RestApi": ("Body", "BodyS3Location"),
    "AWS::ApiGatewayV2::Api": ("Body", "BodyS3Location"),
}
"""The properties with an API's OpenAPI definition: written out, and in a file."""

STREAMS = {
    "AWS::SQS::Queue": "sqs",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::Serverless::SimpleTable": "dynamodb",
    "AWS::MSK::Cluster": "msk",
    "AWS::MSK::ServerlessCluster": "msk",
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "documentdb",
}
"""The kind of an event source mapping by the type of its source."""
STREAM_SERVICES = {
    "sqs": "sqs",
    "kinesis": "kinesis",
    "dynamodb": "dynamodb",
    "kafka": "msk",
    "mq": "mq",
    "rds": "documentdb",
}
"""The kind of an event source mapping by the service in its source's ARN."""

API_KINDS = {
    "AWS::ApiGateway::RestApi": "rest-api",
    "AWS::Serverless::Api": "rest-api",
    "AWS::ApiGatewayV2::Api": "http-api",
    "AWS::Serverless::HttpApi": "http-api",
}
"""The kind of an API by its type; an `AWS::ApiGatewayV2::Api` may be a WebSocket API, too."""

PERMISSION = "AWS::Lambda::Permission"
PRINCIPALS = {
    "s3.amazonaws.com": ("s3",),
    "sns.amazonaws.com": ("sns",),
    "events.amazonaws.com": ("eventbridge", "schedule"),
    "scheduler.amazonaws.com": ("schedule",),
    "logs.amazonaws.com": ("logs",),
    "iot.amazonaws.com": ("iot",),
    "cognito-idp.amazonaws.com": ("cognito",),
    "config.amazonaws.com": ("config",),
    "ses.amazonaws.com": ("ses",),
    "elasticloadbalancing.amazonaws.com": ("alb",),
    "alexa-appkit.amazon.com": ("alexa",),
    "apigateway.amazonaws.com": ("", "rest-api", "http-api", "websocket", "custom"),
}
"""The kinds of triggers that a permission can be for, by its principal. A permission without any of them tells of a
trigger that is made elsewhere, of the first kind; the kind of an API is that of the API which the permission names."""

SWITCHES = {
    "ENABLED": True,
    "DISABLED": False,
    "RUNNING": True,
    "STOPPED": False,
    "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS": True,
    "TRUE": True,
    "FALSE": False,
}
"""What turns a trigger or a link on and off, in capitals."""

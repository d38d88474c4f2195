"""Terraform's resource types in the words of CloudFormation, as data.

Attributes become properties by spelling (`batch_size` is `BatchSize`); what is here are the exceptions. Sources:
https://registry.terraform.io/providers/hashicorp/aws/latest/docs and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    """What a resource type is called elsewhere.

    `type` is CloudFormation's. `names` are properties by the path of the attribute or block (`filter_criteria.filter`),
    where spelling does not tell; one that ends in `[]` is a list, however many blocks there are. `attributes` are
    CloudFormation's by Terraform's, besides `id` (`Ref`) and `arn` (`Arn`).
    """

    type: str
    names: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


_ARN_IS_REF = {"arn": "Ref", "id": "Ref"}
_FILTERS = "filter_criteria.filter"
_TIMEOUT = {"timeout_milliseconds": "TimeoutInMillis"}

SHAPES: dict[str, Shape] = {
    "aws_lambda_function": Shape(
        "AWS::Lambda::Function",
        {"file_system_config": "FileSystemConfigs[]"},
        {
            "function_name": "Ref",
            "invoke_arn": "Arn",
            "response_streaming_invoke_arn": "Arn",
            "qualified_arn": "Version",
            "qualified_invoke_arn": "Version",
            "version": "Version",
        },
    ),
    "aws_lambda_alias": Shape("AWS::Lambda::Alias", attributes={**_ARN_IS_REF, "invoke_arn": "Ref"}),
    "aws_lambda_layer_version": Shape(
        "AWS::Lambda::LayerVersion", attributes={**_ARN_IS_REF, "layer_arn": "Ref", "version": "Ref"}
    ),
    "aws_lambda_code_signing_config": Shape(
        "AWS::Lambda::CodeSigningConfig", {"policies": "CodeSigningPolicies"}, _ARN_IS_REF
    ),
    "aws_lambda_event_source_mapping": Shape(
        "AWS::Lambda::EventSourceMapping",
        {
            _FILTERS: "Filters[]",
            "destination_config.on_failure.destination_arn": "Destination",
            "document_db_event_source_config": "DocumentDBEventSourceConfig",
            "source_access_configuration": "SourceAccessConfigurations[]",
        },
    ),
    "aws_lambda_permission": Shape("AWS::Lambda::Permission"),
    "aws_lambda_function_url": Shape(
        "AWS::Lambda::Url",
        {"function_name": "TargetFunctionArn", "authorization_type": "AuthType"},
        {"function_url": "FunctionUrl", "function_arn": "FunctionArn"},
    ),
    "aws_lambda_function_event_invoke_config": Shape("AWS::Lambda::EventInvokeConfig"),
    "aws_s3_bucket": Shape(
        "AWS::S3::Bucket",
        {"bucket": "BucketName"},
        {"bucket": "Ref", "bucket_domain_name": "DomainName", "bucket_regional_domain_name": "RegionalDomainName"},
    ),
    "aws_s3_bucket_notification": Shape("Custom::S3BucketNotifications"),
    "aws_s3_object": Shape("aws_s3_object", attributes={"key": "Ref"}),
    "aws_sqs_queue": Shape(
        "AWS::SQS::Queue",
        {
            "name": "QueueName",
            "visibility_timeout_seconds": "VisibilityTimeout",
            "message_retention_seconds": "MessageRetentionPeriod",
            "max_message_size": "MaximumMessageSize",
            "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
        },
        {"url": "Ref", "name": "QueueName"},
    ),
    "aws_sns_topic": Shape("AWS::SNS::Topic", {"name": "TopicName"}, {**_ARN_IS_REF, "name": "TopicName"}),
    "aws_sns_topic_subscription": Shape("AWS::SNS::Subscription", attributes=_ARN_IS_REF),
    "aws_dynamodb_table": Shape(
        "AWS::DynamoDB::Table", {"name": "TableName"}, {"name": "Ref", "stream_arn": "StreamArn"}
    ),
    "aws_kinesis_stream": Shape("AWS::Kinesis::Stream", attributes={"name": "Ref", "id": "Arn"}),
    "aws_kinesis_stream_consumer": Shape("AWS::Kinesis::StreamConsumer", {"stream_arn": "StreamARN"}, _ARN_IS_REF),
    "aws_kinesis_firehose_delivery_stream": Shape(
        "AWS::KinesisFirehose::DeliveryStream",
        {
            "name": "DeliveryStreamName",
            "kinesis_source_configuration": "KinesisStreamSourceConfiguration",
            "kinesis_source_configuration.kinesis_stream_arn": "KinesisStreamARN",
            **{
                path: name
                for block, destination in (
                    ("extended_s3_configuration", "ExtendedS3DestinationConfiguration"),
                    ("s3_configuration", "S3DestinationConfiguration"),
                    ("http_endpoint_configuration", "HttpEndpointDestinationConfiguration"),
                    ("redshift_configuration", "RedshiftDestinationConfiguration"),
                    ("opensearch_configuration", "AmazonopensearchserviceDestinationConfiguration"),
                    ("elasticsearch_configuration", "ElasticsearchDestinationConfiguration"),
                )
                for path, name in (
                    (block, destination),
                    (f"{block}.bucket_arn", "BucketARN"),
                    (f"{block}.processing_configuration.processors", "Processors[]"),
                    (f"{block}.processing_configuration.processors.parameters", "Parameters[]"),
                    (f"{block}.s3_backup_configuration.bucket_arn", "BucketARN"),
                    (f"{block}.s3_configuration.bucket_arn", "BucketARN"),
                )
            },
        },
        {"name": "Ref"},
    ),
    "aws_cloudwatch_event_bus": Shape("AWS::Events::EventBus", attributes={"name": "Ref"}),
    "aws_cloudwatch_event_rule": Shape("AWS::Events::Rule", {"is_enabled": "State"}, {"name": "Ref"}),
    "aws_cloudwatch_event_target": Shape("AWS::Events::Rule"),
    "aws_sqs_queue_redrive_policy": Shape("AWS::SQS::Queue"),
    "aws_dynamodb_kinesis_streaming_destination": Shape("AWS::DynamoDB::Table"),
    "aws_s3_bucket_replication_configuration": Shape("AWS::S3::Bucket", {"rule": "Rules[]"}),
    "aws_scheduler_schedule": Shape("AWS::Scheduler::Schedule", attributes={"name": "Ref"}),
    "aws_pipes_pipe": Shape(
        "AWS::Pipes::Pipe",
        {
            f"source_parameters.{_FILTERS}": "Filters[]",
            "source_parameters.dynamodb_stream_parameters": "DynamoDBStreamParameters",
            "target_parameters.eventbridge_event_bus_parameters": "EventBridgeEventBusParameters",
        },
        {"name": "Ref"},
    ),
    "aws_sfn_state_machine": Shape(
        "AWS::StepFunctions::StateMachine",
        {"name": "StateMachineName", "type": "StateMachineType"},
        {**_ARN_IS_REF, "name": "Name"},
    ),
    "aws_cloudwatch_log_group": Shape("AWS::Logs::LogGroup", {"name": "LogGroupName"}, {"name": "Ref"}),
    "aws_cloudwatch_log_subscription_filter": Shape("AWS::Logs::SubscriptionFilter"),
    "aws_cloudwatch_log_destination": Shape("AWS::Logs::Destination"),
    "aws_cloudwatch_log_account_policy": Shape("AWS::Logs::AccountPolicy"),
    "aws_cloudwatch_metric_alarm": Shape("AWS::CloudWatch::Alarm", {"ok_actions": "OKActions"}),
    "aws_api_gateway_rest_api": Shape("AWS::ApiGateway::RestApi", attributes={"root_resource_id": "RootResourceId"}),
    "aws_api_gateway_integration": Shape("AWS::ApiGateway::Method", _TIMEOUT),
    "aws_api_gateway_authorizer": Shape("AWS::ApiGateway::Authorizer"),
    "aws_api_gateway_stage": Shape("AWS::ApiGateway::Stage", attributes={"invoke_url": "InvokeUrl"}),
    "aws_api_gateway_deployment": Shape("AWS::ApiGateway::Deployment", attributes={"invoke_url": "InvokeUrl"}),
    "aws_apigatewayv2_stage": Shape("AWS::ApiGatewayV2::Stage", attributes={"invoke_url": "InvokeUrl"}),
    "aws_apigatewayv2_api": Shape("AWS::ApiGatewayV2::Api", attributes={"api_endpoint": "ApiEndpoint"}),
    "aws_apigatewayv2_integration": Shape("AWS::ApiGatewayV2::Integration", _TIMEOUT),
    "aws_apigatewayv2_authorizer": Shape("AWS::ApiGatewayV2::Authorizer"),
    "aws_lb_target_group": Shape("AWS::ElasticLoadBalancingV2::TargetGroup", attributes=_ARN_IS_REF),
    "aws_lb_target_group_attachment": Shape("AWS::ElasticLoadBalancingV2::TargetGroup"),
    "aws_vpclattice_target_group_attachment": Shape("AWS::VpcLattice::TargetGroup", {"target": "Targets[]"}),
    "aws_iot_topic_rule": Shape(
        "AWS::IoT::TopicRule", {"dynamodb": "DynamoDB", "dynamodbv2": "DynamoDBv2"}, {"name": "Ref"}
    ),
    "aws_iot_authorizer": Shape("AWS::IoT::Authorizer"),
    "aws_cognito_user_pool": Shape("AWS::Cognito::UserPool", {"name": "UserPoolName"}),
    "aws_iam_role": Shape(
        "AWS::IAM::Role",
        {
            "name": "RoleName",
            "assume_role_policy": "AssumeRolePolicyDocument",
            "managed_policy_arns": "ManagedPolicyArns",
        },
        {"name": "Ref"},
    ),
    "aws_ssm_parameter": Shape("AWS::SSM::Parameter", attributes={"name": "Ref", "id": "Ref"}),
    "aws_secretsmanager_secret": Shape("AWS::SecretsManager::Secret", attributes=_ARN_IS_REF),
    "aws_secretsmanager_secret_rotation": Shape(
        "AWS::SecretsManager::RotationSchedule", {"rotation_lambda_arn": "RotationLambdaARN"}
    ),
    "aws_config_config_rule": Shape("AWS::Config::ConfigRule"),
    "aws_ses_receipt_rule": Shape("AWS::SES::ReceiptRule"),
    "aws_appsync_datasource": Shape("AWS::AppSync::DataSource", {"lambda_config.function_arn": "LambdaFunctionArn"}),
    "aws_appsync_graphql_api": Shape("AWS::AppSync::GraphQLApi"),
    "aws_codepipeline": Shape(
        "AWS::CodePipeline::Pipeline", {"stage": "Stages[]", "stage.action": "Actions[]"}, {"name": "Ref"}
    ),
    "aws_bedrockagent_agent_action_group": Shape(
        "AWS::Bedrock::Agent",
        {"action_group_executor": "ActionGroupExecutor"},
    ),
    "aws_cloudfront_distribution": Shape(
        "AWS::CloudFront::Distribution",
        {
            "ordered_cache_behavior": "CacheBehaviors[]",
            **{
                f"{behavior}.lambda_function_association{inner}": name
                for behavior in ("default_cache_behavior", "ordered_cache_behavior")
                for inner, name in (("", "LambdaFunctionAssociations[]"), (".lambda_arn", "LambdaFunctionARN"))
            },
        },
    ),
    "aws_s3control_object_lambda_access_point": Shape(
        "AWS::S3ObjectLambda::AccessPoint",
        {
            "configuration": "ObjectLambdaConfiguration",
            "configuration.transformation_configuration": "TransformationConfigurations[]",
        },
    ),
    "aws_msk_cluster": Shape("AWS::MSK::Cluster", {"cluster_name": "ClusterName"}, _ARN_IS_REF),
    "aws_msk_serverless_cluster": Shape("AWS::MSK::ServerlessCluster", attributes=_ARN_IS_REF),
    "aws_mq_broker": Shape("AWS::AmazonMQ::Broker", {"broker_name": "BrokerName"}),
    "aws_docdb_cluster": Shape("AWS::DocDB::DBCluster"),
    "aws_transfer_workflow": Shape(
        "AWS::Transfer::Workflow", {"steps": "Steps[]", "on_exception_steps": "OnExceptionSteps[]"}
    ),
}
"""By Terraform's type. Any other type keeps its name, and its attributes theirs."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A resource that sets something of another one.

    `owner` is the property that names the other, `adds` are properties of the other; those of lists are added to it.
    """

    owner: str
    adds: tuple[str, ...]


FRAGMENTS = {
    "aws_cloudwatch_event_target": Fragment("Rule", ("Targets",)),
    "aws_sqs_queue_redrive_policy": Fragment("QueueUrl", ("RedrivePolicy",)),
    "aws_dynamodb_kinesis_streaming_destination": Fragment("TableName", ("KinesisStreamSpecification",)),
    "aws_s3_bucket_replication_configuration": Fragment("Bucket", ("ReplicationConfiguration",)),
}
"""By Terraform's type. Their shapes are of the type that they belong to."""

ALIASES = {
    "aws_alb_target_group": "aws_lb_target_group",
    "aws_alb_target_group_attachment": "aws_lb_target_group_attachment",
    "aws_s3_bucket_object": "aws_s3_object",
    "aws_s3_bucket_v2": "aws_s3_bucket",
}
"""Types that are others under another name."""

MAPS = frozenset(
    {
        "variables",
        "tags",
        "tags_all",
        "definition_substitutions",
        "headers",
        "request_parameters",
        "response_parameters",
    }
    | {"request_templates", "configuration", "metadata", "triggers", "labels"}
)
"""Attributes that hold a mapping of the user's own keys, where the JSON forms do not tell it from a block."""

JSON = frozenset(
    {"redrive_policy", "redrive_allow_policy", "event_pattern", "filter_policy", "pattern", "definition", "policy"}
    | {"assume_role_policy", "policy_document", "body", "access_policy", "input", "delivery_policy"}
)
"""Attributes that hold a structure as JSON text."""
YAML = frozenset({"body"})
"""Those of them that may be YAML as well."""

META = frozenset({"count", "for_each", "depends_on", "provider", "providers", "lifecycle", "provisioner", "connection"})
"""What a block says to Terraform itself."""

PSEUDO = {
    ("aws_caller_identity", "account_id"): "AWS::AccountId",
    ("aws_caller_identity", "id"): "AWS::AccountId",
    ("aws_region", "name"): "AWS::Region",
    ("aws_region", "id"): "AWS::Region",
    ("aws_region", "region"): "AWS::Region",
    ("aws_partition", "partition"): "AWS::Partition",
    ("aws_partition", "id"): "AWS::Partition",
    ("aws_partition", "dns_suffix"): "AWS::URLSuffix",
}
"""Data sources that CloudFormation has a pseudo parameter for."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A data source that looks up a resource: the argument with its name, the attributes that are the name, its ARN.

    In `arn`, and in `url`, `{}` stands for the name.
    """

    argument: str
    names: frozenset[str]
    arn: str
    url: str = ""


def _named(service: str, resource: str = "{}") -> str:
    return f"arn:aws:{service}:region:account:{resource}"


LOOKED = {
    "aws_s3_bucket": Looked("bucket", frozenset({"id", "bucket"}), "arn:aws:s3:::{}"),
    "aws_sqs_queue": Looked("name", frozenset({"name"}), _named("sqs"), "https://sqs.region.amazonaws.com/account/{}"),
    "aws_sns_topic": Looked("name", frozenset({"name"}), _named("sns")),
    "aws_dynamodb_table": Looked("name", frozenset({"name", "id"}), _named("dynamodb", "table/{}")),
    "aws_kinesis_stream": Looked("name", frozenset({"name"}), _named("kinesis", "stream/{}")),
    "aws_lambda_function": Looked("function_name", frozenset({"function_name", "id"}), _named("lambda", "function:{}")),
    "aws_cloudwatch_event_bus": Looked("name", frozenset({"name", "id"}), _named("events", "event-bus/{}")),
    "aws_sfn_state_machine": Looked("name", frozenset({"name"}), _named("states", "stateMachine:{}")),
    "aws_cloudwatch_log_group": Looked("name", frozenset({"name", "id"}), _named("logs", "log-group:{}")),
}
"""Attributes other than the names are the ARN, `url` and, of a queue, `id` the URL."""

"""Event sources that Lambda polls: queues, table streams, streams."""

from __future__ import annotations

from product_cases import Source

RECORD = 'event["Records"][0]'
ARN = "arn:aws:{}:eu-west-1:111122223333:{}<name>"


def _mapping(arn: str) -> str:
    return (
        "Wire<n>: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: {Ref: F<n>}, "
        f'EventSourceArn: {{"Fn::GetAtt": [<source>, {arn}]}}<filter>}}}}'
    )


def _tf_mapping(arn: str) -> str:
    return (
        'resource "aws_lambda_event_source_mapping" "Wire<n>" {\n'
        f"  event_source_arn = {arn}\n  function_name    = aws_lambda_function.F<n>.arn\n<filter>}}"
    )


CRITERIA = {
    "cloudformation": ", FilterCriteria: {Filters: [{Pattern: '<pattern>'}]}",
    "serverless": ", filterPatterns: [<pattern>]",
    "terraform": "  filter_criteria {\n    filter {\n      pattern = jsonencode(<pattern>)\n    }\n  }\n",
    "cdk": ", filters=[lambda_.FilterCriteria.filter(<pattern>)]",
}

QUEUE = Source(
    "sqs",
    "sqs",
    'send_message(QueueUrl=<target>, MessageBody=json.dumps({"kind": <sent>}))',
    spelled="https://sqs.eu-west-1.amazonaws.com/111122223333/<name>",
    event=f'clients.sqs.get_queue_url(QueueName={RECORD}["eventSourceARN"].split(":")[-1]<more>)["QueueUrl"]',
    chalice_event='clients.sqs.get_queue_url(QueueName=event.to_dict()["Records"][0]["eventSourceARN"].split(":")[-1]<more>)["QueueUrl"]',
    pattern='{"body": {"kind": ["go"]}}',
    filters=CRITERIA,
    resources={
        "cloudformation": "<logical>: {Type: AWS::SQS::Queue, Properties: {QueueName: <name>}}",
        "terraform": 'resource "aws_sqs_queue" "<logical>" {\n  name = <name>\n}',
        "cdk": '<logical> = sqs.Queue(self, "<logical>", queue_name=<name>)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_sqs_queue.<logical>.url",
        "cdk": "<logical>.queue_url",
    },
    attributes={"cloudformation": '{"Fn::GetAtt": [<logical>, QueueUrl]}', "terraform": "aws_sqs_queue.<logical>.id"},
    triggers={
        "cloudformation": _mapping("Arn"),
        "sam": '{Type: SQS, Properties: {Queue: {"Fn::GetAtt": [<source>, Arn]}<filter>}}',
        "serverless": 'sqs: {arn: {"Fn::GetAtt": [<source>, Arn]}<filter>}',
        "terraform": _tf_mapping("aws_sqs_queue.<source>.arn"),
        "cdk": "F<n>.add_event_source(sources.SqsEventSource(<source><filter>))",
        "chalice": "@app.on_sqs_message(queue=<name>)",
    },
)

TABLE = Source(
    "dynamodb",
    "dynamodb",
    "delete_item(TableName=<target>, Key={})",
    kept_out="put_item(TableName=<target>, Item={})",
    arn=ARN.format("dynamodb", "table/"),
    event=f'{RECORD}["eventSourceARN"].split("/")[1]',
    chalice_event='event.to_dict()["Records"][0]["eventSourceARN"].split("/")[1]',
    pattern='{"eventName": ["REMOVE"]}',
    filters=CRITERIA,
    resources={
        "cloudformation": "<logical>: {Type: AWS::DynamoDB::Table, Properties: {TableName: <name>, StreamSpecification: {StreamViewType: NEW_IMAGE}}}",
        "terraform": 'resource "aws_dynamodb_table" "<logical>" {\n  name = <name>\n  hash_key = "id"\n  stream_enabled = true\n}',
        "cdk": '<logical> = dynamodb.Table(self, "<logical>", table_name=<name>, partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_dynamodb_table.<logical>.name",
        "cdk": "<logical>.table_name",
    },
    attributes={
        "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}',
        "terraform": "aws_dynamodb_table.<logical>.arn",
        "cdk": "<logical>.table_arn",
    },
    triggers={
        "cloudformation": _mapping("StreamArn"),
        "sam": '{Type: DynamoDB, Properties: {Stream: {"Fn::GetAtt": [<source>, StreamArn]}, StartingPosition: LATEST<filter>}}',
        "serverless": 'stream: {type: dynamodb, arn: {"Fn::GetAtt": [<source>, StreamArn]}<filter>}',
        "terraform": _tf_mapping("aws_dynamodb_table.<source>.stream_arn"),
        "cdk": "F<n>.add_event_source(sources.DynamoEventSource(<source>, starting_position=latest<filter>))",
        "chalice": '@app.on_dynamodb_record(stream_arn="arn:aws:dynamodb:eu-west-1:111122223333:table/jobs-<n>/stream/1")',
    },
)

STREAM = Source(
    "kinesis",
    "kinesis",
    'put_record(<parameter>=<target>, Data=json.dumps({"kind": <sent>}), PartitionKey="x")',
    arn=ARN.format("kinesis", "stream/"),
    event=f'{RECORD}["eventSourceARN"].split("/")[-1]<more>',
    chalice_event='event.to_dict()["Records"][0]["eventSourceARN"].split("/")[-1]<more>',
    pattern='{"data": {"kind": ["go"]}}',
    filters=CRITERIA,
    resources={
        "cloudformation": "<logical>: {Type: AWS::Kinesis::Stream, Properties: {Name: <name>, ShardCount: 1}}",
        "terraform": 'resource "aws_kinesis_stream" "<logical>" {\n  name = <name>\n  shard_count = 1\n}',
        "cdk": '<logical> = kinesis.Stream(self, "<logical>", stream_name=<name>)',
    },
    references={
        "cloudformation": "{Ref: <logical>}",
        "terraform": "aws_kinesis_stream.<logical>.name",
        "cdk": "<logical>.stream_name",
    },
    attributes={
        "cloudformation": '{"Fn::GetAtt": [<logical>, Arn]}',
        "terraform": "aws_kinesis_stream.<logical>.arn",
        "cdk": "<logical>.stream_arn",
    },
    triggers={
        "cloudformation": _mapping("Arn"),
        "sam": '{Type: Kinesis, Properties: {Stream: {"Fn::GetAtt": [<source>, Arn]}, StartingPosition: LATEST<filter>}}',
        "serverless": 'stream: {type: kinesis, arn: {"Fn::GetAtt": [<source>, Arn]}<filter>}',
        "terraform": _tf_mapping("aws_kinesis_stream.<source>.arn"),
        "cdk": "F<n>.add_event_source(sources.KinesisEventSource(<source>, starting_position=latest<filter>))",
        "chalice": "@app.on_kinesis_record(stream=<name>)",
    },
)
POLLED = (QUEUE, TABLE, STREAM)

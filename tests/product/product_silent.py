"""Event sources that code reaches by an address alone: brokers, clusters, mail. Nothing is said of what goes round there.

A broker's address, a connection string or a mailbox names no resource of the deployment, and a topic, a collection or a
recipient is not compared: an alarm would be a guess.
"""

from __future__ import annotations

from product_cases import OTHER, SAME, SILENT, Source

CLUSTER = "arn:aws:{}:eu-west-1:111122223333:{}jobs-<n>"
QUIET = {"truth": SILENT, "relations": (SAME, OTHER), "ways": ("literal", "variable", "composed", "class")}


def _polled(arn: str, *, sam: str, serverless: str, cdk: str, more: str, tf: str) -> dict[str, str]:
    """An event source mapping of something by its ARN; `more` says what in it is read."""
    return {
        "cloudformation": f"Wire<n>: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{FunctionName: {{Ref: F<n>}}, EventSourceArn: '{arn}', {more}}}}}",
        "sam": sam,
        "serverless": serverless,
        "terraform": 'resource "aws_lambda_event_source_mapping" "Wire<n>" {\n'
        f'  event_source_arn = "{arn}"\n  function_name = aws_lambda_function.F<n>.arn\n{tf}}}',
        "cdk": cdk,
    }


MSK = CLUSTER.format("kafka", "cluster/") + "/abc"
KAFKA = Source(
    kind="msk",
    service="",
    call='kafka.KafkaProducer(bootstrap_servers="b-1.example.org:9092").send(<target>, b"x")',
    triggers=_polled(
        MSK,
        sam=f"{{Type: MSK, Properties: {{Stream: '{MSK}', Topics: [jobs-<n>], StartingPosition: LATEST}}}}",
        serverless=f"msk: {{arn: '{MSK}', topic: jobs-<n>}}",
        cdk=f'F<n>.add_event_source(sources.ManagedKafkaEventSource(cluster_arn="{MSK}", topic="jobs-<n>", starting_position=latest))',
        more="Topics: [jobs-<n>], StartingPosition: LATEST",
        tf='  topics = ["jobs-<n>"]\n  starting_position = "LATEST"\n',
    ),
    **QUIET,
)
BROKER = CLUSTER.format("mq", "broker:")
MQ = Source(
    kind="mq",
    service="",
    call='pika.BlockingConnection(os.environ["BROKER"]).channel().basic_publish("", <target>, b"x")',
    triggers=_polled(
        BROKER,
        sam=f"{{Type: MQ, Properties: {{Broker: '{BROKER}', Queues: [jobs-<n>], SourceAccessConfigurations: []}}}}",
        serverless=f"rabbitmq: {{arn: '{BROKER}', queue: jobs-<n>, basicAuthArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x'}}",
        cdk=f'lambda_.CfnEventSourceMapping(self, "Wire<n>", function_name=F<n>.function_name, event_source_arn="{BROKER}", queues=["jobs-<n>"])',
        more="Queues: [jobs-<n>]",
        tf='  queues = ["jobs-<n>"]\n',
    ),
    **QUIET,
)
DOCUMENTS = CLUSTER.format("rds", "cluster:")
DOCUMENT_DB = Source(
    kind="documentdb",
    service="",
    call='pymongo.MongoClient(os.environ["CLUSTER"])["jobs"][<target>].insert_one({})',
    triggers=_polled(
        DOCUMENTS,
        sam=f"{{Type: DocumentDB, Properties: {{Cluster: '{DOCUMENTS}', DatabaseName: jobs, CollectionName: jobs-<n>, SourceAccessConfigurations: []}}}}",
        serverless=f"documentDb: {{cluster: '{DOCUMENTS}', db: jobs, collection: jobs-<n>, smk: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x'}}",
        cdk=f'lambda_.CfnEventSourceMapping(self, "Wire<n>", function_name=F<n>.function_name, event_source_arn="{DOCUMENTS}")',
        more="DocumentDBEventSourceConfig: {DatabaseName: jobs, CollectionName: jobs-<n>}",
        tf='  document_db_event_source_config {\n    database_name = "jobs"\n    collection_name = "jobs-<n>"\n  }\n',
    ),
    **QUIET,
)
MAIL = Source(
    kind="ses",
    service="ses",
    call='send_email(Source="a@example.org", Destination={"ToAddresses": [<target>]}, Message={})',
    spelled="<name>@example.org",
    triggers={
        "cloudformation": "Wire<n>: {Type: AWS::SES::ReceiptRule, Properties: {RuleSetName: all, Rule: {Recipients: [jobs-<n>@example.org], "
        'Actions: [{LambdaAction: {FunctionArn: {"Fn::GetAtt": [F<n>, Arn]}}}]}}}',
        "terraform": 'resource "aws_ses_receipt_rule" "Wire<n>" {\n  name = "wire<n>"\n  rule_set_name = "all"\n  recipients = ["jobs-<n>@example.org"]\n'
        "  lambda_action {\n    function_arn = aws_lambda_function.F<n>.arn\n    position = 1\n  }\n}",
        "cdk": 'ses.CfnReceiptRule(self, "Wire<n>", rule_set_name="all", rule=ses.CfnReceiptRule.RuleProperty(recipients=["jobs-<n>@example.org"], '
        "actions=[ses.CfnReceiptRule.ActionProperty(lambda_action=ses.CfnReceiptRule.LambdaActionProperty(function_arn=F<n>.function_arn))]))",
    },
    **QUIET,
)
QUIET_ONES = (KAFKA, MQ, DOCUMENT_DB, MAIL)

"""CDK apps that nobody synthesised: what constructs and their attributes are in a function's environment."""

from __future__ import annotations

import pytest
from apps_samples import deployment
from cdk_samples import CONFIGURED, FUNCTION, HANDLER, IMPORTS, app, deployed, only, plain, variables

from reviewer.value import Constant, Parameter

KEY = 'dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)'
MADE = f"""
bucket = s3.Bucket(self, "Bucket")
queue = sqs.Queue(self, "Queue")
topic = sns.Topic(self, "Topic")
table = dynamodb.Table(self, "Table", partition_key={KEY})
global_table = dynamodb.TableV2(self, "Global", partition_key={KEY})
stream = kinesis.Stream(self, "Stream")
bus = events.EventBus(self, "Bus")
group = logs.LogGroup(self, "Group")
secret = secretsmanager.Secret(self, "Secret")
raw = sqs.CfnQueue(self, "Raw", queue_name="raw")
known = sqs.Queue.from_queue_arn(self, "Known", "arn:aws:sqs:eu-west-1:123456789012:jobs")
named = s3.Bucket.from_bucket_name(self, "Named", bucket_name="the-bucket")
other = lambda_.Function(self, "Other", handler="a.b", code=lambda_.Code.from_asset("src"))
pool_client = cognito.UserPoolClient(self, "Client", user_pool=pool)
site = cloudfront.Distribution(self, "Site")
cdk.CfnOutput(self, "Out", value=queue.queue_url, export_name="jobs-url")
cdk.CfnOutput(self, "Circle", value=cdk.Fn.import_value("circle"), export_name="circle")
"""

VALUES: dict[str, object] = {
    "bucket.bucket_name": "@Bucket.Ref",
    "bucket.bucket_arn": "@Bucket.Arn",
    "queue.queue_url": "@Queue.Ref",
    "queue.queue_arn": "@Queue.Arn",
    "queue.queue_name": "@Queue.QueueName",
    "topic.topic_arn": "@Topic.Ref",
    "topic.topic_name": "@Topic.TopicName",
    "table.table_name": "@Table.Ref",
    "table.table_stream_arn": "@Table.StreamArn",
    "global_table.table_name": "@Global.Ref",
    "stream.stream_name": "@Stream.Ref",
    "stream.stream_arn": "@Stream.Arn",
    "bus.event_bus_name": "@Bus.Ref",
    "group.log_group_name": "@Group.Ref",
    "secret.secret_arn": "@Secret.Ref",
    "raw.ref": "@Raw.Ref",
    "raw.attr_arn": "@Raw.Arn",
    "raw.queue_name": "raw",
    "other.function_name": "@Other.Ref",
    "other.function_arn": "@Other.Arn",
    "other.current_version.function_arn": "@Other/CurrentVersion.Ref",
    "known.queue_arn": "arn:aws:sqs:eu-west-1:123456789012:jobs",
    "known.queue_name": "jobs",
    "named.bucket_name": "the-bucket",
    "self.region": "%AWS::Region",
    "self.account": "%AWS::AccountId",
    "cdk.Aws.REGION": "%AWS::Region",
    'os.environ["CDK_DEFAULT_ACCOUNT"]': "%AWS::AccountId",
    "cdk.Stack.of(self).partition": "%AWS::Partition",
    'f"s3://{bucket.bucket_name}/in"': "s3://@Bucket.Ref/in",
    'queue.queue_url + "?x"': "@Queue.Ref?x",
    '"-".join(["a", queue.queue_name])': "a-@Queue.QueueName",
    'cdk.Fn.join("/", ["a", bucket.bucket_name])': "a/@Bucket.Ref",
    'cdk.Fn.import_value("jobs-url")': "@Queue.Ref",
    'cdk.Fn.import_value("circle")': "Unknown",
    'self.format_arn(service="sqs", resource="jobs")': "arn:%AWS::Partition:sqs:%AWS::Region:%AWS::AccountId:jobs",
    'self.format_arn(service="s3", region="", account="", resource="b", resource_name="*")': (
        "arn:%AWS::Partition:s3:::b/*"
    ),
    'cdk.Arn.format(cdk.ArnComponents(service="lambda", account="1", resource="function", resource_name="f", '
    "arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME), self)": "arn:%AWS::Partition:lambda:%AWS::Region:1:function:f",
    "pool_client.user_pool_client_id": "@Client.Ref",
    "site.distribution_domain_name": "@Site.DomainName",
    'iam.Role(self, "Role").role_arn': "@Role.Arn",
    'self.node.try_get_context("stage")': "prod",
    'self.node.try_get_context("sizes")["big"]': "512",
    # what cannot be told is not guessed
    "bucket.policy.document": "Unknown",
    "cdk.Fn.import_value('x')": "Unknown",
    "self.node.addr": "Unknown",
    "something()": "Unknown",
    "bucket.url_for_object('a')": "Unknown",
}
CONTEXT = '{"app": "python3 app.py", "context": {"stage": "prod", "sizes": {"big": 512}}}'


@pytest.mark.parametrize("written", VALUES)
def test_values(written: str) -> None:
    body = MADE + FUNCTION.replace("code=", f'environment={{"VALUE": {written}}}, code=')
    found = deployment({**app(body), "cdk.json": CONTEXT})
    (function,) = (each for each in found.functions if each.id.name == "Fn")
    assert variables(function) == {"VALUE": VALUES[written]}


def test_an_environment_grows() -> None:
    function = only(
        'shared = {"A": "1"}\nbucket = s3.Bucket(self, "Bucket")\n'
        + FUNCTION.replace("code=", 'environment={**shared, "B": "2"}, code=')
        + 'fn.add_environment("C", bucket.bucket_name)\nfn.add_environment(key="D", value="4")\n'
    )
    assert variables(function) == {"A": "1", "B": "2", "C": "@Bucket.Ref", "D": "4"}


def test_an_environment_of_several_tables_grows() -> None:
    function = only(
        """
        more = os.environ.get("MORE")
        settings = {"runtime": lambda_.Runtime.PYTHON_3_13, "environment": {"A": "1"}, "timeout": Duration.seconds(9)}
        if more:
            settings["environment"] = {"A": "1", "B": "2"}
            settings["memory_size"] = 256
        fn = lambda_.Function(self, "Fn", handler="index.handler", code=lambda_.Code.from_asset("src"), **settings)
        fn.add_environment("C", "3")
        """
    )
    assert variables(function) == {"A": "1", "B": "2", "C": "3"}
    assert (plain(function.timeout), plain(function.runtime)) == (9, "python3.13")


def test_variables_stand_where_they_are_written() -> None:
    body = (
        FUNCTION.replace("code=", 'environment={\n    "A": "1",\n    "B": "2",\n}, code=')
        + 'fn.add_environment("C", "3")'
    )
    function = only(body)
    lines = str(app(body)["app.py"]).split("\n")
    for name, setting in function.environment:
        assert f'"{name}"' in lines[setting.at.line - 1]


def test_the_environment_of_whoever_deploys_is_no_constant() -> None:
    function = only(FUNCTION.replace("code=", 'environment={"A": os.environ["A"], "B": os.getenv("B", "b")}, code='))
    values = {name: setting.value for name, setting in function.environment}
    assert values["A"] == Parameter("app.py", "env:A")
    assert values["B"] == Parameter("app.py", "env:B", (Constant("b"),))


def test_parameters() -> None:
    found = deployed(
        'level = cdk.CfnParameter(self, "Level", type="String", default="info", allowed_values=["info", "debug"])\n'
        'cdk.CfnParameter(self, "Password", no_echo=True)\n'
        + FUNCTION.replace("code=", 'environment={"LEVEL": level.value_as_string}, code=')
    )
    (function,) = found.functions
    choices = (Constant("info"), Constant("debug"))
    assert [setting.value for _, setting in function.environment] == [Parameter("app.py", "Level", choices, True)]
    assert [(each.id.name, each.no_echo, plain(each.default)) for each in found.parameters] == [
        ("Level", False, "info"),
        ("Password", True, None),
    ]


def test_names_of_resources() -> None:
    found = deployed(
        'sqs.Queue(self, "Queue", queue_name="jobs", visibility_timeout=Duration.minutes(3), fifo=True)\n' + FUNCTION
    )
    (queue,) = found.resources
    assert (queue.kind, queue.type, plain(queue.name)) == ("queue", "AWS::SQS::Queue", "jobs")
    assert plain(queue.setting("VisibilityTimeout")) == 180


def test_one_stack_uses_what_another_makes() -> None:
    files = {
        "cdk.json": CONFIGURED,
        "src/index.py": HANDLER,
        "stacks/__init__.py": "",
        "stacks/storage.py": """
            from aws_cdk import Stack, aws_s3 as s3, aws_sqs as sqs

            class Storage(Stack):
                def __init__(self, scope, id, **kwargs):
                    super().__init__(scope, id, **kwargs)
                    self.bucket = s3.Bucket(self, "Bucket")
                    self._queue = sqs.Queue(self, "Queue")

                @property
                def queue(self):
                    return self._queue
        """,
        "stacks/compute.py": """
            from aws_cdk import Stack, aws_lambda as _lambda, aws_sqs as sqs
            from constructs import Construct

            class Worker(Construct):
                def __init__(self, scope, id, *, queue, **environment):
                    super().__init__(scope, id)
                    self.function = _lambda.Function(self, "Fn", handler="index.handler", environment=environment,
                        runtime=_lambda.Runtime.PYTHON_3_12, code=_lambda.Code.from_asset("src"))
                    self.function.add_environment("QUEUE", queue.queue_url)

            class Compute(Stack):
                def __init__(self, scope, id, storage, bucket, **kwargs):
                    super().__init__(scope, id, **kwargs)
                    self.queue = sqs.Queue(self, "Queue")
                    Worker(self, "First", queue=storage.queue, BUCKET=bucket.bucket_name)
                    Worker(self, "Second", queue=self.queue)
        """,
        "app.py": """
            import aws_cdk as cdk
            from stacks.compute import Compute
            from stacks.storage import Storage

            def main():
                app = cdk.App()
                storage = Storage(app, "Storage")
                Compute(app, "Compute", storage, bucket=storage.bucket)
                app.synth()

            if __name__ == "__main__":
                main()
        """,
    }
    found = {function.id.name: variables(function) for function in deployment(files).functions}
    assert found == {
        "First/Fn": {"BUCKET": "@Bucket.Ref", "QUEUE": "@Storage/Queue.Ref"},
        "Second/Fn": {"QUEUE": "@Compute/Queue.Ref"},
    }


def test_a_stack_for_each_stage() -> None:
    files = app(
        FUNCTION.replace(
            "code=", 'environment={"BUCKET": s3.Bucket(self, "Bucket").bucket_name, "STAGE": stage}, code='
        )
    )
    text = str(files["app.py"]).replace("construct_id, **kwargs):", "construct_id, stage, **kwargs):")
    made = 'for stage in ["dev", "prod"]:\n    MyStack(app, f"my-{stage}", stage)\n'
    found = deployment({**files, "app.py": text.replace('MyStack(app, "MyStack")\n', made)})
    assert {function.id.name: variables(function) for function in found.functions} == {
        "my-dev/Fn": {"BUCKET": "@my-dev/Bucket.Ref", "STAGE": "dev"},
        "my-prod/Fn": {"BUCKET": "@my-prod/Bucket.Ref", "STAGE": "prod"},
    }


def test_things_that_are_made_in_a_loop_are_told_apart() -> None:
    found = deployed(
        """
        for name in ("one", "two"):
            queue = sqs.Queue(self, f"{name}-queue")
            lambda_.Function(self, name, handler="a.b", code=lambda_.Code.from_asset("src"),
                environment={"QUEUE": queue.queue_url})
        """
    )
    assert [variables(function) for function in found.functions] == [
        {"QUEUE": "@one-queue.Ref"},
        {"QUEUE": "@two-queue.Ref"},
    ]


def test_things_without_a_known_name_are_not_the_same() -> None:
    found = deployed(
        """
        queues = [sqs.Queue(self, f"queue-{number}") for number in range(count())]
        lambda_.Function(self, "Fn", handler="a.b", code=lambda_.Code.from_asset("src"),
            environment={"FIRST": queues[0].queue_url})
        """
    )
    assert [variables(function) for function in found.functions] == [{"FIRST": "Unknown"}]


def test_both_arms_make_the_same_thing() -> None:
    function = only(
        'if self.node.try_get_context("fifo"):\n    queue = sqs.Queue(self, "Queue", fifo=True)\n'
        'else:\n    queue = sqs.Queue(self, "Queue")\n'
        + FUNCTION.replace("code=", 'environment={"QUEUE": queue.queue_url}, code=')
    )
    assert variables(function) == {"QUEUE": "@Queue.Ref"}


def test_an_arm_that_the_context_excludes() -> None:
    files = app('if self.node.try_get_context("on"):\n    ' + FUNCTION + 'sqs.Queue(self, "Queue")')
    off = deployment({**files, "cdk.json": '{"app": "python3 app.py", "context": {"on": false}}'})
    assert (off.functions, [each.id.name for each in off.resources]) == ((), ["Queue"])
    assert len(deployment(files).functions) == 1


def test_a_subclass_of_a_construct_is_one() -> None:
    function = only(
        'queue = Jobs(self, "Jobs")\n'
        + FUNCTION.replace("code=", 'environment={"QUEUE": queue.queue_url, "OWN": queue.label}, code='),
        """
        class Jobs(sqs.Queue):
            def __init__(self, scope, id, label="jobs"):
                super().__init__(scope, id, queue_name=label)
                self.label = label
        """,
    )
    assert variables(function) == {"QUEUE": "@Jobs.Ref", "OWN": "jobs"}


def test_a_base_of_ones_own_makes_its_part() -> None:
    found = deployed(
        "self.queue.grant_send_messages(None)\n" + FUNCTION,
    )
    assert [function.id.name for function in found.functions] == ["Fn"]
    files = {
        "cdk.json": CONFIGURED,
        "src/index.py": HANDLER,
        "app.py": IMPORTS
        + """
class Base(Stack):
    def __init__(self, scope, id, prefix, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.queue = sqs.Queue(self, f"{prefix}-queue")

class Mine(Base):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, "my", **kwargs)
        self.fn = lambda_.Function(self, "Fn", handler="index.handler", code=lambda_.Code.from_asset("src"),
            environment={"QUEUE": self.queue.queue_url})

Mine(cdk.App(), "Mine")
""",
    }
    (function,) = deployment(files).functions
    assert variables(function) == {"QUEUE": "@my-queue.Ref"}


def test_a_stack_whose_name_is_put_together_when_the_app_runs() -> None:
    files = app(FUNCTION.replace("code=", 'environment={"BUCKET": s3.Bucket(self, "Bucket").bucket_name}, code='))
    made = 'prefix = os.environ["PREFIX"]\nMyStack(app, f"{prefix}-stack")\n'
    found = deployment({**files, "app.py": str(files["app.py"]).replace('MyStack(app, "MyStack")\n', made)})
    assert {function.id.name: variables(function) for function in found.functions} == {"Fn": {"BUCKET": "@Bucket.Ref"}}

"""The invocation graph: what is in it, under which names, and that it says the same of loops as the findings."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from random import Random

import pytest
from deploy_samples import TEMPLATE, cloudformation, sam
from reviewing import FIXTURES, fixtures, review_folder
from trees import put

from reviewer.config import Config
from reviewer.discover import discover
from reviewer.picture import VERDICTS, Graph, Node, parts
from reviewer.review import review

LOOPS = {"own-trigger-write", "self-invocation", "invocation-cycle"}


def graph_of(root: Path, files: dict[str, str]) -> Graph:
    for path, text in files.items():
        put(root, path, textwrap.dedent(text))
    found = review(discover([root]), Config(), [])
    assert found.graph is not None
    return found.graph()


def told(graph: Graph) -> set[tuple[str, str, str, str]]:
    """Edges in short: source, what it does, target, verdict."""
    names = {node.id: node.name for node in graph.nodes}
    return {(names[edge.source], edge.operation, names[edge.target], edge.verdict) for edge in graph.edges}


SHOP = sam(
    """
    Orders: {Type: AWS::SQS::Queue}
    Paid: {Type: AWS::SNS::Topic}
    Invoices: {Type: AWS::S3::Bucket}
    Ledger: {Type: AWS::DynamoDB::Table}
    Failures: {Type: AWS::SQS::Queue}
    Subscription:
      Type: AWS::SNS::Subscription
      Properties: {TopicArn: !Ref Paid, Protocol: sqs, Endpoint: !GetAtt Orders.Arn, FilterPolicy: {kind: [order]}}
    Bill:
      Type: AWS::Serverless::Function
      Properties:
        Handler: app.handler
        CodeUri: src/
        Runtime: python3.13
        Environment: {Variables: {BUCKET: !Ref Invoices, TABLE: !Ref Ledger, OTHER: !GetAtt Print.Arn}}
        EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failures.Arn}}}
        Events:
          Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
          Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
          Call: {Type: HttpApi}
    Print:
      Type: AWS::Serverless::Function
      Properties:
        Handler: print.handler
        CodeUri: src/
        Runtime: python3.13
        Events:
          Upload:
            Type: S3
            Properties:
              Bucket: !Ref Invoices
              Events: s3:ObjectCreated:*
              Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}
    """
)
BILL = """
    import os
    import boto3

    s3, table = boto3.client("s3"), boto3.resource("dynamodb").Table(os.environ["TABLE"])


    def handler(event, context):
        s3.put_object(Bucket=os.environ["BUCKET"], Key="out/1", Body=b"")
        s3.put_object(Bucket="archive", Key="1", Body=b"")
        s3.put_object(Bucket=event["bucket"], Key="1", Body=b"")
        table.put_item(Item={})
        boto3.client("lambda").invoke(FunctionName=os.environ["OTHER"], InvocationType="Event")
        boto3.client("lambda").invoke(FunctionName="mailer", InvocationType="Event")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Graph:
    idle = "def handler(event, context):\n    pass\n"
    return graph_of(tmp_path, {TEMPLATE: SHOP, "src/app.py": BILL, "src/print.py": idle})


def test_triggers_calls_links_and_destinations_are_edges(shop: Graph) -> None:
    assert told(shop) == {
        ("Orders", "sqs", "Bill", ""),
        ("rate(1 day)", "schedule", "Bill", ""),
        ("ServerlessHttpApi", "http-api", "Bill", ""),
        ("Invoices", "s3", "Print", ""),
        ("Paid", "subscription", "Orders", ""),
        ("Bill", "s3.put_object", "Invoices", ""),
        ("Bill", "s3.put_object", "archive", ""),
        ("Bill", "dynamodb.Table.put_item", "Ledger", ""),
        ("Bill", "lambda.invoke", "Print", ""),
        ("Bill", "lambda.invoke", "mailer", ""),
        ("Bill", "destination-failure", "Failures", ""),
    }
    assert {edge.operation: edge.kind for edge in shop.edges if edge.kind != "call"} == {
        **dict.fromkeys(("sqs", "schedule", "http-api", "s3"), "trigger"),
        "subscription": "link",
        "destination-failure": "destination",
    }


def test_an_edge_has_a_place_and_says_what_it_lets_through(shop: Graph) -> None:
    (uploaded,) = (edge for edge in shop.edges if edge.operation == "s3")
    (subscribed,) = (edge for edge in shop.edges if edge.operation == "subscription")
    (written,) = (edge for edge in shop.edges if edge.operation.startswith("dynamodb"))
    assert (uploaded.filter, subscribed.filter) == ("s3:ObjectCreated:*, prefix in/", '{"kind": ["order"]}')
    assert SHOP.splitlines()[uploaded.at.line - 1].strip() == "Upload:"
    assert textwrap.dedent(BILL).splitlines()[written.at.line - 1].strip() == "table.put_item(Item={})"
    assert written.at.path == "src/app.py"


def test_nodes_have_kinds_and_places_in_the_order_of_the_files(shop: Graph) -> None:
    kinds = [(node.kind, node.name) for node in shop.nodes]
    assert kinds[:5] == [
        ("queue", "Orders"), ("topic", "Paid"), ("bucket", "Invoices"), ("table", "Ledger"), ("queue", "Failures"),
    ]  # fmt: skip
    assert kinds[-2:] == [("bucket", "archive"), ("function", "mailer")]
    assert [node.name for node in shop.nodes if node.at is None] == ["archive", "mailer"]
    assert ("schedule", "rate(1 day)") in kinds


def test_the_graph_does_not_depend_on_the_order_of_sets() -> None:
    """Which differs from process to process."""
    command = [sys.executable, "-m", "reviewer.cli", "graph", str(FIXTURES / "mill-rings"), "--format", "json"]
    first, second = (
        subprocess.check_output(command, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=FIXTURES) for seed in "12"
    )
    assert first == second
    assert b'"rings"' in first


def test_what_is_unknown_is_left_out(tmp_path: Path) -> None:
    code = """
        import boto3
        def handler(event, context):
            boto3.client("s3").put_object(Bucket=event["x"] + "-out", Key="k")
            boto3.client("sqs").send_message(QueueUrl=url(), MessageBody="")
    """
    graph = graph_of(tmp_path, {"app.py": code})
    assert (graph.edges, [node.name for node in graph.nodes]) == ((), ["handler"])


def test_the_same_resource_under_another_name_is_one_node(tmp_path: Path) -> None:
    template = sam(
        """
        Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
        Work:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            CodeUri: src/
            Runtime: python3.13
            Events: {Job: {Type: SQS, Properties: {Queue: "arn:aws:sqs:eu-west-1:111122223333:jobs"}}}
        """
    )
    code = """
        import boto3
        def handler(event, context):
            url = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
            boto3.client("sqs").send_message(QueueUrl=url, MessageBody="")
    """
    graph = graph_of(tmp_path, {TEMPLATE: template, "src/app.py": code})
    assert told(graph) == {("Jobs", "sqs", "Work", "feeds"), ("Work", "sqs.send_message", "Jobs", "feeds")}


def test_a_bucket_named_like_a_function_is_a_bucket(tmp_path: Path) -> None:
    template = sam(
        """
        Photos:
          Type: AWS::Serverless::Function
          Properties: {FunctionName: photos, Handler: app.handler, CodeUri: src/, Runtime: python3.13}
        """
    )
    code = """
        import boto3
        def handler(event, context):
            boto3.client("s3").put_object(Bucket="photos", Key="k")
    """
    graph = graph_of(tmp_path, {TEMPLATE: template, "src/app.py": code})
    assert [(node.kind, node.name) for node in graph.nodes] == [("function", "Photos"), ("bucket", "photos")]


def test_resources_that_have_to_do_with_no_function_are_left_out(tmp_path: Path) -> None:
    template = cloudformation(
        """
        News: {Type: AWS::SNS::Topic}
        Inbox: {Type: AWS::SQS::Queue}
        Delivery:
          Type: AWS::SNS::Subscription
          Properties: {TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt Inbox.Arn}
        Ticks:
          Type: AWS::Events::Rule
          Properties: {EventPattern: {source: [a]}, Targets: [{Id: a, Arn: !GetAtt Inbox.Arn}]}
        Lonely:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Code: {ZipFile: "def handler(event, context): pass"}}
        Started:
          Type: AWS::Lambda::Function
          Properties: {Handler: app.handler, Runtime: python3.13, Code: {ZipFile: "def handler(event, context): pass"}}
        Rule:
          Type: AWS::Events::Rule
          Properties: {EventPattern: {source: [b]}, Targets: [{Id: a, Arn: !GetAtt Started.Arn}]}
        """
    )
    graph = graph_of(tmp_path, {TEMPLATE: template})
    assert told(graph) == {("default", "eventbridge", "Started", "")}
    assert [node.name for node in graph.nodes] == ["Lonely", "Started", "default"]


def test_a_function_without_a_template_gets_its_events_from_somewhere(tmp_path: Path) -> None:
    code = """
        import boto3
        def handler(event, context):
            for record in event["Records"]:
                bucket = record["s3"]["bucket"]["name"]
                boto3.client("s3").put_object(Bucket=bucket, Key="x", Body=b"")
    """
    graph = graph_of(tmp_path, {"app.py": code})
    assert told(graph) == {
        ("handler", "s3.put_object", "the event's bucket", "may feed"),
        ("the event's bucket", "bucket", "handler", "may feed"),
    }
    assert [ring.verdict for ring in graph.rings] == ["may feed"]


def test_a_log_is_drawn_where_something_reads_it(tmp_path: Path) -> None:
    template = sam(
        """
        Lines: {Type: AWS::Logs::LogGroup}
        Quiet: {Type: AWS::Logs::LogGroup}
        Chatty:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            CodeUri: src/
            Runtime: python3.13
            LoggingConfig: {LogGroup: !Ref Lines}
        Silent:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            CodeUri: src/
            Runtime: python3.13
            LoggingConfig: {LogGroup: !Ref Quiet}
            Events: {Line: {Type: CloudWatchLogs, Properties: {LogGroupName: !Ref Lines, FilterPattern: ERROR}}}
        """
    )
    graph = graph_of(tmp_path, {TEMPLATE: template, "src/app.py": IDLE})
    assert told(graph) == {("Chatty", "log", "Lines", ""), ("Lines", "logs", "Silent", "")}


IDLE = "def handler(event, context):\n    pass\n"


def test_what_a_link_tells_no_trigger_tells_again(tmp_path: Path) -> None:
    """A pipe, and a task of a state machine, which are triggers as well."""
    template = sam(
        """
        Jobs: {Type: AWS::SQS::Queue}
        Piped:
          Type: AWS::Serverless::Function
          Properties: {Handler: app.handler, CodeUri: src/, Runtime: python3.13}
        Pipe:
          Type: AWS::Pipes::Pipe
          Properties: {Source: !GetAtt Jobs.Arn, Target: !GetAtt Piped.Arn, RoleArn: "arn:aws:iam::111122223333:role/r"}
        Machine:
          Type: AWS::Serverless::StateMachine
          Properties:
            Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Piped.Arn, End: true}}}
        """
    )
    graph = graph_of(tmp_path, {TEMPLATE: template, "src/app.py": IDLE})
    assert told(graph) == {("Jobs", "pipe", "Piped", ""), ("Machine", "task", "Piped", "")}


def test_a_resource_is_the_same_by_what_a_parameter_can_be(tmp_path: Path) -> None:
    template = sam(
        """
        Work:
          Type: AWS::Serverless::Function
          Properties:
            Handler: app.handler
            CodeUri: src/
            Runtime: python3.13
            Events: {Job: {Type: SQS, Properties: {Queue: !Sub "arn:aws:sqs:eu-west-1:111122223333:${Name}"}}}
        """,
        "Parameters: {Name: {Type: String, Default: jobs}}\n",
    )
    code = """
        import boto3
        def handler(event, context):
            url = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
            boto3.client("sqs").send_message(QueueUrl=url, MessageBody="")
    """
    graph = graph_of(tmp_path, {TEMPLATE: template, "src/app.py": code})
    assert told(graph) == {("${Name}", "sqs", "Work", "feeds"), ("Work", "sqs.send_message", "${Name}", "feeds")}


def test_rings_are_in_order_of_gravity(tmp_path: Path) -> None:
    code = """
        import boto3
        def handler(event, context):
            if event["rounds"] < 3:
                payload = json.dumps({"rounds": event["rounds"] + 1})
                boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=payload)
            boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=b"{}")
    """
    graph = graph_of(tmp_path, {"app.py": "import json\n" + textwrap.dedent(code)})
    assert [ring.verdict for ring in graph.rings] == ["feeds", "bounded"]
    assert [ring.at.line for ring in graph.rings] == [8, 7]


def test_a_function_that_invokes_itself_is_a_ring_of_one_edge(tmp_path: Path) -> None:
    code = """
        import boto3
        def handler(event, context):
            boto3.client("lambda").invoke(FunctionName=context.function_name, InvocationType="Event")
    """
    graph = graph_of(tmp_path, {"app.py": code})
    assert told(graph) == {("handler", "lambda.invoke", "handler", "feeds")}
    assert graph.rings[0].edges == (0,)


@pytest.mark.parametrize("name", fixtures())
def test_rings_are_closed_and_those_of_the_findings(name: str) -> None:
    found = review_folder(FIXTURES / name)
    assert found.graph is not None
    graph = found.graph()
    assert graph is found.graph()
    ids = [node.id for node in graph.nodes]
    assert len(ids) == len(set(ids))
    assert {end for edge in graph.edges for end in (edge.source, edge.target)} <= set(ids)
    hops = [[graph.edges[position] for position in ring.edges] for ring in graph.rings]
    assert all(
        before.target == after.source for ring in hops for before, after in zip(ring[-1:] + ring, ring, strict=False)
    )
    said = {finding.at for finding in (*found.findings, *found.suppressed) if finding.rule in LOOPS}
    assert {ring.at for ring in graph.rings} == said
    for edge in graph.edges:
        verdicts = [ring.verdict for ring, edges in zip(graph.rings, hops, strict=True) if edge in edges]
        assert edge.verdict == max(verdicts, key=VERDICTS.index, default="")


def test_fixtures_have_rings_of_every_verdict() -> None:
    names = ("parcel-retries", "mill-rings", "printer-mono", "ranch-guards")
    graphs = [drawn() for name in names if (drawn := review_folder(FIXTURES / name).graph) is not None]
    assert {ring.verdict for graph in graphs for ring in graph.rings} == set(VERDICTS) - {""}


# --- parts --------------------------------------------------------------------------------------------------------


def test_parts_are_what_edges_connect() -> None:
    random = Random(7)
    for _ in range(50):
        nodes = [Node(str(number), "queue", "") for number in range(random.randint(0, 12))]
        edges = [(random.choice(nodes).id, random.choice(nodes).id) for _ in range(random.randint(0, 9)) if nodes]
        found = list(parts(nodes, edges))
        assert sorted(id for part in found for id in part) == sorted(node.id for node in nodes)
        where = {id: number for number, part in enumerate(found) for id in part}
        assert all(where[source] == where[target] for source, target in edges)
        assert len(found) >= len(nodes) - len(edges)

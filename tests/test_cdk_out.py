"""What `cdk synth` leaves: templates, assets and what they are copies of, the functions of the CDK itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from apps_samples import review
from cdk_samples import FUNCTION, HANDLER, app
from reviewing import told

from reviewer.cli import main
from reviewer.deploy.cdk_out import traced
from reviewer.deploy.model import Deployment

HASH, OTHER, THIRD = "3b" * 32, "9f" * 32, "a0" * 32
OUT = "cdk.out"
MANIFEST = '{"version": "44.0.0", "artifacts": {}}'
SENDER = """\
import os
import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    for record in event["Records"]:
        sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=record["body"])
"""
LOOP = "own-trigger-write"


def function(hashed: str, **more: object) -> dict[str, object]:
    """A function of a synthesised template."""
    bucket = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}
    given = {"Code": {"S3Bucket": bucket, "S3Key": f"{hashed}.zip"}, "Handler": "send.handler", "Runtime": "python3.13"}
    return {"Type": "AWS::Lambda::Function", "Properties": {**given, **more}}


def mapping(of: str) -> dict[str, object]:
    source = {"Fn::GetAtt": ["Queue4A7E3555", "Arn"]}
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": source, "FunctionName": {"Ref": of}},
    }


QUEUE = {"Type": "AWS::SQS::Queue"}
FEEDS_ITSELF = {
    "Queue4A7E3555": QUEUE,
    "Fn9270CBC0": function(HASH, Environment={"Variables": {"QUEUE": {"Ref": "Queue4A7E3555"}}}),
    "Mapping1D2B0E2F": mapping("Fn9270CBC0"),
}


def assets(**files: str) -> str:
    """An asset manifest: paths by hash."""
    entries = {name.lstrip("_"): {"source": {"path": path, "packaging": "zip"}} for name, path in files.items()}
    return json.dumps({"version": "44.0.0", "files": entries})


def output(
    resources: dict[str, object] = FEEDS_ITSELF, copy: str = SENDER, folder: str = OUT
) -> dict[str, str | bytes]:
    """A synthesised app of one stack and one asset."""
    return {
        f"{folder}/manifest.json": MANIFEST,
        f"{folder}/Main.template.json": json.dumps({"Resources": resources}, indent=1),
        f"{folder}/Main.assets.json": assets(**{f"_{HASH}": f"asset.{HASH}"}),
        f"{folder}/asset.{HASH}/send.py": copy,
    }


def loops(files: dict[str, str | bytes]) -> list[tuple[str, int]]:
    """Where the functions of these files feed themselves."""
    return [(path, line) for path, line, rule in told(review(files).findings) if rule == LOOP]


def legacy(metadata: object) -> dict[str, str | bytes]:
    """The app as version 1 of the CDK writes it: parameters name the assets, and the manifest says where they are."""
    files = output()
    del files[f"{OUT}/Main.assets.json"]
    key = {"Ref": f"AssetParameters{HASH}S3VersionKey846CC480"}
    joined = {"Fn::Join": ["", [{"Fn::Select": [0, {"Fn::Split": ["||", key]}]}]]}
    code = {"S3Bucket": {"Ref": f"AssetParameters{HASH}S3BucketD4246C9B"}, "S3Key": joined}
    fn = {"Fn9270CBC0": function(HASH, Environment={"Variables": {"QUEUE": {"Ref": "Queue4A7E3555"}}}, Code=code)}
    manifest = {"version": "21.0.0", "artifacts": {"Main": {"metadata": metadata}}}
    template = json.dumps({"Resources": {**FEEDS_ITSELF, **fn}}, indent=1)
    return files | {f"{OUT}/Main.template.json": template, f"{OUT}/manifest.json": json.dumps(manifest)}


def test_the_output_of_version_1() -> None:
    said = {"type": "aws:cdk:asset", "data": {"path": f"asset.{HASH}", "id": HASH, "packaging": "zip"}}
    files = legacy({"/Main": [{"type": "aws:cdk:logicalId", "data": "x"}, said]})
    assert loops(files) == [(f"{OUT}/asset.{HASH}/send.py", 9)]
    assert loops({"lambda/send.py": SENDER, **files}) == [("lambda/send.py", 9)]


@pytest.mark.parametrize(
    "metadata", [[], {"/Main": 3}, {"/Main": [3, {"type": "aws:cdk:asset"}, {"type": "aws:cdk:asset", "data": [1]}]}]
)
def test_a_manifest_of_version_1_that_says_nothing(metadata: object) -> None:
    assert loops(legacy(metadata)) == []


def test_the_output_alone() -> None:
    assert loops(output()) == [(f"{OUT}/asset.{HASH}/send.py", 9)]


def test_the_output_of_another_name() -> None:
    assert loops(output(folder="synthesised")) == [(f"synthesised/asset.{HASH}/send.py", 9)]


def test_findings_stand_where_an_asset_was_copied_from() -> None:
    assert loops({**output(), "functions/send.py": SENDER}) == [("functions/send.py", 9)]


def test_a_copy_in_the_root() -> None:
    assert loops({**output(), "send.py": SENDER}) == [("send.py", 9)]


def test_a_changed_source_is_not_what_was_synthesised() -> None:
    assert loops({**output(), "functions/send.py": "# new\n" + SENDER}) == [(f"{OUT}/asset.{HASH}/send.py", 9)]


def test_all_files_of_a_copy_have_to_be_the_same() -> None:
    files = {**output(), f"{OUT}/asset.{HASH}/lib/deep.py": "x = 1\n", "functions/send.py": SENDER}
    assert loops(files) == [(f"{OUT}/asset.{HASH}/send.py", 9)]
    assert loops({**files, "functions/lib/deep.py": "x = 1\n"}) == [("functions/send.py", 9)]


def test_the_copy_beside_the_output_goes_before_others() -> None:
    files = output(folder="service/cdk.out")
    sources: dict[str, str | bytes] = {"a/send.py": SENDER, "service/functions/send.py": SENDER}
    assert loops({**files, **sources}) == [("service/functions/send.py", 9)]


def test_the_manifest_of_a_web_page_makes_no_output() -> None:
    files = {**output(), "manifest.json": '{"name": "Shop", "icons": []}', "functions/send.py": SENDER}
    assert loops({**files, "other.py": HANDLER}) == [("functions/send.py", 9)]
    assert review({**files, "other.py": HANDLER}).modules == 2


def test_the_output_is_read_where_git_ignores_it() -> None:
    files = {**output(), ".gitignore": "cdk.out\n*.json\n", "functions/send.py": SENDER}
    assert loops(files) == [("functions/send.py", 9)]


def test_a_folder_of_the_name_without_a_manifest_is_left_out() -> None:
    files = output()
    del files[f"{OUT}/manifest.json"]
    found = review(files)
    assert (found.functions, dict(found.left_out)[OUT]) == (0, "built or installed")


def test_the_output_goes_before_the_source() -> None:
    old = app(FUNCTION.replace("PYTHON_3_13", "PYTHON_3_7"))
    synthesised = output({"Other5B3A2C1D": function(HASH)})
    for files, expected in ((old, 1), ({**old, **synthesised}, 0)):
        rules = [rule for _, _, rule in told(review(files).findings)]
        assert rules.count("deprecated-runtime") == expected


def test_the_output_is_all_there_is() -> None:
    files = {path.removeprefix(f"{OUT}/"): content for path, content in output().items()}
    assert loops(files) == [(f"asset.{HASH}/send.py", 9)]


def test_only_what_functions_use_is_reviewed() -> None:
    files = {
        **output(),
        f"{OUT}/asset.{OTHER}/index.py": "import boto3\ndef handler(event, context):\n    boto3.client('s3')\n",
    }
    assert "client-in-handler" not in {rule for _, _, rule in told(review(files).findings)}


PROVIDERS = [
    "BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691",
    "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A",
    "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F",
    "AWSCDKTriggerCustomResourceProviderCustomResourceProviderHandler97BECD91",
    "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536",
    "AWS679f53fac002430cb0da5b7982bd22872D164C4C",
    "ProviderframeworkonEvent83C1D0A7",
]
OWN = ["LogRetention", "BucketNotificationsHandler1B2C3D4E", "frameworkTests", "AWSReport2D164C4C", "Fn9270CBC0"]
INLINE = {"Code": {"ZipFile": "def handler(event, context):\n  return 1\n"}, "Handler": "index.handler"}


@pytest.mark.parametrize("name", [*PROVIDERS, *OWN])
def test_functions_of_the_cdk_itself(name: str) -> None:
    resources: dict[str, object] = {name: function(HASH, **INLINE), "Queue4A7E3555": QUEUE}
    assert review(output(resources)).functions == (0 if name in PROVIDERS else 1)
    plain = {"template.json": json.dumps({"Resources": resources})}
    assert review(plain).functions == 1


def test_notifications_are_a_custom_resource() -> None:
    resources: dict[str, object] = {
        "Uploads7D2A1F60": {"Type": "AWS::S3::Bucket"},
        "UploadsNotifications5C7E3B12": {
            "Type": "Custom::S3BucketNotifications",
            "Properties": {
                "ServiceToken": {"Fn::GetAtt": [PROVIDERS[0], "Arn"]},
                "BucketName": {"Ref": "Uploads7D2A1F60"},
                "NotificationConfiguration": {
                    "LambdaFunctionConfigurations": [
                        {"Events": ["s3:ObjectCreated:*"], "LambdaFunctionArn": {"Fn::GetAtt": ["Fn9270CBC0", "Arn"]}}
                    ]
                },
            },
        },
        "Fn9270CBC0": function(HASH, Environment={"Variables": {"BUCKET": {"Ref": "Uploads7D2A1F60"}}}),
        PROVIDERS[0]: function(HASH, **INLINE),
    }
    writer = (
        "import os, boto3\ns3 = boto3.client('s3')\ndef handler(event, context):\n"
        "    s3.put_object(Bucket=os.environ['BUCKET'], Key='a', Body=b'')\n"
    )
    assert loops(output(resources, writer)) == [(f"{OUT}/asset.{HASH}/send.py", 4)]


def test_nested_stacks_are_assets() -> None:
    url = {
        "Fn::Join": [
            "",
            ["https://s3.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}, f"/assets/{OTHER}.json"],
        ]
    }
    outer: dict[str, object] = {
        "Queue4A7E3555": QUEUE,
        "Nested": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": url, "Parameters": {"QueueRef": {"Ref": "Queue4A7E3555"}}},
        },
    }
    inner = {
        "Parameters": {"QueueRef": {"Type": "String"}},
        "Resources": {
            "Fn9270CBC0": function(HASH, Environment={"Variables": {"QUEUE": {"Ref": "QueueRef"}}}),
            "Mapping": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "Properties": {"EventSourceArn": {"Ref": "QueueRef"}, "FunctionName": {"Ref": "Fn9270CBC0"}},
            },
        },
    }
    files = {
        **output(outer),
        f"{OUT}/Inner.nested.template.json": json.dumps(inner),
        f"{OUT}/Main.assets.json": assets(**{f"_{HASH}": f"asset.{HASH}", f"_{OTHER}": "Inner.nested.template.json"}),
    }
    assert loops(files) == [(f"{OUT}/asset.{HASH}/send.py", 9)]


def test_stages_keep_their_templates_in_folders_of_their_own() -> None:
    files = {
        f"{OUT}/manifest.json": MANIFEST,
        f"{OUT}/assembly-Prod/manifest.json": MANIFEST,
        f"{OUT}/assembly-Prod/Main.template.json": json.dumps({"Resources": FEEDS_ITSELF}),
        f"{OUT}/assembly-Prod/Main.assets.json": assets(**{f"_{HASH}": f"../asset.{HASH}"}),
        f"{OUT}/asset.{HASH}/send.py": SENDER,
    }
    assert loops({**files, "src/send.py": SENDER}) == [("src/send.py", 9)]


def test_layers_are_traced_too() -> None:
    resources = {
        **FEEDS_ITSELF,
        "Fn9270CBC0": function(
            HASH, Environment={"Variables": {"QUEUE": {"Ref": "Queue4A7E3555"}}}, Layers=[{"Ref": "Layer"}]
        ),
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "b", "S3Key": f"{OTHER}.zip"}},
        },
    }
    handler = "from senders import send\ndef handler(event, context):\n    for record in event['Records']:\n        send(record)\n"
    sender = SENDER.replace("def handler(event, context):", "def send(record):").replace(
        '    for record in event["Records"]:\n        sqs', "    sqs"
    )
    files = {
        **output(resources, handler),
        f"{OUT}/Main.assets.json": assets(**{f"_{HASH}": f"asset.{HASH}", f"_{OTHER}": f"asset.{OTHER}"}),
        f"{OUT}/asset.{OTHER}/python/senders.py": sender,
        "layer/python/senders.py": sender,
        "src/send.py": handler,
    }
    assert loops(files) == [("layer/python/senders.py", 8)]


MANIFESTS = {
    "no JSON": "{",
    "a list": "[]",
    "deep": "[" * 100_000,
    "no files": '{"files": 3}',
    "entries of another kind": f'{{"files": {{"{HASH}": [], "x": {{}}, "{OTHER}": {{"source": {{"path": 3}}}}}}}}',
    "out of the tree": assets(**{f"_{HASH}": "../../../../etc", f"_{OTHER}": "/etc", f"_{THIRD}": "a\0b"}),
    "not there": assets(**{f"_{HASH}": "asset.none"}),
    "bytes": "\udcff",
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_manifests_that_cannot_be_used(case: str) -> None:
    manifest = MANIFESTS[case].encode("utf-8", "surrogateescape")
    files = {**output(), f"{OUT}/Main.assets.json": manifest}
    found = review(files)
    assert (found.errors, found.functions) == ((), 1)
    assert LOOP not in {rule for _, _, rule in told(found.findings)}
    assert review({**files, f"{OUT}/manifest.json": manifest}).errors == ()


def test_trees_without_an_output_stay_as_they_are() -> None:
    deployment = Deployment(templates=("template.yaml",))
    assert traced(deployment, ("a.py",), ("template.yaml", "a.assets.json"), lambda _: b"") == (deployment, ("a.py",))


def test_an_archive_is_out_of_sight() -> None:
    files = {
        **output(),
        f"{OUT}/Main.assets.json": assets(**{f"_{HASH}": f"asset.{HASH}.zip"}),
        f"{OUT}/asset.{HASH}.zip": b"PK\3\4",
    }
    assert loops(files) == []


# --- an output that lies elsewhere --------------------------------------------------------------------------------


@pytest.fixture
def synthesised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: an app of an old runtime, and in a hidden folder what was synthesised of a newer one."""
    (tmp_path / ".git").mkdir()
    files = {**app(FUNCTION.replace("PYTHON_3_13", "PYTHON_3_7")), **output(folder=".build/cdk"), "fn/send.py": SENDER}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(str(content))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str]]:
    """The findings of a run of the command line: file and rule."""
    assert main([*arguments, "--format", "json"]) == 1
    return [(each["path"], each["rule"]) for each in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.usefixtures("synthesised")
def test_an_output_elsewhere_takes_the_place_of_the_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(capsys, ".") == [("app.py", "deprecated-runtime")]
    assert rules(capsys, ".", "--cdk-out", ".build/cdk") == [("fn/send.py", LOOP)]
    assert main(["graph", ".", "--cdk-out", ".build/cdk"]) == 0
    assert "Queue4A7E3555" in capsys.readouterr().out


def test_an_output_beside_one_app_says_nothing_of_another(
    synthesised: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, content in app(FUNCTION.replace("PYTHON_3_13", "PYTHON_3_8")).items():
        (synthesised / "other" / path).parent.mkdir(parents=True, exist_ok=True)
        (synthesised / "other" / path).write_text(str(content))
    found = rules(capsys, ".", "--cdk-out", ".build/cdk")
    assert found == [("fn/send.py", LOOP), ("other/app.py", "deprecated-runtime")]


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("nowhere", "--cdk-out nowhere: no such folder"),
        ("fn", "--cdk-out fn: it holds no manifest.json, which `cdk synth` writes"),
        ("../outside", "--cdk-out ../outside: it lies outside of the reviewed tree"),
    ],
)
def test_what_is_no_output(synthesised: Path, folder: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    outside = synthesised.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "manifest.json").write_text(MANIFEST)
    assert main([".", "--cdk-out", folder]) == 2
    assert said in capsys.readouterr().err

"""Functions of CloudFormation and SAM templates, their code, and resources."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploy_samples import TEMPLATE, cloudformation, deployed, function, lines, ref, resource, sam, value, values

from reviewer.deploy.model import Code, Deployment, Function
from reviewer.finding import Location
from reviewer.value import UNKNOWN, Constant, OneOf, Parameter, Pseudo, Table, string, text

FILES = {"src/app.py": "", "lib/python/shared.py": "", "a.zip": ""}


def one(root: Path, kind: str, properties: str, more: str = "") -> Function:
    """A function with these properties, beside a few folders."""
    written = f"It:\n  Type: AWS::{kind}::Function\n  Properties: {properties}\n"
    make = sam if kind == "Serverless" else cloudformation
    return deployed(root, make(written, more), unlisted=FILES).functions[0]


def code(found: Function) -> Code:
    assert found.code is not None
    return found.code.value


def test_settings_of_cloudformation(tmp_path: Path) -> None:
    template = cloudformation(
        """
        It:
          Type: AWS::Lambda::Function
          Properties:
            FunctionName: !Sub ${AWS::StackName}-it
            Handler: app.handler
            Runtime: python3.13
            Timeout: 30
            MemorySize: "512"
            Architectures: [arm64]
            Layers: [!Ref Layer, "arn:aws:lambda:eu-west-1:111122223333:layer:money:3"]
            Role: !GetAtt Role.Arn
            ReservedConcurrentExecutions: 0
            CodeSigningConfigArn: !Ref Signing
            RecursiveLoop: Allow
            DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}
            LoggingConfig: {LogGroup: /shop/it}
            FileSystemConfigs: [{Arn: x, LocalMountPath: /mnt/data}]
            Code: src
            Environment:
              Variables:
                TEXT: a
                NUMBER: 5
                TRUTH: true
                NOTHING:
                ABSENT: !Ref AWS::NoValue
                EITHER: !If [C, 1, !Ref Queue]
        """
    )
    found = deployed(tmp_path, template, unlisted=FILES).functions[0]
    assert (found.id, found.dialect, found.package) == ((TEMPLATE, "It"), "cloudformation", "Zip")
    assert found.at == Location(TEMPLATE, 3, 3, 3, 5)
    assert string(value(found.handler)) == "app.handler"
    assert lines(found.handler) == (7, 16, 7, 27)
    assert [value(setting) for setting in (found.timeout, found.memory, found.reserved_concurrency)] == [
        Constant(30),
        Constant("512"),
        Constant(0),
    ]
    assert values(found.architectures) == [Constant("arm64")]
    assert values(found.layers)[0] == ref("Layer")
    assert value(found.role) == ref("Role", "Arn")
    assert value(found.code_signing) == ref("Signing")
    assert value(found.recursive_loop) == Constant("Allow")
    assert value(found.dead_letter) == ref("Dead", "Arn")
    assert value(found.log_group) == Constant("/shop/it")
    assert values(found.mounts) == [Constant("/mnt/data")]
    assert code(found) == Code(folder="src")
    assert {name: setting.value for name, setting in found.environment} == {
        "TEXT": Constant("a"),
        "NUMBER": Constant("5"),
        "TRUTH": Constant("true"),
        "NOTHING": Constant(""),
        "EITHER": OneOf((Constant("1"), ref("Queue"))),
    }
    assert found.variable("TEXT") is not None
    assert found.variable("ABSENT") is None


def test_what_is_left_out_is_none(tmp_path: Path) -> None:
    found = one(tmp_path, "Lambda", "{Handler: !Ref AWS::NoValue}")
    assert found.handler is found.timeout is found.code is found.role is None
    assert found.environment == found.layers == found.policies == ()
    assert deployed(tmp_path, cloudformation("It: {Type: AWS::Lambda::Function}")).functions[0].runtime is None


def test_settings_under_conditions(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        "Lambda",
        "{Environment: !If [C, {Variables: {A: x}}, {Variables: !If [D, {A: y, B: z}, !Ref AWS::NoValue]}], "
        "Layers: !If [C, [a], [b]]}",
    )
    assert {name: setting.value for name, setting in found.environment} == {
        "A": OneOf((Constant("x"), Constant("y"))),
        "B": Constant("z"),
    }
    assert values(found.layers) == [Constant("a"), Constant("b")]


@pytest.mark.parametrize(
    ("written", "folder"),
    [
        ("src/", "src"),
        ("./src", "src"),
        (".", ""),
        ("src/app.py", "src/app.py"),
        ("lib/../src", "src"),
        ("!Ref P", "src"),
    ],
)
@pytest.mark.parametrize("kind", ["Serverless", "Lambda"])
def test_local_code(tmp_path: Path, kind: str, written: str, folder: str) -> None:
    name = "CodeUri" if kind == "Serverless" else "Code"
    more = "Parameters: {P: {Type: String, Default: src}}\n"
    assert code(one(tmp_path, kind, f"{{{name}: {written}}}", more)) == Code(folder=folder)


@pytest.mark.parametrize(
    "written",
    [
        "../out", "/etc", "src/../../..", "s3://b/k.zip", "https://s3/b/k.zip", "a.zip", "no/such",
        "{Bucket: b, Key: k}", "!Ref P", "!Sub '${P}/x'", "!GetAtt A.B", '"\\0"', "''", "'..\\..\\x'",
        "file:///etc", "target/fn.jar",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["Serverless", "Lambda"])
def test_code_that_is_elsewhere(tmp_path: Path, kind: str, written: str) -> None:
    name = "CodeUri" if kind == "Serverless" else "Code"
    (tmp_path / "out").mkdir()
    found = code(one(tmp_path / "root", kind, f"{{{name}: {written}}}", "Parameters: {P: {Type: String}}\n"))
    assert found.folder is found.inline is None
    assert found.elsewhere


def test_code_is_relative_to_its_template(tmp_path: Path) -> None:
    template = sam("It: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../../src}}")
    found = deployed(tmp_path, {"deploy/stacks/t.yaml": template}, unlisted=FILES)
    assert code(found.functions[0]) == Code(folder="src")


def test_sam_takes_the_folder_of_the_template_when_no_code_is_named(tmp_path: Path) -> None:
    template = sam("It: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}")
    found = deployed(tmp_path, {"shop/t.yaml": template}).functions[0]
    assert code(found) == Code(folder="shop")
    assert lines(found.code) == (4, 3, 4, 5)


@pytest.mark.parametrize(
    ("handler", "folder"),
    [("app.f", "src"), ("in/app.f", "src"), ("in.app.f", "src"), ("other.f", None), ("..x.f", None)],
)
def test_the_source_of_a_package_that_is_made_by_hand(tmp_path: Path, handler: str, folder: str | None) -> None:
    resources = f"It: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: src/app.zip, Handler: {handler}}}}}"
    found = deployed(tmp_path, sam(resources), unlisted={"src/app.py": "", "src/in/app.py": ""}).functions[0]
    assert code(found).folder == folder


def test_links_out_of_the_tree_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (tmp_path / "outside").mkdir()
    root.mkdir()
    (root / "src").symlink_to(tmp_path / "outside")
    (root / "real").mkdir()
    (root / "inner").symlink_to(root / "real")
    template = sam(
        """
        Out: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}
        In: {Type: AWS::Serverless::Function, Properties: {CodeUri: inner}}
        """
    )
    found = deployed(root, template)
    assert code(function(found, "Out")).folder is None
    assert code(function(found, "In")).folder == "inner"


def test_images(tmp_path: Path) -> None:
    for kind, properties in (
        ("Lambda", "{Code: {ImageUri: r/i:1}, ImageConfig: {Command: [app.handler]}}"),
        ("Serverless", "{ImageUri: r/i:1, ImageConfig: {Command: [app.handler]}}"),
        ("Serverless", "{PackageType: Image, ImageConfig: {Command: [app.handler]}}"),
    ):
        found = one(tmp_path, kind, properties)
        assert (found.package, code(found).elsewhere) == ("Image", "a container image")
        assert value(found.handler) == Constant("app.handler")


# --- inline code --------------------------------------------------------------------------------------------------

INLINE = """\
Resources:
  It:
    Type: AWS::Lambda::Function
    Properties:
      Code:
        ZipFile: {written}
"""


@pytest.mark.parametrize(
    ("written", "inline", "block", "line", "column"),
    [
        ("|\n          import os\n\n          x = 1\n", "import os\n\nx = 1\n", True, 7, 11),
        ("|\n\n            x = 1\n", "\nx = 1\n", True, 7, 13),
        ("!Sub |\n          x = '${It}'  # ${!it}\n", "x = '${It}'  # ${it}\n", True, 7, 11),
        ("\n          Fn::Sub: |\n            x = 1\n", "x = 1\n", True, 8, 13),
        ("!Sub\n          - |\n            x = '${A}'\n          - A: b\n", "x = '${A}'\n", True, 8, 13),
        (">\n          x = 1\n", "x = 1\n", False, 6, 18),
        ('"x = 1\\ny = 2"', "x = 1\ny = 2", False, 6, 18),
        ("x = 1", "x = 1", False, 6, 18),
        (
            "!Join\n          - \"\\n\"\n          - - import os\n            - !Sub q = '${Q.Arn}'\n"
            "            - !Ref AWS::Region\n",
            "import os\nq = '${Q.Arn}'\n${AWS::Region}",
            False,
            6,
            18,
        ),
    ],
)
def test_inline_code(tmp_path: Path, *, written: str, inline: str, block: bool, line: int, column: int) -> None:
    found = deployed(tmp_path, INLINE.replace("{written}", written)).functions[0]
    assert code(found) == Code(inline=inline, block=block, substituted="Sub" in written or "Join" in written)
    assert lines(found.code)[:2] == (line, column)


def test_inline_code_of_sam_and_json(tmp_path: Path) -> None:
    assert code(one(tmp_path, "Serverless", '{InlineCode: "x = 1"}')) == Code(inline="x = 1")
    lines = '{"ZipFile": {"Fn::Join": ["\\n", ["a", "b"]]}}'
    template = f'{{"Resources": {{"It": {{"Type": "AWS::Lambda::Function", "Properties": {{"Code": {lines}}}}}}}}}'
    assert code(deployed(tmp_path, {"t.template": template}).functions[0]) == Code(inline="a\nb", substituted=True)


def test_the_lines_of_a_block_are_lines_of_the_file(tmp_path: Path) -> None:
    content = ["import os", "", "def handler(event, context):", "    return os.name", "", "# end"]
    block = "|\n" + "\n".join(f"          {line}".rstrip() for line in content) + "\n"
    text = INLINE.replace("{written}", block)
    found = deployed(tmp_path, text).functions[0]
    line, column, *_ = lines(found.code)
    below = text.split("\n")[line - 1 :]
    inline = code(found).inline
    assert inline is not None
    assert [row[column - 1 :] for row in below[: len(content)]] == inline.rstrip("\n").split("\n") == content


# --- what other resources set -------------------------------------------------------------------------------------


def test_settings_by_other_resources(tmp_path: Path) -> None:
    found = deployed(
        tmp_path,
        cloudformation(
            """
            It: {Type: AWS::Lambda::Function}
            Config:
              Type: AWS::Lambda::EventInvokeConfig
              Properties:
                FunctionName: !Ref It
                Qualifier: $LATEST
                DestinationConfig: {OnSuccess: {Destination: !Ref Good}, OnFailure: {Destination: !GetAtt Dead.Arn}}
            Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !GetAtt It.Arn, AuthType: NONE}}
            """
        ),
    ).functions[0]
    assert [value(each) for each in (found.on_success, found.on_failure, found.url_auth)] == [
        ref("Good"),
        ref("Dead", "Arn"),
        Constant("NONE"),
    ]


# --- resources ----------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Deployment:
    return deployed(
        tmp_path,
        sam(
            """
            Photos:
              Type: AWS::S3::Bucket
              Properties:
                BucketName: !Sub ${AWS::AccountId}-photos
            Jobs:
              Type: AWS::SQS::Queue
              Properties:
                VisibilityTimeout: 30
                RedrivePolicy:
                  deadLetterTargetArn: !GetAtt Dead.Arn
                  maxReceiveCount: 3
            Rule:
              Type: AWS::Events::Rule
              Properties:
                Targets:
                  - {Id: a, Arn: !GetAtt Jobs.Arn}
            Live: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: x, FunctionVersion: $LATEST}}
            Items: {Type: AWS::Serverless::SimpleTable}
            Common: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: lib}}
            Thing: {Type: AWS::EC2::Instance}
            """
        ),
        unlisted=FILES,
    )


def test_kinds_and_names(shop: Deployment) -> None:
    assert {each.id.name: each.kind for each in shop.resources} == {
        "Photos": "bucket",
        "Jobs": "queue",
        "Rule": "rule",
        "Live": "function-alias",
        "Items": "table",
        "Common": "layer",
        "Thing": "other",
    }
    assert value(resource(shop, "Photos").name) == text([Pseudo("AWS::AccountId"), Constant("-photos")])
    assert resource(shop, "Jobs").name is None
    layer = resource(shop, "Common").code
    assert layer is not None
    assert layer.value == Code(folder="lib")


def test_properties_and_their_places(shop: Deployment) -> None:
    jobs = resource(shop, "Jobs")
    timeout = jobs.setting("VisibilityTimeout")
    assert (value(timeout), lines(timeout)) == (Constant(30), (11, 26, 11, 28))
    assert value(jobs.setting("RedrivePolicy.maxReceiveCount")) == Constant(3)
    assert value(resource(shop, "Rule").setting("Targets.0.Arn")) == ref("Jobs", "Arn")
    assert jobs.setting("DelaySeconds") is None
    assert jobs.setting("RedrivePolicy.maxReceiveCount.x") is None
    assert resource(shop, "Rule").setting("Targets.1") is None
    assert resource(shop, "Thing").properties is None
    assert isinstance(jobs.properties, Table)


def test_parameters(tmp_path: Path) -> None:
    more = """
        Parameters:
          Token: {Type: String}
          Password:
            Type: String
            NoEcho: true
            Default: hunter2
          Hidden: {NoEcho: "True"}
          Broken: text
        """
    found = deployed(tmp_path, cloudformation("It: {Type: AWS::X::Y}", more)).parameters
    assert [(each.id.name, each.type, each.no_echo) for each in found] == [
        ("Token", "String", False),
        ("Password", "String", True),
        ("Hidden", "String", True),
    ]
    assert found[1].default is not None
    assert (value(found[1].default), lines(found[1].default)) == (Constant("hunter2"), (7, 14, 7, 21))
    assert found[1].at == Location(TEMPLATE, 4, 3, 4, 11)


def test_a_destination_that_only_has_a_type_is_unknown(tmp_path: Path) -> None:
    found = one(tmp_path, "Serverless", "{EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}}")
    assert value(found.on_failure) == UNKNOWN
    assert found.on_success is None


def test_only_a_makefile_makes_files_that_the_folder_lacks(tmp_path: Path) -> None:
    template = sam(
        """
        Made: {Type: AWS::Serverless::Function, Metadata: {BuildMethod: makefile}}
        Packed: {Type: AWS::Serverless::Function, Metadata: {BuildMethod: python-uv}}
        Plain: {Type: AWS::Serverless::Function}
        """
    )
    assert [each.built for each in deployed(tmp_path, template).functions] == [True, False, False]


def test_a_parameter_stays_one(tmp_path: Path) -> None:
    found = one(tmp_path, "Lambda", "{Runtime: !Ref R}", "Parameters: {R: {Type: String, Default: python3.9}}\n")
    assert value(found.runtime) == Parameter(TEMPLATE, "R", (Constant("python3.9"),))

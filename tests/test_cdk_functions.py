"""CDK apps that nobody synthesised: functions, their settings and their code."""

from __future__ import annotations

import pytest
from apps_samples import deployment
from cdk_samples import CONFIGURED, FUNCTION, HANDLER, app, deployed, only, plain, variables

from reviewer.deploy.model import Code

MADE = (
    'lambda_.Function(self, "Fn", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", '
    'code=lambda_.Code.from_asset("src"), {more})\n'
)

SETTINGS: dict[str, tuple[str, str, object]] = {
    "name": ('function_name="orders"', "name", "orders"),
    "timeout": ("timeout=Duration.seconds(30)", "timeout", 30),
    "minutes": ("timeout=Duration.minutes(5)", "timeout", 300),
    "memory": ("memory_size=512", "memory", 512),
    "concurrency": ("reserved_concurrent_executions=2", "reserved_concurrency", 2),
    "recursion": ("recursive_loop=lambda_.RecursiveLoop.ALLOW", "recursive_loop", "Allow"),
    "dead letters": ('dead_letter_queue=sqs.Queue(self, "Dead")', "dead_letter", "@Dead.Arn"),
    "dead letter topic": ('dead_letter_topic=sns.Topic(self, "Dead")', "dead_letter", "@Dead.Ref"),
    "signing": (
        'code_signing_config=lambda_.CodeSigningConfig(self, "Signing", signing_profiles=[])',
        "code_signing",
        "@Signing.Ref",
    ),
    "log group": ('log_group=logs.LogGroup(self, "Group")', "log_group", "@Group.Ref"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_a_setting(case: str) -> None:
    written, field, expected = SETTINGS[case]
    setting = getattr(only(MADE.format(more=written)), field)
    assert plain(setting) == expected
    assert setting.at.path == "app.py"


RUNTIMES = {
    "PYTHON_3_9": "python3.9",
    "PYTHON_3_14": "python3.14",
    "NODEJS_20_X": "nodejs20.x",
    "JAVA_21": "java21",
    "PROVIDED_AL2023": "provided.al2023",
    "NODEJS_LATEST": "Unknown",
}


@pytest.mark.parametrize("member", RUNTIMES)
def test_runtimes(member: str) -> None:
    function = only(FUNCTION.replace("PYTHON_3_13", member))
    assert plain(function.runtime) == RUNTIMES[member]


def test_a_function_says_where_it_is_written() -> None:
    function = only(FUNCTION)
    lines = str(app(FUNCTION)["app.py"]).split("\n")
    assert function.id == ("app.py", "Fn")
    assert function.dialect == "cdk"
    assert function.handler is not None
    for at, written in ((function.at, '"Fn"'), (function.handler.at, '"index.handler"')):
        assert (at.path, lines[at.line - 1][at.column - 1 : at.end_column - 1]) == ("app.py", written)


def test_columns_count_characters() -> None:
    function = only('name = "ö" ; ' + FUNCTION)
    (line,) = (line for line in str(app('name = "ö" ; ' + FUNCTION)["app.py"]).split("\n") if "ö" in line)
    assert line[function.at.column - 1 : function.at.end_column - 1] == '"Fn"'


# --- code ---------------------------------------------------------------------------------------------------------

FOLDERS = {
    "asset": 'lambda_.Code.from_asset("src")',
    "asset by name": 'lambda_.Code.from_asset(path="src")',
    "old name": 'lambda_.Code.asset("src")',
    "class": 'lambda_.AssetCode("./src/")',
    "os.path": 'lambda_.Code.from_asset(os.path.join(os.path.dirname(__file__), "src"))',
    "absolute": 'lambda_.Code.from_asset(os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))',
    "working directory": 'lambda_.Code.from_asset(os.path.join(os.getcwd(), "src"))',
    "pathlib": 'lambda_.Code.from_asset(str(Path(__file__).parent / "src"))',
    "resolved": 'lambda_.Code.from_asset(str(Path(__file__).resolve().parents[0] / "src"))',
    "f-string": 'lambda_.Code.from_asset(f"{os.path.dirname(__file__)}/src")',
    "joined": 'lambda_.Code.from_asset(Path.cwd().joinpath("src").as_posix())',
}


@pytest.mark.parametrize("case", FOLDERS)
def test_code_in_a_folder(case: str) -> None:
    function = only(FUNCTION.replace('lambda_.Code.from_asset("src")', FOLDERS[case]))
    assert function.code is not None
    assert function.code.value == Code(folder="src")


def test_code_in_a_folder_is_relative_to_where_the_app_runs() -> None:
    files = app(FUNCTION)
    moved = {f"infra/{path}": content for path, content in files.items()}
    nested = {"infra/cdk.json": '{"app": "python -m venv; .venv/bin/python3 stacks/app.py"}'}
    nested["infra/stacks/app.py"] = str(moved.pop("infra/app.py"))
    (function,) = deployment({**moved, **nested}).functions
    assert function.code is not None
    assert function.code.value == Code(folder="infra/src")
    assert function.id.stack == "infra/stacks/app.py"


def test_code_of_a_python_function() -> None:
    found = only(
        'python.PythonFunction(self, "Fn", entry="src", index="app/main.py", handler="run", '
        "runtime=lambda_.Runtime.PYTHON_3_12)"
    )
    assert plain(found.handler) == "app/main.run"
    assert found.code is not None
    assert found.code.value == Code(folder="src")
    assert plain(only('python.PythonFunction(self, "Fn", entry="src")').handler) == "index.handler"


@pytest.mark.parametrize("made", ["lambda_.Code.from_inline(CODE)", "lambda_.InlineCode(code=CODE)"])
def test_code_in_the_source(made: str) -> None:
    before = f'CODE = """\n{HANDLER}"""'
    body = FUNCTION.replace('lambda_.Code.from_asset("src")', made)
    function = only(body, before)
    lines = str(app(body, before)["app.py"]).split("\n")
    assert function.code is not None
    code = function.code.value
    assert (code.inline, code.block) == ("\n" + HANDLER, True)
    assert code.inline is not None
    at = function.code.at
    assert (at.path, lines[at.line : at.line + 2]) == ("app.py", code.inline.split("\n")[1:3])


def test_code_in_the_source_with_an_indent() -> None:
    body = FUNCTION.replace('lambda_.Code.from_asset("src")', "lambda_.Code.from_inline(textwrap.dedent(CODE))")
    function = only(body, 'import textwrap\nCODE = """\n    def handler(event, context):\n        return 1\n    """')
    assert function.code is not None
    assert function.code.value.inline == "\n" + HANDLER
    assert function.code.at.column == 5


def test_code_that_escapes_make_stands_at_its_text() -> None:
    function = only(FUNCTION.replace('lambda_.Code.from_asset("src")', r'lambda_.InlineCode("a\nb\n")'))
    assert function.code is not None
    assert (function.code.value.inline, function.code.value.block) == ("a\nb\n", False)


@pytest.mark.parametrize("opened", ['open("src/index.py").read()', 'Path("src/index.py").read_text()'])
def test_code_that_the_app_reads_stands_in_its_file(opened: str) -> None:
    function = only(FUNCTION.replace('lambda_.Code.from_asset("src")', f"lambda_.InlineCode({opened})"))
    assert function.code is not None
    assert function.code.value.inline == HANDLER
    assert (function.code.at.path, function.code.at.line) == ("src/index.py", 1)


ELSEWHERE = {
    "bucket": 'lambda_.Code.from_bucket(s3.Bucket(self, "B"), "key.zip")',
    "built": "lambda_.Code.from_asset(build())",
    "archive": 'lambda_.Code.from_asset("dist/code.zip")',
    "not there": 'lambda_.Code.from_asset("dist")',
    "outside": 'lambda_.Code.from_asset("/etc")',
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_code_elsewhere(case: str) -> None:
    function = only(FUNCTION.replace('lambda_.Code.from_asset("src")', ELSEWHERE[case]))
    assert function.code is not None
    assert function.code.value.folder is None
    assert function.code.value.elsewhere


def test_code_that_cannot_be_told_is_named() -> None:
    found = deployed(FUNCTION.replace('lambda_.Code.from_asset("src")', "build()"))
    ((path, reason),) = found.left_out
    assert path == "app.py"
    assert "`Fn`" in reason


@pytest.mark.parametrize(
    "made",
    [
        'lambda_.DockerImageFunction(self, "Fn", code=lambda_.DockerImageCode.from_image_asset("src"))',
        'lambda_.Function(self, "Fn", code=lambda_.EcrImageCode.from_asset_image("src"), '
        "handler=lambda_.Handler.FROM_IMAGE, runtime=lambda_.Runtime.FROM_IMAGE)",
    ],
)
def test_an_image_is_no_zip(made: str) -> None:
    function = only(made)
    assert (function.package, function.handler, function.runtime) == ("Image", None, None)
    assert function.code is not None
    assert function.code.value.folder is None


def test_bundling_builds_the_package() -> None:
    asset = (
        'lambda_.Code.from_asset("src", bundling=cdk.BundlingOptions(image=lambda_.Runtime.PYTHON_3_12.bundling_image))'
    )
    assert only(FUNCTION.replace('lambda_.Code.from_asset("src")', asset)).built
    assert not only(FUNCTION).built


def test_layers() -> None:
    found = deployed(
        'layer = lambda_.LayerVersion(self, "Layer", code=lambda_.Code.from_asset("layer"))\n'
        'known = lambda_.LayerVersion.from_layer_version_arn(self, "Known", "arn:aws:lambda:x:1:layer:y:3")\n'
        + MADE.format(more="layers=[layer]")
        + "self.node.children\n"
    )
    (function,) = found.functions
    assert [plain(layer) for layer in function.layers] == ["@Layer.Ref"]
    more = only(
        'known = lambda_.LayerVersion.from_layer_version_arn(self, "Known", "arn:aws:lambda:x:1:layer:y:3")\n'
        + FUNCTION
        + "fn.add_layers(known)\n"
    )
    assert [plain(layer) for layer in more.layers] == ["arn:aws:lambda:x:1:layer:y:3"]


def test_a_layer_of_the_tree_is_imported_from() -> None:
    files = app(
        'layer = lambda_.LayerVersion(self, "Layer", code=lambda_.Code.from_asset("layer"))\n'
        + MADE.format(more="layers=[layer]")
    )
    found = deployment({**files, "layer/python/shared.py": "x = 1\n"})
    (layer,) = (each for each in found.resources if each.kind == "layer")
    assert layer.code is not None
    assert layer.code.value == Code(folder="layer")


def test_the_first_level() -> None:
    function = only(
        """
        lambda_.CfnFunction(self, "Raw", role="arn", runtime="python3.12", handler="index.handler", timeout=7,
            code=lambda_.CfnFunction.CodeProperty(zip_file="def handler(event, context): pass"),
            environment=lambda_.CfnFunction.EnvironmentProperty(variables={"my_key": "value"}))
        """
    )
    assert plain(function.timeout) == 7
    assert variables(function) == {"my_key": "value"}
    assert function.code is not None
    assert function.code.value.inline == "def handler(event, context): pass"


def test_the_first_level_with_dicts() -> None:
    function = only(
        'lambda_.CfnFunction(self, "Raw", role="arn", handler="index.handler", code={"zipFile": "x = 1"}, '
        'environment={"variables": {"myKey": "value"}})'
    )
    assert variables(function) == {"myKey": "value"}
    assert function.code is not None
    assert function.code.value.inline == "x = 1"


# --- ways to import and to make -------------------------------------------------------------------------------------

PARTS = 'runtime={runtime}, handler="index.handler", code={code}'
IMPORTED = {
    "module": ("from aws_cdk import aws_lambda", "aws_lambda.Function", "aws_lambda.Runtime", "aws_lambda.Code"),
    "alias": ("from aws_cdk import aws_lambda as _l", "_l.Function", "_l.Runtime", "_l.Code"),
    "dotted": ("import aws_cdk.aws_lambda as fns", "fns.Function", "fns.Runtime", "fns.Code"),
    "names": ("from aws_cdk.aws_lambda import Code, Function, Runtime", "Function", "Runtime", "Code"),
    "library": (
        "import aws_cdk",
        "aws_cdk.aws_lambda.Function",
        "aws_cdk.aws_lambda.Runtime",
        "aws_cdk.aws_lambda.Code",
    ),
    "star": ("from aws_cdk.aws_lambda import *", "Function", "Runtime", "Code"),
}


@pytest.mark.parametrize("case", IMPORTED)
def test_imports(case: str) -> None:
    imported, function, runtime, code = IMPORTED[case]
    parts = PARTS.format(runtime=f"{runtime}.PYTHON_3_12", code=f'{code}.from_asset("src")')
    found = only(f'{function}(self, "Fn", {parts}, timeout=Duration.seconds(3))', imported)
    assert (plain(found.runtime), plain(found.handler), plain(found.timeout)) == ("python3.12", "index.handler", 3)


def test_the_first_major_version() -> None:
    files = {
        "cdk.json": CONFIGURED,
        "src/index.py": HANDLER,
        "app.py": """
            from aws_cdk import core
            from aws_cdk import aws_lambda as _lambda

            class Old(core.Stack):
                def __init__(self, scope: core.Construct, id: str, **kwargs) -> None:
                    super().__init__(scope, id, **kwargs)
                    _lambda.Function(self, "Fn", runtime=_lambda.Runtime.PYTHON_3_8, handler="index.handler",
                        code=_lambda.Code.asset("src"), timeout=core.Duration.seconds(9))

            app = core.App()
            Old(app, "Old")
        """,
    }
    (function,) = deployment(files).functions
    assert (plain(function.runtime), plain(function.timeout)) == ("python3.8", 9)


WAYS: dict[str, tuple[str, str]] = {
    "keywords": (
        'lambda_.Function(scope=self, id="Fn", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", '
        'code=lambda_.Code.from_asset("src"))',
        "",
    ),
    "unpacked": (
        'common = {"runtime": lambda_.Runtime.PYTHON_3_13, "handler": "index.handler"}\n'
        'lambda_.Function(self, "Fn", code=lambda_.Code.from_asset("src"), **common)',
        "",
    ),
    "method": (
        'self.make("Fn", "src")\n\ndef helper(): pass\nself.make = make.__get__(self)\nmake(self, "Fn", "src")',
        "def make(stack, name, folder):\n"
        '    return lambda_.Function(stack, name, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler",\n'
        "        code=lambda_.Code.from_asset(folder))\n",
    ),
    "subclass": (
        'Ours(self, "Fn")',
        "class Ours(lambda_.Function):\n"
        "    def __init__(self, scope, id, **kwargs):\n"
        '        super().__init__(scope, id, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler",\n'
        '            code=lambda_.Code.from_asset("src"), **kwargs)\n',
    ),
    "conditional": (
        "if os.environ.get('A'):\n    " + FUNCTION + "else:\n    fn = None",
        "",
    ),
}


@pytest.mark.parametrize("case", WAYS)
def test_ways_to_make_a_function(case: str) -> None:
    body, before = WAYS[case]
    function = only(body, before)
    assert function.id.name == "Fn"
    assert (plain(function.runtime), plain(function.handler)) == ("python3.13", "index.handler")
    assert function.code is not None
    assert function.code.value == Code(folder="src")


def test_loops_make_one_function_each_turn() -> None:
    found = deployed(
        """
        for name, seconds in [("one", 1), ("two", 2)]:
            for size in (128, 256):
                lambda_.Function(self, f"{name}-{size}", runtime=lambda_.Runtime.PYTHON_3_13, memory_size=size,
                    handler=f"{name}.handler", code=lambda_.Code.from_asset("src"), timeout=Duration.seconds(seconds))
        """
    )
    assert [(f.id.name, plain(f.handler), plain(f.timeout), plain(f.memory)) for f in found.functions] == [
        ("one-128", "one.handler", 1, 128),
        ("one-256", "one.handler", 1, 256),
        ("two-128", "two.handler", 2, 128),
        ("two-256", "two.handler", 2, 256),
    ]


def test_a_dict_is_looped_over() -> None:
    found = deployed(
        """
        for name, handler in {"a": "x.y", "b": "z.y"}.items():
            lambda_.Function(self, name, handler=handler, code=lambda_.Code.from_asset("src"))
        for name in {"c": 1}:
            lambda_.Function(self, name, handler="c.y", code=lambda_.Code.from_asset("src"))
        """
    )
    assert [(f.id.name, plain(f.handler)) for f in found.functions] == [("a", "x.y"), ("b", "z.y"), ("c", "c.y")]


def test_the_own_provider_functions_are_not_there() -> None:
    found = deployed(
        FUNCTION + 'bucket = s3.Bucket(self, "B", auto_delete_objects=True)\n'
        "bucket.add_object_created_notification(s3n.LambdaDestination(fn))"
    )
    assert [function.id.name for function in found.functions] == ["Fn"]

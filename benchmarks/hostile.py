"""Reviews mutated sources and templates: `python benchmarks/hostile.py --cases 10000 FOLDER…`

    python benchmarks/hostile.py --cases 10000 --kind python FOLDER
    python benchmarks/hostile.py --cases 2000 --kind template FOLDER
    python benchmarks/hostile.py --cases 2000 --kind terraform FOLDER
    python benchmarks/hostile.py --cases 2000 --kind serverless FOLDER
    python benchmarks/hostile.py --cases 2000 --kind cdk FOLDER

Takes the Python files of the folders, the YAML and JSON files, the configurations of Terraform or of the Serverless
Framework, or the modules that make functions by the CDK, changes each case by a few mutations that its number decides,
and reviews it in a worker process: alone, but for what makes a configuration one that is read. A worker that dies, an
internal error and a case that takes longer than `--limit` seconds are printed with the number of the case, which makes
it again: `--first N --cases 1`. Prints the slowest case in the end; the exit status is 1 if anything was wrong.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BATCH = 250
LARGEST = 60_000

Mutation = Callable[[random.Random, bytes], bytes]


def _cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randrange(200) :]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.randrange(1, 400)]
    return data[:start] + piece * chance.randrange(2, 40) + data[start:]


def _insert(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(TOKENS) + data[start:]


def _nest(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    left, right = chance.choice(PAIRS)
    depth = chance.choice((5, 50, 150, 1000, 20000))
    return data[:start] + left * depth + b"1" + right * depth + data[start:]


def _flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _shuffle(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _end(chance: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\r", b"\x0c\n", b"\n\xe2\x80\xa8")))


TOKENS = (
    *(b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\t", b"\x0c", b"\xe2\x80\xae", b"# -*- coding: latin-1 -*-\n"),
    *(b"# coding: rot13\n", b"# coding: utf-7\n", b"&a [*a, *a, *a]\n", b"!Sub ", b"!GetAtt ", b"<<: *x\n", b"---\n"),
    *(b"Fn::If: [a, b]\n", b"${", b"}}", b'"""', b"f'{", b"lambda: ", b"async ", b"yield ", b"await ", b"match x:\n"),
    *(
        b"while True:\n",
        b"global handler\n",
        b"from . import *\n",
        b"x = x + x\n",
        b"def f(event, context): return f\n",
    ),
    b"a" * 5000,
)
PAIRS = (
    (b"(", b")"),
    (b"[", b"]"),
    (b"{", b"}"),
    (b"-", b""),
    (b"not ", b""),
    (b"f(", b")"),
    (b"x.", b""),
    (b"- ", b""),
)


def _exchange(chance: random.Random, data: bytes) -> bytes:
    """One word of a program in the place of another."""
    words = list(WORD.finditer(data))
    if not words:
        return data
    old, new = chance.choice(words), chance.choice(words)
    return data[: old.start()] + new[0] + data[old.end() :]


def _add(chance: random.Random, data: bytes) -> bytes:
    """A statement before another one, as deep as that."""
    try:
        statements = [each for each in ast.walk(ast.parse(data)) if isinstance(each, ast.stmt)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return data
    if not statements:
        return data
    before = chance.choice(statements)
    lines = data.split(b"\n")
    lines.insert(before.lineno - 1, b" " * before.col_offset + chance.choice(STATEMENTS))
    return b"\n".join(lines)


def _grow(chance: random.Random, data: bytes) -> bytes:
    """A program that is mostly one thing, up to ten megabytes of it."""
    piece = chance.choice(STATEMENTS) + b"\n"
    return data + b"\n" + piece * (chance.choice((1_000, 100_000, 10_000_000)) // len(piece))


WORD = re.compile(rb"\b[A-Za-z_]\w*\b")
STATEMENTS = (
    *(b"self.__init__(self, self, self)", b"type(self)(self, 'again')", b"self = {**self.__dict__, 'a': self}"),
    *(b"for i in range(10 ** 9): self.make(self, str(i))", b"for a in [1] * 99999999: x = [x] * 99", b"x = (x, x, x)"),
    *(b"class Stack(Stack): pass", b"class A(A, Stack): pass", b"def __init__(self, *a, **k): self.__init__(*a, **k)"),
    *(b"from app import *", b"import app, aws_cdk.aws_lambda as app", b"self.a = self.a.b(self.a)", b"app.synth()"),
    *(
        b"x = lambda *a: x(*a, x)",
        b"x = f'{x}{x}{x}'",
        b"x = {x: x, **x}",
        b"self.f = Function(self, self.f, code=self.f)",
    ),
)
MUTATIONS: tuple[Mutation, ...] = (_cut, _repeat, _insert, _nest, _flip, _shuffle, _end)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is changed: `names` are the files' names in a case, by the endings of the originals.

    `begins` is how an original's name begins, `mentions` what is in it, `beside` are files that are left as they are,
    `tokens` more to insert. Of programs that are to be followed, most `mutations` leave programs.
    """

    names: dict[str, str]
    begins: str = ""
    mentions: bytes = b""
    beside: dict[str, str] = field(default_factory=dict)
    tokens: tuple[bytes, ...] = ()
    mutations: tuple[Mutation, ...] = MUTATIONS

    def name(self, original: Path) -> str | None:
        """The name in a case; None for a file of another kind."""
        if not original.name.startswith(self.begins):
            return None
        return next((name for ending, name in self.names.items() if original.name.endswith(ending)), None)


_FUNCTION = """resource "aws_lambda_function" "beside" {
  filename = "app.zip"
  handler  = "app.handler"
  runtime  = "python3.13"
}
"""
KINDS = {
    "python": Kind({".py": "case.py"}),
    "template": Kind(dict.fromkeys((".yaml", ".yml", ".json"), "template.yaml")),
    "cdk": Kind(
        {".py": "app.py"},
        mentions=b"aws_lambda",
        beside={
            "cdk.json": '{"app": "python3 app.py", "context": {"stage": "prod"}}',
            "src/index.py": "def handler(event, context):\n    return 1\n",
        },
        mutations=(*MUTATIONS, *(_exchange, _add) * 24, _grow),
    ),
    "terraform": Kind(
        {".tf": "main.tf", ".tf.json": "main.tf.json", ".tfvars": "terraform.tfvars"},
        mentions=b"lambda",
        beside={"beside.tf": _FUNCTION, "app.py": "def handler(event, context):\n    return 1\n"},
        tokens=(
            *(
                b'source = "./"\n',
                b'source = "../"\n',
                b"for_each = local.x\n",
                b"count = var.n\n",
                b"<<EOT\n",
                b"<<-E\n",
            ),
            *(
                b"locals {\n  x = local.x\n}\n",
                b'dynamic "x" {\n',
                b"%{ for a in b }",
                b"%{ endfor }",
                b"[for k, v in x : k => v...]",
            ),
            *(
                b"[*]",
                b"...",
                b"=>",
                b"? 1 : ",
                b"jsonencode(",
                b"templatefile(",
                b"merge(",
                b"module.m.o",
                b"each.value",
                b"null\n",
            ),
        ),
    ),
    "serverless": Kind(
        dict.fromkeys((".yml", ".yaml"), "serverless.yml"),
        begins="serverless",
        tokens=(
            *(
                b"${self:}",
                b"${self:custom.${self:custom}}",
                b"${file(./serverless.yml)}",
                b"${file(serverless.yml):custom}",
            ),
            *(
                b"${opt:x, self:custom, 'y'}",
                b"${env:X}",
                b"${construct:a.queueUrl}",
                b"${cf:a-dev.B}",
                b"${strToBool(${self:x})}",
            ),
            *(
                b"functions: ${self:functions}\n",
                b"custom: &a {x: *a}\n",
                b"- httpApi: '*'\n",
                b"events:\n",
                b"resources:\n",
            ),
        ),
    ),
}


def case(number: int, corpus: list[Path], kind: Kind) -> tuple[Path, bytes]:
    """A file of the corpus, and the content of a case: that of the file, changed by one to four mutations."""
    chance = random.Random(number)
    original = chance.choice(corpus)
    data = original.read_bytes()[:LARGEST]
    for _ in range(chance.randrange(1, 5)):
        data = chance.choice(kind.mutations)(chance, data)
    for _ in range(chance.randrange(3) if kind.tokens else 0):
        start = chance.randrange(len(data) + 1)
        data = data[:start] + chance.choice(kind.tokens) + data[start:]
    return original, data


def work(first: int, last: int, kind: str, corpus: list[Path]) -> None:
    """Review the cases of a range, one line of output for each."""
    from reviewer.config import Config, enabled  # noqa: PLC0415
    from reviewer.discover import discover  # noqa: PLC0415
    from reviewer.review import review  # noqa: PLC0415
    from reviewer.rule import collect  # noqa: PLC0415

    rules, what = enabled(collect(), Config(select=("all",))), KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        for name, content in what.beside.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_text(content, encoding="utf-8")
        for number in range(first, last):
            original, data = case(number, corpus, what)
            place = Path(folder, what.name(original) or original.name)
            place.write_bytes(data)
            print(f"{number} begins", flush=True)
            began = time.perf_counter()
            done = review(discover([Path(folder) if what.beside else place]), Config(), rules)
            print(f"{number} {time.perf_counter() - began:.3f} {'; '.join(done.errors)}", flush=True)
            place.unlink()


def outcomes(first: int, last: int, options: argparse.Namespace) -> Iterator[tuple[int, float, str]]:
    """Number, seconds and what went wrong of each case of a range, whatever becomes of the workers."""
    while first < last:
        command = [sys.executable, __file__, "--worker", "--kind", options.kind, "--first", str(first)]
        command += ["--cases", str(min(BATCH, last - first)), *map(str, options.folders)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=BATCH * options.limit, check=False)
            code, output = f"exit status {done.returncode}: {done.stderr.strip()[-300:]}", done.stdout
        except subprocess.TimeoutExpired as problem:
            code, output = "hangs", (problem.stdout or b"").decode()
        current = first
        for line in output.splitlines():
            number, seconds, error = [*line.split(" ", 2), ""][:3]
            current = int(number)
            if seconds != "begins":
                yield current, float(seconds), error
                first = current + 1
        if first < min(current + 1, last):  # the worker began this one and did not end it
            yield current, options.limit, code
            first = current + 1


def main() -> int:
    """Run the cases; the exit status says whether anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kind", choices=sorted(KINDS), default="python")
    parser.add_argument("--limit", type=float, default=5.0, help="seconds a case may take")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    kind = KINDS[options.kind]
    files = (path for folder in options.folders for path in sorted(folder.rglob("*")))
    corpus = [path for path in files if kind.name(path) and path.is_file() and kind.mentions in path.read_bytes()]
    if not corpus:
        parser.error(f"no {options.kind} file in these folders")
    last = options.first + options.cases
    if options.worker:
        work(options.first, last, options.kind, corpus)
        return 0
    slowest, wrong, count = (0, 0.0), 0, 0
    for number, seconds, error in outcomes(options.first, last, options):
        count += 1
        slowest = max(slowest, (number, seconds), key=lambda pair: pair[1])
        if error or seconds >= options.limit:
            wrong += 1
            print(f"case {number}: {seconds:.1f} s {error}")
    print(f"{count} cases, {wrong} wrong; the slowest is case {slowest[0]} with {slowest[1]:.2f} s")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

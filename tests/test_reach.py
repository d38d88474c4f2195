"""What a handler reaches: through helpers, classes, callbacks, decorators and imports, and where it ends."""

from __future__ import annotations

import textwrap

import pytest
from probing import followed, given, names

from reviewer.code.flow import DEEPEST
from reviewer.value import Constant, EventPath, OneOf

HEAD = "import requests\n\n\ndef work(x=None):\n    requests.get(x)\n\n\n"
"""A helper whose call tells that it was reached."""


def works(rest: str) -> list[object]:
    """What `work` is called with, on all ways from the handler."""
    return [arguments["0"] for arguments in given(f"{HEAD}{textwrap.dedent(rest)}", "requests.get")]


REACHED = {
    "itself": "def handler(event, context):\n    work('a')",
    "a helper": "def f():\n    work('a')\ndef handler(event, context):\n    f()",
    "a helper below": "def handler(event, context):\n    f()\ndef f():\n    work('a')",
    "a helper of a helper": "def g(x):\n    work(x)\ndef f(x):\n    g(x)\ndef handler(event, context):\n    f('a')",
    "a name for a helper": "f = work\ndef handler(event, context):\n    f('a')",
    "a dispatch table": "TABLE = {'x': work}\ndef handler(event, context):\n    TABLE[event['kind']]('a')",
    "a callback": "def f(then):\n    then('a')\ndef handler(event, context):\n    f(work)",
    "a lambda": "def handler(event, context):\n    (lambda: work('a'))()",
    "a lambda for a callback": "def f(then):\n    then()\ndef handler(event, context):\n    f(lambda: work('a'))",
    "handed over to a library": (
        "def f(_):\n    work('a')\ndef handler(event, context):\n    requests.Session().mount(f, event)"
    ),
    "handed over to map": "def handler(event, context):\n    list(map(lambda _: work('a'), event))",
    "a thread": (
        "import threading\ndef f():\n    work('a')\ndef handler(event, context):\n    "
        "threading.Thread(target=f).start()"
    ),
    "a pool": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def handler(event, context):\n    with ThreadPoolExecutor() as pool:\n        pool.submit(work, 'a')"
    ),
    "a partial": "import functools\ndef handler(event, context):\n    functools.partial(work, 'a')()",
    "a partial of a partial": (
        "from functools import partial\ndef handler(event, context):\n    partial(partial(work), 'a')()"
    ),
    "a partial that was kept": (
        "from functools import partial\nTABLE = [partial(work, x='a')]\n"
        "def handler(event, context):\n    for f in TABLE:\n        f()"
    ),
    "a partial handed over": (
        "from functools import partial\nfrom library import run\n"
        "def handler(event, context):\n    run(partial(work, 'a'))"
    ),
    "an object that is called": (
        "class C:\n    def __call__(self, x):\n        work(x)\ndef handler(event, context):\n    C()('a')"
    ),
    "an object handed over": (
        "class C:\n    def __call__(self, x):\n        work(x)\ndef handler(event, context):\n    list(map(C(), ['a']))"
    ),
    "a partial of an object": (
        "from functools import partial\nclass C:\n    def __call__(self, x):\n        work(x)\n"
        "def handler(event, context):\n    partial(C(), 'a')()"
    ),
    "a constructor of a base": (
        "class B:\n    def __init__(self, x):\n        work(x)\n"
        "class C(B):\n    def __init__(self):\n        super().__init__('a')\ndef handler(event, context):\n    C()"
    ),
    "a base that is named": (
        "class B:\n    def __init__(self, x):\n        self.x = x\n"
        "class C(B):\n    def __init__(self, y):\n        B.__init__(self, y)\n"
        "def handler(event, context):\n    work(C('a').x)"
    ),
    "getattr": "def handler(event, context):\n    getattr(C(), 'f')('a')\nclass C:\n    def f(self, x):\n        work(x)",
    "a nested function": "def handler(event, context):\n    def f():\n        work('a')\n    f()",
    "a closure": "def f(x):\n    def g():\n        work(x)\n    return g\ndef handler(event, context):\n    f('a')()",
    "a constructor": "class C:\n    def __init__(self):\n        work('a')\ndef handler(event, context):\n    C()",
    "a method": "class C:\n    def f(self):\n        work('a')\ndef handler(event, context):\n    C().f()",
    "a method by a method": (
        "class C:\n    def f(self):\n        self.g()\n    def g(self):\n        work('a')\n"
        "def handler(event, context):\n    C().f()"
    ),
    "an inherited method": (
        "class B:\n    def f(self):\n        work('a')\nclass C(B):\n    pass\n"
        "def handler(event, context):\n    C().f()"
    ),
    "a method of the subclass": (
        "class B:\n    def f(self):\n        self.g()\nclass C(B):\n    def g(self):\n        work('a')\n"
        "def handler(event, context):\n    C().f()"
    ),
    "a static method": (
        "class C:\n    @staticmethod\n    def f(x):\n        work(x)\ndef handler(event, context):\n    C.f('a')"
    ),
    "a class method": (
        "class C:\n    @classmethod\n    def f(cls, x):\n        work(x)\ndef handler(event, context):\n    C.f('a')"
    ),
    "an object of the module": (
        "class C:\n    def f(self):\n        work('a')\nc = C()\ndef handler(event, context):\n    c.f()"
    ),
    "a decorated helper": (
        "import functools\n@functools.lru_cache\ndef f():\n    work('a')\ndef handler(event, context):\n    f()"
    ),
    "a local decorator": (
        "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def g(*args):\n        return f(*args)\n"
        "    return g\n@logged\ndef f(x):\n    work(x)\ndef handler(event, context):\n    f('a')"
    ),
    "a registered route": (
        "from framework import App\napp = App()\n@app.get('/')\ndef root():\n    work('a')\n"
        "def handler(event, context):\n    return app.resolve(event, context)"
    ),
    "a generator": "def f():\n    yield work('a')\ndef handler(event, context):\n    for x in f():\n        print(x)",
    "a generator in a generator": (
        "def f():\n    yield work('a')\ndef g():\n    yield from f()\ndef handler(event, context):\n    list(g())"
    ),
    "a comprehension": "def handler(event, context):\n    return [work('a') for _ in event]",
    "a context manager": (
        "from contextlib import contextmanager\n@contextmanager\ndef f():\n    work('a')\n    yield\n"
        "def handler(event, context):\n    with f():\n        pass"
    ),
    "an async helper": (
        "import asyncio\nasync def f():\n    work('a')\ndef handler(event, context):\n    asyncio.run(f())"
    ),
    "recursion": "def f(n):\n    work('a')\n    f(n)\ndef handler(event, context):\n    f(1)",
    "behind a return in one branch": "def handler(event, context):\n    if event:\n        return 1\n    work('a')",
    "behind a jump in one branch": (
        "def handler(event, context):\n    for x in event:\n        if x:\n            continue\n        work('a')"
    ),
    "behind a loop that is left": (
        "def handler(event, context):\n    while True:\n        if event:\n            break\n    work('a')"
    ),
    "where an exception is caught": (
        "def handler(event, context):\n    try:\n        return event['a']\n    except KeyError:\n        work('a')"
    ),
    "behind a return that fails": (
        "def handler(event, context):\n    try:\n        return event['a']\n    except KeyError:\n        pass\n"
        "    work('a')"
    ),
    "in a finally behind a return": (
        "def handler(event, context):\n    try:\n        return 1\n    finally:\n        work('a')"
    ),
    "behind an exception that is suppressed": (
        "from contextlib import suppress\n"
        "def handler(event, context):\n    with suppress(ValueError):\n        raise ValueError\n    work('a')"
    ),
    "a generator that yields nothing": (
        "def f():\n    work('a')\n    return\n    yield\ndef handler(event, context):\n    list(f())"
    ),
    "the module itself": "work('a')\ndef handler(event, context):\n    pass",
    "the body of a class": "class C:\n    x = work('a')\ndef handler(event, context):\n    pass",
    "a default": "def f(x=work('a')):\n    pass\ndef handler(event, context):\n    pass",
    "a decorator's argument": "@work('a')\ndef f():\n    pass\ndef handler(event, context):\n    pass",
    "under a condition of the module": "if __debug__:\n    work('a')\ndef handler(event, context):\n    pass",
}


@pytest.mark.parametrize("name", REACHED)
def test_this_is_reached_once_with_its_argument(name: str) -> None:
    assert works(REACHED[name]) == [Constant("a")]


HANDED_OVER = {
    "a name": "send = sqs.send_message\n    send(QueueUrl='a')",
    "a partial": "functools.partial(sqs.send_message, QueueUrl='a')()",
    "an attribute": "Sender(sqs.send_message).run()",
    "an attribute with a partial": "Sender(functools.partial(sqs.send_message, QueueUrl='a')).run_it()",
    "a pool": "with ThreadPoolExecutor() as pool:\n        pool.submit(sqs.send_message, QueueUrl='a')",
    "a pool with a partial": (
        "with ThreadPoolExecutor() as pool:\n        pool.submit(functools.partial(sqs.send_message, QueueUrl='a'))"
    ),
    "a thread": "threading.Thread(target=sqs.send_message, kwargs={'QueueUrl': 'a'}).start()",
    "map": "list(map(lambda name: sqs.send_message(QueueUrl=name), ['a']))",
    "getattr": "getattr(sqs, 'send_message')(QueueUrl='a')",
}


@pytest.mark.parametrize("name", HANDED_OVER)
def test_a_method_of_the_sdk_is_called_with_its_arguments_by_whoever_gets_it(name: str) -> None:
    head = (
        "import boto3, functools, threading\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "sqs = boto3.client('sqs')\nclass Sender:\n    def __init__(self, send):\n        self.send = send\n"
        "    def run(self):\n        self.send(QueueUrl='a')\n    def run_it(self):\n        self.send()\n"
    )
    body = f"{head}def handler(event, context):\n    {HANDED_OVER[name]}"
    assert given(body, "sqs.send_message") == [{"QueueUrl": Constant("a")}]


def test_constructors_of_a_base_may_be_called_in_several_ways() -> None:
    base = "class B:\n    def __init__(self, x):\n        self.x = x\n"
    calls = "        if event:\n            super().__init__('a')\n        else:\n            super().__init__(x='b')\n"
    (found,) = works(
        f"{base}class C(B):\n    def __init__(self, event):\n{calls}def handler(event, context):\n    work(C(event).x)"
    )
    assert found == OneOf((Constant("a"), Constant("b")))


NOT_REACHED = {
    "a helper that nobody calls": "def f():\n    work('a')\ndef handler(event, context):\n    pass",
    "a helper that is only named": "def f():\n    work('a')\ndef handler(event, context):\n    print(f.__name__)",
    "the program": "def handler(event, context):\n    pass\nif __name__ == '__main__':\n    work('a')",
    "a method of another class": (
        "class A:\n    def f(self):\n        work('a')\nclass B:\n    def f(self):\n        pass\n"
        "def handler(event, context):\n    B().f()"
    ),
    "an overridden method": (
        "class A:\n    def f(self):\n        work('a')\nclass B(A):\n    def f(self):\n        pass\n"
        "def handler(event, context):\n    B().f()"
    ),
    "a nested function that is not called": (
        "def handler(event, context):\n    def f():\n        work('a')\n    return 1"
    ),
    "a shadowed helper": "def handler(event, context):\n    def work(x):\n        pass\n    work('a')",
    "behind a return": "def handler(event, context):\n    return 1\n    work('a')",
    "behind a raise": "def handler(event, context):\n    raise ValueError\n    work('a')",
    "behind a jump": (
        "def handler(event, context):\n    for x in event:\n        continue\n        work('a')\n"
        "    while event:\n        break\n        work('a')"
    ),
    "behind branches that all leave": (
        "def handler(event, context):\n    if event:\n        return 1\n    else:\n        raise ValueError\n    work('a')"
    ),
    "behind an endless loop": "def handler(event, context):\n    while True:\n        print()\n    work('a')",
    "behind the end of the process": "import sys\ndef handler(event, context):\n    sys.exit(1)\n    work('a')",
    "in a function that is made too late": (
        "def handler(event, context):\n    return 1\n    def f():\n        work('a')\n    f()"
    ),
    "a parameter of the same name": "def f(work):\n    work('a')\ndef handler(event, context):\n    f(print)",
}


@pytest.mark.parametrize("name", NOT_REACHED)
def test_this_is_not_reached(name: str) -> None:
    assert works(NOT_REACHED[name]) == []


# --- without end --------------------------------------------------------------------------------------------------

ENDLESS = {
    "growing arguments": "def f(x):\n    work(x)\n    f(x + 'a')\ndef handler(event, context):\n    f('a')",
    "mutual recursion": (
        "def f(x):\n    work(x)\n    g(x + 'a')\ndef g(x):\n    f(x)\ndef handler(event, context):\n    f('a')"
    ),
    "a nested function that returns itself": (
        "def f(x):\n    work(x)\n    def g():\n        return f(x + 'a')\n    return g()\n"
        "def handler(event, context):\n    f('a')"
    ),
    "a callback that hands itself over": (
        "def f(g, x):\n    work(x)\n    g(g, x + 'a')\ndef handler(event, context):\n    f(f, 'a')"
    ),
    "a method": (
        "class C:\n    def f(self, x):\n        work(x)\n        C().f(x + 'a')\n"
        "def handler(event, context):\n    C().f('a')"
    ),
    "growing lists": "def f(x):\n    work('a')\n    f([x, x])\ndef handler(event, context):\n    f(event)",
    "two ways each time": (
        "def f(x):\n    work('a')\n    f(x + 'l')\n    f(x + 'r')\ndef handler(event, context):\n    f('a')"
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_recursion_is_followed_to_a_bounded_depth(name: str) -> None:
    calls = [call for call, _ in followed(f"{HEAD}{ENDLESS[name]}")]
    found = works(ENDLESS[name])
    assert found[0] == Constant("a")
    assert max(len(call.hops) for call in calls) <= DEEPEST


def test_the_way_to_a_call_is_told() -> None:
    module = (
        "import requests\ndef g(x):\n    requests.get(x)\ndef f():\n    g('a')\ndef handler(event, context):\n    f()\n"
    )
    (call,) = (call for call, _ in followed(module) if call.callees[0].name == "requests.get")
    assert [hop.callee for hop in call.hops] == ["f", "g"]
    assert not call.at_import


def test_a_route_is_called_with_what_cannot_be_known() -> None:
    route = "from framework import App\napp = App()\n@app.get('/')\ndef root(x):\n    work(x)\n"
    (found,) = works(f"{route}def handler(event, context):\n    pass")
    assert not isinstance(found, (Constant, EventPath))


# --- imports ------------------------------------------------------------------------------------------------------

WORK = "import requests\n\ndef work(x):\n    requests.get(x)\n"
CALL = "\ndef handler(event, context):\n    work('a')\n"

IMPORTED: dict[str, dict[str, str]] = {
    "a module": {"app.py": "import tools\ndef handler(event, context):\n    tools.work('a')", "tools.py": WORK},
    "a module by another name": {
        "app.py": "import tools as t\ndef handler(event, context):\n    t.work('a')",
        "tools.py": WORK,
    },
    "a function": {"app.py": f"from tools import work{CALL}", "tools.py": WORK},
    "a star": {"app.py": f"from tools import *{CALL}", "tools.py": WORK},
    "a star of a star": {"app.py": f"from again import *{CALL}", "again.py": "from tools import *", "tools.py": WORK},
    "a re-export": {"app.py": f"from again import work{CALL}", "again.py": "from tools import work", "tools.py": WORK},
    "a package": {"app.py": f"from lib import work{CALL}", "lib/__init__.py": WORK},
    "a package's re-export": {
        "app.py": f"from lib import work{CALL}",
        "lib/__init__.py": "from .tools import work",
        "lib/tools.py": WORK,
    },
    "a module of a package": {
        "app.py": f"from lib.tools import work{CALL}",
        "lib/__init__.py": "",
        "lib/tools.py": WORK,
    },
    "a module from a package": {
        "app.py": "from lib import tools\ndef handler(event, context):\n    tools.work('a')",
        "lib/__init__.py": "",
        "lib/tools.py": WORK,
    },
    "a dotted module": {
        "app.py": "import lib.tools\ndef handler(event, context):\n    lib.tools.work('a')",
        "lib/__init__.py": "",
        "lib/tools.py": WORK,
    },
    "a package without __init__": {"app.py": f"from lib.tools import work{CALL}", "lib/tools.py": WORK},
    "a deep package": {"app.py": f"from a.b.c import work{CALL}", "a/b/c.py": WORK},
    "two dots": {
        "app.py": f"from lib.inner.first import work{CALL}",
        "lib/__init__.py": "",
        "lib/tools.py": WORK,
        "lib/inner/__init__.py": "",
        "lib/inner/first.py": "from ..tools import work",
    },
    "one dot alone": {
        "app.py": f"from lib.first import work{CALL}",
        "lib/__init__.py": "",
        "lib/tools.py": WORK,
        "lib/first.py": "from . import tools\nwork = tools.work",
    },
    "inside of the handler": {
        "app.py": "def handler(event, context):\n    from tools import work\n    work('a')",
        "tools.py": WORK,
    },
    "inside of a try": {
        "app.py": f"try:\n    from tools import work\nexcept ImportError:\n    work = None{CALL}",
        "tools.py": WORK,
    },
    "a cycle": {
        "app.py": f"import tools\nfrom tools import work{CALL}",
        "tools.py": f"import app\nimport again\n{WORK}",
        "again.py": "import tools\nfrom app import handler\nfrom again import *",
    },
    "itself": {"app.py": "import app\n" + WORK + "\ndef handler(event, context):\n    app.work('a')"},
    "a name of the standard library": {"app.py": f"from queue import work{CALL}", "queue.py": WORK},
    "a name of an installed package": {"app.py": f"from yaml.tools import work{CALL}", "yaml/tools.py": WORK},
}


@pytest.mark.parametrize("name", IMPORTED)
def test_imports_are_followed(name: str) -> None:
    assert given(IMPORTED[name], "requests.get") == [{"0": Constant("a")}]


def test_a_layer_is_a_folder_that_imports_start_from() -> None:
    files = {"app.py": f"from tools import work{CALL}", "layer/python/tools.py": WORK}
    assert given(files, "requests.get", roots=("layer/python",)) == [{"0": Constant("a")}]
    assert given(files, "requests.get") == []
    assert "tools.work" in names(files)


def test_imports_of_a_layer_start_from_the_layer_as_well() -> None:
    files = {
        "app.py": f"from first import work{CALL}",
        "layer/python/first.py": "from second import work",
        "layer/python/second.py": WORK,
    }
    assert given(files, "requests.get", roots=("layer/python",)) == [{"0": Constant("a")}]


LEADS_NOWHERE = {
    "beyond the tree": "from ...tools import work",
    "a name that is not there": "from tools import other as work",
    "a module that is not there": "from lib.nothing import work",
    "stars in a circle": "from circle import *",
}


@pytest.mark.parametrize("name", LEADS_NOWHERE)
def test_imports_that_lead_nowhere_are_survived(name: str) -> None:
    files = {
        "app.py": f"{LEADS_NOWHERE[name]}{CALL}",
        "tools.py": WORK,
        "circle.py": "from app import *",
        "lib/a.py": "",
    }
    assert given(files, "requests.get") == []


def test_what_an_import_runs_is_reached_at_import() -> None:
    files = {"app.py": "import tools\ndef handler(event, context):\n    pass", "tools.py": f"{WORK}\nwork('a')\n"}
    (call,) = (call for call, _ in followed(files) if call.callees[0].name == "requests.get")
    assert call.at_import
    assert call.frame.module == "tools.py"

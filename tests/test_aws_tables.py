"""What is known of AWS as data: the tables agree with each other and with what reads them."""

from __future__ import annotations

import pytest

from reviewer.aws.callers import callers
from reviewer.aws.variables import reserved, settable
from reviewer.deploy.wiring import EVENTS, RESOURCES
from reviewer.identity import PROVIDED


def test_a_variable_is_reserved_or_may_be_set() -> None:
    assert reserved() & settable() == set()
    assert reserved() >= PROVIDED.keys()


@pytest.mark.parametrize("name", ["PATH", "PYTHONPATH", "TZ", "LANG", "AWS_XRAY_DAEMON_ADDRESS"])
def test_variables_that_look_reserved_and_are_not(name: str) -> None:
    assert name in settable()


def test_callers_are_kinds_of_triggers() -> None:
    kinds = {wiring.kind for wiring in (*EVENTS.values(), *RESOURCES.values())} | {"websocket"}
    assert callers().keys() <= kinds
    assert all(caller.seconds > 0 and caller.name for caller in callers().values())

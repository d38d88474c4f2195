"""Truth over worlds and branches."""

from __future__ import annotations

import pytest

from reviewer.truth import MAYBE, NO, SOME, YES, Truth, across, both, decide, either
from reviewer.value import Constant, OneOf, Value


def test_truth_tables() -> None:
    assert [YES & SOME, YES & MAYBE, SOME & SOME, SOME & MAYBE, SOME & NO] == [SOME, MAYBE, MAYBE, MAYBE, NO]
    assert [NO | SOME, SOME | SOME, SOME | MAYBE, SOME | YES, NO | MAYBE] == [SOME, SOME, SOME, YES, MAYBE]
    assert [~YES, ~NO, ~SOME, ~MAYBE] == [NO, YES, MAYBE, MAYBE]
    assert [truth.some for truth in (YES, SOME, MAYBE, NO)] == [True, True, False, False]
    assert across([YES, YES]) is YES and across([NO, NO]) is NO and across([NO, YES]) is SOME
    assert across([NO, MAYBE]) is MAYBE and across([]) is MAYBE
    assert both([]) is YES and either([]) is NO
    with pytest.raises(TypeError):
        bool(YES)


def test_decide_settles_one_branch_after_the_other() -> None:
    arms = OneOf((Constant(1), Constant(2)))

    def is_one(value: Value) -> Truth:
        return MAYBE if isinstance(value, OneOf) else Truth.of(value == Constant(1))

    assert decide(is_one, arms) is SOME
    assert decide(lambda value: ~is_one(value) | is_one(value), arms) is YES
    assert decide(lambda one, other: is_one(one) & is_one(other), arms, OneOf((Constant(1), Constant(3)))) is MAYBE

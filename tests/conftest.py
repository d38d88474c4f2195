"""What holds for all tests: the day of the review is fixed, and nothing is timed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import hypothesis
import pytest

from reviewer import templates

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


class FixedDate(date):
    """A date whose today is always the same: which runtimes are deprecated depends on it."""

    @classmethod
    def today(cls) -> FixedDate:
        return cls(2026, 11, 2)


@pytest.fixture(scope="session", autouse=True)
def _fixed_today() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "date", FixedDate)
        yield

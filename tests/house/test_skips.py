"""A skip hides a check: only what a good machine may lack is a reason."""

import pytest

from tests.conftest import OnlyAllowedSkips


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [("needs shared: no folder", "skipped"), ("needs R", "skipped"), ("no chromium", "failed"), ("", "failed")],
)
def test_only_named_reasons_may_skip(reason, outcome):
    report = pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", ("x.py", 1, f"Skipped: {reason}"), "call")
    assert OnlyAllowedSkips._judge(report).outcome == outcome


def test_a_failure_expected_is_no_skip():
    report = pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", ("x.py", 1, "Skipped: later"), "call")
    report.wasxfail = "known"
    assert OnlyAllowedSkips._judge(report).outcome == "skipped"

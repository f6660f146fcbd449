"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

# Read by alibabacloud-credentials when it is imported; no test may ask the network for credentials.
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many tests at once as there are processors: those with the real CLI wait about half the time."""
    return 2 * (os.cpu_count() or 1)


_SKIPS_FAIL = bool(os.environ.get("CI"))
"""Where CI runs, nothing may be missing: a skipped test, or a skipped file of tests, is a failed one."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped test a failed one in CI; a test that is expected to fail is another matter."""
    report = yield
    if _SKIPS_FAIL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI skips nothing: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Make a skipped file of tests a failed one in CI."""
    report = yield
    if _SKIPS_FAIL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI skips nothing: {report.longrepr}"
    return report

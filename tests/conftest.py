"""What every test may lean on: the shared folder, and no silent skips."""

import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).resolve().parent
ALLOWED_SKIPS = ("needs shared", "needs R", "needs Spark")

# Scripts that make reference figures are run by hand or by `make studies`; they are not tests.
collect_ignore = [
    str(script)
    for folder in ("reference", "studies")
    for script in (HERE / folder).glob("**/*.py")
    if not script.name.startswith("test_")
]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with published data sets: `../shared` beside the checkout, or what CRQKIT_SHARED names."""
    folder = Path(os.environ.get("CRQKIT_SHARED", HERE.parents[1] / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs shared: there is no folder {folder.name} beside the checkout")
    return folder


@pytest.fixture
def orders():
    """Build orders from rows of (customer, time, net[, status])."""

    def build(*rows, currency="EUR"):
        full = [(*row, "sale")[:4] for row in rows]
        table = pd.DataFrame(full, columns=["customer_key", "at", "net", "status"])
        times = pd.to_datetime(table["at"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
        return table.assign(at=times, currency=currency).astype(
            {"customer_key": "string", "net": "float64", "status": "string", "currency": "string"}
        )

    return build


@pytest.fixture
def fifteen(orders):
    """Fifteen customers with ties, seen on 2026-06-30: days since the last visit, visits, money."""
    recency = [0, 1, 1, 5, 10, 10, 10, 20, 30, 40, 60, 60, 90, 120, 200]
    frequency = [8, 5, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1]
    monetary = [300, 100, 80, 80, 60, 50, 40, 30, 20, 20, 12, 5, 5, 5, 5]
    end = pd.Timestamp("2026-06-30", tz="UTC")
    rows = []
    for i, (days, visits, money) in enumerate(zip(recency, frequency, monetary, strict=True)):
        for earlier in range(visits):
            at = end - pd.Timedelta(days=days + 7 * earlier)
            rows.append((f"c{i:02}", at.isoformat(), money if earlier == 0 else 0))
    return orders(*rows)


class OnlyAllowedSkips:
    """Turn a skip into a failure, unless it names something that a good machine may lack."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self):
        return self._judge((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self):
        return self._judge((yield))

    @staticmethod
    def _judge(report):
        if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            reason = reason.removeprefix("Skipped: ")
            if not reason.startswith(ALLOWED_SKIPS):
                report.outcome = "failed"
                report.longrepr = f"A skip must begin with one of {ALLOWED_SKIPS}; this one says: {reason!r}"
        return report


class OwnKernelSettings:
    """Give notebooks their own IPython folder: start-up files of one machine must not change what a lesson shows."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="crqkit-ipython-"))
        profile = self.folder / "profile_default"
        profile.mkdir()
        # Its warnings would be printed after pytest's closing line.
        settings = "c = get_config()\nc.IPKernelApp.log_level = 40\nc.HistoryManager.enabled = False\n"
        (profile / "ipython_kernel_config.py").write_text(settings, encoding="utf-8")
        os.environ["IPYTHONDIR"] = str(self.folder)

    def pytest_unconfigure(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def pytest_configure(config):
    """Register for the notebooks and docstrings too, which stand outside this folder."""
    config.pluginmanager.register(OnlyAllowedSkips())
    config.pluginmanager.register(OwnKernelSettings())

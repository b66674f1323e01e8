"""The consulting firm: the truth recomputed from the raw files, and the traps of small numbers in place."""

import numpy as np
import pandas as pd
import pytest

from tests.cases.town import answers_equal, exports, raw, truth, within

CASE = "consulting"
ANSWERS = "Working with us (Responses).csv"


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def jobs() -> pd.DataFrame:
    return pd.read_excel(exports(CASE) / "projects.xlsx")


def test_projects_equal_the_truth(told, jobs):
    done = jobs.dropna(subset=["done"])
    counts = told["jobs"]
    assert [counts["clients"], counts["jobs"]] == [len(customers_with_feelings()), len(jobs)]
    assert counts["open"] == jobs["done"].isna().sum()
    assert counts["late"] == (done["done"] > done["promised"]).sum()
    assert counts["above_quote"] == (done["charged"] > 1.05 * done["quoted"]).sum()
    assert counts["charged_eur"] == done["charged"].sum()
    invoices = raw(CASE, "invoices.csv").astype({"amount": float})
    assert counts["invoices"] == len(invoices) == len(done)
    by_client = invoices.groupby("customer")["amount"].sum()
    assert by_client.sum() == counts["charged_eur"]
    assert counts["share_of_largest_client"] == pytest.approx(by_client.max() / by_client.sum(), abs=1e-4)
    assert by_client.max() / by_client.sum() > 1 / 3


def test_log_and_answers_equal_the_truth(told, jobs):
    log = raw(CASE, "project log.csv")
    assert told["interactions"] == {"log": len(log), "updates": (log["type"] == "progress update").sum()}
    assert log["topic"].isin(jobs["job"]).all()
    answers = raw(CASE, ANSWERS)
    answers_equal(told["answers"], answers)
    assert told["answers"]["persons"] == answers["Email Address"].nunique() == len(answers) - 1
    assert len(answers) < 30
    assert answers["What did we do for you last?"].value_counts().min() < 5


def test_updates_move_communication(told):
    """From the hidden feelings of all clients: communication less the mean of the others, on updates a month."""
    known = customers_with_feelings()
    others = known[["commitment", "personalisation", "fairness"]].mean(axis=1)
    gap, updates = known["communication"] - others, known["updates_per_month"] - known["updates_per_month"].mean()
    found = (updates * gap).sum() / (updates**2).sum()
    left_over = gap - gap.mean() - found * updates
    error = np.sqrt((left_over**2).sum() / (len(known) - 2) / (updates**2).sum())
    assert within(found, error, told["effects"]["updates_on_communication"]["size"])


def customers_with_feelings() -> pd.DataFrame:
    return pd.read_csv(exports(CASE).parent / "truth_customers.csv")

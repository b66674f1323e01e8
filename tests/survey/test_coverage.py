"""The committed tables of exact coverage and of the studies: what they promise, and that they can be made again."""

from pathlib import Path

import pandas as pd
import pytest

from crqkit.base.messages import templates
from tests.reference.survey import exact_coverage
from tests.studies import survey_coverage

REFERENCE = Path(exact_coverage.__file__).parent


@pytest.mark.parametrize("make", [exact_coverage.nps_coverage, exact_coverage.population_coverage])
def test_exact_tables_are_made_again(make):
    kept = pd.read_csv(REFERENCE / f"{make.__name__}.csv")
    pd.testing.assert_frame_equal(make().round(4), kept, check_dtype=False, atol=1e-4)


def test_means_are_covered_as_kept():
    kept = pd.read_csv(REFERENCE / "mean_coverage.csv")
    made = exact_coverage.mean_coverage((5, 10)).round(4)
    pd.testing.assert_frame_equal(made, kept[kept["n"] <= 10], check_dtype=False, atol=1e-4)
    assert (kept["ours"] >= kept["t_interval"]).all()
    # As the docstring of mean_interval says: usual answers, and the worst, where all but a few give the best answer.
    usual = kept[kept["answers"].isin(["even", "usual", "two camps"])]
    assert usual["ours"].min() > 0.9
    assert 0.78 < kept["ours"].min() < 0.8
    assert kept["t_interval"].min() < 0.25


def test_plain_wald_fails_where_ours_holds():
    kept = pd.read_csv(REFERENCE / "nps_coverage.csv")
    row = kept[(kept["n"] == 10) & (kept["promoters"] == 0.9) & (kept["detractors"] == 0)].iloc[0]
    assert row["plain_wald"] == pytest.approx(0.65, abs=0.005)
    assert row["adjusted_wald"] > 0.92
    assert kept["adjusted_wald"].min() > 0.88
    assert kept["adjusted_wald"].mean() == pytest.approx(0.955, abs=0.01)
    assert pd.read_csv(REFERENCE / "population_coverage.csv")["coverage"].between(0.94, 0.97).all()


def test_a_short_study_agrees_with_the_long_one():
    kept = pd.read_csv(survey_coverage.OUT).set_index("study")
    short = survey_coverage.run(20).set_index("study")
    assert short.index.tolist() == kept.index.tolist()
    for study, row in short.iterrows():
        rate = kept.loc[study, "rate"]
        error = (max(rate * (1 - rate), 0.01) / 20) ** 0.5
        assert row["rate"] == pytest.approx(rate, abs=4 * error), study


def test_detectors_keep_their_promise_in_the_long_study():
    kept = pd.read_csv(survey_coverage.OUT).set_index("study")
    assert (kept["replications"] >= 1000).all()
    false_alarms = kept[kept["wanted"] == 0.05]
    assert len(false_alarms) == 8
    assert (false_alarms["rate"] <= 0.05 + 3 * false_alarms["mc_error"]).all()
    found = kept[kept["wanted"] == 1.0]
    assert (found["rate"] > 0.8).all()


def test_readings_of_a_family_exist_for_every_verdict():
    known = templates()
    for prefix in ("nps.net", "nps.groups", "nps.change", "csat.top", "csat.groups", "ces.score", "ces.groups",
                   "dimensions.groups", "dimensions.change"):  # fmt: skip
        assert {f"{prefix}.{case}" for case in ("above", "below", "unclear", "too_little")} <= set(known)

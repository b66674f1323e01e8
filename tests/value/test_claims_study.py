"""The committed study of the four claims: what it promises, and that it can be made again."""

import pandas as pd
import pytest

from tests.studies import value_claims


@pytest.fixture(scope="module")
def kept():
    return pd.read_csv(value_claims.OUT).set_index("study")


def test_a_short_study_agrees_with_the_long_one(kept):
    short = value_claims.run(20).set_index("study")
    assert short.index.tolist() == kept.index.tolist()
    for study, row in short.iterrows():
        rate = kept.loc[study, "rate"]
        error = (max(rate * (1 - rate), 0.01) / 20) ** 0.5
        assert row["rate"] == pytest.approx(rate, abs=4 * error), study


def test_the_long_study_keeps_its_promise(kept):
    assert (kept["replications"] >= 1000).all()
    # The usual shortcut finds growth where there is none, nearly always: this is why it is not used.
    assert kept.loc[value_claims.SHORTCUT, "rate"] > 0.9
    ours = kept.drop(index=value_claims.SHORTCUT)
    alarms, covered, found = (ours[ours["wanted"] == wanted] for wanted in (0.05, 0.95, 1.0))
    assert (alarms["rate"] <= 0.05 + 3 * alarms["mc_error"]).all()
    assert (covered["rate"] >= 0.95 - 3 * covered["mc_error"]).all()
    assert (found["rate"] > 0.8).all()
    assert len(alarms) + len(covered) + len(found) == len(ours) == len(value_claims.STUDIES) - 1

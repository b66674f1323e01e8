"""semopy on the cases where it is right: complete data, one group, covariances only."""

import warnings

import numpy as np
import pytest

from crqkit import sem

HOLZINGER = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
DEMOCRACY = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8
"""


@pytest.fixture(scope="module")
def semopy():
    with warnings.catch_warnings():
        # Its own imports warn on a current numpy and scipy.
        warnings.simplefilter("ignore")
        import semopy
        from semopy.examples import holzinger39, political_democracy
    semopy.data = {"holzinger": holzinger39.get_data(), "democracy": political_democracy.get_data()}
    return semopy


@pytest.mark.parametrize(("text", "name"), [(HOLZINGER, "holzinger"), (DEMOCRACY, "democracy")])
def test_semopy_and_crqkit_agree_where_semopy_is_right(semopy, text, name):
    data = semopy.data[name]
    ours = sem.fit(text, data, estimator="ML", missing="listwise", meanstructure=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = semopy.Model(ours.to_semopy())
        model.fit(data)
        theirs, measures = model.inspect(), semopy.calc_stats(model).iloc[0]
    mine = ours.fit_measures
    assert measures["DoF"] == mine["df"]
    for label, own in {"chi2": "chisq", "CFI": "cfi", "TLI": "tli", "chi2 Baseline": "baseline.chisq"}.items():
        assert measures[label] == pytest.approx(mine[own], rel=2e-3, abs=2e-4), label
    # semopy divides by n - 1, lavaan by n.
    assert measures["RMSEA"] == pytest.approx(mine["rmsea"] * np.sqrt(ours.n / (ours.n - 1)), rel=2e-3)
    table = ours.parameters.set_index(["lhs", "op", "rhs"])
    seen = 0
    for _, row in theirs.iterrows():
        left, op, right = row["lval"], row["op"], row["rval"]
        # semopy writes a loading as a regression of the item on its factor.
        key = next(k for k in [(right, "=~", left), (left, op, right), (right, op, left)] if k in table.index)
        free = table.loc[key]
        if free["se"] > 0:
            assert abs(float(row["Estimate"]) - free["est"]) < 0.02 * free["se"]
            seen += 1
    assert seen == mine["npar"]
    # Ours is at least as good an optimum.
    assert mine["chisq"] <= measures["chi2"] + 1e-6


def test_what_semopy_calls_log_likelihood_is_another_number(semopy):
    data = semopy.data["holzinger"]
    ours = sem.fit(HOLZINGER, data, estimator="ML", missing="listwise", meanstructure=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = semopy.Model(HOLZINGER)
        model.fit(data)
        theirs = semopy.calc_stats(model).iloc[0]
    # Rosseel (2012), Journal of Statistical Software 48(2), p. 20: -3737.745.
    assert ours.fit_measures["logl"] == pytest.approx(-3737.745, abs=1e-3)
    assert not np.isclose(theirs["LogLik"], ours.fit_measures["logl"], rtol=0.1)

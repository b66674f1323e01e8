"""An omitted common cause: a closed form, lavaan's constrained fits, and populations of known making."""

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import ChoiceProblem, ModelProblem
from crqkit.sem import Moments
from crqkit.sem.assessment.sensitivity import WEAK, confounding

PATHS = "m ~ a*x\ny ~ b*m + c*x\nab := a*b\ntotal := c + a*b"
LATENT = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nY =~ y1 + y2 + y3\nM ~ X\nY ~ M + X"
PRINTED = np.array([[1, 0.5, 0.4], [0.5, 1.25, 0.8], [0.4, 0.8, 1.5]])


def population(a=0.5, b=0.4, c=0.2, rho=0.0):
    """Covariances of x, m, y where an omitted cause leaves the correlation `rho` in m and y."""
    by = np.linalg.inv(np.eye(3) - np.array([[0, 0, 0], [a, 0, 0], [c, b, 0]]))
    return by @ np.array([[1, 0, 0], [0, 1, rho], [0, rho, 1]]) @ by.T


def observed(cov, n=500):
    return Moments(pd.DataFrame(cov, index=list("xmy"), columns=list("xmy")), n)


def measured(cov, n=500):
    """Three items for each of x, m, y, with error."""
    loadings = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.9]]))
    names = [f"{name}{i}" for name in "xmy" for i in (1, 2, 3)]
    return Moments(pd.DataFrame(loadings @ cov @ loadings.T + 0.4 * np.eye(9), index=names, columns=names), n)


def at(found, rho):
    return found.table.set_index("rho").loc[rho]


def test_estimates_follow_the_closed_form():
    cov = population(rho=0.25)
    found = confounding(sem.fit(PATHS, observed(cov)), "ab")
    left = cov[1:, 1:] - np.outer(cov[1:, 0], cov[0, 1:])
    r = left[0, 1] / np.sqrt(left[0, 0] * left[1, 1])
    rho = found.table["rho"].to_numpy()
    # Imai, Keele & Yamamoto 2010: the path from mediator to outcome as a function of the correlation.
    b = np.sqrt(left[1, 1] / left[0, 0]) * (r - rho * np.sqrt((1 - r**2) / (1 - rho**2)))
    assert found.table["estimate"].to_numpy(float) == pytest.approx(0.5 * b, abs=1e-7)
    assert found.settings["rho_zero"] == pytest.approx(r, abs=1e-3)
    assert found.table["worse"].abs().max() < 1e-6


@pytest.mark.parametrize(
    ("model", "data", "names", "rho", "expected"),
    [
        # lavaan 0.6-14, residual covariance == rho * sqrt(product of residual variances).
        (PATHS, observed(PRINTED), ("x", "m", "y"), 0.1, (0.25025315, 0.03155888)),
        (PATHS, observed(PRINTED), ("x", "m", "y"), 0.3, (0.14433764, 0.02655425)),
        (LATENT, measured(PRINTED), ("X", "M", "Y"), 0.3, (0.14433764, 0.03396057)),
    ],
)
def test_intervals_are_those_of_a_constrained_fit(model, data, names, rho, expected):
    row = at(confounding(sem.fit(model, data), names, rho=[rho]), rho)
    estimate, se = expected
    assert row["estimate"] == pytest.approx(estimate, rel=1e-6)
    assert (row["high"] - row["low"]) / 2 == pytest.approx(1.959964 * se, rel=1e-5)


@pytest.mark.parametrize("rho", [-0.4, 0.3, 0.6])
def test_at_the_true_correlation_the_true_effect_comes_back(rho):
    cov = population(rho=rho)
    plain = confounding(sem.fit(PATHS, observed(cov)), ("x", "m", "y"), rho=[rho])
    assert at(plain, rho)["estimate"] == pytest.approx(0.2, abs=1e-6)
    assert abs(at(plain, 0.0)["estimate"] - 0.2) > 0.1
    found = confounding(sem.fit(LATENT, measured(cov)), ("X", "M", "Y"), rho=[rho])
    assert at(found, rho)["estimate"] == pytest.approx(0.2, abs=1e-6)


def test_a_simulated_cause_is_allowed_for():
    rng = np.random.default_rng(4)
    n = 4000
    hidden, x = rng.standard_normal((2, n))
    # The hidden cause makes up 40 % of what is left in both: a correlation of 0.4.
    m = 0.5 * x + np.sqrt(0.4) * hidden + np.sqrt(0.6) * rng.standard_normal(n)
    y = 0.3 * m + np.sqrt(0.4) * hidden + np.sqrt(0.6) * rng.standard_normal(n)
    found = confounding(sem.fit(PATHS, pd.DataFrame({"x": x, "m": m, "y": y})), "ab", rho=[0.4])
    row = at(found, 0.4)
    assert row["low"] < 0.15 < row["high"]
    assert at(found, 0.0)["low"] > 0.25


def test_what_still_points_the_same_way():
    found = confounding(sem.fit(PATHS, observed(population())), "ab")
    assert found.reading.id == "confounding.reading.holds"
    assert found.reading.params["rho"] == found.settings["rho_covers_zero"]
    below, above = sorted([found.settings["rho_covers_zero"], found.settings["rho_zero"]])
    assert 0.1 < below < above < 0.5
    edge = confounding(sem.fit(PATHS, observed(population())), "ab", rho=[below - 0.001, below + 0.001])
    assert edge.table["low"].iloc[1] > 0 > edge.table["low"].iloc[2]
    assert "consistent with" in found.reading
    assert " causes " not in found.reading


def test_an_effect_below_zero_turns_on_the_other_side():
    found = confounding(sem.fit(PATHS, observed(population(b=-0.4))), "ab")
    assert found.reading.id == "confounding.reading.holds"
    assert found.settings["rho_zero"] < found.settings["rho_covers_zero"] < -0.1


def test_a_weak_common_cause_may_be_enough():
    model = sem.fit(PATHS, observed(population(b=0.12)))
    assert confounding(model, "ab").reading.id == "confounding.reading.weak"
    assert confounding(model, "ab", weak=WEAK.at(0.01)).reading.id == "confounding.reading.holds"


def test_what_holds_zero_already_is_not_read():
    found = confounding(sem.fit(PATHS, observed(population(b=0.0))), "ab")
    assert found.reading.id == "confounding.reading.already"
    assert found.settings["rho_covers_zero"] == 0


def test_too_few_people_and_never():
    assert confounding(sem.fit(PATHS, observed(population(), 60)), "ab").reading.id == "confounding.reading.too_little"
    short = confounding(sem.fit(PATHS, observed(population())), "ab", rho=[-0.1, 0.1])
    assert short.reading.id == "confounding.reading.never"
    assert short.reading.params["rho"] == 0.1
    assert np.isnan(short.settings["rho_covers_zero"])


def test_a_path_left_out_is_named():
    model = sem.fit("m ~ a*x\ny ~ b*m\nab := a*b", observed(population(c=0.0)))
    found = confounding(model, "ab")
    assert found.table["worse"].max() > 10
    assert "confounding.caution.fit" in [caution.id for caution in found.cautions]
    kept = confounding(sem.fit(PATHS, observed(population())), "ab")
    assert [caution.id for caution in kept.cautions] == ["confounding.caution.only"]


def test_one_group_of_several():
    data = {"north": observed(population()), "south": observed(population(b=0.1))}
    found = confounding(sem.fit("m ~ x\ny ~ m + x", data), ("x", "m", "y"), group="south", rho=[0.2])
    alone = confounding(sem.fit("m ~ x\ny ~ m + x", data["south"]), ("x", "m", "y"), rho=[0.2])
    assert at(found, 0.2)["estimate"] == pytest.approx(at(alone, 0.2)["estimate"], abs=1e-6)
    assert at(found, 0.2)["low"] == pytest.approx(at(alone, 0.2)["low"], rel=1e-4)


def test_the_picture_has_every_correlation():
    found = confounding(sem.fit(PATHS, observed(population())), "ab")
    assert found.plot().lines[0].get_xdata().tolist() == found.table["rho"].tolist()


@pytest.mark.parametrize(
    ("indirect", "options", "name"),
    [
        ("total", {}, "indirect"),
        (("y", "m", "x"), {}, "indirect"),
        ("ab", {"rho": [1.0]}, "rho"),
    ],
)
def test_what_cannot_be_is_refused(indirect, options, name):
    with pytest.raises(ChoiceProblem, match=f"^{name}:"):
        confounding(sem.fit(PATHS, observed(population())), indirect, **options)


def test_groups_must_be_named():
    data = {"north": observed(population()), "south": observed(population())}
    with pytest.raises(ChoiceProblem, match=r"^group:"):
        confounding(sem.fit("m ~ x\ny ~ m + x", data), ("x", "m", "y"))


def test_a_correlation_that_is_estimated_is_not_held():
    model = sem.fit("m ~ a*x\ny ~ b*m\nm ~~ y\nab := a*b", observed(population()))
    with pytest.raises(ModelProblem, match="already"):
        confounding(model, "ab")

"""Simulated answers have the moments that were asked for; power against semTools and by simulation."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kurtosis, norm, skew

from crqkit import sem
from crqkit.base import ChoiceProblem, ModelProblem
from crqkit.sem.planning.population import populations
from crqkit.sem.planning.satorra_saris import satorra_saris
from crqkit.sem.planning.simulate import simulate
from tests.sem.cases import answers, case
from tests.sem.fitted import fitted

TEXT = "f =~ 0.8*a + 0.7*b + 0.6*c\ng =~ 0.8*x + 0.7*y + 0.6*z\nf ~~ 0.2*g"
APART = "f =~ a + b + c\ng =~ x + y + z\nf ~~ 0*g"
MANY = 100_000


def test_moments_of_a_population_equal_lavaans():
    of = case("pw_population")
    made = populations(of["population_model"])[0]
    expected = pd.DataFrame(of["reference"]["arrays"]["implied"], index=of["variables"], columns=of["variables"])
    assert made.cov == pytest.approx(expected.loc[made.observed, made.observed].to_numpy())


def test_answers_have_the_moments_asked_for():
    data = simulate(TEXT, MANY, seed=1, standardized=True)
    assert data.cov().to_numpy() == pytest.approx(populations(TEXT, standardized=True)[0].cov, abs=0.015)
    assert np.diag(populations(TEXT, standardized=True)[0].cov) == pytest.approx(1.0)


def test_variances_not_written_are_one():
    cov = populations(TEXT)[0].cov
    assert np.diag(cov) == pytest.approx([1.64, 1.49, 1.36] * 2)


def test_the_same_seed_gives_the_same_answers():
    first, again = (simulate(TEXT, 20, seed=7) for _ in range(2))
    assert first.equals(again)
    assert not first.equals(simulate(TEXT, 20, seed=8))
    # A generator goes on from where it is.
    rng = np.random.default_rng(7)
    assert simulate(TEXT, 20, seed=rng).equals(first)
    assert not simulate(TEXT, 20, seed=rng).equals(first)


def test_simulated_answers_are_called_so():
    assert simulate(TEXT, 5, seed=1).attrs == {"simulated": True}


def test_groups_have_their_own_values():
    text = "f =~ c(0.8, 0.5)*a + 0.7*b + 0.6*c\nf ~ c(0, 0.5)*1"
    data = simulate(text, {"AT": 40_000, "FI": 30_000}, seed=2, groups=["AT", "FI"], group="country")
    assert data["country"].value_counts().to_dict() == {"AT": 40_000, "FI": 30_000}
    means = data.groupby("country")["a"].mean()
    assert means.to_numpy() == pytest.approx([0, 0.25], abs=0.03)


def test_ordered_answers_fall_between_the_cut_points():
    by_option = simulate(TEXT, MANY, seed=3, ordered={"a": [-0.5, 1.0]})
    by_text = simulate(f"{TEXT}\na | -0.5*t1 + 1*t2", MANY, seed=3)
    assert by_option.equals(by_text)
    shares = by_option["a"].value_counts(normalize=True).sort_index()
    assert list(shares.index) == [1, 2, 3]
    assert shares.to_numpy() == pytest.approx(np.diff(norm.cdf([-np.inf, -0.5, 1, np.inf])), abs=0.005)
    theta = simulate(TEXT, MANY, seed=3, ordered={"a": [-0.5, 1.0]}, parameterization="theta")["a"]
    assert (theta == 1).mean() == pytest.approx(norm.cdf(-0.5 / np.sqrt(1.64)), abs=0.005)


def test_skew_and_kurtosis_come_out():
    data = simulate(TEXT, 400_000, seed=4, standardized=True, skew={"a": 1.5, "b": -1.0}, kurtosis={"a": 4.0})
    assert skew(data[["a", "b", "c"]]) == pytest.approx([1.5, -1.0, 0], abs=0.06)
    assert kurtosis(data[["a", "b", "c"]]) == pytest.approx([4.0, 1.5, 0], abs=0.5)
    assert data.cov().to_numpy() == pytest.approx(populations(TEXT, standardized=True)[0].cov, abs=0.02)


def test_clusters_hold_their_share_of_the_variance():
    data = simulate(TEXT, 40_000, seed=5, standardized=True, clusters=4_000, icc=0.3)
    between = data.groupby("cluster")["a"].mean().var()
    # Ten persons a cluster: their mean keeps a tenth of what varies within.
    assert between == pytest.approx(0.3 + 0.7 / 10, abs=0.03)
    assert data["a"].var() == pytest.approx(1, abs=0.05)


def test_missing_answers_are_as_many_as_asked_for():
    data = simulate(TEXT, 20_000, seed=6, missing={"a": 0.25})
    assert data["a"].isna().mean() == pytest.approx(0.25, abs=0.01)
    assert data["b"].notna().all()


def test_true_scores_come_with_the_answers():
    data = simulate(TEXT, MANY, seed=9, scores=True, standardized=True)
    assert data[["f", "g"]].corr().iloc[0, 1] == pytest.approx(0.2, abs=0.01)
    assert np.corrcoef(data["f"], data["a"])[0, 1] == pytest.approx(0.8, abs=0.01)


def test_a_fit_can_be_simulated_from():
    fit = fitted("plain")
    group = fit.estimate.model.sample.groups[0]
    data = simulate(fit, MANY, seed=10)
    assert data.mean().to_numpy() == pytest.approx(group.mean, abs=0.02)
    implied = fit.estimate.model.structures[0].moments(fit.estimate.x)[1]
    assert data.cov().to_numpy() == pytest.approx(implied, abs=0.03)
    assert len(simulate(fit, seed=1)) == 450


def test_ordered_answers_of_a_fit_are_chosen_as_often():
    fit = fitted("ordinal")
    shares = simulate(fit, MANY, seed=11)["tr1"].value_counts(normalize=True).sort_index()
    seen = answers("data/crq_ordinal.csv")["tr1"].value_counts(normalize=True).sort_index()
    assert shares.to_numpy() == pytest.approx(seen.to_numpy(), abs=0.01)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("f =~ 0.8*a + b + c", {}, "needs a value for f=~b, f=~c"),
        ("f =~ 0.8*a + 1.2*b + 0.5*c", {"standardized": True}, "look at b"),
        ("f =~ 0.8*a + 0.7*b + 0.5*c", {"ordered": {"a": [1, 0]}}, "do not rise"),
    ],
)
def test_impossible_populations_are_refused(text, options, message):
    with pytest.raises(ModelProblem, match=message):
        simulate(text, 10, seed=1, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"n": None},
        {"n": 0},
        {"n": [5, 5]},
        {"missing": 1.0},
        {"icc": -0.1},
        {"clusters": 0},
        {"skew": 2, "kurtosis": 0},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ChoiceProblem):
        simulate(TEXT, **{"n": 10, "seed": 1, **options})


# Power -------------------------------------------------------------------------------------------------------------


def test_power_equals_semtools(shared):
    path = shared / "bank" / "visible" / "v_power_satorra_saris.json"
    of = json.loads(path.read_text(encoding="utf-8"))
    found = satorra_saris(of["population_model"], of["h0_model"], of["n"], df=of["df"])
    table = found.table.set_index("measure")["estimate"]
    assert table["ncp"] == pytest.approx(of["reference"]["scalars"]["ncp"], rel=1e-5)
    assert table["power"] == pytest.approx(of["reference"]["scalars"]["power"], rel=1e-5)


def test_power_of_a_path_equals_semtools():
    of = case("pw_population")
    table = satorra_saris(of["population_model"], of["h0_model"], 200, df=1).table.set_index("measure")["estimate"]
    assert table["ncp"] == pytest.approx(of["reference"]["scalars"]["ncp"], rel=1e-5)
    assert table["power"] == pytest.approx(of["reference"]["scalars"]["power"], rel=1e-5)


@pytest.mark.slow
def test_power_is_how_often_simulated_studies_find_it():
    found = satorra_saris(f"{TEXT}\nf ~~ 1*f\ng ~~ 1*g", APART, 200, df=1)
    rng, hits = np.random.default_rng(12), 0
    for _ in range(200):
        data = simulate(TEXT, 200, seed=rng)
        apart = sem.fit(APART, data, estimator="ML", missing="listwise").estimate.test.chisq
        free = sem.fit(APART.replace("0*", ""), data, estimator="ML", missing="listwise").estimate.test.chisq
        hits += apart - free > 3.841
    # Three Monte-Carlo errors, and a little as the restriction is not quite near.
    assert hits / 200 == pytest.approx(found.table["estimate"].iloc[0], abs=0.12)


def test_power_of_the_test_of_fit_takes_the_models_own_df():
    free = satorra_saris(TEXT, APART, 300).settings["df"]
    assert free == 9


def test_people_needed_reach_the_power():
    found = satorra_saris(TEXT, APART, 100, df=1).table.set_index("measure")["estimate"]
    needed = int(found["n_needed"])
    powers = [satorra_saris(TEXT, APART, n, df=1).table["estimate"].iloc[0] for n in (needed - 1, needed)]
    assert powers[0] < 0.8 <= powers[1]


@pytest.mark.parametrize(("n", "tie", "said"), [(100, 0.2, "low"), (2000, 0.2, "enough"), (300, 0.0, "none")])
def test_power_is_read_in_three_cases(n, tie, said):
    found = satorra_saris(TEXT.replace("0.2*g", f"{tie}*g"), APART, n, df=1)
    assert found.reading.id == f"power.restriction.{said}"


def test_power_over_groups():
    text = "f =~ 0.8*a + c(0.7, 0.5)*b + 0.6*c + 0.7*d\nf ~~ 1*f"
    options = {"groups": ["AT", "FI"], "group_equal": ["loadings"], "df": 3}
    found = satorra_saris(text, "f =~ a + b + c + d", 150, **options)
    assert found.table["n"].iloc[0] == 300
    assert 0.05 < found.table["estimate"].iloc[0] < 1


def test_moments_are_taken_for_the_population_as_they_are():
    made = populations(TEXT)[0]
    cov = pd.DataFrame(made.cov, index=made.observed, columns=made.observed)
    by_moments = satorra_saris(sem.Moments(cov, 1), APART, 300, df=1).table["estimate"]
    assert by_moments.to_numpy() == pytest.approx(satorra_saris(TEXT, APART, 300, df=1).table["estimate"].to_numpy())


def test_ordered_populations_are_refused():
    with pytest.raises(ModelProblem, match="ordered"):
        satorra_saris(f"{TEXT}\na | 0*t1", APART, 300, df=1)
    with pytest.raises(ChoiceProblem):
        satorra_saris(TEXT, APART, 1, df=1)

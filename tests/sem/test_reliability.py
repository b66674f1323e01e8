"""Reliability against semTools and lavaan, parallel forms as a second source, readings on data of known making."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import ChoiceProblem, ModelProblem
from crqkit.sem.planning.simulate import simulate
from crqkit.sem.scales.composites import lambda6, parts, scales_of
from crqkit.sem.scales.ordinal_reliability import cuts_of, omega_of_sum, omega_slope, steps_of
from crqkit.sem.scales.reliability import reliability
from tests.sem.answers import HERE
from tests.sem.cases import answers, case, fits
from tests.sem.fitted import fitted

R = json.loads((HERE / "reliability.json").read_text(encoding="utf-8"))
CASES = ["rl_cfa", "rl_cross", "rl_residual_cov", "rl_fiml", "rl_mg", "rl_higher", "rl_ordinal", "rl_binary"]
NAMES = {  # the cases' names, ours, whether the sample's variances divide
    "ave": ("ave", True),
    "omega_implied": ("omega", False),
    "omega_obs": ("omega", True),
    "alpha": ("alpha", True),
    "omega_ord": ("omega", True),
    "omega_latent": ("omega_latent", True),
    "alpha_latent": ("alpha_ordinal", True),
    "higher": ("omega", True),
    "higher_model": ("omega", False),
}
ONE = "f =~ {0}*a + {0}*b + {0}*c"
MEASURED = "f =~ a + b + c"


def made(loading, n, seed=1, text=ONE):
    return simulate(text.format(loading), n, seed=seed, standardized=True)


def values(found, measure="omega"):
    rows = found.table[found.table["measure"] == measure]
    return rows.set_index("factor")["estimate"]


@pytest.mark.parametrize("name", CASES)
def test_reliability_equals_semtools(name):
    fit = fits(name)
    tables = {seen: reliability(fit, observed_variance=seen).table for seen in (True, False)}
    known = 0
    for key, expected in case(name)["reference"]["scalars"].items():
        what, _, rest = key.partition(".")
        if what not in NAMES or expected is None:
            continue
        factor, _, place = rest.partition("@")
        measure, seen = NAMES[what]
        rows = tables[seen][(tables[seen]["measure"] == measure) & (tables[seen]["factor"] == factor)]
        estimate = rows["estimate"].iloc[int(place or 1) - 1]
        assert estimate == pytest.approx(expected, abs=2e-5), key
        known += 1
    assert known > 2


@pytest.mark.parametrize("name", ["ordinal", "ordinal_tied", "ordinal_sem", "binary"])
def test_omega_of_an_ordered_sum_equals_semtools(name):
    for seen, kind in ((False, "implied"), (True, "observed")):
        found = reliability(fitted(name), observed_variance=seen)
        for ours, theirs in (("omega", "omega"), ("omega_latent", "latent"), ("ave", "ave")):
            for factor, expected in R["reliability"][name][kind][theirs].items():
                assert values(found, ours)[factor] == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_errors_equal_those_of_defined_parameters_in_lavaan(estimator):
    text = "TR =~ tr1 + tr2 + tr3 + tr4\nLO =~ lo1 + lo2 + lo3 + lo4\ntr1 ~~ tr2"
    fit = sem.fit(text, answers("data/crq.csv"), estimator=estimator, missing="listwise")
    table = reliability(fit).table
    for measure in ("omega", "ave"):
        row = table[(table["measure"] == measure) & (table["factor"] == "TR")].iloc[0]
        expected = R["delta"][estimator][measure]
        assert row["se"] == pytest.approx(expected["se"], rel=1e-4)
        assert [row["low"], row["high"]] == pytest.approx([expected["ci.lower"], expected["ci.upper"]], abs=1e-5)


@pytest.mark.parametrize("name", ["ordinal", "ordinal_theta", "ordinal_groups"])
def test_slopes_of_ordered_omega_are_its_differences(name):
    found = fitted(name).estimate
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        x = found.x[structure.free]
        scale = scales_of(found.model.table, None)[1]
        steps = steps_of(structure, group.ordinal.levels, scale)
        ends = [[omega_of_sum(structure, x + h * e, scale, steps) for e in np.eye(len(x))] for h in (1e-5, -1e-5)]
        difference = (np.array(ends[0]) - np.array(ends[1])) / 2e-5
        assert omega_slope(structure, x, scale, steps) == pytest.approx(difference, abs=1e-8)


def test_ordered_omega_does_not_depend_on_the_parameterization():
    delta, theta = reliability(fitted("ordinal")).table, reliability(fitted("ordinal_theta")).table
    assert theta["estimate"].to_numpy() == pytest.approx(delta["estimate"].to_numpy(), abs=1e-5)
    assert theta["se"].dropna().to_numpy() == pytest.approx(delta["se"].dropna().to_numpy(), rel=1e-3)


def test_ordered_omega_is_the_correlation_of_two_forms():
    # In later groups latent means move the thresholds; semTools 0.5-6 leaves them out.
    found = fitted("ordinal_groups").estimate
    structure, group = found.model.structures[1], found.model.sample.groups[1]
    x = found.x[structure.free]
    scale = scales_of(found.model.table, None)[0]
    pieces, cuts = parts(structure, x, scale), cuts_of(structure, x, scale)
    rng, n = np.random.default_rng(1), 400_000
    factor = rng.standard_normal(n) * np.sqrt(pieces.variance)

    def form():
        total = np.zeros(n)
        for loading, edges in zip(pieces.loading, cuts, strict=True):
            rest = np.sqrt(1 - loading**2 * pieces.variance)
            total += np.searchsorted(edges, loading * factor + rest * rng.standard_normal(n))
        return total

    value = omega_of_sum(structure, x, scale, steps_of(structure, group.ordinal.levels, scale))
    assert np.corrcoef(form(), form())[0, 1] == pytest.approx(value, abs=3e-3)


def test_intervals_hold_the_truth_as_often_as_they_say():
    hits = 0
    rng = np.random.default_rng(3)
    for _ in range(80):
        row = reliability(sem.fit(MEASURED, made(0.7, 300, rng), estimator="ML")).table.iloc[0]
        hits += row["low"] <= 4.41 / (4.41 + 1.53) <= row["high"]
    # 0.95 less three Monte-Carlo errors.
    assert hits / 80 > 0.877


def test_a_bootstrap_gives_its_percentiles():
    data = made(0.7, 200)
    plain = reliability(sem.fit(MEASURED, data, estimator="ML")).table.iloc[0]
    drawn = reliability(sem.fit(MEASURED, data, estimator="ML", se="bootstrap", bootstrap=300, seed=1)).table.iloc[0]
    assert drawn["estimate"] == pytest.approx(plain["estimate"])
    assert drawn["se"] == pytest.approx(plain["se"], rel=0.25)
    assert drawn["low"] < drawn["estimate"] < drawn["high"]


@pytest.mark.parametrize(
    ("loading", "n", "said"),
    [(0.85, 500, "above"), (0.4, 500, "below"), (0.66, 150, "unclear"), (0.85, 60, "too_little")],
)
def test_one_scale_is_read_as_its_interval_allows(loading, n, said):
    found = reliability(sem.fit(MEASURED, made(loading, n), estimator="ML"))
    assert found.reading.id == f"reliability.scale.{said}"


def test_several_scales_are_read_by_the_worst():
    text = "f =~ 0.9*a + 0.9*b + 0.9*c\ng =~ {0}*x + {0}*y + {0}*z"
    model = "f =~ a + b + c\ng =~ x + y + z"
    said = {}
    for loading in (0.9, 0.66, 0.4):
        data = simulate(text.format(loading), 150, seed=4, standardized=True)
        found = reliability(sem.fit(model, data, estimator="ML"))
        said[loading] = found.reading.id
        if loading == 0.4:
            assert found.reading.params["names"] == "g"
    assert list(said.values()) == [f"reliability.scales.{kind}" for kind in ("above", "unclear", "below")]


@pytest.mark.parametrize(("loading", "said"), [(0.9, None), (0.72, "unclear"), (0.5, "below")])
def test_ave_is_read_in_three_cases(loading, said):
    found = reliability(sem.fit(MEASURED, made(loading, 400), estimator="ML"))
    ids = [caution.id for caution in found.cautions]
    assert [name for name in ids if name.startswith("reliability.ave")] == ([f"reliability.ave.{said}"] if said else [])


def test_the_readers_own_limit_is_used_and_named():
    fit = sem.fit(MEASURED, made(0.85, 500), estimator="ML")
    found = reliability(fit, limit=0.95)
    assert found.reading.id == "reliability.scale.below"
    assert any("set by the reader" in source for source in found.sources)


def test_without_intervals_nothing_is_claimed():
    found = reliability(sem.fit(MEASURED, made(0.85, 500), estimator="ML"), observed_variance=True)
    assert found.reading.id == "reliability.scale.point"


def test_an_item_the_other_way_round_stops_the_reading():
    data = made(0.8, 500)
    found = reliability(sem.fit(MEASURED, data.assign(b=-data["b"]), estimator="ML"))
    assert found.reading.id == "reliability.scale.turned"


def test_a_heywood_case_stops_the_reading():
    r = pd.DataFrame([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]], index=list("abc"), columns=list("abc"), dtype=float)
    found = reliability(sem.fit(MEASURED, sem.Moments(r, 300)))
    assert found.reading.id == "reliability.scale.improper"
    assert found.cautions[0].id == "reliability.caution.improper"


def test_a_single_item_is_left_out_and_said():
    data = made(0.8, 300).assign(z=np.arange(300.0) % 7)
    found = reliability(sem.fit(f"{MEASURED}\ng =~ z", data, estimator="ML"))
    assert set(found.table["factor"]) == {"f"}
    assert "reliability.caution.lone" in [caution.id for caution in found.cautions]
    with pytest.raises(ModelProblem, match="no factor has two items"):
        reliability(sem.fit("f =~ a\ng =~ z\ng ~ f", data, estimator="ML"))


def test_mixed_items_have_no_omega():
    data = made(0.8, 400)
    data["c"] = np.digitize(data["c"], [-0.5, 0.5])
    found = reliability(sem.fit(MEASURED, data, ordered=["c"]))
    assert found.reading.id == "reliability.scales.mixed"


def test_higher_takes_names_of_factors_only():
    fit = fitted("second")
    assert "CRQ" not in set(reliability(fit, higher=()).table["factor"])
    assert values(reliability(fit, higher="CRQ"))["CRQ"] == pytest.approx(
        R["reliability"]["second"]["implied"]["omega"]["CRQ"], abs=2e-5
    )
    with pytest.raises(ChoiceProblem, match="CRQ"):
        reliability(fit, higher="CRK")


def test_sixth_bound_equals_psych(shared):
    reference = json.loads((shared / "bank" / "visible" / "v_rel_crq.json").read_text(encoding="utf-8"))["reference"]
    data = pd.read_csv(shared / "bank" / "visible" / "data" / "crq3.csv")
    r = data[["tr1", "tr2", "tr3", "tr4"]].corr().to_numpy()
    assert lambda6(r) == pytest.approx(reference["scalars"]["psych.TR.G6"], abs=1e-6)


def test_it_can_be_drawn_and_shown():
    found = reliability(fitted("groups"))
    assert len(found.plot().get_yticklabels()) == 9
    assert "omega" in repr(found)


def test_a_search_that_did_not_converge_gives_no_reliability():
    found = fitted("plain").estimate
    stuck = replace(found, optimum=replace(found.optimum, converged=False))
    with pytest.raises(ModelProblem, match="did not converge"):
        reliability(stuck)

"""Factors against psych, GPArotation and stats of R; counts of factors and readings on data of known making."""

import json

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.sem.scales.correlations import correlations, pearson, random_matrices
from crqkit.sem.scales.efa import efa, factor_count, omega_efa, schmid_leiman
from crqkit.sem.scales.extraction import minres
from crqkit.sem.scales.factor_number import mean_partials
from crqkit.sem.scales.rotation import ordered, rotate
from tests.sem.answers import HERE, ITEMS, clustered, noise

R = json.loads((HERE / "efa.json").read_text(encoding="utf-8"))
CASES = ["holz", "harman", "holz2"]


def matrix(name):
    return np.array(R[name]["R"])


def turned(name, key):
    """What R found, with its factors in our order."""
    loadings = np.array(R[name][key]["loadings"])
    phi = R[name][key].get("phi")
    return ordered(loadings, np.eye(loadings.shape[1]) if phi is None else np.array(phi))


@pytest.mark.parametrize("name", CASES)
def test_minres_equals_psych(name):
    found = minres(matrix(name), R[name]["factors"])
    assert found.converged
    assert found.loadings == pytest.approx(np.array(R[name]["none"]["loadings"]), abs=2e-5)
    assert found.uniqueness == pytest.approx(np.array(R[name]["none"]["uniqueness"]), abs=2e-5)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("key", "how", "kaiser", "tolerance"),
    [
        ("oblimin", "oblimin", None, 2e-5),
        ("psych_oblimin", "oblimin", None, 5e-5),
        ("oblimin_kaiser", "oblimin", True, 2e-5),
        ("varimax", "varimax", None, 2e-5),
        ("varimax_raw", "varimax", False, 2e-5),
        ("promax", "promax", None, 2e-5),
        ("psych_varimax", "varimax", None, 2e-3),  # psych stops the search early
    ],
)
def test_rotations_equal_r(name, key, how, kaiser, tolerance):
    loadings, phi = rotate(minres(matrix(name), R[name]["factors"]).loadings, how, kaiser)
    theirs, their_phi = turned(name, key)
    assert loadings == pytest.approx(theirs, abs=tolerance)
    assert phi == pytest.approx(their_phi, abs=tolerance)


@pytest.mark.parametrize("name", CASES)
def test_what_a_paper_reports_equals_psych(name):
    found, theirs = efa(matrix(name), R[name]["factors"], n=R[name]["n"]), R[name]["psych_oblimin"]
    assert found.loadings.to_numpy() == pytest.approx(np.array(theirs["loadings"]), abs=5e-5)
    assert found.table["complexity"].to_numpy() == pytest.approx(np.array(theirs["complexity"]), abs=5e-4)
    assert found.variance["ss_loadings"].to_numpy() == pytest.approx(np.array(theirs["variance"]), abs=1e-4)
    assert found.fit["df"] == theirs["df"]
    assert found.fit["rmsr"] == pytest.approx(theirs["rmsr"], abs=1e-6)
    # The factors say the same of the correlations, however they are turned.
    implied = found.loadings @ found.correlations @ found.loadings.T
    assert np.diag(implied) == pytest.approx(found.communalities.to_numpy(), abs=1e-9)
    assert (found.uniqueness + found.communalities).to_numpy() == pytest.approx(1.0)


def test_a_turn_that_starts_at_a_worst_point_still_finds_simple_structure():
    start = np.array([[0.6, 0.6], [0.6, 0.6], [0.6, -0.6], [0.6, -0.6]])
    for how in ("oblimin", "varimax", "promax"):
        assert np.abs(rotate(start, how)[0]).min(axis=1) == pytest.approx(0, abs=1e-6)


def test_known_loadings_come_back():
    pattern = np.kron(np.eye(3), [[0.8], [0.7], [0.6], [0.5]])
    phi = np.full((3, 3), 0.3) + 0.7 * np.eye(3)
    truth = pattern @ phi @ pattern.T
    np.fill_diagonal(truth, 1.0)
    found = efa(truth, 3, n=500)
    assert np.sort(found.loadings.max()) == pytest.approx([0.8, 0.8, 0.8], abs=1e-4)
    assert found.correlations.to_numpy() == pytest.approx(phi, abs=1e-3)
    assert found.reading.id == "efa.factors.clear"


def test_map_equals_psych_and_velicers_start():
    for name in ("holz", "harman", "noise"):
        theirs = np.array(R[name]["map"], dtype=float)[:6]
        assert mean_partials(matrix(name))[1:7] == pytest.approx(theirs, abs=1e-8)
    off = matrix("noise")[np.tril_indices(8, -1)]
    assert mean_partials(matrix("noise"))[0] == pytest.approx((off**2).mean())


def test_chance_equals_psych_within_its_error():
    found = factor_count(matrix("holz"), n=301, times=2000, seed=3)
    assert found.table["chance_mean"][1:].to_numpy() == pytest.approx(np.array(R["parallel"]["simulated"]), abs=5e-3)
    assert found.parallel == R["parallel"]["count"] == 3
    assert found.table["eigenvalue"][1:].to_numpy() == pytest.approx(np.array(R["holz"]["eigenvalues"]), abs=1e-8)


def test_drawn_correlations_are_those_of_normal_people():
    rng, truth = np.random.default_rng(5), np.array([[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]])
    for n in (3, 40):  # fewer people than items too
        quick = random_matrices(rng, n, truth, 4000)
        people = rng.standard_normal((4000, n, 3)) @ np.linalg.cholesky(truth).T
        slow = np.array([np.corrcoef(one, rowvar=False) for one in people])
        assert quick.mean(axis=0) == pytest.approx(slow.mean(axis=0), abs=0.05)
        assert quick.std(axis=0) == pytest.approx(slow.std(axis=0), abs=0.03)


def test_counts_in_each_case():
    assert factor_count(clustered(300, 2)).reading.id == "efa.count.clear"
    assert factor_count(matrix("holz"), n=301).reading.id == "efa.count.unclear"
    assert factor_count(clustered(49, 2)).reading.id == "efa.count.too_little"


def test_noise_has_no_factor():
    found = [factor_count(noise(200, seed=seed), times=200) for seed in range(40)]
    assert {one.map for one in found} == {0}
    # One in twenty is what the percentile allows; never a clear claim.
    assert sum(one.parallel > 0 for one in found) <= 6
    assert not any(one.reading.id == "efa.count.clear" for one in found)
    assert efa(noise(200, seed=1), 2).reading.id == "efa.factors.none"
    # Steps few people choose: polychoric correlations of nothing are large, and so must be those of chance.
    steps = [noise(200, seed=seed).apply(lambda column: np.searchsorted([0, 1.2], column)) for seed in range(6)]
    assert sum(factor_count(one, ordinal=True).parallel > 0 for one in steps) <= 2


def test_reading_in_each_case():
    assert efa(clustered(300, 2), 2).reading.id == "efa.factors.clear"
    assert efa(clustered(300, 1), 1).reading.id == "efa.factors.one"
    unclear = efa(matrix("holz"), 3, n=301).reading
    assert (unclear.id, unclear.params["names"]) == ("efa.factors.unclear", "x9")
    assert efa(clustered(300, 2), 3).reading.id == "efa.factors.fewer"
    assert efa(clustered(49, 2), 2).reading.id == "efa.factors.too_little"
    assert efa(matrix("holz"), 3).reading.id == "efa.factors.no_n"
    more = efa(clustered(300, 2), 1)
    assert [one.id for one in more.cautions] == ["efa.caution.more"]


def test_a_reader_sets_the_cut_off():
    found = efa(clustered(300, 2), 2, loading=0.9)
    assert found.reading.id == "efa.factors.unclear"
    assert any("set by the reader" in source for source in found.sources)


def test_an_improper_solution_is_named():
    improper = np.array([[1, 0.9, 0.9], [0.9, 1, 0.5], [0.9, 0.5, 1]])
    found = efa(improper, 1, n=100)
    assert [one.params["names"] for one in found.cautions if one.id == "efa.caution.heywood"] == ["x1"]


def test_empty_answers_are_left_out_or_kept_by_pairs_and_said():
    table = clustered(200, 2)
    table.iloc[::10, 0] = np.nan
    table.iloc[5] = np.nan
    whole = efa(table, 2)
    assert whole.settings["n"] == 179
    assert [(one.id, one.params["count"]) for one in whole.cautions] == [("efa.caution.left_out", 21)]
    pairs = efa(table, 2, missing="pairwise")
    assert pairs.cautions[1].params == {"least": 179, "n": 199}
    assert pearson(table.to_numpy()) == pytest.approx(table.corr().to_numpy(), abs=1e-12)


def test_matrices_that_no_sample_could_have_are_said():
    odd = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    assert factor_count(odd, n=100).cautions[0].id == "efa.caution.not_definite"


def test_covariances_and_correlations_say_the_same():
    table = clustered(200, 2) * [1, 10, 1, 5, 1, 1, 1, 1]
    one, two = efa(table, 2), efa(table.cov(), 2, n=200)
    assert one.table.drop(columns="item").to_numpy() == pytest.approx(two.table.drop(columns="item").to_numpy())
    assert one.reading == two.reading


def test_ordinal_answers():
    steps = clustered(300, 2).apply(lambda column: np.searchsorted([-1, 0, 1], column))
    assert efa(steps, 2, ordinal=True).reading.id == "efa.factors.clear"


def test_what_cannot_be_is_refused():
    table = clustered(60, 2)
    with pytest.raises(DataProblem, match="At most 4"):
        efa(table, 5)
    for wrong in (0, 1.5, True, "two"):
        with pytest.raises(ChoiceProblem, match="factors"):
            efa(table, wrong)
    with pytest.raises(ChoiceProblem, match="Did you mean varimax"):
        efa(table, 2, rotation="varimaxx")
    with pytest.raises(ChoiceProblem, match="method"):
        efa(table, 2, method="pca")
    with pytest.raises(DataProblem, match="same answer"):
        efa(table.assign(a1=3), 2)
    with pytest.raises(DataProblem) as caught:
        efa(table.assign(a1="often", a2=np.inf), 2)
    assert [fault.column for fault in caught.value.faults] == ["a1", "a2"]
    with pytest.raises(DataProblem, match="named twice"):
        efa(table, 1, ["a1", "a2", "a3", "a1"])
    with pytest.raises(DataProblem, match="missing"):
        efa(table, 1, ["a1", "a2", "a33"])
    with pytest.raises(ChoiceProblem, match="n:"):
        factor_count(table.corr())
    with pytest.raises(ChoiceProblem, match="n:"):
        factor_count(table.corr(), n="many")
    with pytest.raises(ChoiceProblem, match="times"):
        factor_count(table, times=5)
    with pytest.raises(ChoiceProblem, match="loading"):
        efa(table, 2, loading=3)
    with pytest.raises(DataProblem, match="rows are counted"):
        efa(table, 2, n=10)
    with pytest.raises(DataProblem, match="beyond 1"):
        correlations(np.array([[1, 2.0], [2.0, 1]]))
    with pytest.raises(DataProblem, match="halves"):
        correlations(np.array([[1, 0.2], [0.3, 1]]))


def test_inputs_stay_as_they_were_and_runs_repeat():
    table = clustered(120, 2)
    before = table.copy()
    one, two = efa(table, 2, seed=4), efa(table, 2, seed=4)
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(table, before)
    one.plot()
    factor_count(table).plot()


@pytest.mark.parametrize(("name", "factors"), [("omega", 3), ("omega2", 2)])
def test_schmid_leiman_equals_psych(name, factors):
    found = efa(matrix("holz"), factors)
    table = schmid_leiman(found.loadings, found.correlations)
    assert table.iloc[:, : factors + 1].to_numpy() == pytest.approx(np.array(R[name]["sl"]), abs=5e-5)


@pytest.mark.parametrize(
    ("name", "data", "factors"), [("omega", "holz", 3), ("omega2", "holz", 2), ("omega_harman", "harman", 4)]
)
def test_omegas_equal_psych(name, data, factors):
    found = omega_efa(matrix(data), factors=factors).table["estimate"]
    assert found.to_numpy() == pytest.approx([R[name][key] for key in ("omega_total", "omega_h", "alpha")], abs=1e-4)


def test_items_the_other_way_round_are_turned_and_named():
    sign = np.array([1, -1, 1, 1, 1, 1, 1, -1, 1])
    found = omega_efa(pd.DataFrame(matrix("holz") * np.outer(sign, sign), ITEMS, ITEMS))
    assert found.table["estimate"][1] == pytest.approx(R["omega_turned"]["omega_h"], abs=1e-4)
    assert found.cautions[0].params["names"] == "x2, x8"


def test_the_bank_case_of_omega(shared):
    case = json.loads((shared / "bank/visible/v_rel_psych_omega.json").read_text(encoding="utf-8"))
    holz = pd.read_csv(shared / "bank/visible" / case["data"])
    found = omega_efa(holz, case["psych_omega_items"], factors=3).table.set_index("measure")["estimate"]
    for key, value in case["reference"]["scalars"].items():
        assert found[key.removeprefix("psych.")] == pytest.approx(value, abs=1e-5)


def test_omega_reading_in_each_case():
    def of(general, n):
        truth = np.full((9, 9), general) + np.kron(np.eye(3), np.full((3, 3), 0.7 - general)) + 0.3 * np.eye(9)
        return omega_efa(truth, n=n, n_boot=100).reading.id

    assert of(0.5, 400) == "efa.omega.above"
    assert of(0.1, 400) == "efa.omega.below"
    assert of(0.25, 60) == "efa.omega.unclear"
    assert of(0.5, 49) == "efa.omega.too_little"
    assert omega_efa(matrix("holz")).reading.id == "efa.omega.point"
    assert omega_efa(noise(200, 9, seed=1)).reading.id == "efa.omega.none"


def test_schmid_leiman_refuses_what_does_not_fit():
    with pytest.raises(DataProblem, match="fit"):
        schmid_leiman(np.ones((4, 2)), np.eye(3))
    with pytest.raises(DataProblem, match="do not go together"):
        schmid_leiman(np.kron(np.eye(2), [[0.7], [0.7]]), np.eye(2))

"""First-stage statistics of ordered items against lavaan, psych, closed forms, and known truths."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crqkit.base.problems import ChoiceProblem, DataProblem
from crqkit.stats.binormal import FAR, below, cell_probabilities, cell_slopes, threshold_slopes
from crqkit.stats.polychorics import ordinal_moments, polychoric

REFERENCE = json.loads((Path(__file__).parents[1] / "reference/sem/polychorics.json").read_text(encoding="utf-8"))
CASES, TWO_BY_TWO = REFERENCE["cases"], REFERENCE["tetrachoric"]
# lavaan stops its search for a correlation a little earlier.
CLOSE = 1e-6


def answers_of(case):
    return np.column_stack([np.array(case["data"][name], dtype=float) for name in case["names"]])


def moments_of(case, **other):
    options = {"missing": case["missing"], "weights": case.get("weights") or None, "names": case["names"]} | other
    return ordinal_moments(answers_of(case), case["ordered"], **options)


def simulated(n, p, seed, loading=0.7, cuts=(-1.0, 0.0, 0.8)):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return np.digitize(loading * common + math.sqrt(1 - loading**2) * rng.normal(size=(n, p)), cuts).astype(float)


def people(cells):
    return np.repeat([[1, 1], [1, 2], [2, 1], [2, 2]], cells, axis=0)


@pytest.mark.parametrize("name", CASES)
def test_moments_equal_lavaan(name):
    case, found = CASES[name], moments_of(CASES[name])
    # lavaan puts means in with the other sign.
    signs = np.array([-1.0 if "~1" in label else 1.0 for label in found.labels])
    assert found.labels == tuple(case["labels"])
    assert found.n == case["n"]
    assert found.vector * signs == pytest.approx(case["vector"], abs=CLOSE)
    assert found.cov == pytest.approx(np.array(case["cov"]), abs=CLOSE)
    assert found.gamma * np.outer(signs, signs) == pytest.approx(np.array(case["gamma"]), abs=CLOSE)
    assert found.influence.mean(axis=0) == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("case", TWO_BY_TWO, ids=lambda case: str(case["cells"]))
def test_binary_items_and_empty_cells_equal_lavaan(case):
    found = ordinal_moments(people(case["cells"]), [True, True])
    assert found.cov[0, 1] == pytest.approx(case["rho"], abs=CLOSE)
    assert found.gamma == pytest.approx(np.array(case["gamma"]), abs=CLOSE)


def test_correlations_are_those_of_psych():
    # psych searches with a coarser tolerance.
    assert polychoric(answers_of(CASES["ordinal"]))[0] == pytest.approx(np.array(REFERENCE["psych"]), abs=1e-4)


def test_correlations_of_the_bank(shared):
    folder = shared / "bank" / "visible"
    case = json.loads((folder / "v_polychoric.json").read_text(encoding="utf-8"))
    correlations, thresholds = polychoric(pd.read_csv(folder / case["data"])[case["variables"]])
    wanted = case["reference"]["arrays"]
    assert correlations == pytest.approx(np.array(wanted["polychoric"]), abs=1e-6)
    assert np.concatenate(thresholds) == pytest.approx(wanted["thresholds"], abs=1e-7)


@pytest.mark.parametrize("together", [5, 20, 25, 40])
def test_halved_items_have_a_closed_form(together):
    # Sheppard 1899: with medians as thresholds P(both low) = 1/4 + asin(rho) / (2 pi).
    found = polychoric(people([together, 50 - together, 50 - together, together]))[0]
    assert found[0, 1] == pytest.approx(math.sin(2 * math.pi * (together / 100 - 0.25)), abs=1e-10)


@pytest.mark.parametrize("rho", [-0.9999, -0.95, -0.3, 0.0, 0.6, 0.93, 0.999, 0.9999])
def test_binormal_equals_integration(rho):
    points = [-2.5, -0.7, 0.0, 0.4, 0.41, 3.0]
    nodes, weights = np.polynomial.legendre.leggauss(400)
    for first in points:
        for second in points:
            # Over x, with limits put where the conditional probability moves when rho is near one.
            spread = math.sqrt(1 - rho**2)
            middle = second / rho if abs(rho) > 0.9 else 0.0
            stops = sorted({-9.0, first, *(min(max(middle + s * spread, -9.0), first) for s in (-9, -3, 0, 3, 9))})
            total = 0.0
            for low, high in pairwise(stops):
                x = 0.5 * (high + low) + 0.5 * (high - low) * nodes
                inner = stats.norm.pdf(x) * stats.norm.cdf((second - rho * x) / spread)
                total += 0.5 * (high - low) * float(weights @ inner)
            assert float(below(np.array(first), np.array(second), np.array(rho))) == pytest.approx(total, abs=1e-12)


def test_slopes_are_those_of_the_cells():
    rows, columns = np.array([[-1.0, 0.2, 1.1], [0.3, FAR, FAR]]), np.array([[-0.5, 0.7], [-0.2, FAR]])
    rho, step = np.array([0.6, -0.97]), 1e-6
    up, down = cell_probabilities(rows, columns, rho + step), cell_probabilities(rows, columns, rho - step)
    slope, bend = cell_slopes(rows, columns, rho)
    assert cell_probabilities(rows, columns, rho).sum(axis=(1, 2)) == pytest.approx(1)
    assert slope == pytest.approx((up - down) / (2 * step), abs=1e-7)
    ahead, behind = cell_slopes(rows, columns, rho + step)[0], cell_slopes(rows, columns, rho - step)[0]
    assert bend == pytest.approx((ahead - behind) / (2 * step), abs=1e-5)
    shift = np.zeros_like(rows)
    shift[:, 0] = step
    up, down = cell_probabilities(rows + shift, columns, rho), cell_probabilities(rows - shift, columns, rho)
    assert threshold_slopes(rows, columns, rho)[:, 0] == pytest.approx(((up - down) / (2 * step))[:, 0], abs=1e-7)


def test_known_correlations_come_back():
    loading, cuts = 0.7, (-1.0, 0.0, 0.8)
    found = ordinal_moments(simulated(200_000, 3, 1), [True] * 3)
    errors = np.sqrt(found.gamma.diagonal() / found.n)
    truth = np.concatenate([np.tile(cuts, 3), np.full(3, loading**2)])
    assert np.abs((found.vector - truth) / errors).max() < 4


def test_gamma_is_the_spread_over_samples():
    draws = [ordinal_moments(simulated(300, 2, seed, loading=0.75), [True] * 2) for seed in range(1500)]
    told = np.mean([np.sqrt(draw.gamma.diagonal() / draw.n) for draw in draws], axis=0)
    seen = np.std([draw.vector for draw in draws], axis=0)
    # A standard deviation over 1,500 draws is known to 2 %.
    assert told / seen == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("name", ["ordinal", "mixed", "mixed_pairwise"])
def test_order_of_columns_does_not_matter(name):
    case = CASES[name]
    straight = moments_of(case)
    turn = np.arange(len(case["names"]))[::-1]
    turned = ordinal_moments(
        answers_of(case)[:, turn],
        np.array(case["ordered"])[turn],
        missing=case["missing"],
        names=np.array(case["names"])[turn],
    )

    def same(label):
        return "~~".join(sorted(label.split("~~")))

    place = {same(label): at for at, label in enumerate(turned.labels)}
    order = [place[same(label)] for label in straight.labels]
    assert turned.vector[order] == pytest.approx(straight.vector, abs=1e-9)
    assert turned.gamma[np.ix_(order, order)] == pytest.approx(straight.gamma, abs=1e-7)


@pytest.mark.parametrize("name", ["ordinal", "mixed"])
def test_reversing_an_item_turns_signs(name):
    case = CASES[name]
    answers, item = answers_of(case), case["ordered"].index(True)
    straight = ordinal_moments(answers, case["ordered"])
    answers[:, item] *= -1
    turned = ordinal_moments(answers, case["ordered"])
    signs = np.ones(answers.shape[1])
    signs[item] = -1
    assert turned.cov == pytest.approx(straight.cov * np.outer(signs, signs), abs=1e-9)
    assert turned.thresholds[item] == pytest.approx(-straight.thresholds[item][::-1])
    size = len(straight.vector)
    links = size - len(signs) * (len(signs) - 1) // 2
    assert turned.gamma.diagonal()[links:] == pytest.approx(straight.gamma.diagonal()[links:], abs=1e-7)


def test_weights_stand_for_repeated_answers():
    answers, times = simulated(80, 3, 2), np.random.default_rng(3).integers(1, 4, 80)
    weighted = ordinal_moments(answers, [True] * 3, weights=times)
    repeated = ordinal_moments(np.repeat(answers, times, axis=0), [True] * 3)
    assert weighted.vector == pytest.approx(repeated.vector)
    assert weighted.n == 80
    # The same persons counted as clusters of their copies, but for the factor for few clusters.
    copies = np.repeat(np.arange(80), times)
    clustered = ordinal_moments(np.repeat(answers, times, axis=0), [True] * 3, clusters=copies)
    assert clustered.gamma / times.sum() * 79 / 80 == pytest.approx(weighted.gamma / 80)


def test_persons_as_clusters_change_nothing_but_the_factor():
    case = CASES["mixed_pairwise"]
    answers = np.vstack([answers_of(case), np.full((2, len(case["names"])), np.nan)])
    alone = ordinal_moments(answers, case["ordered"], missing="pairwise")
    clustered = ordinal_moments(answers, case["ordered"], missing="pairwise", clusters=[f"p{i}" for i in range(162)])
    assert alone.n == case["n"]
    assert alone.influence[-2:] == pytest.approx(0)
    assert clustered.gamma == pytest.approx(alone.gamma * 160 / 159)


def test_a_binary_numeric_variable_is_borne():
    # Mean and variance of such a variable hang together: the usual cross-product cannot be inverted.
    answers = np.column_stack([simulated(200, 2, 4), np.repeat([0.0, 0.0, 1.0, 0.0], 50)])
    found = ordinal_moments(answers, [True, True, False])
    assert found.gamma[6, 6] == pytest.approx(0.1875)
    assert found.means[2] == 0.25
    assert np.isfinite(found.gamma).all()


def test_numeric_variables_alone_have_their_sample_covariances():
    answers = np.random.default_rng(5).normal(size=(60, 3))
    found = ordinal_moments(answers, [False] * 3)
    assert found.cov == pytest.approx(np.cov(answers.T, ddof=0))
    assert found.vector[:3] == pytest.approx(answers.mean(axis=0))


def test_perfect_agreement_stops_at_the_bound():
    item = np.repeat([1.0, 2.0, 3.0], 10)
    found = ordinal_moments(np.column_stack([item, item, -item, simulated(30, 1, 6)]), [True] * 4)
    assert found.boundary == ((0, 1), (0, 2), (1, 2))
    assert found.cov[0, 1:3] == pytest.approx([0.9999, -0.9999], abs=1e-7)
    assert np.isfinite(found.gamma).all()


def test_agreement_across_different_cuts_stops_at_the_bound():
    # Every answer agrees with one line behind both items: the likelihood is flat, not peaked, near one.
    line = np.linspace(-2, 2, 40)
    found = ordinal_moments(np.column_stack([line > 0.1, np.digitize(line, [-0.5, 0.5])]), [True] * 2)
    assert found.boundary == ((0, 1),)


def test_correlations_are_where_the_likelihood_is_highest():
    rng = np.random.default_rng(7)
    grid = np.linspace(-0.9998, 0.9998, 101)
    for seed in range(40):
        loading = rng.choice([0.0, 0.6, 0.95])
        answers = simulated(int(rng.choice([10, 20, 40])), 2, seed, loading, cuts=np.sort(rng.normal(size=3)))
        if min(len(np.unique(column)) for column in answers.T) < 3:
            continue
        found, (rows, columns) = polychoric(answers)
        people_in = pd.crosstab(answers[:, 0], answers[:, 1]).to_numpy()
        rho = np.append(grid, found[0, 1])
        chances = cell_probabilities(np.tile(rows, (102, 1)), np.tile(columns, (102, 1)), rho)
        heights = (people_in * np.log(np.maximum(chances, 1e-16))).sum(axis=(1, 2))
        assert heights[-1] >= heights.max() - 1e-6


BAD = {
    "empty_category": (people([5, 5, 5, 5]), {"levels": [[1, 2, 3], [1, 2]]}, "nobody chose 3"),
    "unknown_category": (people([5, 5, 5, 5]), {"levels": [[1], [1, 2]]}, "2.0"),
    "zero_variance": (people([0, 5, 0, 5]), {}, "mend_fast"),
    "too_many_categories": (np.column_stack([np.arange(90) % 2, np.arange(90)]), {}, "mend_fast"),
    "missing_values": ([[1, 1], [2, 2], [np.nan, 1]], {}, "pairwise"),
    "no_common_persons": ([[1, np.nan], [2, np.nan], [np.nan, 1], [np.nan, 2]], {"missing": "pairwise"}, "both"),
    "infinite_values": ([[1, 1], [2, 2], [np.inf, 1]], {}, "infinite"),
    "bad_weights": (people([5, 5, 5, 5]), {"weights": [-1] * 20}, "zero or more"),
    "bad_clusters": (people([5, 5, 5, 5]), {"clusters": [1] * 20}, "cluster"),
    "shape": (people([5, 5, 5, 5]), {"levels": [[1, 2]]}, "20 x 2"),
}


@pytest.mark.parametrize("code", BAD)
def test_faults_are_named(code):
    data, options, told = BAD[code]
    with pytest.raises(DataProblem) as caught:
        ordinal_moments(data, [True, True], **{"names": ["polite", "mend_fast"]} | options)
    assert code in {fault.code for fault in caught.value.faults}
    assert told in str(caught.value)


def test_all_faults_at_once():
    answers = np.column_stack([np.ones(9), np.arange(9) % 3, np.full(9, 4.2)])
    with pytest.raises(DataProblem) as caught:
        ordinal_moments(answers, [True, True, False], levels=[None, [0, 1, 2, 3, 4], None], names=["a", "b", "c"])
    assert [fault.column for fault in caught.value.faults] == ["a", "b", "b", "c"]


def test_missing_is_a_choice():
    with pytest.raises(ChoiceProblem):
        ordinal_moments(people([5, 5, 5, 5]), [True, True], missing="fiml")

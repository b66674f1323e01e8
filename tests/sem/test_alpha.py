"""Alpha against psych, by hand, and in each case of its reading."""

import json

import numpy as np
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.sem.scales.alpha import alpha, feldt
from tests.sem.answers import HERE, ITEMS, clustered, noise

R = json.loads((HERE / "alpha.json").read_text(encoding="utf-8"))


def of(table, measure):
    return table.loc[table["measure"] == measure, "estimate"].to_numpy()


def check(table, theirs):
    row = table.iloc[0]
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx([theirs[k] for k in ("alpha", "low", "high")])
    assert table["estimate"][1] == pytest.approx(theirs["std"])
    assert of(table, "item_rest") == pytest.approx(np.array(theirs["rest"]))
    assert of(table, "alpha_without") == pytest.approx(np.array(theirs["dropped"]))


@pytest.mark.parametrize("name", ["bfi", "binary"])
def test_alpha_equals_psych(name):
    data = np.array(R[name]["data"])
    check(alpha(pd.DataFrame(data, columns=[f"A{i + 1}" for i in range(data.shape[1])])).table, R[name])


@pytest.mark.parametrize(("name", "items"), [("visual", ITEMS[:3]), ("textual", ITEMS[3:6]), ("all", ITEMS)])
def test_alpha_of_the_bank_data_equals_psych(shared, name, items):
    holz = pd.read_csv(shared / "bank/visible/data/holz.csv")
    check(alpha(holz, items).table, R[name])
    reference = json.loads((shared / "bank/visible/v_rel_holz.json").read_text(encoding="utf-8"))["reference"]
    if f"alpha.{name}" in reference["scalars"]:
        assert alpha(holz, items).table["estimate"][0] == pytest.approx(reference["scalars"][f"alpha.{name}"], abs=1e-8)


def test_by_hand():
    # Two items: alpha = 4 cov / variance of the sum.
    table = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4]})
    cov = table.cov().loc["a", "b"]
    found = alpha(table).table
    assert found["estimate"][0] == pytest.approx(4 * cov / table.sum(axis=1).var())
    assert np.isnan(of(found, "alpha_without")).all()


def test_the_interval_holds_the_truth_as_often_as_it_says():
    loading, k, n = 0.7, 4, 40
    truth = k**2 * loading**2 / (k**2 * loading**2 + k * (1 - loading**2))
    held = 0
    for seed in range(1000):
        cov = np.cov(clustered(n, 1, loading=loading, seed=seed).to_numpy(), rowvar=False)
        low, high = feldt(k / (k - 1) * (1 - np.trace(cov) / cov.sum()), n, k)
        held += low <= truth <= high
    assert held / 1000 == pytest.approx(0.95, abs=0.02)


def test_reading_in_each_case():
    assert alpha(clustered(300, 1)).reading.id == "alpha.scale.above"
    assert alpha(clustered(300, 1, loading=0.4)).reading.id == "alpha.scale.below"
    assert alpha(clustered(40, 1, loading=0.65)).reading.id == "alpha.scale.unclear"
    assert alpha(clustered(29, 1)).reading.id == "alpha.scale.too_little"
    found = alpha(clustered(300, 1))
    row = found.table.iloc[0]
    assert [found.reading.params[k] for k in ("value", "low", "high")] == row[["estimate", "low", "high"]].tolist()
    assert alpha(clustered(40, 1, loading=0.65), limit=0.2).reading.id == "alpha.scale.above"


def test_noise_is_never_called_consistent():
    found = [alpha(noise(100, seed=seed)).reading.id for seed in range(40)]
    assert set(found) <= {"alpha.scale.below", "alpha.scale.turned"}
    # That an item runs against the others is not said where chance does as much.
    assert found.count("alpha.scale.turned") <= 4


def test_items_the_other_way_round_are_named_and_nothing_is_turned():
    data = pd.DataFrame(R["bfi"]["data"], columns=["A1", "A2", "A3", "A4", "A5"])
    found = alpha(data)
    named = [key.removeprefix("-") for key in R["bfi"]["keys"] if key.startswith("-")]
    assert named == ["A1"]
    assert (found.reading.id, found.reading.params["names"]) == ("alpha.scale.turned", "A1")
    assert found.cautions[0].params["names"] == "A1"
    assert alpha(data.assign(A1=7 - data["A1"])).reading.id != "alpha.scale.turned"


def test_ordinal_alpha_equals_psych():
    data = pd.DataFrame(R["bfi"]["data"], columns=["A1", "A2", "A3", "A4", "A5"])
    found = alpha(data, ordinal=True)
    assert found.table["estimate"][0] == pytest.approx(R["bfi"]["ordinal"], abs=2e-5)
    assert np.isnan(found.table["low"][0])
    right = alpha(data.assign(A1=7 - data["A1"]), ordinal=True)
    assert right.reading.id == "alpha.scale.point"
    # From polychorics that are there already.
    given = alpha(pd.DataFrame(R["bfi"]["poly"], list("abcde"), list("abcde")))
    assert given.table["estimate"][0] == pytest.approx(R["bfi"]["ordinal"], abs=1e-8)
    assert given.reading.id == "alpha.scale.turned"


def test_empty_answers_are_left_out_and_said():
    table = clustered(100, 1)
    table.iloc[:7, 0] = np.nan
    found = alpha(table)
    assert found.table["n"][0] == 93
    assert found.cautions[0].params == {"count": 7, "n": 93}


def test_what_cannot_be_is_refused():
    table = clustered(50, 1)
    with pytest.raises(DataProblem, match="too few items: 1"):
        alpha(table, ["a1"])
    with pytest.raises(DataProblem, match="not vary"):
        alpha(pd.DataFrame({"a": table["a1"], "b": -table["a1"]}))
    with pytest.raises(DataProblem, match="table is needed"):
        alpha([1, 2, 3])


def test_plot_shows_alpha_and_what_it_would_be_without_each_item():
    found = alpha(clustered(50, 1))
    ax = found.plot()
    labels = {tick.get_text(): place for tick, place in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)}
    drawn = dict(zip(ax.containers[0].lines[0].get_ydata(), ax.containers[0].lines[0].get_xdata(), strict=True))
    whole, *without = labels.values()
    assert [label.split()[-1] for label in labels][1:] == ["a1", "a2", "a3", "a4"]
    assert drawn[whole] == of(found.table, "alpha")[0]
    assert [drawn[place] for place in without] == of(found.table, "alpha_without").tolist()
    (low, high) = ax.containers[0].lines[2][0].get_segments()[0][:, 0]
    assert (low, high) == pytest.approx(tuple(found.table.loc[0, ["low", "high"]]))

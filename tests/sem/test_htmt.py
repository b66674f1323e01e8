"""Heterotrait-monotrait ratios against semTools; readings on constructs of known making."""

import json

import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.sem.scales.htmt import DISTINCT_ALIKE, constructs_of, htmt
from tests.sem.answers import HERE, ITEMS, clustered, noise

R = json.loads((HERE / "htmt.json").read_text(encoding="utf-8"))
MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
TWO = {"trust": ["a1", "a2", "a3", "a4"], "value": ["b1", "b2", "b3", "b4"]}
HOLZ = np.array(json.loads((HERE / "efa.json").read_text(encoding="utf-8"))["holz"]["R"])


def lower(square):
    return np.array(square)[[1, 2, 2], [0, 0, 1]]


@pytest.fixture(scope="module")
def holz(shared):
    return pd.read_csv(shared / "bank/visible/data/holz.csv")


@pytest.mark.parametrize("kind", ["htmt", "htmt2"])
@pytest.mark.parametrize("key", ["holz", "signed", "turned", "listwise", "pairwise"])
def test_ratios_equal_semtools(holz, key, kind):
    if key == "turned":
        holz = holz.assign(x5=-holz["x5"])
    if key in ("listwise", "pairwise"):
        holz = holz[ITEMS].copy()
        for place, row in enumerate(range(0, 300, 7)):
            holz.iloc[row, place % 9] = np.nan
    missing = key if key == "pairwise" else "listwise"
    found = htmt(holz, MODEL, kind=kind, absolute=key != "signed", missing=missing, n_boot=0)
    theirs = lower(R[key][kind])
    if (key, kind) == ("signed", "htmt2"):
        # semTools ignores the signs here all the same; ours says that the mean does not exist.
        theirs[1] = np.nan
        assert "htmt.caution.no_mean" in [caution.id for caution in found.cautions]
    assert found.table["estimate"].to_numpy() == pytest.approx(theirs, abs=1e-7, nan_ok=True)
    assert found.reading.id == "htmt.pairs.point"


def test_the_bank_case(shared, holz):
    case = json.loads((shared / "bank/visible/v_rel_holz.json").read_text(encoding="utf-8"))
    for kind in ("htmt", "htmt2"):
        found = htmt(holz, case["model"], kind=kind, n_boot=0).table["estimate"]
        assert found.to_numpy() == pytest.approx(lower(case["reference"]["arrays"][kind]), abs=1e-7)


def test_a_matrix_gives_what_its_answers_give(holz):
    one = htmt(pd.DataFrame(HOLZ, ITEMS, ITEMS), constructs_of(MODEL), n=301, n_boot=400)
    two = htmt(holz, MODEL, n_boot=400)
    for column, tolerance in (("estimate", 1e-7), ("low", 0.06), ("high", 0.06)):
        assert one.table[column].to_numpy() == pytest.approx(two.table[column].to_numpy(), abs=tolerance)
    assert "htmt.caution.normal" in [caution.id for caution in one.cautions]
    assert two.reading.id == "htmt.pairs.below"


def test_reading_of_a_pair_in_each_case():
    def of(n, link, **how):
        return htmt(clustered(n, 2, link=link), TWO, n_boot=200, **how).reading

    assert of(300, 0.4).id == "htmt.pair.below"
    assert of(300, 0.98).id == "htmt.pair.above"
    assert of(60, 0.8).id == "htmt.pair.unclear"
    assert of(49, 0.4).id == "htmt.pair.too_little"
    reading = of(300, 0.4)
    row = htmt(clustered(300, 2, link=0.4), TWO, n_boot=200).table.iloc[0]
    assert [reading.params[name] for name in ("estimate", "low", "high")] == row[["estimate", "low", "high"]].tolist()


def test_reading_of_several_pairs_in_each_case():
    three = TWO | {"effort": ["c1", "c2", "c3", "c4"]}

    def of(n, link, **how):
        return htmt(clustered(n, 3, link=link), three, n_boot=200, **how)

    assert of(300, 0.4).reading.id == "htmt.pairs.below"
    assert of(300, 0.98).reading.id == "htmt.pairs.above"
    assert of(60, 0.8).reading.id == "htmt.pairs.unclear"
    assert of(49, 0.4).reading.id == "htmt.pairs.too_little"
    assert "htmt.caution.family" in [caution.id for caution in of(300, 0.98).cautions]
    # One pair that is one is said, though the others are two.
    table = clustered(400, 2, link=0.3)
    twin = clustered(400, 2, link=0.3)[TWO["trust"]].add_prefix("z") + 0.5 * noise(400, 4).to_numpy()
    mixed = htmt(table.join(twin), TWO | {"belief": list(twin)}, n_boot=200)
    assert mixed.reading.id == "htmt.pairs.above"
    assert (mixed.reading.params["names"], mixed.reading.params["distinct"]) == ("trust – belief", 2)


def test_noise_says_nothing():
    found = [htmt(noise(150, seed=seed), TWO, n_boot=100).reading.id for seed in range(30)]
    assert set(found) <= {"htmt.pair.loose", "htmt.pair.unclear"}
    assert found.count("htmt.pair.loose") >= 25
    mixed = htmt(clustered(200, 2).join(noise(200, 4, seed=3).add_prefix("z")), TWO | {"air": ["za1", "za2", "zb1"]})
    assert mixed.reading.id == "htmt.pairs.loose"
    assert mixed.reading.params["distinct"] == 1


def test_the_study_of_false_claims():
    study = pd.read_csv(HERE / "htmt_study.csv")
    truth = study["truth"].astype(str)
    error = 2 * np.sqrt(0.05 * 0.95 / 400)
    # At the limit either claim is wrong; beyond it "distinct" is.
    assert study.loc[truth == "0.85", ["below", "above"]].max().max() <= 0.05 + 2 * error
    assert study.loc[truth == "0.95", "below"].max() <= 0.01
    assert study.loc[truth == "noise", ["below", "above"]].max().max() <= 0.01
    assert study.loc[(truth == "0.5") & (study["n"] >= 100), "below"].min() >= 0.9


def test_items_the_wrong_way_round_are_named_and_nothing_is_claimed():
    table = clustered(300, 2, link=0.3)
    table[["a1", "a2"]] *= -1
    found = htmt(table, TWO, n_boot=100)
    assert found.reading.id == "htmt.pair.loose"
    one = htmt(table.assign(a2=-table["a2"]), TWO, n_boot=100)
    assert [c.params["names"] for c in one.cautions if c.id == "htmt.caution.against"] == ["a1"]


def test_a_geometric_mean_that_does_not_exist_is_said():
    matrix = np.full((4, 4), 0.2) + 0.8 * np.eye(4)
    matrix[0, 2] = matrix[2, 0] = -0.1
    constructs = {"a": ["x1", "x2"], "b": ["x3", "x4"]}
    signed = htmt(matrix, constructs, absolute=False, n=200)
    assert np.isnan(signed.table["estimate"][0])
    assert [c.id for c in signed.cautions if "no_mean" in c.id] == ["htmt.caution.no_mean"]
    assert signed.reading.id == "htmt.pair.too_little"
    assert htmt(matrix, constructs, kind="htmt", absolute=False, n_boot=0).table["estimate"][0] == pytest.approx(0.625)
    matrix[0, 1] = matrix[1, 0] = -0.3
    rootless = htmt(matrix, constructs, kind="htmt", absolute=False, n_boot=0)
    assert [c.id for c in rootless.cautions if "no_root" in c.id] == ["htmt.caution.no_root"]


def test_the_reader_sets_the_limit():
    table = clustered(400, 2, link=0.8)
    assert htmt(table, TWO, n_boot=200, limit=DISTINCT_ALIKE).reading.params["limit"] == 0.9
    assert htmt(table, TWO, n_boot=200, limit=0.99).reading.id == "htmt.pair.below"


def test_ordered_answers():
    steps = clustered(300, 2, link=0.3).apply(lambda column: np.searchsorted([-1, 0, 1], column))
    plain, ordinal = (htmt(steps, TWO, ordinal=how, n_boot=0).table["estimate"][0] for how in (False, True))
    assert ordinal == pytest.approx(plain, abs=0.03)
    assert htmt(steps[:120], TWO, ordinal=True, n_boot=100).reading.id == "htmt.pair.below"


def test_constructs_of_a_model():
    text = """
    trust =~ 1*a1 + a*a2 + start(0.5)*a3   # first
    value =~ b1 +
             b2
    trust ~ value; a1 ~~ a2
    bond =~ trust + value
    """
    assert constructs_of(text) == {"trust": ["a1", "a2", "a3"], "value": ["b1", "b2"]}


def test_one_item_is_left_out_and_said():
    found = htmt(clustered(100, 3), TWO | {"single": ["c1"]}, n_boot=100)
    assert [c.params["names"] for c in found.cautions if c.id == "htmt.caution.single"] == ["single"]
    assert len(found.table) == 1


def test_runs_repeat_and_inputs_stay():
    table = clustered(100, 2)
    before = table.copy()
    one, two = (htmt(table, TWO, n_boot=100, seed=3).table for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(table, before)
    htmt(table, TWO, n_boot=100).plot()


def test_what_cannot_be_is_refused():
    table = clustered(100, 2)
    with pytest.raises(DataProblem, match="no pair"):
        htmt(table, {"trust": ["a1", "a2"]})
    with pytest.raises(DataProblem, match="both trust and value"):
        htmt(table, {"trust": ["a1", "a2"], "value": ["a2", "b1"]})
    with pytest.raises(DataProblem, match="Did you mean 'b1'"):
        htmt(table, {"trust": ["a1", "a2"], "value": ["b11", "b2"]})
    with pytest.raises(ChoiceProblem, match="kind"):
        htmt(table, TWO, kind="htmt3")
    with pytest.raises(ChoiceProblem, match="n_boot"):
        htmt(table, TWO, n_boot=10)
    with pytest.raises(ChoiceProblem, match="n:"):
        htmt(table.corr(), TWO)
    with pytest.raises(ChoiceProblem, match="confidence"):
        htmt(table, TWO, level=95)
    with pytest.raises(ChoiceProblem, match="missing"):
        htmt(table, TWO, missing="fiml")

"""Lesson 30: its claim where it holds, where it fails and where there is nothing; printed figures; a reader's data."""

import re

import numpy as np
import pandas as pd
import pytest
from nbclient.exceptions import CellExecutionError

from crqkit import cases, sem
from crqkit.course import check, notebooks
from crqkit.course.lesson import load_lesson

LESSON = notebooks.HOME / "3_advanced" / "30_what_is_relationship_quality.ipynb"
FACETS = ["trust", "bond", "talk", "care", "fair"]
PLAIN = "\n".join(f"{f} =~ " + " + ".join(f"{f}{i}" for i in (1, 2, 3, 4)) for f in FACETS)
MADE = PLAIN.replace("=~ ", "=~ 0.75*").replace("+ ", "+ 0.75*")
QUALITY = "crq =~ 0.8*trust + 0.8*bond + 0.7*talk + 0.7*care + 0.6*fair"
CAMPS = (
    "trust ~~ 0.7*bond + 0.2*talk + 0.2*care + 0.2*fair\nbond ~~ 0.2*talk + 0.2*care + 0.2*fair\n"
    "talk ~~ 0.7*care + 0.7*fair\ncare ~~ 0.7*fair"
)
PUBLISHED = cases.load("advisers").folder.parents[1] / "published"


def judged(world: str, seed: int) -> tuple[float, bool]:
    """Return the p-value of the second-order factor against correlated facets, and whether all loadings are clear."""
    people = sem.simulate(f"{MADE}\n{world}", 500, seed=seed, standardized=True)
    free = sem.fit(PLAIN, people, estimator="ML", std_lv=True)
    held = sem.fit(f"{PLAIN}\ncrq =~ " + " + ".join(FACETS), people, estimator="ML", std_lv=True)
    if not held.converged:
        return np.nan, False
    loadings = held.standardized.query("lhs == 'crq' and op == '=~'")
    ends = loadings[["ci_lower", "ci_upper"]]
    clear = (ends > 0).all(axis=None) or (ends < 0).all(axis=None)
    return sem.compare(free, held).table["pvalue"].iloc[-1], bool(clear)


@pytest.mark.slow
def test_the_claim_is_left_standing_where_it_is_true():
    found = [judged(QUALITY, seed) for seed in range(60)]
    # At 5 %, 60 true claims are rejected more than 8 times in fewer than one of 200 runs.
    assert sum(p < 0.05 for p, _ in found) <= 8
    assert all(clear for _, clear in found)


def test_the_claim_falls_where_it_is_false_though_every_loading_is_clear():
    found = [judged(CAMPS, seed) for seed in range(10)]
    assert all(p < 0.001 and clear for p, clear in found)


@pytest.mark.slow
def test_where_there_is_nothing_the_test_is_silent_and_the_loadings_are_not_clear():
    found = [judged("", seed) for seed in range(20)]
    assert np.nanmedian([p for p, _ in found]) > 0.2
    assert not any(clear for _, clear in found)


def test_weaker_questions_make_the_same_wrong_model_look_better():
    seen = []
    for strength in ("0.85", "0.6", "0.35"):
        people = sem.simulate(f"{MADE.replace('0.75', strength)}\n{CAMPS}", 2000, seed=1, standardized=True)
        one = sem.fit("g =~ " + " + ".join(people.columns), people, estimator="ML")
        seen.append(one.fit_measures[["rmsea", "srmr"]].to_numpy())
    assert (np.diff(seen, axis=0) < 0).all()


def test_two_facets_do_not_identify_a_quality_and_three_do_not_test_it():
    people = sem.simulate(f"{MADE}\n{QUALITY}", 400, seed=1, standardized=True)
    fits = {}
    for many in (2, 3, 4):
        below = "\n".join(PLAIN.splitlines()[:many])
        above = sem.fit(f"{below}\ncrq =~ " + " + ".join(FACETS[:many]), people)
        fits[many] = sem.fit(below, people).estimate, above.estimate, set(above.diagnosis["code"])
    assert "under_identified" in fits[2][2]
    assert fits[3][0].df == fits[3][1].df
    assert fits[3][0].test.chisq == pytest.approx(fits[3][1].test.chisq, abs=1e-4)
    assert fits[4][1].df - fits[4][0].df == 2
    assert not fits[3][2] | fits[4][2]


def test_the_card_of_the_advisers_is_found_again_in_one_country():
    case = cases.load("advisers")
    answers = pd.read_csv(case.folder / "answers.csv").query("country == 'DE'")
    names = ["ct", "at", "ac", "co", "cc"]
    measured = "\n".join(f"{f} =~ {f}1 + {f}2 + {f}3 + {f}4" for f in names)
    table = sem.fit(f"{measured}\ncrq =~ " + " + ".join(names), answers).standardized
    found = table.query("lhs == 'crq' and op == '=~'").set_index("rhs")
    truth = pd.Series(case.truth["second_order"]["loadings"])[names]
    assert ((found["ci_lower"] < truth) & (truth < found["ci_upper"])).all()
    assert found.loc["cc", "ci_upper"] < 0.4 < found["ci_lower"].drop("cc").min()


def test_printed_reliabilities_follow_from_printed_loadings():
    loadings = pd.read_csv(PUBLISHED / "gidakovic_zabkar_2021_loadings.csv")
    printed = pd.read_csv(PUBLISHED / "gidakovic_zabkar_2021_reliability.csv", index_col="construct")
    for name, part in loadings.groupby("construct"):
        total, rest = part["loading"].sum() ** 2, (1 - part["loading"] ** 2).sum()
        assert printed.loc[name, "cr"] == pytest.approx(total / (total + rest), abs=0.0055)
        assert printed.loc[name, "ave"] == pytest.approx((part["loading"] ** 2).mean(), abs=0.0055)


def test_the_files_are_the_published_ones(shared):
    import json

    printed = json.loads((shared / "reference" / "gidakovic_zabkar_2021.json").read_text(encoding="utf-8"))
    loadings = pd.read_csv(PUBLISHED / "gidakovic_zabkar_2021_loadings.csv").groupby("construct")["loading"].agg(list)
    assert loadings.to_dict() == printed["published_loadings"]
    reliability = pd.read_csv(PUBLISHED / "gidakovic_zabkar_2021_reliability.csv", index_col="construct")
    assert {name: row.tolist() for name, row in reliability.iterrows()} == printed["published_CR_AVE"]
    theirs = pd.read_csv(shared / "data" / "gidakovic_zabkar2021_correlations_n476.csv", index_col=0)
    ours = pd.read_csv(PUBLISHED / "gidakovic_zabkar_2021.csv", index_col="construct")
    assert (ours.index == theirs.index).all() and (ours == theirs).all(axis=None) and (ours == ours.T).all(axis=None)


def test_the_exercises_know_the_usual_mistakes():
    texts = load_lesson("30")["exercises"]
    risks = {9: "right", 15: "correlations", 24: "twice", -9: "turned", 6: "wrong"}
    for answer, outcome in risks.items():
        assert check("30.what_it_risks", answer, 6).text == texts["what_it_risks"][outcome]
    rows = [("omega", "ct", 0.78), ("omega", "crq", 0.81), ("alpha", "crq", 0.89)]
    table = pd.DataFrame(rows, columns=["measure", "factor", "estimate"])
    omegas = {0.81: "right", 0.89: "alpha", 0.78: "facet", 0.72: "before", 78: "percent", 0.5: "wrong"}
    for answer, outcome in omegas.items():
        assert check("30.without_it", answer, table).text == texts["without_it"][outcome]
    assert "without quotation marks" in check("30.without_it", "0.81", table).text
    blocks = pd.DataFrame(np.kron(np.eye(3), np.full((3, 3), 0.2)) + 0.4 + 0.4 * np.eye(9))
    constructs = {name: [f"x{3 * i + j}" for j in (1, 2, 3)] for i, name in enumerate("abc")}
    ratios = sem.htmt(blocks.to_numpy(), constructs, n_boot=0)
    ratios.table["verdict"] = ["above", "below", "below"]
    for answer, outcome in {"ab": "right", "ac": "wrong", "a": "how_many", "az": "unknown"}.items():
        assert check("30.two_names", list(answer), ratios).text == texts["two_names"][outcome]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("facets", "people", "said"),
    [(4, 300, "crq"), (2, 300, "Not identified"), (4, 40, "Only 40 people")],
)
def test_the_lesson_runs_on_a_readers_file(facets, people, said, tmp_path):
    text = "\n".join([*MADE.splitlines()[:facets], "q =~ " + " + ".join(f"0.7*{f}" for f in FACETS[:facets])])
    answers = sem.simulate(text, people, seed=1, standardized=True)
    answers.to_csv(tmp_path / "mine.csv", index=False)
    mine = {"file": str(tmp_path / "mine.csv"), "facets": FACETS[:facets]}
    node = notebooks.execute(LESSON, mine)
    shown = [output for cell in node.cells for output in cell.get("outputs", ())]
    assert said in str(shown)
    total = next(cell for cell in node.cells if "higher=" in cell.source)
    assert ("omega" in str(total.outputs)) == (facets > 2)
    assert facets == 2 or not [output for output in shown if output.output_type == "error"]


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        ({"facets": ["trust", "bnod"]}, "No column is named bnod1, bnod2 ...; the file has: "),
        ({"facets": ["trust"], "sep": ";"}, "No column is named trust1, trust2 ...; the file has: trust1;trust2"),
        ({"facets": ["trust"], "country": "DE"}, "No row has the country 'DE'; the file has: ['AT']"),
    ],
)
def test_a_file_that_does_not_fit_is_told_what_it_holds(mine, said, tmp_path):
    mine = dict(mine)
    answers = sem.simulate(MADE, 20, seed=1, standardized=True).assign(country="AT")
    answers.to_csv(tmp_path / "mine.csv", index=False, sep=mine.pop("sep", ","))
    with pytest.raises(CellExecutionError, match=re.escape(said)):
        notebooks.execute(LESSON, {"file": str(tmp_path / "mine.csv"), "country": None} | mine)

"""Lesson 35: what it says of sums, omitted causes, reversed arrows and buffers, on other draws; a reader's data."""

import numpy as np
import pandas as pd
import pytest
from nbclient.exceptions import CellExecutionError

from crqkit import cases, sem
from crqkit.course import check, notebooks
from crqkit.course.lesson import load_lesson

LESSON = notebooks.HOME / "3_advanced" / "35_structural_models_of_trust_and_commitment.ipynb"
NAMES = ("at", "ac", "lo")
PLAIN = "".join(f"{f} =~ " + " + ".join(f"{f}{i}" for i in (1, 2, 3, 4)) + "\n" for f in NAMES)
MADE = PLAIN.replace("=~ ", "=~ 0.75*").replace("+ ", "+ 0.75*")
CHAIN = "ac ~ {0}at\nlo ~ {1}ac\n"
THROUGH = PLAIN + "ac ~ c*at\nlo ~ e*ac + at\nthrough := c*e"
GROUPS = ("no failure", "failure")


def difference(buffer: float, seed: int) -> tuple[float, float]:
    """Return the interval of the difference of the paths from affective trust to loyalty."""
    world = MADE + f"ac ~ 0.6*at\nlo ~ 0.4*ac + c(0.1, {0.1 + buffer})*at"
    people = sem.simulate(world, [850, 350], seed=seed, groups=GROUPS, group="failure")
    asked = PLAIN + "ac ~ at\nlo ~ ac + c(b1, b2)*at\ndifference := b2 - b1"
    found = sem.fit(asked, people, group="failure", group_equal=["loadings"], estimator="ML", missing="listwise")
    row = found.parameters.set_index("label").loc["difference"]
    return row["ci_lower"], row["ci_upper"]


def test_a_buffer_is_found_where_it_was_planted_and_not_where_there_is_nothing():
    planted, nothing = ([difference(buffer, seed) for seed in range(40)] for buffer in (0.45, 0.0))
    assert sum(low > 0 for low, _ in planted) >= 36
    # At 5 %, 40 empty worlds cry out more than 6 times in fewer than one of 200 runs.
    assert sum(low > 0 or high < 0 for low, high in nothing) <= 6
    assert sum(low <= 0.45 <= high for low, high in planted) >= 34


def test_a_true_chain_of_sums_is_rejected_and_one_of_constructs_is_not():
    rejected = {"sums": 0, "constructs": 0}
    for seed in range(20):
        people = sem.simulate(MADE + CHAIN.format("0.65*", "0.65*"), 2000, seed=seed, standardized=True)
        sums = pd.DataFrame({name: people.filter(regex=f"^{name}").mean(axis=1) for name in NAMES})
        chain = CHAIN.format("", "")
        step = sem.compare(sem.fit(THROUGH, people), sem.fit(PLAIN + chain, people))
        rejected["sums"] += sem.fit(chain, sums).fit_measures["pvalue"] < 0.05
        rejected["constructs"] += step.table["pvalue"].iloc[-1] < 0.05
    # At 5 %, a true chain is rejected more than 4 times of 20 in fewer than one of 300 runs.
    assert rejected["sums"] >= 18 and rejected["constructs"] <= 4


def test_an_omitted_cause_makes_an_indirect_effect_of_nothing():
    world = MADE + "ac ~ 0.5*at\nlo ~ 0*ac + 0.3*at\nac ~~ 0.35*lo"
    for seed in range(10):
        found = sem.fit(THROUGH, sem.simulate(world, 600, seed=seed, standardized=True))
        assert found.parameters.query("op == ':='")["ci_lower"].iloc[0] > 0
        assert found.fit_measures["rmsea"] < 0.05


def test_the_chain_turned_round_fits_any_data_exactly_as_well():
    forward = "ct ~ sa\nat ~ ct\nac ~ at + ct\nlo ~ ac + at\nad ~ lo"
    backward = "lo ~ ad\nac ~ lo\nat ~ ac + lo\nct ~ at + ac\nsa ~ ct"
    names, rng = ["sa", "ct", "at", "ac", "lo", "ad"], np.random.default_rng(35)
    for _ in range(5):
        data = pd.DataFrame(rng.normal(size=(300, 6)) @ rng.normal(size=(6, 6)), columns=names)
        chisq = [sem.fit(text, data, estimator="ML").fit_measures["chisq"] for text in (forward, backward)]
        assert chisq[0] > 1 and chisq[0] == pytest.approx(chisq[1], rel=1e-6)


def test_half_the_buffer_takes_about_four_times_as_many():
    made = "at =~ 0.8*t1 + 0.8*t2 + 0.8*t3\nlo =~ 0.8*l1 + 0.8*l2 + 0.8*l3\nlo ~ c(0.3, {})*at"
    same = "at =~ t1 + t2 + t3\nlo =~ l1 + l2 + l3\nlo ~ c(b, b)*at"
    options = {"df": 1, "groups": GROUPS, "group_equal": ["loadings"]}
    needed = [
        sem.satorra_saris(made.format(after), same, [500, 500], **options).table["estimate"].iloc[-1]
        for after in (0.45, 0.6)
    ]
    assert needed[0] / needed[1] == pytest.approx(4, abs=0.5)


PATH = {"sa_ct": 0.6, "ct_ac": 0.5, "ac_lo": 0.4, "ct_lo": 0.3}


@pytest.mark.parametrize(
    ("answer", "says"),
    [(0.12, "right"), (0.3, "total"), (0.18, "past"), (0.2, "half_way"), (1.5, "added"), (0.5, "wrong")],
)
def test_an_indirect_effect_by_hand(answer, says):
    assert check("35.indirect_by_hand", answer, PATH).text == load_lesson("35")["exercises"]["indirect_by_hand"][says]


@pytest.mark.parametrize(
    ("answer", "says"), [(4, "right"), (3.8, "right"), (2, "twice"), (3600, "people"), (8, "wrong")]
)
def test_half_a_buffer(answer, says):
    assert check("35.half_the_buffer", answer).text == load_lesson("35")["exercises"]["half_the_buffer"][says]


class Known:
    """A fit of which only the chi-square is asked."""

    def __init__(self, chisq: float) -> None:
        self.fit_measures = {"chisq": chisq}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (["reversed", "common cause"], "right"),
        (["chain", "reversed", "common cause"], "right"),
        (["reversed"], "too_few"),
        ("reversed", "too_few"),
        (["two causes", "reversed"], "collider"),
        (["reversed", "common cause", "other middle"], "wrong"),
        (["sideways"], "unknown"),
    ],
)
def test_drawings_that_cannot_be_told_apart(answer, says):
    chisq = {"chain": 93.1, "reversed": 93.1, "common cause": 93.1, "two causes": 290.7, "other middle": 150.4}
    feedback = check("35.cannot_be_told_apart", answer, {name: Known(value) for name, value in chisq.items()})
    assert feedback.text == load_lesson("35")["exercises"]["cannot_be_told_apart"][says]


def shown(node) -> str:
    """Return what a notebook shows, where a line was broken to fit the page with a blank instead."""
    return str([cell.get("outputs") for cell in node.cells]).replace("\\n", " ")


@pytest.mark.slow
def test_it_runs_on_a_readers_answers_without_offices(tmp_path):
    answers = pd.read_csv(cases.load("advisers").folder / "answers_null.csv").head(250)
    # Without offices, countries and the columns of the buffer and the claim.
    answers.drop(columns=["office", "country", "failure", "stayed_12m"]).to_csv(tmp_path / "mine.csv", index=False)
    node = notebooks.execute(LESSON, {"answers_file": str(tmp_path / "mine.csv"), "office": None})
    cells = [cell for cell in node.cells if "known *" in cell.source]
    assert len(cells) == 3
    # The truth is that of the advisers: beside a reader's figures stands none.
    assert all("NaN" in str(cell.outputs) for cell in cells)
    assert "250 people" in shown(node)


RENAMED = {"sa": "happy", "ct": "able", "at": "warm", "ac": "bond", "lo": "stay", "ad": "tell"}


@pytest.fixture
def renamed(tmp_path):
    """Return a small file with other names of questions, and the parameters that say so."""
    asked = {f"{old}{i}": f"{new}_{i}" for old, new in RENAMED.items() for i in range(1, 4 if old == "ad" else 5)}
    answers = pd.read_csv(cases.load("advisers").folder / "answers.csv").head(300)
    answers[["office", *asked]].rename(columns=asked | {"office": "team"}).to_csv(tmp_path / "mine.csv", index=False)
    lines = [f"{old} =~ " + " + ".join(item for name, item in asked.items() if name.startswith(old)) for old in RENAMED]
    return {
        "answers_file": str(tmp_path / "mine.csv"),
        "office": "team",
        "negative": ["happy_4"],
        "measurement": "\n" + "\n".join(lines) + "\n",
    }


@pytest.mark.slow
def test_it_runs_on_questions_of_other_names(renamed):
    node = notebooks.execute(LESSON, renamed)
    outputs = [output for cell in node.cells for output in cell.get("outputs", ())]
    assert not any(output.output_type == "error" for output in outputs)
    assert "warm_4" in shown(node) and "300 people" in shown(node)


@pytest.mark.slow
def test_a_column_that_is_not_there_is_named(renamed):
    with pytest.raises(CellExecutionError, match=r"No column is named sa4; the file has: team, happy_1"):
        notebooks.execute(LESSON, renamed | {"negative": ["sa4"]})

"""The sentence on a fit claims no more than its tests allow, in every case there is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base.messages import templates
from crqkit.sem.diagnosis.diagnosis import diagnose
from crqkit.sem.diagnosis.reading import read
from tests.sem.test_diagnosis import (
    GOOD,
    ONE,
    TWO,
    X,
    answers,
    apart,
    fitted,
    given,
    merged_categories,
    not_saturated,
    population,
    unfinished,
    without_errors,
)
from tests.studies import sem_readings

CLOSE = ((1, 0.4), (0.4, 1))


def said(found):
    return read(found, diagnose(found))


def wide(size, n):
    """Moments of two factors with six items each, and residuals of the first four that go together in pairs."""
    cov = population(CLOSE, each=6)
    cov[0, 1] = cov[1, 0] = cov[0, 1] + size
    cov[2, 3] = cov[3, 2] = cov[2, 3] + size
    names = [f"x{i}" for i in range(1, 13)]
    return sem.Moments(pd.DataFrame(cov, index=names, columns=names), n)


SIX = "f =~ x1 + x2 + x3 + x4 + x5 + x6\ng =~ x7 + x8 + x9 + x10 + x11 + x12"
STEPS = [-0.8, 0.0, 0.8]


def no_test():
    found = fitted(TWO, answers())
    found.__dict__["test"] = replace(found.test, factor=np.nan)
    return found


def skew(found, chisq):
    """A fit whose test comes out as asked."""
    found.__dict__["test"] = replace(found.test, chisq=chisq)
    return found


CASES = {
    "failed.not_converged": unfinished,
    "failed.not_identified": lambda: fitted("f =~ x1 + x2", given(np.eye(2) * 0.5 + 0.5)),
    "failed.no_errors": lambda: without_errors(TWO, answers()),
    "failed.improper": lambda: fitted(ONE, given(apart(0.7, 0.7, 0.3))),
    "saturated": lambda: fitted(ONE, given(apart(0.5, 0.5, 0.4))),
    "no_test": no_test,
    "uncorrected": lambda: fitted(TWO, answers(steps=STEPS), ordered=X[:6], estimator="DWLS"),
    "too_little": lambda: fitted(TWO, given(population(CLOSE), 99)),
    "rmsea.large": lambda: fitted(SIX, wide(0.3, 1000)),
    "rmsea.clear": lambda: fitted(SIX, wide(0.21, 1000)),
    "rmsea.none": lambda: fitted(SIX, wide(0.0, 300)),
    "rmsea.small": lambda: fitted(SIX, wide(0.14, 1000)),
    "rmsea.unclear": lambda: skew(fitted(SIX, wide(0.0, 100)), 65.0),
    "rmsea.unclear_size": lambda: skew(fitted(SIX, wide(0.0, 150)), 85.0),
    "test.clear": lambda: skew(fitted(TWO, given(population(CLOSE), 150)), 22.0),
    "test.unclear": lambda: skew(fitted(TWO, given(population(CLOSE), 150)), 17.0),
    "test.none": lambda: fitted(TWO, given(population(CLOSE), 150)),
}


@pytest.mark.parametrize("id", CASES)
def test_each_reading_is_given_where_it_should_be(id):
    sentence, cautions, sources = said(CASES[id]())
    assert sentence.id == f"sem_fit.{id}"
    assert "people; estimator " in sentence
    assert isinstance(cautions, tuple) and isinstance(sources, tuple)
    assert all(isinstance(one, str) and len(one) > 20 for one in (*cautions, *sources))


def test_every_reading_is_tried():
    ids = {id.removeprefix("sem_fit.") for id in templates() if id.startswith("sem_fit.") and ".caution." not in id}
    assert ids == set(CASES)


def test_no_sentence_calls_a_fit_good():
    texts = [text for id, text in templates().items() if id.startswith("sem_fit.")]
    assert not any(word in text.lower() for text in texts for word in ("good", "excellent", "acceptable", "confirm"))


@pytest.mark.parametrize("id", [id for id in CASES if id.startswith("failed")])
def test_a_failed_fit_says_so_first_and_loudly(id):
    sentence, cautions, _ = said(CASES[id]())
    assert sentence.startswith("Do not use")
    assert "Chi-square" not in sentence and "RMSEA" not in sentence
    assert len(cautions) == 1


def test_the_three_cases_of_rows():
    right, wrong = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6", "f =~ x1 + x2 + x3 + x4 + x5 + x6"
    assert said(fitted(wrong, answers(500)))[0].id == "sem_fit.rmsea.large"
    assert said(fitted(right, answers(1000)))[0].id == "sem_fit.rmsea.none"
    assert said(fitted(wrong, answers(60)))[0].id == "sem_fit.too_little"


def test_the_sentence_names_test_people_estimator_and_missing_rule():
    sentence = said(fitted(TWO, answers(), estimator="ML", missing="listwise"))[0]
    assert "Chi-square " in sentence and ", df 8, p = 0." in sentence
    assert "; 400 people; estimator ML; no answers missing." in sentence
    holes = answers().mask(np.random.default_rng(1).random((400, 6)) < 0.1)
    sentence, _, sources = said(fitted(TWO, holes))
    assert "Yuan-Bentler scaled chi-square" in sentence
    assert "estimator MLR; missing answers by full information." in sentence
    assert any("Zhang" in source for source in sources)
    sentence, cautions, _ = said(fitted(TWO, holes, estimator="MLM", missing="listwise"))
    assert "Satorra-Bentler scaled" in sentence and "complete rows only." in sentence
    left = 400 - int(holes.notna().all(axis=1).sum())
    assert f"People left out because answers were missing: {left}." in cautions
    assert "from given covariances." in said(fitted(TWO, given(population(CLOSE), 300)))[0]


def test_the_interval_is_that_of_the_fit_measures():
    for options in ({"estimator": "ML", "missing": "listwise"}, {}, {"estimator": "MLMV"}):
        fit = sem.fit(TWO, answers(), **options)
        end = "" if options.get("estimator") == "ML" else ".robust"
        params = said(fit.estimate)[0].params
        for name, measure in (("rmsea", "rmsea"), ("low", "rmsea.ci.lower"), ("high", "rmsea.ci.upper")):
            assert float(params[name]) == pytest.approx(fit.fit_measures[measure + end], abs=6e-4)


def test_with_ordered_items_the_test_speaks_alone():
    data = answers(500, steps=STEPS)
    for model, id in ((TWO, "sem_fit.test.none"), ("f =~ x1 + x2 + x3 + x4 + x5 + x6", "sem_fit.test.clear")):
        sentence, cautions, sources = said(fitted(model, data, ordered=X[:6]))
        assert sentence.id == id
        assert "RMSEA" not in sentence and "Scaled and shifted chi-square" in sentence
        assert any("RMSEA and CFI of ordered items are not read" in one for one in cautions)
        assert any("Xia" in source for source in sources)


def test_few_degrees_of_freedom_need_more_people():
    _, cautions, sources = said(fitted(TWO, given(population(CLOSE), 150)))
    assert any("8 degrees of freedom and 150 people" in one for one in cautions)
    assert any("Kenny" in source for source in sources)
    assert said(fitted(TWO, given(population(CLOSE), 200)))[0].id.startswith("sem_fit.rmsea")


def test_findings_become_cautions_without_repeating_one_another():
    found = fitted(TWO, given(population([[1, 1.03], [1.03, 1]])))
    sentence, cautions, _ = said(found)
    assert sentence.startswith("Do not use these estimates: the solution is improper (f ~~ g)")
    assert len(cautions) == 1 and "correlate" in cautions[0]
    near = fitted(TWO, given(population([[1, 0.97], [0.97, 1]])))
    sentence, cautions, _ = said(near)
    assert not sentence.id.startswith("sem_fit.failed")
    assert any("can hardly be told apart" in one for one in cautions)
    assert not any("has only" in one for one in said(fitted(TWO, given(population(CLOSE), 99)))[1])
    assert any("go together as much as they can" in one for one in said(merged_categories())[1])


def test_no_test_without_the_moments_it_compares_with():
    sentence, cautions, _ = said(not_saturated())
    assert sentence.id == "sem_fit.no_test"
    assert any("too many answers are missing" in one for one in cautions)


def test_paths_are_not_effects():
    with_path = said(fitted(f"{TWO}\ng ~ f", given(population(CLOSE), 300)))[1]
    without = said(fitted(TWO, given(population(CLOSE), 300)))[1]
    assert any("not yet an effect" in one for one in with_path)
    assert not any("not yet an effect" in one for one in without)
    assert all(any("fit exactly as well" in one for one in cautions) for cautions in (with_path, without))


@pytest.mark.parametrize("name", GOOD)
def test_a_proper_solution_always_has_a_reading(name):
    sentence, _, sources = said(GOOD[name]())
    assert not sentence.id.startswith("sem_fit.failed")
    assert sources


# The long study, and a short one that can be run on every change.
SHORT = [case for case in sem_readings.CASES if case[1] == "normal" and case[2] <= 300]


def test_a_short_study_agrees_with_the_long_one():
    kept = pd.read_csv(sem_readings.OUT).set_index(["truth", "answers", "n"])
    for case, row in sem_readings.run(20, cases=SHORT).set_index(["truth", "answers", "n"]).iterrows():
        for verdict in sem_readings.VERDICTS:
            rate = kept.loc[case, verdict]
            error = (max(rate * (1 - rate), 0.01) / 20) ** 0.5
            assert row[verdict] == pytest.approx(rate, abs=4 * error), (case, verdict)


def test_readings_keep_their_promise_in_the_long_study():
    kept = pd.read_csv(sem_readings.OUT)
    assert (kept["replications"] >= 500).all()
    false_alarms = kept[kept["wanted"] == "<= 0.05"]
    assert len(false_alarms) == 9
    assert (false_alarms["clear"] <= 0.05 + 3 * false_alarms["mc_error"]).all()
    assert (kept.loc[kept["wanted"] == ">= 0.8", "clear"] > 0.8).all()

"""The survey plan: each case of its sentence, expected answers by hand and by law, who is never asked, silence."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom

from crqkit.base import ChoiceProblem, DataProblem
from crqkit.survey import net_promoter, reachable, satisfaction, survey_plan
from crqkit.survey.channels import CHANNELS, draw_answers, known_channels

OWN = {"e-mail": (0.1, 0.2, 0.3)}


def ids(plan):
    return {caution.id for caution in plan.cautions}


def total(plan):
    return plan.table.iloc[-1]


@pytest.mark.parametrize(
    ("reach", "wanted", "outcome"),
    [
        (400, 0.3, "enough"),
        (150, 0.3, "short"),
        (40, 0.3, "impossible"),
        (60, 0.2, "impossible"),
        (30, 1, "too_little"),
    ],
)
def test_reading_in_each_case(reach, wanted, outcome):
    plan = survey_plan({"e-mail": reach}, precision=wanted, rates=OWN)
    assert plan.outcome == outcome
    assert plan.reading.id == f"plan.{outcome}"
    assert total(plan)["n"] == plan.reading.params.get("invite", total(plan)["n"])


def test_nobody_to_ask():
    plan = survey_plan({"e-mail": 0}, precision=0.3)
    assert (plan.outcome, total(plan)["n"], total(plan)["estimate"]) == ("too_little", 0, 0)


def test_the_sentence_by_hand():
    # 1.0 x t / √46 = 0.297 is the first under 0.3; at one in five answering that is 230 invitations.
    plan = survey_plan({"e-mail": 400}, precision=0.3, rates=OWN, reminders=0)
    assert (plan.needed, total(plan)["n"]) == (46, 230)
    assert "Invite 230 people to get about 46 answers" in plan.reading
    assert plan.precision["precision"].tolist() == sorted(plan.precision["precision"], reverse=True)
    assert plan.precision.loc[1, "precision"] == pytest.approx(0.297, abs=0.001)
    assert "plan.caution.rates" not in ids(plan)


def test_few_answers_are_never_enough_for_any_precision():
    plan = survey_plan({"e-mail": 400}, precision=1.5, rates=OWN, reminders=0)
    assert (plan.needed, total(plan)["n"], plan.outcome) == (10, 50, "enough")


def test_eighty_customers_cannot_give_what_is_asked():
    plan = survey_plan({"e-mail": 80}, precision=0.2, rates=OWN)
    assert "you can reach 80 people, and even if all of them answer" in plan.reading
    assert {"plan.caution.safe", "plan.caution.unsafe"}.isdisjoint(ids(plan))


def test_reminders_by_hand_with_their_days():
    # 100 asked: 20 answer; 80 reminded, 10 % of them: 8; 72 reminded, 6 % of them: 4.32.
    plan = survey_plan({"e-mail": 100}, precision=0.1, rates=OWN, reminders=2, start="2026-11-02", remind_after_days=5)
    steps = plan.table.iloc[:3]
    assert steps["estimate"].tolist() == pytest.approx([20, 8, 4.32])
    assert steps["n"].tolist() == [100, 80, 72]
    assert steps["at"].tolist() == [dt.date(2026, 11, day) for day in (2, 7, 12)]
    assert total(plan)["estimate"] == pytest.approx(32.32)


def test_own_parts_of_reminders_and_channels_without():
    plan = survey_plan({"till card": 100, "e-mail": 100}, precision=0.05, reminders=(1.0,), rates=OWN)
    assert plan.table["channel"].tolist() == ["till card", "e-mail", "e-mail", "all"]
    assert plan.table["estimate"].tolist() == pytest.approx([12, 20, 16, 48])


def test_channels_are_used_in_order_and_only_as_far_as_needed():
    plan = survey_plan({"in person": 50, "e-mail": 400, "letter": 90}, precision=0.3, reminders=0, rates=OWN)
    assert plan.table.set_index("channel")["n"].to_dict() == {"in person": 50, "e-mail": 80, "all": 130}


def test_the_range_of_answers_is_that_of_the_beta_binomial():
    plan = survey_plan({"e-mail": 200}, precision=0.05, rates=OWN, reminders=0)
    # Mean 0.2, standard deviation 0.05: beta with a + b = 0.16 / 0.0025 - 1 = 63.
    law = betabinom(200, 0.2 * 63, 0.8 * 63)
    assert total(plan)[["low", "high"]].tolist() == pytest.approx([law.ppf(0.025), law.ppf(0.975)], abs=1)


def test_a_sure_share_leaves_chance_alone():
    channel = known_channels({"e-mail": 500}, {"e-mail": 0.3})["e-mail"]
    luck = np.linspace(0.001, 0.999, 4000)
    drawn = draw_answers(channel, 500, (), luck, np.random.default_rng(3))
    assert drawn.mean() == pytest.approx(150, abs=0.6)
    assert drawn.std() == pytest.approx(math.sqrt(500 * 0.3 * 0.7), rel=0.05)


def test_the_planned_range_holds_what_then_comes():
    plan = survey_plan({"e-mail": 300, "letter": 200}, precision=0.05, reminders=1)
    rng, held = np.random.default_rng(5), 0
    for _ in range(400):
        came, luck = 0, np.array([rng.random()])
        for name, people in (("e-mail", 300), ("letter", 200)):
            came += draw_answers(CHANNELS[name], people, (0.5,), luck, rng).sum()
        held += total(plan)["low"] <= came <= total(plan)["high"]
    assert held / 400 == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize(("between", "answers"), [("waves", 64), ("groups", 128)])
def test_a_change_takes_what_cohen_says(between, answers):
    plan = survey_plan({"e-mail": 5000}, change=0.5, spread=1.0, between=between, rates={"e-mail": 0.5}, reminders=0)
    assert plan.needed == answers
    assert total(plan)["n"] == 2 * answers
    assert "0.50 points" in plan.reading
    assert math.isnan(plan.silent_gap)


def test_a_share_and_a_score():
    share = survey_plan({"e-mail": 5000}, goal="share", precision=0.05, rates={"e-mail": 0.5})
    assert share.needed == 381
    assert "±5.0 in a hundred" in share.reading
    score = survey_plan({"e-mail": 5000}, goal="nps", precision=10, spread=(1 / 2, 1 / 3, 1 / 6))
    assert score.needed == pytest.approx(213, abs=4)


def test_the_spread_of_an_earlier_wave_is_taken():
    rng = np.random.default_rng(4)
    earlier = pd.DataFrame({"stars": rng.integers(1, 6, 200), "recommend": rng.choice([10, 8, 3], 200)})
    stars, score = satisfaction(earlier, score="stars"), net_promoter(earlier)
    mean = survey_plan({"e-mail": 5000}, precision=0.2, spread=stars)
    assert mean.needed == survey_plan({"e-mail": 5000}, precision=0.2, spread=stars.table["sd"].iloc[0]).needed
    assert "plan.caution.spread.mean" not in ids(mean)
    assert survey_plan({"e-mail": 5000}, goal="share", precision=0.1, spread=stars).outcome == "enough"
    parts = [score.table[name].iloc[0] / 200 for name in ("promoters", "passives", "detractors")]
    net = survey_plan({"e-mail": 9000}, goal="nps", precision=10, spread=score)
    assert net.needed == survey_plan({"e-mail": 9000}, goal="nps", precision=10, spread=parts).needed


def test_a_list_drawn_from_by_lot_needs_fewer():
    plan = survey_plan({"e-mail": 80}, precision=0.3, spread=1.0, rates={"e-mail": 0.9}, reminders=0, population=80)
    assert plan.needed == 30
    assert "nps.caution.population" in ids(plan)
    # Whoever answers: with all eighty nothing is left to chance.
    assert survey_plan({"e-mail": 80}, precision=0.01, population=80).needed in (79, 80)


def test_who_is_never_asked():
    never = {"no_consent": 60, "left": 20, "under_age": 0, "walk_ins": None, "dogs": 20}
    plan = survey_plan({"e-mail": 100}, precision=0.3, never_asked=never)
    table = plan.never_asked.set_index("reason")
    assert table.loc["without consent", "share"] == pytest.approx(0.3)
    assert table.loc["dogs", "n"] == 20
    assert "under age" not in table.index
    assert table.loc["walk-ins nobody knows by name", ["n", "share"]].isna().all()
    said = " ".join(plan.cautions)
    assert "Never asked: 50 % of the customers known of (100: without consent, who left, dogs)." in said
    assert "nobody knows how many: without an address, walk-ins nobody knows by name." in said


def test_what_silence_may_do():
    plan = survey_plan({"e-mail": 230}, precision=0.3, rates=OWN, reminders=0)
    # Four in five silent: 0.297 / 0.8, and 0.8 of the four points of the scale.
    assert plan.silent_gap == pytest.approx(0.297 / 0.8, abs=0.001)
    assert any("span of 3.20 points" in caution for caution in plan.cautions)


def test_assumptions_are_declared_with_their_source():
    plan = survey_plan({"e-mail": 400, "letter": 10}, precision=0.3)
    assert {"plan.caution.rates", "plan.caution.spread.mean"} <= ids(plan)
    assert any("Satmetrix" in source for source in plan.sources)
    assert any("Göritz" in source for source in plan.sources)
    assert all(channel.source and 0 < channel.low <= channel.usual <= channel.high < 1 for channel in CHANNELS.values())


def test_the_same_seed_gives_the_same_plan_and_inputs_stay():
    reach = {"e-mail": 300}
    first, second = (survey_plan(reach, precision=0.3) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    assert reach == {"e-mail": 300}
    assert first.alt.startswith("Invite")
    assert len(first.plot().containers) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "one goal is needed"),
        ({"precision": 0.3, "change": 0.2}, "one goal is needed"),
        ({"precision": 9}, "cannot be aimed at"),
        ({"precision": 0.3, "spread": 7}, "not a spread"),
        ({"goal": "nps", "precision": 10, "spread": (0.5, 0.2, 0.1)}, "not a spread"),
        ({"change": 0.3, "population": 80}, "no population is of use"),
        ({"precision": 0.3, "rates": {"e-mail": (0.3, 0.2, 0.1)}}, "not shares of people"),
        ({"precision": 0.3, "rates": {"e-mail": 20}}, "not shares of people"),
        ({"precision": 0.3, "never_asked": {"left": -1}}, "not a number of people"),
        ({"precision": 0.3, "start": "soon"}, "not a date"),
        ({"precision": 0.3, "population": 90}, "more people can be reached"),
    ],
)
def test_wrong_inputs_say_what_is_wrong(wrong, said):
    with pytest.raises(DataProblem, match=said):
        survey_plan({"e-mail": 100}, **wrong)


def test_channels_that_are_not_known():
    with pytest.raises(DataProblem) as caught:
        survey_plan({"pigeon": 10, "e-mail": 2.5}, precision=0.3)
    assert len(caught.value.faults) == 2
    assert survey_plan({"pigeon": 100}, precision=0.5, rates={"pigeon": 0.5}).outcome == "enough"
    with pytest.raises(DataProblem, match="no channel is given"):
        survey_plan({}, precision=0.3)
    with pytest.raises(ChoiceProblem, match="rates"):
        survey_plan({"e-mail": 100}, precision=0.3, rates={"email": 0.2})
    with pytest.raises(ChoiceProblem, match="reminders"):
        survey_plan({"e-mail": 100}, precision=0.3, reminders=7)
    with pytest.raises(ChoiceProblem, match="remind_after_days"):
        survey_plan({"e-mail": 100}, precision=0.3, remind_after_days=0)
    with pytest.raises(ChoiceProblem, match="goal"):
        survey_plan({"e-mail": 100}, goal="median", precision=0.3)


def test_whom_a_customer_list_reaches():
    keys, consent = ["a", "b", "c", "c", "d", None, "e"], [True, False, True, False, None, True, True]
    customers = pd.DataFrame({"customer_key": keys, "consent": pd.array(consent, dtype="boolean")})
    reach, never = reachable(customers)
    assert (reach, never) == ({"e-mail": 2}, {"no_consent": 3})
    plan = survey_plan(reach, precision=0.3, never_asked=never)
    assert plan.never_asked.set_index("reason").loc["without consent", "share"] == pytest.approx(3 / 5)
    with pytest.raises(DataProblem, match="consent"):
        reachable(customers.drop(columns="consent"))

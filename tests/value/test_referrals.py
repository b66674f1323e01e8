import numpy as np
import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.value import referrals_per_promoter

DAY = pd.Timestamp("2025-01-01", tz="UTC")
END = "2025-12-31"


def answers(*groups):
    """People by (how many, score), all of whom answered on the first of January."""
    scores = [score for people, score in groups for _ in range(people)]
    keys = pd.array([f"p{i:03}" for i in range(len(scores))], dtype="string")
    return pd.DataFrame({"customer_key": keys, "at": DAY, "recommend": pd.Series(scores, dtype=float)})


def sent(*by, days=100):
    """One referral by each person of the list."""
    rows = [(name, f"new{i}", DAY + pd.Timedelta(days=days)) for i, name in enumerate(by)]
    table = pd.DataFrame(rows, columns=["referrer_key", "customer_key", "at"])
    return table.astype({"referrer_key": "string", "customer_key": "string", "at": "datetime64[us, UTC]"})


def names(first, count):
    return [f"p{i:03}" for i in range(first, first + count)]


def line(result, group):
    return result.table.set_index("group").loc[group]


def ids(result):
    return [caution.id.rsplit(".", 1)[-1] for caution in result.cautions]


def test_by_hand_and_against_r():
    people = answers((40, 9), (30, 7), (10, 3))
    result = referrals_per_promoter(sent(*names(0, 20), *names(40, 3)), people, as_of=END)
    promoters, others = line(result, "promoters"), line(result, "all others")
    years = 40 * 365 / 365.25
    assert promoters["years"] == pytest.approx(years, rel=1e-6)
    # Nobody sent two, so the scatter is under one. R: poisson.test(20)$conf.int is 12.21651959 to 30.88837790.
    assert promoters["estimate"] == pytest.approx(100 * 20 / years, rel=1e-6)
    assert promoters["low"] == pytest.approx(100 * 12.21651959 / years, rel=1e-7)
    assert promoters["high"] == pytest.approx(100 * 30.88837790 / years, rel=1e-7)
    assert (others["n"], others["sent"]) == (40, 3)
    gap = result.table.iloc[-1]
    assert gap["estimate"] == pytest.approx(promoters["estimate"] - others["estimate"])
    down = np.hypot(promoters["estimate"] - promoters["low"], others["high"] - others["estimate"])
    assert gap["low"] == pytest.approx(gap["estimate"] - down)
    assert result.reading.id == "referral.above"
    assert ids(result) == ["written_down", "said_first"]


def test_against_a_quasi_poisson_model_of_statsmodels():
    import statsmodels.api as sm

    people = answers((40, 10), (40, 5))
    by = names(0, 5) * 6 + names(40, 4) * 3
    result = referrals_per_promoter(sent(*by), people, as_of=END)
    counts = pd.Series(by).value_counts().reindex(people["customer_key"], fill_value=0).to_numpy()
    design = np.column_stack([np.repeat([1.0, 0.0], 40), np.repeat([0.0, 1.0], 40)])
    years = np.full(80, 365 / 365.25)
    fit = sm.GLM(counts, design, family=sm.families.Poisson(), exposure=years).fit(scale="X2")
    rates = 100 * np.exp(fit.params)
    assert [line(result, name)["estimate"] for name in ("promoters", "all others")] == pytest.approx(rates, rel=1e-5)
    # The model's scale is that of both groups; ours takes the larger of a group's own and that of all.
    own = sm.GLM(counts[:40], np.ones(40), family=sm.families.Poisson(), exposure=years[:40]).fit(scale="X2")
    assert line(result, "promoters")["scatter"] == pytest.approx(own.scale, rel=1e-6)
    assert line(result, "all others")["scatter"] == pytest.approx(fit.scale, rel=1e-6)
    wide, plain = line(result, "promoters"), 100 * np.exp(own.conf_int()[0])
    assert (wide["low"], wide["high"]) == (pytest.approx(plain[0], rel=0.25), pytest.approx(plain[1], rel=0.25))


def test_the_watching_does_not_end_with_the_last_referral(orders):
    people, rows = answers((40, 9), (40, 6)), sent(*names(0, 20), *names(40, 3))
    full = referrals_per_promoter(rows, people, as_of=END)
    # Sales go on to the end of the year: so does the watching.
    sales = orders((pd.NA, "2025-02-01", 5), (pd.NA, "2025-12-31T23:59:59.999999", 5))
    assert line(referrals_per_promoter(rows, people, orders=sales), "promoters")["years"] == pytest.approx(
        line(full, "promoters")["years"], rel=1e-6
    )
    assert "watched_to" not in ids(full)
    watched = referrals_per_promoter(rows, people, orders=sales)
    assert "watched_to" in ids(watched) and "ends_at_referral" not in ids(watched)
    assert "31 December 2025" in str(watched.cautions[2])
    # as_of goes before the orders.
    early = referrals_per_promoter(rows, people, orders=sales, as_of="2025-06-30")
    assert line(early, "promoters")["years"] == pytest.approx(40 * 181 / 365.25, rel=1e-6)
    # An answer later than every referral ends it as well.
    late = answers((1, 9)).assign(customer_key="z", at=DAY + pd.Timedelta(days=300))
    assert line(referrals_per_promoter(rows, pd.concat([people, late])), "promoters")["sent"] == 20


def test_a_referral_that_ends_the_watching_is_not_counted():
    people = answers((40, 9), (40, 6))
    rows = pd.concat([sent(*names(0, 14), *names(40, 3)), sent("p020", days=200).assign(customer_key="last")])
    alone = referrals_per_promoter(rows, people)
    assert ids(alone)[-2:] == ["watched_to", "ends_at_referral"]
    assert line(alone, "promoters")["sent"] == 14
    assert line(alone, "promoters")["years"] == pytest.approx(40 * 200 / 365.25, rel=1e-6)
    assert line(referrals_per_promoter(rows, people, as_of=END), "promoters")["sent"] == 15


def test_a_rate_is_not_too_high_where_nobody_says_when_the_watching_ends():
    rng = np.random.default_rng(4)
    people, rates = answers((20, 9), (20, 6)), []
    for _ in range(80):
        # Each of them sends one in two years, in a year of watching: about twenty referrals.
        who = names(0, 40)
        by = [name for name, times in zip(who, rng.poisson(0.5, 40), strict=True) for _ in range(times)]
        table = sent(*by).assign(at=DAY + pd.to_timedelta(rng.uniform(0, 365.25, len(by)), unit="D"))
        found = referrals_per_promoter(table, people).table.set_index("group")
        both = found.loc[["promoters", "all others"], ["sent", "years"]].astype(float).sum()
        rates.append(both["sent"] / both["years"])
    assert np.mean(rates) == pytest.approx(0.5, abs=3 * np.std(rates) / 80**0.5)


@pytest.mark.parametrize(
    ("by", "outcome"),
    [
        (names(0, 20) + names(40, 2), "above"),
        (names(0, 2) + names(40, 20), "below"),
        (names(0, 10) + names(40, 10), "unclear"),
        (names(0, 5) + names(40, 4), "few"),
        ([], "few"),
    ],
)
def test_every_reading(by, outcome):
    assert referrals_per_promoter(sent(*by), answers((40, 9), (40, 6)), as_of=END).reading.id == f"referral.{outcome}"


def test_too_few_people():
    few = referrals_per_promoter(sent(*names(0, 9)), answers((9, 9), (40, 6)), as_of=END)
    assert few.reading.id == "referral.too_little"
    assert referrals_per_promoter(sent(), answers()).reading.id == "referral.too_little"


def test_groups_of_under_five_are_withheld_and_cannot_be_worked_out():
    result = referrals_per_promoter(sent(*names(0, 12)), answers((30, 9), (20, 7), (4, 2)), as_of=END)
    for group in ("passives", "detractors"):
        assert line(result, group)[["estimate", "n", "sent", "years"]].isna().all()
    assert line(result, "all others")["n"] == 24
    tiny = referrals_per_promoter(sent(*names(0, 12)), answers((4, 9), (20, 7), (20, 2)), as_of=END)
    assert line(tiny, "promoters")[["estimate", "n", "sent", "years"]].isna().all()
    assert tiny.table.iloc[-1][["estimate", "n"]].isna().all()
    assert line(tiny, "detractors")["n"] == 20


def test_only_what_came_after_the_answer_counts():
    people = answers((20, 9), (20, 6))
    before = sent(*names(0, 15), days=-30)
    assert line(referrals_per_promoter(before, people, as_of=END), "promoters")["sent"] == 0
    since = referrals_per_promoter(before, people, since="2024-12-01", as_of=END)
    assert line(since, "promoters")["sent"] == 15
    assert line(since, "promoters")["years"] == pytest.approx(20 * 396 / 365.25, rel=1e-6)
    assert "said_later" in ids(since)


def test_the_first_answer_counts():
    people = answers((20, 9), (20, 6))
    later = people.assign(at=DAY + pd.Timedelta(days=50), recommend=0.0)
    result = referrals_per_promoter(sent(*names(0, 15)), pd.concat([later, people]), as_of=END)
    assert (line(result, "promoters")["n"], line(result, "promoters")["sent"]) == (20, 15)


def test_whom_nobody_knows_is_counted_and_said():
    people = answers((20, 9), (20, 6))
    unknown = people.head(3).assign(customer_key=pd.NA)
    rows = sent(*names(0, 15), "stranger", pd.NA, pd.NA)
    undated = rows.head(1).assign(at=pd.Series(pd.NaT, index=[0], dtype=rows["at"].dtype), customer_key="z")
    rows = pd.concat([rows, rows.head(2), undated])
    selfish = sent("p001").assign(customer_key="p001")
    result = referrals_per_promoter(pd.concat([rows, selfish]), pd.concat([people, unknown]), as_of=END)
    assert line(result, "promoters")["sent"] == 15
    said = {caution.id.rsplit(".", 1)[-1]: caution.params.get("n") for caution in result.cautions}
    assert said["answers_unknown"] == 3
    assert said["referrals_unknown"] == 2
    assert said["unasked"] == 1
    assert said["undated"] == 1


def test_what_is_refused():
    people = answers((20, 9), (20, 6))
    with pytest.raises(DataProblem, match="referrer_key"):
        referrals_per_promoter(sent("p001").drop(columns="referrer_key"), people)
    with pytest.raises(DataProblem, match="likely"):
        referrals_per_promoter(sent("p001"), people, score="likely")
    with pytest.raises(DataProblem, match="not times with a time zone"):
        referrals_per_promoter(sent("p001").assign(at="yesterday"), people)
    with pytest.raises(DataProblem, match="a table is needed"):
        referrals_per_promoter(None, people)


def test_rows_in_any_order_and_left_as_they_are():
    people, rows = answers((30, 9), (30, 6)), sent(*names(0, 15), *names(30, 4))
    copies = people.copy(deep=True), rows.copy(deep=True)
    one = referrals_per_promoter(rows, people, as_of=END)
    two = referrals_per_promoter(rows[::-1], people[::-1], as_of=END)
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(people, copies[0])
    pd.testing.assert_frame_equal(rows, copies[1])
    assert one.plot() is not None

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.tables import collect, customer_features, rfm, rfm_cuts, visit_days


def test_features_by_hand(orders):
    table = orders(
        ("ana", "2026-01-01T10:00", 10),
        ("ana", "2026-01-31T12:00", 30),
        ("ana", "2026-02-01T09:00", -5, "refund"),
        ("ben", "2026-03-02T11:00", -7, "refund"),
        (pd.NA, "2026-03-02T12:00", 99),
    )
    people = collect(customer_features(table)).set_index("customer_key")
    assert people.index.tolist() == ["ana", "ben"]
    ana, ben = people.loc["ana"], people.loc["ben"]
    assert (ana["visits"], ana["refunds"], ana["net"], ana["mean_net_per_visit"]) == (2, 1, 35, 17.5)
    assert ana["first_at"] == pd.Timestamp("2026-01-01 10:00", tz="UTC")
    assert (ana["tenure_days"], ana["days_since_last"]) == (60, 30)
    assert (ben["visits"], ben["refunds"], ben["net"]) == (0, 1, -7)
    assert pd.isna(ben["first_at"]) and pd.isna(ben["mean_net_per_visit"]) and pd.isna(ben["days_since_last"])


def test_as_of_leaves_out_later_rows(orders):
    table = orders(("ana", "2026-01-01", 10), ("ana", "2026-01-31T00:00:01", 30), ("ben", "2026-02-01", 5))
    people = collect(customer_features(table, as_of="2026-01-30"))
    assert people[["customer_key", "visits", "net", "days_since_last"]].values.tolist() == [["ana", 1, 10, 29]]


def test_fifteen_customers_by_hand(fifteen):
    scored = collect(rfm(fifteen))
    # Strictly worse customers w give 1 + floor(5 w / 14), at most 5.
    assert scored["r"].tolist() == [5, 5, 5, 4, 3, 3, 3, 3, 3, 2, 2, 2, 1, 1, 1]
    assert scored["f"].tolist() == [5, 5, 4, 4, 4, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1]
    assert scored["m"].tolist() == [5, 5, 4, 4, 4, 4, 3, 3, 2, 2, 2, 1, 1, 1, 1]
    cuts = collect(rfm_cuts(scored))
    print(cuts.to_string(index=False))
    assert cuts.values.tolist() == [
        ["frequency", 1, 1, 1, 6],
        ["frequency", 3, 2, 2, 4],
        ["frequency", 4, 3, 3, 3],
        ["frequency", 5, 5, 8, 2],
        ["monetary", 1, 5, 5, 4],
        ["monetary", 2, 12, 20, 3],
        ["monetary", 3, 30, 40, 2],
        ["monetary", 4, 50, 80, 4],
        ["monetary", 5, 100, 300, 2],
        ["recency_days", 1, 90, 200, 3],
        ["recency_days", 2, 40, 60, 3],
        ["recency_days", 3, 10, 30, 5],
        ["recency_days", 4, 5, 5, 1],
        ["recency_days", 5, 0, 1, 3],
    ]


def test_one_customer_and_equal_customers(orders):
    assert collect(rfm(orders(("ana", "2026-01-01", 1))))[["r", "f", "m"]].values.tolist() == [[1, 1, 1]]
    table = orders(*((name, "2026-01-01", 1) for name in "abcd"))
    assert collect(rfm(table))[["r", "f", "m"]].values.tolist() == [[1, 1, 1]] * 4


def test_other_bins(fifteen):
    assert collect(rfm(fifteen, bins=3))["r"].max() == 3


def test_sums_of_cents_tie_whatever_their_order(orders):
    amounts = [0.1, 0.2, 0.3, 1e6, 0.7]
    days = pd.date_range("2026-01-01", periods=5, freq="D").strftime("%Y-%m-%d")
    rows = [("ana", day, x) for day, x in zip(days, amounts, strict=True)]
    rows += [("ben", day, x) for day, x in zip(days, amounts[::-1], strict=True)]
    rows += [("cem", "2026-01-05", 5)]
    scored = collect(rfm(orders(*rows))).set_index("customer_key")
    assert scored.loc["ana", "monetary"] == scored.loc["ben", "monetary"] == 1_000_001.3
    assert scored.loc["ana", "m"] == scored.loc["ben", "m"]


def test_unknown_amounts_stay_unknown(orders):
    known = [("ben", "2026-01-01", 5), ("cem", "2026-01-02", 7), ("dan", "2026-01-03", 9)]
    table = orders(("ana", "2026-01-03", None), *known)
    scored = collect(rfm(table)).set_index("customer_key")
    assert pd.isna(scored.loc["ana", "monetary"]) and pd.isna(scored.loc["ana", "m"])
    assert scored.loc["ana", "r"] == scored.loc["dan", "r"] == 4 and scored.loc["ana", "f"] == 1
    # The others are scored as if she were not there: three persons, ranks 0, 1/2 and 1.
    assert scored["m"].drop("ana").tolist() == [1, 3, 5]
    for source in (rfm(table), collect(rfm(table))):
        cuts = collect(rfm_cuts(source))
        assert cuts[cuts["measure"] == "monetary"][["score", "from", "n"]].values.tolist() == [
            [1, 5, 1], [3, 7, 1], [5, 9, 1],
        ]  # fmt: skip


def test_several_currencies_are_refused_with_the_mend(orders):
    table = pd.concat([orders(("ana", "2026-01-01", 1)), orders(("ben", "2026-01-01", 1), currency="USD")])
    with pytest.raises(DataProblem, match=r"found 'EUR, USD'.*main_currency"):
        customer_features(table)


def test_no_orders_at_all(orders):
    assert collect(customer_features(orders())).empty
    assert collect(rfm_cuts(rfm(orders()))).empty


def test_two_receipts_of_one_local_day_are_one_visit(orders):
    table = orders(
        ("ana", "2026-01-01T18:00", 1), ("ana", "2026-01-01T18:01", 1), ("ana", "2026-01-01T23:30", 1),
        ("ben", "2026-01-01T18:00", 1),
    )  # fmt: skip
    here = collect(customer_features(table)).set_index("customer_key")
    assert here[["sales", "visits", "mean_net_per_visit"]].values.tolist() == [[3, 1, 3], [1, 1, 1]]
    assert here.loc["ana", "last_at"] == pd.Timestamp("2026-01-01 23:30", tz="UTC")
    assert collect(rfm(table))["frequency"].tolist() == [1, 1]
    there = collect(customer_features(table, timezone="Europe/Berlin")).set_index("customer_key")
    assert there["visits"].tolist() == [2, 1]
    assert collect(rfm(table, timezone="Europe/Berlin"))["frequency"].tolist() == [2, 1]


def test_visits_are_those_of_visit_days(fifteen):
    people = collect(customer_features(fifteen, timezone="Asia/Tokyo")).set_index("customer_key")["visits"]
    days = collect(visit_days(fifteen, timezone="Asia/Tokyo")).groupby("customer_key").size()
    assert people.to_dict() == days.to_dict()

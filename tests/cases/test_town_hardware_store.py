"""The hardware store and its co-operative: the truth from the raw files, the chain, the training, and the placebo."""

import numpy as np
import pandas as pd
import pytest

from crqkit.intake import read_folder
from tests.cases.town import DATASETS, TEXTS, answers_equal, customers, exports, raw, slope, truth, within

CASE = "hardware_store"
REPORT, UNPAID = "wc-orders-report-export.csv", ["cancelled", "failed", "pending"]


@pytest.fixture(scope="module")
def told() -> dict:
    return truth(CASE)


@pytest.fixture(scope="module")
def report() -> pd.DataFrame:
    frame = raw(CASE, REPORT)
    amounts = frame["N. Revenue (formatted)"].str.replace(r"[£,]", "", regex=True).str.split(" ")
    first, last = amounts.str[0].astype(float), amounts.str[-1].astype(float)
    return frame.assign(at=pd.to_datetime(frame["Date"]), first=first, last=last, net=frame["Net Sales"].astype(float))


@pytest.fixture(scope="module")
def orders(report) -> pd.DataFrame:
    return report[(report["net"] >= 0) & ~report["Status"].isin(UNPAID)].set_index("Order #")


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    """Store and month by measure, with the month each group was trained and got its sign, as a place from the first."""
    sheet = raw(CASE, "shared figures.csv").astype({"value": float})
    wide = sheet.pivot(index=["unit", "period"], columns="measure", values="value").reset_index()
    months = sorted(wide["period"].unique())
    wide["month"] = wide["period"].map(months.index)
    for event, column in (("training days", "trained"), ("new sign", "signed")):
        when = wide[wide[event].notna()].set_index("unit")["month"]
        wide[column] = wide["unit"].map(when).fillna(np.inf)
    return wide.assign(log_margin=np.log(wide["gross margin"]))


def two_way(frame: pd.DataFrame, outcome: str, cause) -> tuple[float, float]:
    """The slope with a dummy for each store and month, and its error with stores as clusters."""
    used = frame.assign(cause=cause, outcome=frame[outcome]).dropna(subset=["cause", "outcome"])
    dummies = pd.get_dummies(used[["unit", "period"]], drop_first=True, dtype=float)
    design = np.column_stack([np.ones(len(used)), dummies])
    x, y = (one - design @ np.linalg.lstsq(design, one, rcond=None)[0] for one in used[["cause", "outcome"]].values.T)
    found = (x * y).sum() / (x**2).sum()
    scores = pd.Series(x * (y - found * x)).groupby(used["unit"].to_numpy()).sum()
    return float(found), float(np.sqrt((scores**2).sum()) / (x**2).sum())


def gained(frame: pd.DataFrame, outcome: str, group: pd.Series, others: pd.Series, month: int) -> tuple[float, float]:
    """What a group gained from a month on beyond the others: each store's mean after less its mean before."""
    after = frame["month"] >= month
    change = frame[after].groupby("unit")[outcome].mean() - frame[~after].groupby("unit")[outcome].mean()
    ours, theirs = (change[change.index.isin(frame.loc[who, "unit"])].dropna() for who in (group, others))
    return ours.mean() - theirs.mean(), float(np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs)))


def test_figures_equal_the_truth(told):
    sheet = raw(CASE, "shared figures.csv")
    counts = sheet["measure"].value_counts()
    units = told["units"]
    assert [units["figures"], units["stores"]] == [len(sheet), sheet["unit"].nunique()]
    assert [units["trained"], units["signs"]] == [counts["training days"], counts["new sign"]]
    known = pd.read_csv(DATASETS / CASE / "truth_stores.csv", dtype=str)
    months = sorted(sheet["period"].unique())
    open_months = known["last_period"].map(months.index) - known["first_period"].map(months.index) + 1
    of_measures = counts.drop(["training days", "new sign"])
    assert units["figures_missing"] == 5 * open_months.sum() - of_measures.sum() > 0
    trained = sheet[sheet["measure"] == "training days"].set_index("unit")["period"]
    assert trained.to_dict() == known.dropna(subset=["trained_in"]).set_index("unit")["trained_in"].to_dict()
    assert known["anchor"].notna().sum() == 1


def test_orders_equal_the_truth(told, report, orders):
    counts, placed = told["orders"], report[report["net"] >= 0]
    assert [counts["rows"], counts["orders"]] == [len(report), len(placed)]
    assert [counts["unpaid"], counts["refund_rows"]] == [len(placed) - len(orders), (report["net"] < 0).sum()]
    assert counts["total_gbp"] == pytest.approx(orders["first"].sum())
    assert counts["net_gbp"] == pytest.approx(orders["last"].sum())
    assert counts["names"] == orders["Customer"].nunique() < counts["customers_paying"]
    without_tax = (orders["first"] / 1.2 - orders["net"]).abs()
    assert (without_tax < 0.006).all() and orders.index.is_unique


def test_the_importer_agrees_on_lines_persons_and_joined_answers(told, orders):
    shop = read_folder(exports(CASE))
    assert shop.orders["total"].sum() == pytest.approx(orders["first"].sum())
    assert shop.orders["refunds"].sum() == pytest.approx((orders["first"] - orders["last"]).sum())
    assert shop.orders["customer_key"].nunique() == told["orders"]["names"]
    pieces = orders["Items sold"].astype(int).sum()
    assert shop.tables["order_lines"]["qty"].sum() == shop.orders["n_items"].sum() == pieces
    # A slip typed twice is read twice.
    twice = told["answers"]["typed_twice"]
    assert 0 <= shop.answers["customer_key"].notna().sum() - told["answers"]["joined_answers"] <= twice


def test_shifts_and_paper_equal_the_truth(told, orders):
    shifts = raw(CASE, "shifts.csv")
    assert told["shifts"] == {"shifts": len(shifts), "short": (shifts["staff"] == "1").sum()}
    typed = pd.read_excel(exports(CASE) / "paper survey.xlsx", dtype=str)
    filled = typed.dropna(how="all")
    again = (filled.fillna("") == filled.fillna("").shift()).all(axis=1)
    answers, counts = filled[~again], told["answers"]
    assert [counts["rows_typed"], counts["typed_twice"]] == [len(filled), again.sum()]
    answers_equal(counts, answers)
    claims = raw(CASE, "claims.csv")
    agreed = claims[claims["consent"] == "yes"]
    codes = answers["Claim code"].str.upper().str.replace(r"[\s-]", "", regex=True)
    joined = codes.isin(agreed["claim code"].str.replace("-", ""))
    assert [counts["claims"], counts["agreed"], counts["joined_answers"]] == [len(claims), len(agreed), joined.sum()]
    assert claims["receipt"].isin(orders.index).all() and claims["receipt"].is_unique


def test_the_chain_is_found_within_stores(told, figures):
    size = {name: one["size"] for name, one in told["effects"].items()}
    untrained = figures[figures["month"] < figures["trained"]]
    assert within(*two_way(untrained, "service score", untrained["staff satisfaction"]), size["staff_on_service"])
    shifted = figures.assign(month=figures["month"] + 1).set_index(["unit", "month"])["service score"]
    before = figures.join(shifted.rename("before"), on=["unit", "month"])["before"]
    assert within(*two_way(figures, "repeat share", before), size["service_on_repeat"])
    assert within(*two_way(figures, "log_margin", figures["repeat share"]), size["repeat_on_margin"])


def test_between_stores_the_chain_looks_turned_round(figures):
    """Large stores have more margin and less happy staff: the naive picture of the first month to the last."""
    means = figures.groupby("unit")[["staff satisfaction", "service score", "log_margin"]].mean()
    assert (means.corr()["log_margin"].drop("log_margin") < -0.4).all()


def test_the_training_is_found_group_by_group(told, figures):
    gains, never = told["true"]["gain_by_training"]["value"], figures["trained"] == np.inf
    for name, begun in (("first", 6), ("second", 11), ("third", 16)):
        ours = figures["trained"] == begun
        assert within(*gained(figures, "service score", ours, never, begun), gains[name]), name
        # Two months in advance nothing is to be seen in what came before the training.
        untouched = figures[figures["month"] < begun]
        found, error = gained(untouched, "service score", ours, never, begun - 2)
        assert abs(found) < 2.5 * error, name


def test_one_dummy_for_trained_misses_the_mean_gain(told, figures):
    gains = told["true"]["gain_by_training"]["value"]
    found, error = two_way(figures, "service score", (figures["month"] >= figures["trained"]).astype(float))
    assert within(found, error, gains["two_way_fixed_effects"])
    assert gains["all"] - found > 2.5 * error


def test_the_new_sign_gives_nothing(told, figures):
    assert told["true"]["gain_by_sign"]["value"] == told["effects"]["sign"]["size"] == 0
    signed, since = (figures["month"] >= figures["signed"]).astype(float), figures["trained"]
    untrained = figures["month"] < since
    for measure in ("staff satisfaction", "service score", "repeat share", "log_margin"):
        found, error = two_way(figures[untrained], measure, signed[untrained])
        assert abs(found) < 2.5 * error, measure


def test_short_shifts_lower_communication(told, orders):
    """The answer on communication less the others of the same slip, on the short visits that are not yet forgotten."""
    shifts = raw(CASE, "shifts.csv")
    start = pd.to_datetime(shifts["date"])
    short = set(start[shifts["staff"] == "1"])
    halves = orders["at"].dt.normalize() + pd.to_timedelta(
        np.where(orders["at"].dt.hour * 60 + orders["at"].dt.minute >= 750, 12.5, 7.5), unit="h"
    )
    in_short = orders[halves.isin(short)]
    claims = raw(CASE, "claims.csv").query("consent == 'yes'").set_index("claim code")["receipt"]
    typed = pd.read_excel(exports(CASE) / "paper survey.xlsx", dtype=str).dropna(how="all").drop_duplicates()
    typed["code"] = typed["Claim code"].str.upper().str.strip().str.replace(" ", "-")
    items = [TEXTS[name] for name in ("answers", "keeps_word", "cares", "would_miss", "fits_me", "worth_it")]
    typed[items] = typed[items].apply(lambda column: pd.to_numeric(column.str.strip()))
    receipts = orders.reindex(typed["code"].map(claims).dropna())
    pairs = typed[typed["code"].isin(claims.index)]
    felt = pairs[items[0]].to_numpy() - pairs[items[1:]].mean(axis=1).to_numpy()
    moved = [
        sum(
            0.5 ** ((row["at"] - at).days / 150)
            for at in in_short.loc[in_short["Customer"] == row["Customer"], "at"]
            if at <= row["at"]
        )
        for _, row in receipts.iterrows()
    ]
    import statsmodels.api as sm

    fit = sm.OLS(felt, sm.add_constant(np.array(moved)), missing="drop").fit()
    # A feeling of one is about 0.9 points of an answer, and the item carries 0.8 of the feeling.
    planted = 0.8 * 0.9 * told["effects"]["short_shift_on_communication"]["size"]
    assert within(fit.params[1], fit.bse[1] + 0.05, planted)


def test_the_bond_brings_customers_back(told, orders):
    known = customers(CASE, "name")
    known = known[~known.index.duplicated(keep=False)]
    later = orders["Customer"].value_counts().reindex(known.index).fillna(1) - 1
    assert within(*slope(later.clip(lower=0), known["years"], known["quality"]), told["effects"]["visits"]["size"])

"""The boutique: rebuilt byte for byte, its truth recomputed from the raw exports, its traps in place."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "datasets" / "boutique"
EXPORTS = CASE / "exports"
SURVEY = EXPORTS / "Kundenumfrage (Responses) - Form Responses 1.csv"
FILES = (EXPORTS / "orders_export_1.csv", EXPORTS / "orders_export_2.csv")
FORM = yaml.safe_load((ROOT / "crqkit" / "tables" / "forms" / "pocket.yml").read_text(encoding="utf-8"))
TEXTS = {item["id"]: item["text"] for item in FORM["items"]}
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
BUYS = "How do you usually buy from us?"


def cents(money: pd.Series) -> pd.Series:
    return money.str.replace(".", "", regex=False).astype(int)


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((CASE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lines() -> list[pd.DataFrame]:
    return [pd.read_csv(path, dtype=str, keep_default_na=False) for path in FILES]


@pytest.fixture(scope="module")
def heads(lines) -> list[pd.DataFrame]:
    return [frame[frame["Total"] != ""].set_index("Name") for frame in lines]


@pytest.fixture(scope="module")
def latest(heads) -> pd.DataFrame:
    """Each order once, as the later file has it, with its kind."""
    older, newer = heads
    orders = pd.concat([older[~older.index.isin(newer.index)], newer]).fillna("")
    tagged = orders["Tags"].str.lower().str.split(",").map(lambda tags: "test" in [tag.strip() for tag in tags])
    test = tagged | orders["Payment Method"].str.contains("bogus", case=False)
    orders["kind"] = "kept"
    orders.loc[orders["Financial Status"].isin(["pending", "voided"]), "kind"] = "unpaid"
    orders.loc[orders["Cancelled at"] != "", "kind"] = "cancelled"
    orders.loc[test, "kind"] = "test"
    return orders


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.read_csv(SURVEY, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def reviews() -> list:
    return json.loads((EXPORTS / "reviews.json").read_text(encoding="utf-8"))["reviews"]


def test_rebuilds_byte_for_byte(tmp_path):
    out = tmp_path / "boutique"
    maker = ROOT / "datasets" / "make" / "boutique.py"
    # Another hash seed each run: nothing may hang on the order of a set.
    subprocess.run([sys.executable, str(maker), "--out", str(out)], check=True, cwd=tmp_path)
    made = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    kept = {path.relative_to(CASE): path.read_bytes() for path in CASE.rglob("*") if path.is_file()}
    # Pages made from the case leave their snapshots beside the key.
    extra = {path for path in set(kept) - set(made) if path.parts[:2] != ("exports", "crqkit-private")}
    assert extra == {Path("card.md")}
    assert [str(path) for path, content in made.items() if kept.get(path) != content] == []
    assert not any(b"\r" in content for content in made.values())
    assert [path.name for path in tmp_path.iterdir()] == ["boutique"]


def test_orders_equal_the_truth(truth, lines, heads, latest):
    told, (older, newer) = truth["orders"], heads
    both = older.index.intersection(newer.index)
    state = ["Financial Status", "Refunded Amount"]
    assert [len(older), len(newer)] == [told["orders_in_file_1"], told["orders_in_file_2"]]
    assert [len(frame) for frame in lines] == [told["lines_in_file_1"], told["lines_in_file_2"]]
    assert len(both) == told["orders_in_both"]
    assert (older.loc[both, state] != newer.loc[both, state]).any(axis=1).sum() == told["changed_between_files"]
    assert len(latest) == told["orders_distinct"]
    assert latest["kind"].value_counts().to_dict() == {
        kind: told[kind] for kind in ("test", "cancelled", "unpaid", "kept")
    }


def test_money_and_buyers_equal_the_truth(truth, latest):
    told, kept = truth["orders"], latest[latest["kind"] == "kept"]
    net = cents(kept["Total"]) - cents(kept["Refunded Amount"])
    month = kept["Created at"].str[:7]
    email = kept["Email"].str.strip().str.lower()
    sale = kept["Financial Status"].isin(["paid", "partially_refunded"])
    status = kept["Financial Status"].value_counts()
    assert told["sales"] == sale.sum()
    assert [told["partially_refunded"], told["fully_refunded"]] == [status["partially_refunded"], status["refunded"]]
    assert told["total_eur"] == cents(kept["Total"]).sum() / 100
    assert told["refunds_eur"] == cents(kept["Refunded Amount"]).sum() / 100
    assert told["net_eur"] == net.sum() / 100
    assert told["kept_by_month"] == month.value_counts().to_dict()
    assert told["net_by_month_eur"] == (net.groupby(month).sum() / 100).to_dict()
    assert told["without_email"] == (email == "").sum()
    assert told["identified_buyers"] == email[email != ""].nunique()
    assert told["repeat_buyers"] == (email[(email != "") & sale].value_counts() >= 2).sum()


def test_totals_hold_with_the_tax_inside(lines, heads):
    for frame, head in zip(lines, heads, strict=True):
        amount = cents(frame["Lineitem price"]) * frame["Lineitem quantity"].astype(int)
        subtotal = amount.groupby(frame["Name"]).sum().reindex(head.index) - cents(head["Discount Amount"])
        assert (subtotal == cents(head["Subtotal"])).all()
        assert (cents(head["Total"]) == subtotal + cents(head["Shipping"])).all()
        assert (cents(head["Taxes"]) - cents(head["Total"]) * 19 / 119).abs().max() <= 0.5
        assert (cents(head["Refunded Amount"]) <= cents(head["Total"])).all()


def test_answers_equal_the_truth(truth, answers, latest):
    told = truth["answers"]
    email = answers["Email Address"].str.lower()
    buyers = set(latest.loc[latest["kind"] == "kept", "Email"].str.strip().str.lower()) - {""}
    scores = pd.to_numeric(answers[TEXTS["recommend"]])
    scales = [item["id"] for item in FORM["items"] if "dimension" in item]
    given = answers[[TEXTS[name] for name in scales]].apply(pd.to_numeric).set_axis(scales, axis=1)
    assert [told["answers"], told["with_email"]] == [len(answers), (email != "").sum()]
    assert told["persons_with_email"] == email[email != ""].nunique()
    assert told["answers_matched"] == email.isin(buyers).sum()
    for dimension in FORM["dimensions"]:
        items = [item["id"] for item in FORM["items"] if item.get("dimension") == dimension]
        assert told["dimension_means"][dimension] == pytest.approx(given[items].mean(axis=1).mean(), abs=1e-4)
    assert told["recommend_answered"] == scores.count()
    assert told["recommend_mean"] == pytest.approx(scores.mean(), abs=1e-4)
    known = scores.dropna()
    assert told["nps"] == pytest.approx(100 * ((known >= 9).mean() - (known <= 6).mean()), abs=1e-4)
    assert told["buys"] == answers[BUYS].replace("", "(blank)").value_counts().to_dict()
    for group, mean in told["recommend_mean_by_buys"].items():
        assert mean == pytest.approx(scores[answers[BUYS] == group].mean(), abs=1e-4)
    assert told["straight_liners"] == (given.notna().all(axis=1) & (given.nunique(axis=1) == 1)).sum()


def test_reviews_equal_the_truth(truth, reviews):
    told, entries = truth["reviews"], [entry for entry in reviews if entry]
    assert told["reviews"] == len(entries)
    assert told["with_comment"] == sum("comment" in entry for entry in entries)
    assert told["with_reply"] == sum("reviewReply" in entry for entry in entries)
    stars = [STARS[entry["starRating"]] for entry in entries]
    assert told["mean_stars"] == pytest.approx(sum(stars) / len(stars), abs=1e-4)


def test_the_form_is_the_pocket_form(answers):
    assert list(answers.columns) == ["Timestamp", "Email Address", *TEXTS.values(), BUYS]
    days = answers["Timestamp"].str[:2].astype(int)
    assert answers["Timestamp"].str.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d").all()
    assert (days > 12).any() and (days <= 12).any()
    assert (answers[BUYS] == "By phone").sum() == 3
    by_phone = answers.loc[answers[BUYS] == "By phone", "Email Address"]
    assert not by_phone[by_phone != ""].duplicated().any()
    comments = answers[TEXTS["comment"]]
    for trace in ("@example.org", "040 66969", "ö", ",", "\n"):
        assert comments.str.contains(trace, regex=False).any(), trace


def test_what_was_planted_can_be_seen(truth, answers, latest):
    told = truth["answers"]["dimension_means"]
    items = answers[[TEXTS["answers"], TEXTS["fits_me"], TEXTS["worth_it"]]].apply(pd.to_numeric)
    asked, fits, worth = (items[name] for name in items)
    assert min(told, key=told.get) == "communication" and max(told, key=told.get) == "trust"
    for difference, clear in (((fits - asked).dropna(), True), ((fits - worth).dropna(), False)):
        assert bool(abs(difference.mean()) > 1.96 * difference.std() / len(difference) ** 0.5) is clear
    mend, quiet = truth["planted"]["mend"], truth["planted"]["loyal and gone quiet"]
    autumn = answers[answers["Timestamp"].str[3:10].isin(["09/2026", "10/2026"])]
    low = pd.to_numeric(autumn[TEXTS["recommend"]]) <= 6
    assert set(mend) <= set(autumn.loc[low, "Email Address"])
    theirs = latest[latest["Email"].isin(quiet)].groupby("Email")
    assert (theirs["Created at"].max() < "2026-07").all() and (theirs.size() >= 10).all()
    assert theirs["Accepts Marketing"].last().value_counts().to_dict() == {"yes": 5, "no": 3}


def test_traps_of_the_orders(lines, heads, latest):
    older, newer = lines
    assert set(newer.columns) > set(older.columns) and not {"Source", "Tags", "Id"} & set(older.columns)
    for frame in lines:
        later = frame[frame.duplicated("Name")]
        blank = ["Financial Status", "Subtotal", "Total", "Billing Name", "Refunded Amount"]
        assert len(later) > 300 and (later[blank] == "").all().all()
        assert frame["Notes"].str.contains("\n").any() and frame["Notes"].str.contains("<script>", regex=False).any()
        assert frame["Lineitem name"].str.startswith("=").any()
        assert frame["Note Attributes"].str.contains("203.0.113.", regex=False).any()
        assert frame["Created at"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]00").all()
        assert pd.to_datetime(frame["Created at"], utc=True).is_monotonic_decreasing
    written = latest["Email"][lambda email: email.str.strip().str.lower() == "beate.seidel@example.com"]
    assert written.nunique() == 3
    assert latest["Created at"].str.startswith("2026-05-01 00:12").sum() == 1
    assert latest.loc[latest["Tags"] == "latest-drop", "kind"].eq("kept").any()
    assert latest.loc[latest["Tags"].str.lower().str.contains(r"\btest\b"), "kind"].eq("test").all()
    assert 0.15 < (latest["Email"] == "").mean() < 0.25
    assert set(latest["Accepts Marketing"]) == {"yes", "no"}
    assert latest["Created at"].max().startswith("2026-10-31")


def test_traps_of_the_reviews(reviews):
    entries = [entry for entry in reviews if entry]
    assert reviews.count(None) == 1
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", entry["createTime"]) for entry in entries)
    assert any("(Translated by Google)" in entry.get("comment", "") for entry in entries)


def test_nobody_real_is_in_it():
    """Addresses lie in domains, and phones in ranges, that are kept free for examples."""
    for path in FILES:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["Email"] == "" or re.search(r"@example\.(com|org)\s*$", row["Email"], re.I)
                phone = re.sub(r"\D", "", row["Billing Phone"])
                assert phone == "" or re.search(r"(4066969|3023125|8999998|2214710|6990009)\d{3}$", phone), phone
    assert re.fullmatch(r"[0-9a-f]{64}\n", (EXPORTS / "crqkit-private" / "key.txt").read_text(encoding="utf-8"))

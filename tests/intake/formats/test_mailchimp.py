"""Mailchimp: an archive of files, each of persons of another standing; who may be written to, and since when."""

from zipfile import ZipFile

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.sayings import named_so
from tests.intake.formats import support

HASH = "_members_export_a1b2c3d4e5.csv"
KINDS = ["subscribed", "unsubscribed", "cleaned", "nonsubscribed"]
UNSEEN = [
    "example.com", "example.org", "example.net", "Lim", "Okafor", "Marsh", "Stone", "Vance", "Hale", "Rossi", "Elm",
    "203.0.113", "198.51.100", "47.66", "122.29", "0101", "44877845", "c2cb0681", "friend", "Ask",
]  # fmt: skip
SAID = {
    "2020-03-01 09:00": (False, "2024-04-04 04:04:04"),
    "2021-01-01 09:00": (False, "2024-06-01 12:00"),
    "2021-02-01 09:00": (True, "2024-09-09 18:30"),
    "2021-03-01 09:00": (False, None),
    "2022-07-01 08:00": (True, "2022-07-01 08:00"),
    "2023-01-05 10:00": (True, "2023-01-05 10:05"),
    "2024-12-31 09:00": (False, "2025-01-01 10:00"),
}


def assert_said(shop) -> None:
    """Assert what README.md works out: each person is told by the moment at which they were first seen."""
    people = shop.customers.set_index("first_seen")
    assert len(people) == len(SAID)
    for first, (consent, when) in SAID.items():
        person = people.loc[pd.Timestamp(first, tz="UTC")]
        assert person["consent"] is consent or person["consent"] == consent, first
        assert pd.isna(person["consent_at"]) if when is None else person["consent_at"] == pd.Timestamp(when, tz="UTC")


def test_the_latest_word_of_each_person_counts(tmp_path):
    shop = support.read("mailchimp", tmp_path)
    assert_said(shop)
    assert shop.customers["consent"].sum() == 3
    support.assert_accounted(shop)


def test_an_archive_says_the_same(tmp_path):
    folder = support.copy("mailchimp", tmp_path)
    with ZipFile(folder / "audience_export_a1b2c3d4e5.zip", "w") as archive:
        for kind in KINDS:
            archive.write(folder / f"{kind}{HASH}", f"export/{kind}{HASH}")
            (folder / f"{kind}{HASH}").unlink()
    assert_said(read_folder(folder))


def test_the_newer_names_of_the_files(tmp_path):
    folder = support.copy("mailchimp", tmp_path)
    for kind in KINDS:
        (folder / f"{kind}{HASH}").rename(folder / f"{kind}_email_audience_export_a1.csv")
    assert_said(read_folder(folder))


def test_tags_without_their_quote_marks_and_names(tmp_path):
    tags = support.read("mailchimp", tmp_path).customers["tags"].dropna().tolist()
    assert sorted(tags) == ["VIP, [removed] table", "newsletter"]


def test_nobody_is_named(tmp_path):
    support.assert_unnamed(support.read("mailchimp", tmp_path), UNSEEN)


def test_a_renamed_file_is_told_by_its_columns(tmp_path):
    folder = support.copy("mailchimp", tmp_path)
    (folder / f"unsubscribed{HASH}").rename(folder / "left.csv")
    (folder / f"cleaned{HASH}").rename(folder / "bounced.csv")
    shop = read_folder(folder)
    people = shop.customers.set_index("first_seen")["consent"]
    # Eli stands in the renamed file without a time: nothing tells why, and nobody unknown is written to.
    assert pd.isna(people[pd.Timestamp("2021-03-01 09:00", tz="UTC")])
    assert people.drop(pd.Timestamp("2021-03-01 09:00", tz="UTC")).sum() == 3
    assert people.eq(False).sum() == 3


def test_a_list_of_unknown_standing_gives_no_consent(tmp_path):
    folder = support.copy("mailchimp", tmp_path)
    for kind in KINDS[1:]:
        (folder / f"{kind}{HASH}").unlink()
    (folder / f"subscribed{HASH}").rename(folder / "list.csv")
    shop = read_folder(folder)
    assert shop.customers["consent"].isna().all()
    assert any("says whether these persons may be written to" in caution for caution in shop.cautions)


def test_merge_fields_of_an_older_account_do_not_unsubscribe_anybody(tmp_path):
    folder = support.copy("mailchimp", tmp_path)
    support.change(folder, lambda rows: [[*row, "UNSUB_TIME" if not n else ""] for n, row in enumerate(rows)],
                   only=[f"subscribed{HASH}"])  # fmt: skip
    assert_said(read_folder(folder))


def test_consent_is_compared_with_that_of_the_shop(tmp_path):
    folder = support.copy("mailchimp", tmp_path)
    from tests.intake.conftest import SHOPIFY

    header = f"{SHOPIFY},Accepts Marketing"
    cells = "paid,2025-05-05 10:00:00 +0000,10.00,10.00,1,Mug,10.00,0.00"
    lines = [f"#1,cleo@example.net,{cells},yes", f"#2,eli@example.com,{cells},yes", f"#3,ben@example.org,{cells},no"]
    (folder / "orders.csv").write_text("\n".join([header, *lines]))
    shop = read_folder(folder)
    said = shop.customers.set_index("customer_key")["consent"]
    buyers = shop.orders.set_index("order_id")["customer_key"]
    assert said[buyers["#1"]] == True  # noqa: E712  (agreed again at the till a year after leaving)
    assert said[buyers["#2"]] == False  # noqa: E712  (left at an unknown time, which may be later)
    assert said[buyers["#3"]] == False  # noqa: E712


def test_names_of_files_are_whole_words():
    assert named_so("a/Subscribed_members_export.csv", ("subscribed",))
    assert named_so("2026-subscribed.csv", ("subscribed",))
    assert not named_so("nonsubscribed_x.csv", ("subscribed",))
    assert not named_so("subscribed/members.csv", ("subscribed",))


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("mailchimp", tmp_path)


@pytest.mark.parametrize("day_first", ["%d/%m/%Y", "%d.%m.%Y"])
def test_a_foreign_spreadsheet(day_first, tmp_path):
    dates = ["OPTIN_TIME", "CONFIRM_TIME", "LAST_CHANGED", "UNSUB_TIME", "CLEAN_TIME"]
    folder = support.copy("mailchimp", tmp_path)
    (folder / "shop.yml").write_text("date_order: day-first\n")
    support.change(folder, lambda rows: support.abroad(rows, dates=dates, day_first=day_first), written=";")
    assert_said(read_folder(folder))


@support.each_required("mailchimp_audience")
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("mailchimp", f"subscribed{HASH}", "mailchimp_audience", headers, tmp_path)


def test_the_wrong_file_is_refused(tmp_path):
    rows = [["Title", "Subject", "List", "Send Date", "Total Recipients"], ["News", "Hello", "All", "2026-01-01", "9"]]
    support.write(tmp_path / "campaigns.csv", rows)
    with pytest.raises(DataProblem, match="this file is of no known kind"):
        read_folder(tmp_path)
    rows = [["Email Address", "First Name", "LEID", "EUID", "OPTIN_TIME"], ["ana@example.com", "Ana", "1", "2", ""]]
    support.write(tmp_path / "campaigns.csv", rows)
    with pytest.raises(DataProblem, match="nearest is an audience of Mailchimp, for which is missing: CONFIRM_TIME"):
        read_folder(tmp_path)

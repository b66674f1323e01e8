"""Who a customer is stays in the owner's folder."""

import re
import stat
from pathlib import Path

import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder, who
from crqkit.intake.privacy import Cleaner

IDENTIFIERS = [
    "ana@", "Ana@", "BEN@", "ben@", "carla@", "dora@", "eva@", "example.org", "1112223", "600111222", "600 111 222",
    "9998887", "Ana Li", "Ana",
    "Ben Ott", "Ben", "Bruni", "Ruiz", "Fatma", "Gül", "Dora", "Testa",
]  # fmt: skip


@pytest.fixture
def shop(golden):
    return read_folder(golden("shop"))


def everything(shop):
    tables = [*shop.tables.values(), shop.answers, shop.log, shop.mapped]
    text = "\n".join(table.to_csv() for table in tables) + repr(shop) + repr(shop.form)
    return re.sub(r"\b[A-Z][A-Z2-7]{12}\b", "", text)


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_no_table_names_a_person(identifier, shop):
    assert identifier not in everything(shop)


def test_what_is_no_name_stays(shop):
    comment = shop.answers["comment"][0]
    assert comment == "[removed] here: call [removed], or ask [removed]. I may come on 2026-03-01."


def test_keys_hold_within_a_folder_and_not_between_folders(golden, tmp_path):
    folder = golden("shop")
    first, second = read_folder(folder), read_folder(folder)
    assert first.orders.equals(second.orders)
    key = folder / "crqkit-private" / "key.txt"
    assert len(key.read_text().strip()) == 64 and (key.parent / "README.txt").exists()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.unlink()
    other = read_folder(folder)
    assert not set(other.orders["customer_key"].dropna()) & set(first.orders["customer_key"].dropna())


def test_a_key_has_thirteen_signs(shop):
    assert shop.orders["customer_key"].dropna().str.fullmatch("C[A-Z2-7]{12}").all()


def test_an_address_in_another_column_is_the_same_person(put):
    folder = put(
        {
            "a.csv": "date,customer,amount\n2026-01-01, ANA@example.org,5.50\n2026-01-01,17850.0,1.50\n",
            "b.csv": "date,customer,amount,order\n2026-01-02,ana@Example.org,5.50,x\n2026-01-02,17850,1.50,y\n",
        }
    )
    assert read_folder(folder).orders["customer_key"].nunique() == 2


def test_who_finds_the_person_again(golden):
    folder = golden("shop")
    orders = read_folder(folder).orders.set_index("order_id")
    found = who(orders["customer_key"]["#1002"].lower(), folder)
    assert set(found["identifier"].str.lower()) == {"ben@example.org"}
    assert found[["name", "phone", "file", "row", "rows"]].values.tolist() == [
        ["Ben Ott", "+49 170 1112223", "How are we doing (Responses).csv", 5, 4]
    ]
    by_phone = who(orders["customer_key"]["#1009"], folder)
    assert by_phone["name"].tolist() == ["Eva Ruiz"]
    assert len(who("CAAAAAAAAAAAA", folder)) == 0


def test_who_tells_two_names_of_one_person_apart_and_the_rows_together(put, shopify, order):
    head = shopify().splitlines()[0] + ",Billing Name,Phone"
    rows = [
        order("#1") + ",Ana Li,",
        order("#1", Total="") + ",,",
        order("#2", email="ANA@example.org") + ",Ana May,0170 1112223",
        order("#3") + ",Ana Li,",
    ]
    answers = "Timestamp,Email Address,They do what they promise.\n"
    answers += "2026-01-01 10:00,ana@example.org,5\n2026-01-02 10:00,ben@example.org,4\n"
    folder = put({"a.csv": "\n".join([head, *rows]), "b.csv": answers})
    shop = read_folder(folder)
    found = who(shop.orders["customer_key"][0], folder).drop(columns="identifier").values.tolist()
    assert found == [["Ana Li", "0170 1112223", "a.csv", 2, 4], ["Ana May", "0170 1112223", "a.csv", 4, 1]]
    only_answered = shop.answers["customer_key"].iloc[1]
    assert who(only_answered, folder).values.tolist() == [["ben@example.org", "", "", "b.csv", 3, 1]]


@pytest.mark.parametrize("made", ["snapshots/2026-10-30.json", "advice.csv"])
def test_a_key_that_is_gone_is_not_made_anew_beside_what_it_made(made, golden):
    folder = golden("shop")
    (folder / "crqkit-private" / made).parent.mkdir(parents=True)
    (folder / "crqkit-private" / made).write_text("x")
    with pytest.raises(DataProblem, match=f"the key of customers is gone, while {made[:9]}") as problem:
        read_folder(folder)
    assert "Put back your copy of key.txt" in problem.value.faults[0].mend
    assert not (folder / "crqkit-private" / "key.txt").exists()
    (folder / "crqkit-private").rename(folder.parent / "old")
    assert len(read_folder(folder).orders) == 7


def test_a_folder_that_cannot_be_written_to(golden, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError

    folder = golden("shop")
    monkeypatch.setattr(Path, "mkdir", refuse)
    shop = read_folder(folder)
    assert any("cannot be written to" in caution for caution in shop.cautions)
    assert not (folder / "crqkit-private").exists() and len(shop.orders) == 7


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Ask Frau Böttcher", "Ask Frau [removed]"),
        ("ANA LI was kind", "[removed] was kind"),
        ("ana li was kind", "[removed] was kind"),
        ("Ana-Maria's tip", "[removed] tip"),
        ("Lange gewartet, lange", "[removed] gewartet, lange"),
        ("Li is short for a name", "Li is short for a name"),
        ("from 192.168.0.1 on 2026-01-05", "from [removed] on 2026-01-05"),
    ],
)
def test_names_leave_free_text(text, clean):
    assert Cleaner(["Ana Li", "Jo Böttcher", "Lange"])(text) == clean

"""Who a customer is stays in the owner's folder."""

import re
import stat
from pathlib import Path

import pytest

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
    assert {("orders_older.csv", 10), ("How are we doing (Responses).csv", 5)} <= set(
        zip(found["file"], found["row"], strict=True)
    )
    by_phone = who(orders["customer_key"]["#1009"], folder)
    assert by_phone["name"].tolist() == ["Eva Ruiz"]
    assert len(who("CAAAAAAAAAAAA", folder)) == 0


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

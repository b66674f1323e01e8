"""HubSpot: persons by number, address or telephone; only deals that the owner calls won are orders."""

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder, who
from tests.intake.formats import support

UNSEEN = [
    "ana.lim@example.com", "ben@example.org", "dee@example.com", "Lim", "Okafor", "Marsh", "Stone", "Olga", "Olsen",
    "7946", "0101", "Acme", "Cobalt",
]  # fmt: skip
GERMAN = {
    "Record ID": "Datensatz-ID", "Deal Stage": "Deal-Phase", "Amount": "Betrag", "Close Date": "Abschlussdatum",
    "Email": "E-Mail", "Create Date": "Erstellungsdatum", "Closed Won": "Abgeschlossen und gewonnen",
    "Closed Lost": "Abgeschlossen und verloren", "Contract Sent": "Vertrag gesendet",
    "Original Source": "Ursprüngliche Quelle", "Country/Region": "Land/Region", "Lifecycle Stage": "Lifecycle-Phase",
    "Phone Number": "Telefonnummer", "First Name": "Vorname", "Last Name": "Nachname",
    "Contact owner": "Zuständiger Mitarbeiter", "Deal owner": "Zuständiger Mitarbeiter",
}  # fmt: skip
FRENCH = {
    "Record ID": "ID de fiche d'informations", "Deal Stage": "Phase de la transaction", "Amount": "Montant",
    "Close Date": "Date de fermeture", "Email": "E-mail", "Create Date": "Date de création",
    "Original Source": "Source d'origine", "Country/Region": "Pays/Région", "Phone Number": "Numéro de téléphone",
    "Lifecycle Stage": "Phase du cycle de vie", "First Name": "Prénom", "Last Name": "Nom",
}  # fmt: skip
SPANISH = {
    "Record ID": "ID de registro", "Deal Stage": "Etapa del negocio", "Amount": "Valor",
    "Close Date": "Fecha de cierre", "Email": "Correo", "Create Date": "Fecha de creación",
    "Original Source": "Fuente original", "Country/Region": "País/Región", "Phone Number": "Número de teléfono",
    "Lifecycle Stage": "Etapa del ciclo de vida", "Closed Won": "Cierre ganado", "Closed Lost": "Cierre perdido",
}  # fmt: skip


@pytest.fixture
def shop(tmp_path):
    return support.read("hubspot", tmp_path)


def test_won_deals_are_orders(shop, tmp_path):
    orders = shop.orders.set_index("order_id")
    assert list(orders.index) == ["9001", "9002", "9003", "9008", "9009", "9010", "9011"]
    assert orders["net"].sum() == pytest.approx(4285.75)
    assert set(orders["currency"]) == {"EUR"}
    assert orders["at"]["9002"] == pd.Timestamp("2025-06-30 21:30", tz="UTC")
    assert support.dropped(shop) == {"lost": 2, "open": 2}
    support.assert_accounted(shop)


def test_one_person_has_one_key(shop):
    buyers = shop.orders.set_index("order_id")["customer_key"]
    assert buyers["9001"] == buyers["9009"], "contacts 101 and 401 have one address"
    spent = shop.orders.groupby("customer_key")["net"].sum()
    assert spent[buyers["9001"]] == pytest.approx(1280)
    assert buyers.nunique() == 6 and len(shop.customers) == 7
    assert set(buyers) <= set(shop.customers["customer_key"])


def test_contacts_say_when_whence_and_where(shop):
    people = shop.customers.set_index("customer_key")
    ana = people.loc[shop.orders.set_index("order_id")["customer_key"]["9001"]]
    assert ana["first_seen"] == pd.Timestamp("2024-03-12 08:14", tz="UTC")
    assert (ana["source"], ana["country"], ana["tags"]) == ("Organic Search", "Germany", "Customer")
    assert people["consent"].eq(False).sum() == 1 and people["consent"].notna().sum() == 1
    assert people["consent_at"].isna().all()


def test_other_files_join_by_address_and_never_by_a_bare_number(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    sales = [["date", "customer", "amount"], ["2026-02-01", "ana.lim@example.com", "5.00"]]
    support.write(folder / "till.csv", sales)
    shop = read_folder(folder)
    assert shop.orders["customer_key"].iloc[-1] == shop.orders["customer_key"].iloc[0]
    # Customer 101 of a till is not contact 101 of HubSpot.
    support.write(folder / "till.csv", [sales[0], ["2026-02-01", "101", "5.00"]])
    shop = read_folder(folder)
    assert shop.orders["customer_key"].iloc[-1] not in set(shop.orders["customer_key"].iloc[:-1])


def test_the_owner_finds_the_contact_and_never_an_employee(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    key = read_folder(folder).orders["customer_key"][0]
    found = who(key, folder).to_string()
    assert "ana.lim@example.com" in found.lower() and "Olga" not in found


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, UNSEEN)


def test_an_unknown_stage_is_asked_for_once(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    (folder / "shop.yml").unlink()
    support.change(folder, lambda rows: [[cell.replace("Closed Lost", "No luck") for cell in row] for row in rows])
    support.change(folder, lambda rows: [[cell.replace("closedlost", "No luck") for cell in row] for row in rows])
    with pytest.raises(DataProblem) as problem:
        read_folder(folder, faulty="drop")
    faults = [fault for fault in problem.value.faults if fault.column == "Deal Stage"]
    assert sorted((fault.value, fault.what) for fault in faults) == [
        ("No luck", "this stage of 2 deals is known neither as won nor as lost"),
        ("Signed and paid", "this stage of 1 deal is known neither as won nor as lost"),
    ]
    assert all("won: [..] and lost: [..] in shop.yml" in fault.mend for fault in faults)
    (folder / "shop.yml").write_text("won: [signed AND paid]\nlost: no luck\n")
    assert read_folder(folder).orders["net"].sum() == pytest.approx(4285.75)


def test_what_the_owner_says_goes_before_what_is_known(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    (folder / "shop.yml").write_text("won: [Signed and paid]\nlost: [Closed Won]\n")
    shop = read_folder(folder)
    assert list(shop.orders["order_id"]) == ["9002", "9003"]
    # Both lists are given, so every other stage is open.
    support.change(folder, lambda rows: [[cell.replace("Contract Sent", "Whatever") for cell in row] for row in rows])
    assert support.dropped(read_folder(folder), "deals.csv") == {"lost": 7, "open": 2}


def test_a_won_deal_needs_amount_and_a_day_that_has_passed(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    support.change(folder, lambda rows: [[c.replace("closedlost", "closedwon") for c in row] for row in rows])
    support.change(
        folder, lambda rows: [[c.replace("2025-02-03 12:00", "2041-02-03 12:00") for c in row] for row in rows]
    )
    with pytest.raises(DataProblem) as problem:
        read_folder(folder)
    told = {(fault.row, fault.what) for fault in problem.value.faults}
    assert (6, "the amount is missing") in told and (2, "a date in the future") in told


def test_the_newer_download_knows_how_a_deal_ended(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    rows = support.rows_of(folder / "deals.csv")
    head = rows[0]
    # In the older file 9001 was still open, hoped for much later, and 9002 was won before it was lost.
    older = [head, rows[1].copy(), rows[2].copy()]
    older[1][2], older[1][5], older[1][7] = "Contract Sent", "2030-01-01 00:00", "2025-01-20 09:00"
    older[2][7] = "2025-06-30 10:00"
    rows[2][2], rows[2][7] = "Closed Lost", "2025-07-02 09:00"
    support.write(folder / "deals.csv", rows)
    support.write(folder / "a older deals.csv", older)
    shop = read_folder(folder)
    assert list(shop.orders["order_id"]) == ["9001", "9003", "9008", "9009", "9010", "9011"]
    assert shop.orders["at"][0] == pd.Timestamp("2025-02-03 11:00", tz="UTC")


def test_dates_as_americans_write_them(shop, tmp_path):
    folder = support.copy("hubspot", tmp_path, "american")

    def american(rows):
        wide = [place for place, name in enumerate(rows[0]) if name.endswith("Date")]
        return [rows[0], *([_american(c) if p in wide else c for p, c in enumerate(row)] for row in rows[1:])]

    support.change(folder, american)
    assert "3/12/2024 9:14 AM" in (folder / "contacts.csv").read_text()
    support.assert_same(shop, read_folder(folder), but=["customer_key"])


def _american(cell: str) -> str:
    if not cell:
        return cell
    at = pd.Timestamp(cell)
    return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at.minute:02d} {'AM' if at.hour < 12 else 'PM'}"


@pytest.mark.parametrize("words", [GERMAN, FRENCH, SPANISH], ids=["de", "fr", "es"])
def test_the_language_of_the_account(words, shop, tmp_path):
    folder = support.copy("hubspot", tmp_path, "translated")
    support.change(folder, lambda rows: [[words.get(cell, cell) for cell in row] for row in rows])
    other = read_folder(folder)
    assert other.orders["net"].tolist() == shop.orders["net"].tolist()
    assert other.customers["first_seen"].tolist() == shop.customers["first_seen"].tolist()
    assert other.customers["country"].tolist() == shop.customers["country"].tolist()


def test_a_workbook_says_the_same(shop, tmp_path):
    folder = support.copy("hubspot", tmp_path, "workbook")
    for name in ("contacts", "deals"):
        frame = pd.read_csv(folder / f"{name}.csv")
        for column in frame:
            if column.endswith("Date"):
                frame[column] = pd.to_datetime(frame[column])
        frame.to_excel(folder / f"{name}.xlsx", index=False)
        (folder / f"{name}.csv").unlink()
    other = read_folder(folder)
    assert other.orders["net"].tolist() == shop.orders["net"].tolist()
    assert other.orders["at"].tolist() == shop.orders["at"].tolist()
    assert len(other.customers) == 7


def test_few_columns_are_enough(tmp_path):
    folder = support.copy("hubspot", tmp_path)
    keep = {"Record ID", "Email", "Create Date", "Deal Stage", "Amount", "Close Date"}
    support.change(folder, lambda rows: support.without(rows, [name for name in rows[0] if name not in keep]))
    shop = read_folder(folder)
    assert shop.orders["net"].sum() == pytest.approx(4285.75)
    assert shop.orders["customer_key"].isna().all()
    # Without telephones two contacts are known by their numbers alone.
    assert len(shop.customers) == 5


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("hubspot", tmp_path)


@pytest.mark.parametrize("day_first", ["%d/%m/%Y", "%d.%m.%Y"])
def test_a_foreign_spreadsheet(day_first, tmp_path):
    dates = ["Create Date", "Last Activity Date", "Close Date"]
    support.assert_reads_abroad("hubspot", tmp_path, money=["Amount"], dates=dates, day_first=day_first)


@support.each_required("hubspot_deals")
def test_a_missing_column_of_deals_is_named(headers, tmp_path):
    support.assert_names_missing("hubspot", "deals.csv", "hubspot_deals", headers, tmp_path)


@pytest.mark.parametrize("place", [0, 1])
def test_a_missing_column_of_contacts_is_named(place, tmp_path):
    headers = support.format_of("hubspot_contacts").required[place]
    support.assert_names_missing("hubspot", "contacts.csv", "hubspot_contacts", headers, tmp_path)


def test_the_wrong_file_is_refused(tmp_path):
    rows = [["Record ID", "Company name", "Company owner", "Deal Stage"], ["1", "Acme", "Olga", "Closed Won"]]
    support.write(tmp_path / "companies.csv", rows)
    with pytest.raises(DataProblem, match="nearest is deals of HubSpot, for which is missing: Amount, Close Date"):
        read_folder(tmp_path)

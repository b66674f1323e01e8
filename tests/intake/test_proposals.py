"""What `crqkit map` proposes for the sheets of a shop owner, and that it reads as it stands."""

import pytest
import yaml

from crqkit.base import DataProblem
from crqkit.intake import propose, read_folder

FORM = (
    "Zeitstempel,E-Mail-Adresse,Wie freundlich war das Team? (1-6),Wie gut war der Kaffee?,"
    "Würden Sie uns weiterempfehlen?,Was können wir besser machen?,Wo kaufen Sie ein?,Dürfen wir Ihnen schreiben?,"
    "Ihr Name,They do what they promise.\n"
)
FORM_ROWS = "".join(
    f"2026-03-{day:02} 10:00,p{day % 9}@example.org,{1 + day % 4},{1 + day % 5},{day % 11},"
    f"Mehr Kuchen Nummer {day} bitte und danke,{'Online' if day % 2 else 'Laden'},{'Ja' if day % 3 else 'Nein'},"
    f"Ana Li,{1 + day % 5}\n"
    for day in range(1, 21)
)
TILL = "Datum;Kundin;E-Mail;Telefon;Betrag (€);Werbung erlaubt\n"
TILL_ROWS = "".join(
    f"{day:02}.03.2026;Ana {'ABCDEFG'[day % 7]}li;k{day % 7}@example.org;0170 11122{day % 7:02};{day},50;"
    f"{'ja' if day % 7 else 'nein'}\n"
    for day in range(1, 25)
)


@pytest.fixture
def mapped(put):
    """Return a function that lays one sheet into a folder with the mapping proposed for it."""

    def lay(name, content):
        folder = put({name: content})
        text = propose(folder / name)
        (folder / f"{name.rpartition('.')[0]}.map.yml").write_text(text, encoding="utf-8")
        return folder, text, yaml.safe_load(text)

    return lay


def test_own_questions_in_a_recognised_form(mapped):
    folder, text, proposal = mapped("a.csv", FORM + FORM_ROWS)
    assert proposal["columns"] == {
        "at": "Zeitstempel", "customer_key": "E-Mail-Adresse", "consent": "Dürfen wir Ihnen schreiben?",
    }  # fmt: skip
    assert {item["id"]: (item.get("low"), item.get("high"), item.get("kind")) for item in proposal["items"]} == {
        "wie_freundlich_war_das_team": (1, 6, None),
        "wie_gut_war_der_kaffee": (1, 5, None),
        "recommend": (0, 10, None),
        "comment": (None, None, "text"),
    }
    assert "groups" not in proposal and '#   - "Wo kaufen Sie ein?"' in text
    assert proposal["names"] == ["Ihr Name"]
    assert "#   fairness: " in text and 'named here: "They do what they promise."' in text
    shop = read_folder(folder)
    assert len(shop.answers) == 20 and not any("left out" in caution for caution in shop.cautions)
    assert shop.form["keeps_word"].dimension == "trust", "what is known by its words is read beside the mapping"
    assert shop.customers["consent"].notna().all()
    choice = "    # dimension: trust | commitment | communication | personalisation | fairness  # ?\n"
    assert text.count(choice) == 2, "each rating but the recommending one"
    told = text.replace(choice, "    dimension: fairness\n", 1)
    (folder / "a.map.yml").write_text(told, encoding="utf-8")
    form = read_folder(folder).form
    assert form["wie_freundlich_war_das_team"].dimension == "fairness"
    assert form.dimensions["fairness"] == "Fair exchange"


def test_a_form_without_any_known_question_gets_the_known_dimensions(mapped):
    sheet = "when,How clean was it?\n" + "".join(f"2026-03-{day:02},{1 + day % 5}\n" for day in range(1, 21))
    folder, text, _ = mapped("a.csv", sheet)
    (folder / "a.map.yml").write_text(text.replace("    # dimension: trust |", "    dimension: trust #"))
    assert read_folder(folder).form.dimensions == {"trust": "Trust"}


@pytest.mark.parametrize("scale", ["(0-10)", "0 to 10", "[0 – 10]"])
def test_a_question_may_say_its_scale_itself(scale, put):
    head = f"Timestamp,How clean was it? {scale},How warm was it?,How likely are you to recommend our café?\n"
    rows = "".join(f"2026-01-{day:02} 10:00,{day % 5},{day % 5},{day % 11}\n" for day in range(1, 21))
    shop = read_folder(put({"a.csv": head + rows}))
    ends = {item.text: (item.low, item.high) for item in shop.form.items}
    assert [*ends.values()] == [(0, 10), (0, 10)] and "recommend" in shop.form
    assert [caution for caution in shop.cautions if "left out" in caution and "'How warm was it?'" in caution]


def test_recommending_on_a_shorter_scale_is_not_guessed(put):
    head = "Timestamp,How likely are you to recommend our café?,Anything else to say?\n"
    rows = "".join(f"2026-01-{day:02} 10:00,{day % 6},Words of day {day}\n" for day in range(1, 21))
    shop = read_folder(put({"a.csv": head + rows}))
    assert "recommend" not in shop.form and any("left out" in caution for caution in shop.cautions)


@pytest.mark.parametrize(
    "content",
    [
        "Timestamp,They do what they promise.,How likely are you to recommend us to a friend?\n2026-01-01 10:00,4,8\n",
        None,
    ],
)
def test_what_is_understood_needs_no_mapping(content, put, shopify):
    folder = put({"a.csv": content or shopify()})
    with pytest.raises(DataProblem, match="understood already"):
        propose(folder / "a.csv")


def test_a_till_with_names_addresses_and_consent(mapped):
    folder, text, proposal = mapped("Umsätze Café.csv", TILL + TILL_ROWS)
    assert proposal["columns"] == {
        "at": "Datum", "total": "Betrag (€)", "customer_key": "E-Mail", "customer_phone": "Telefon",
        "consent": "Werbung erlaubt",
    }  # fmt: skip
    assert proposal["currency"] == "EUR" and proposal["names"] == ["Kundin"]
    assert "#   n_items: " in text and "\\u" not in text
    shop = read_folder(folder)
    assert shop.orders["customer_key"].nunique() == 7 and set(shop.orders["currency"]) == {"EUR"}
    assert (~shop.customers["consent"]).sum() == 1


def test_names_alone_are_marked_as_doubtful(mapped):
    sheet = "Datum;Kunde;Summe\n" + "".join(f"{day:02}.03.2026;Ana Li;{day},50 €\n" for day in range(1, 25))
    _, text, proposal = mapped("a.csv", sheet)
    assert '  customer_key: "Kunde"  # ? names are not unique: two people may share one.' in text
    assert proposal["currency"] == "EUR"


def test_products_are_no_customers(mapped):
    rows = (f"{day:02}.03.2026;{'AB'[day % 2]}er Tee;{day},50\n" for day in range(1, 25))
    assert "customer_key" not in mapped("a.csv", "Datum;Artikel;Summe\n" + "".join(rows))[2]["columns"]


def test_a_number_that_all_have_is_taken_before_an_address_that_few_have(mapped):
    rows = (f"{day:02}.03.2026;{'' if day % 5 else 'a@example.org'};7{day % 6};{day},50\n" for day in range(1, 25))
    _, _, proposal = mapped("a.csv", "Datum;E-Mail;Kundennummer;Summe\n" + "".join(rows))
    assert proposal["columns"]["customer_key"] == "Kundennummer"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_title_lines_above_a_table_of_no_known_kind(kind, mapped):
    content = "Umsätze Café\n\n" + TILL + TILL_ROWS
    if kind == "xlsx":
        from tests.intake.test_broken import workbook

        content = workbook(*(line.split(";") for line in content.splitlines()))
    folder, _, proposal = mapped(f"a.{kind}", content)
    assert proposal["columns"]["at"] == "Datum" and "header" not in proposal
    orders = read_folder(folder).orders
    assert len(orders) == 24 and orders["row"].min() == 4


def test_one_mapping_serves_the_next_download(mapped, put):
    folder, _, _ = mapped("march.csv", TILL + TILL_ROWS)
    first = read_folder(folder).orders["customer_key"].nunique()
    put({"april.csv": TILL + TILL_ROWS.replace(".03.2026", ".04.2026")})
    shop = read_folder(folder)
    assert len(shop.orders) == 48 and shop.orders["customer_key"].nunique() == first
    said = "april.csv was read by march.map.yml, the mapping of another file with the same columns."
    assert said in shop.cautions
    put({"may.csv": TILL.replace("Betrag (€)", "Summe") + TILL_ROWS})
    with pytest.raises(DataProblem, match="no known kind"):
        read_folder(folder)


def test_one_mapping_serves_the_next_answers(mapped, put):
    folder, _, _ = mapped("a.csv", FORM + FORM_ROWS)
    put({"b.csv": FORM + FORM_ROWS.replace("2026-03", "2026-04")})
    shop = read_folder(folder)
    assert len(shop.answers) == 40 and "wie_gut_war_der_kaffee" in shop.form
    assert any(caution.startswith("b.csv was read by a.map.yml") for caution in shop.cautions)
    put({"c.csv": "Timestamp,They do what they promise.\n2026-05-01 10:00,4\n"})
    shop = read_folder(folder)
    assert len(shop.answers) == 41 and not any(caution.startswith("c.csv was read by") for caution in shop.cautions)


def test_the_date_of_another_line_of_an_order_is_not_read(put, shopify, order):
    more = order("#1", at="soon", total="").replace("paid", "")
    orders = read_folder(put({"a.csv": shopify(order("#1"), more)})).orders
    assert len(orders) == 1 and orders["n_items"].tolist() == [2]


def test_the_command_for_a_mapping_may_be_copied(put, monkeypatch):
    folder = put({"Umsätze Café.csv": "x,y\n1,2\n"})
    monkeypatch.chdir(folder.parent)
    with pytest.raises(DataProblem, match=r'Run crqkit map "shop/Umsätze Café\.csv" and'):
        read_folder("shop")

"""WooCommerce Analytics: orders as text for people. The totals stand in golden/woocommerce/README.md."""

import re

import pandas as pd
import pytest

from crqkit.base import DataProblem
from crqkit.intake import read_folder
from crqkit.intake.lines import products_of
from tests.intake.formats import support

HEAD = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales\n"
REVENUE = "N. Revenue (formatted)"
# Without its revenue the file is one that the page writes: see below.
REQUIRED = [headers for headers in support.format_of("woocommerce_orders").required if headers[0] != REVENUE]
# From memory, as in the format.
TRANSLATED = {
    "de": "Datum;Bestellung #;N. Umsatz (formatiert);Status;Kunde;Kundentyp;Produkt(e);Verkaufte Artikel;Nettoumsatz",
    "fr": "Date;Commande n°;Revenus nets (formatés);État;Client;Type;Produit(s);Articles vendus;Ventes nettes",
    "es": "Fecha;Pedido #;Ingresos netos (formateados);Estado;Cliente;Tipo;Producto(s);Artículos vendidos;Ventas netas",
    "it": "Data;Ordine #;Ricavi netti (formattati);Stato;Cliente;Tipo;Prodotto/i;Articoli venduti;Vendite nette",
    "nl": "Datum;Bestelling #;Netto-omzet (opgemaakt);Status;Klant;Type;Product(en);Verkochte artikelen;Netto-omzet",
    "pt": "Data;Encomenda #;Receita líquida (formatada);Estado;Cliente;Tipo;Produto(s);Itens vendidos;Vendas líquidas",
}


@pytest.fixture
def shop(tmp_path):
    return support.read("woocommerce", tmp_path)


def row(number, revenue, net, *, status="completed", customer="Ana Li", products="1× Tea"):
    return f'2026-05-0{number} 10:00:00,{number},"{revenue}",{status},{customer},new,"{products}",1,,{net}\n'


def test_totals(shop):
    orders = shop.orders.set_index("order_id")
    assert list(orders.index) == ["1001", "1002", "1007", "1008", "1010"]
    assert orders[["total", "refunds", "net"]].sum().tolist() == [8048, 1700, 6348]
    assert orders["status"].value_counts().to_dict() == {"sale": 4, "refund": 1}
    assert orders["total"]["1001"] == 2999, "the comma groups thousands: Net Sales beside it tells"
    assert orders.loc["1007", ["total", "refunds", "net"]].tolist() == [2000, 500, 1500]
    assert set(orders["currency"]) == {"BDT"} and orders["at"]["1001"] == pd.Timestamp("2026-05-01 04:00", tz="UTC")
    assert orders["n_items"].tolist() == [3, 1, 2, 3, 2]


def test_what_is_left_out(shop):
    assert support.dropped(shop) == {"cancelled": 2, "unpaid": 3, "refund_row": 2}
    support.assert_accounted(shop)


def test_products_are_unpacked(shop):
    lines = shop.order_lines
    assert lines[["order_id", "qty", "name"]].values.tolist() == [
        ["1001", 2, "Mug, blue"], ["1001", 1, "Tea"], ["1002", 1, "Tea"], ["1007", 1, "Kettle"],
        ["1007", 1, "Filter, 2-pack, fine"], ["1008", 3, "Cup"],
    ]  # fmt: skip
    assert lines["row"].tolist() == [2, 2, 3, 8, 8, 10]


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("", []),
        ("no number", []),
        ("1× A, B, and C", [(1, "A, B, and C")]),
        ("1× A, 12× B", [(1, "A"), (12, "B")]),
        ("1.5× A, 2× 3× strong, 1× C", [(1.5, "A"), (2, "3× strong"), (1, "C")]),
    ],
)
def test_a_packed_cell(text, products):
    assert products_of(text) == products


def test_persons_are_names_with_a_caution(shop):
    key = shop.orders.set_index("order_id")["customer_key"]
    assert key["1001"] == key["1002"] and key.nunique() == 3 and pd.isna(key["1010"])
    assert any("orders.csv: customers are known by their names alone." in caution for caution in shop.cautions)


@pytest.mark.parametrize(
    ("revenue", "net", "total", "refunds", "currency"),
    [
        ("৳2,999", "2899", 2999, 0, "BDT"),
        ("2.999 €", "2899.5", 2999, 0, "EUR"),
        ("2.999,00 €", "2899.5", 2999, 0, "EUR"),
        ("£1,240.00 £0.00", "1200", 1240, 1240, "GBP"),
        ("10,00 € 8,00 €", "9", 10, 2, "EUR"),
        ("1 234,50 € 1 000,00 €", "1200", 1234.5, 234.5, "EUR"),
        ("kr 10,00 kr 8,00", "9", 10, 2, None),
        ("1 234 kr", "1200", 1234, 0, None),
        ("$10.00", "9", 10, 0, None),
        ("12,00 € (includes 1,92 € VAT)", "9", 12, 0, "EUR"),
        ("&pound;12.50", "11", 12.5, 0, "GBP"),
    ],
)
def test_revenue_as_it_is_written(revenue, net, total, refunds, currency, put):
    order = read_folder(put({"a.csv": HEAD + row(1, revenue.replace(" ", "\u00a0", 1), net)})).orders.iloc[0]
    assert order[["total", "refunds"]].tolist() == [total, refunds]
    assert order["currency"] == currency if currency else pd.isna(order["currency"])


def test_the_currency_of_the_shop_goes_before_a_sign_that_many_use(put):
    folder = put({"a.csv": HEAD + row(1, "$10.00", "9"), "shop.yml": "name: x\ncurrency: CAD\n"})
    assert read_folder(folder).orders["currency"].tolist() == ["CAD"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_headers_in_the_language_of_the_site(language, put):
    cells = ["2026-05-01 10:00:00", "1", "1.240,50 €", "completed", "Ana Li", "x", "2× Tee", "2", "1200,5"]
    shop = read_folder(put({"a.csv": TRANSLATED[language] + "\n" + ";".join(cells) + "\n"}))
    order = shop.orders.iloc[0]
    assert order[["total", "n_items", "currency"]].tolist() == [1240.5, 2, "EUR"]
    assert shop.order_lines["name"].tolist() == ["Tee"]


def test_columns_may_stand_in_any_order(tmp_path):
    support.assert_columns_may_move("woocommerce", tmp_path)


@pytest.mark.parametrize("headers", REQUIRED, ids=[headers[0] for headers in REQUIRED])
def test_a_missing_column_is_named(headers, tmp_path):
    support.assert_names_missing("woocommerce", "orders.csv", "woocommerce_orders", headers, tmp_path)


@pytest.mark.parametrize("day_first", ["%d/%m/%Y", "%d.%m.%Y"])
def test_a_foreign_spreadsheet(day_first, tmp_path):
    support.assert_reads_abroad("woocommerce", tmp_path, money=["Net Sales"], dates=["Date"], day_first=day_first)


def test_nobody_is_named(shop):
    support.assert_unnamed(shop, ["Ana Li", "ana", "Ben Ott", "Carla", "Ruiz", "Dora", "Testa"])


# The file that the page itself writes has no revenue, only Net Sales -------------------------------------------------


@pytest.fixture
def page(tmp_path):
    folder = support.copy("woocommerce", tmp_path, "page")
    return support.change(folder, lambda rows: support.without(rows, [REVENUE]))


def test_net_sales_alone(page):
    shop = read_folder(page)
    orders = shop.orders.set_index("order_id")
    # 2899 + 850 + 1900.50 + 1200 + 899 = 7748.50, given back 500 and 1200.
    assert orders[["total", "refunds", "net"]].sum().tolist() == [7748.5, 1700, 6048.5]
    assert orders["status"].value_counts().to_dict() == {"sale": 5, "refund": 2}
    back = orders.loc["1007 refund 2026-05-09T10:00:00"]
    assert back[["total", "refunds", "net", "status"]].tolist() == [0, 500, -500, "refund"]
    assert shop.order_lines.groupby("order_id").size().to_dict()["1001"] == 2
    assert support.dropped(shop) == {"cancelled": 2, "unpaid": 3}
    support.assert_accounted(shop)
    assert "orders.csv: amounts are without tax and shipping, because this export has no others." in shop.cautions


@pytest.mark.parametrize("day_first", ["%d/%m/%Y", "%d.%m.%Y"])
def test_net_sales_alone_abroad(page, day_first):
    before = read_folder(page)
    support.change(
        page, lambda rows: support.abroad(rows, money=["Net Sales"], dates=["Date"], day_first=day_first), written=";"
    )
    support.assert_same(before, read_folder(page))


@pytest.mark.parametrize("headers", REQUIRED, ids=[headers[0] for headers in REQUIRED])
def test_a_missing_column_of_the_page_is_named(headers, page):
    path = page / "orders.csv"
    support.write(path, support.without(support.rows_of(path), headers))
    with pytest.raises(DataProblem, match=f"as its page shows them, for which is missing: {re.escape(headers[0])}"):
        read_folder(page)


def test_without_any_amount(page):
    path = page / "orders.csv"
    support.write(path, support.without(support.rows_of(path), ["Net Sales"]))
    with pytest.raises(DataProblem, match=re.escape(f"for which is missing: {REVENUE}.")):
        read_folder(page)


KNOWN = {
    "Fertiggestellt": 1, "In Bearbeitung": 1, "wc-completed": 1, "Terminée": 1, "Completado": 1, "Afgerond": 1,
    "Concluído": 1, "Storniert": 0, "Fehlgeschlagen": 0, "wc-cancelled": 0, "wc-failed": 0, "Annulée": 0,
    "Échouée": 0, "Cancelado": 0, "Fallito": 0, "Annullato": 0, "Mislukt": 0, "Geannuleerd": 0, "Malsucedido": 0,
    "Zahlung ausstehend": 0, "Pendiente de pago": 0,
}  # fmt: skip


def test_statuses_in_other_languages_and_as_slugs(put):
    rows = "".join(
        f'2026-05-01 10:00:00,{place},"$10.00",{status},Ana Li,new,"1× Tea",1,,10.00\n'
        for place, status in enumerate(KNOWN)
    )
    orders = read_folder(put({"a.csv": HEAD + rows})).orders
    assert sorted(orders["order_id"].astype(int)) == [place for place, sale in enumerate(KNOWN.values()) if sale]


def test_a_status_of_a_plugin_is_asked_about_once(put):
    rows = row(1, "$10.00", "10.00") + "".join(row(n, "$10.00", "10.00", status="wc-partially-paid") for n in (2, 3))
    text = HEAD + rows + row(4, "$10.00", "10.00", status="Lost in space")
    with pytest.raises(DataProblem) as problem:
        read_folder(put({"a.csv": text}), faulty="drop")
    assert [fault.value for fault in problem.value.faults] == ["Lost in space", "wc-partially-paid"]
    assert "2 orders" in problem.value.faults[1].what and "shop.yml" in problem.value.faults[1].mend
    told = "name: Shop\nwon: [partially-paid]\nlost: [lost in space]\n"
    shop = read_folder(put({"a.csv": text, "shop.yml": told}))
    assert sorted(shop.orders["order_id"]) == ["1", "2", "3"]
    assert support.dropped(shop) == {"cancelled": 1}

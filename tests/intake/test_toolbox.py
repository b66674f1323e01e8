"""The dated table of tools: each that the texts name is in it, and what it promises exists."""

from datetime import date

import pytest

from crqkit import cli
from crqkit.intake import formats, tools
from crqkit.intake.format import known_formats
from crqkit.intake.toolbox import MAPPING, NONE
from crqkit.tables.schema import TABLES

# Read off the two texts: the products, and the kinds of tools for which they name none.
PRODUCTS = {
    "HubSpot CRM", "Zoho CRM", "Salesforce Essentials", "Pipedrive", "Mailchimp", "Constant Contact", "Sendinblue",
    "Hootsuite", "Buffer", "Sprout Social",
}  # fmt: skip
KINDS = {
    "chatbots", "AI-powered customer service", "CRM Lite", "Customer Data Platforms", "marketing automation",
    "ticket routing", "customer satisfaction surveys", "Net Promoter Score surveys", "online reviews",
    "social listening tools", "sentiment analysis tools", "loyalty programs", "social media groups",
}  # fmt: skip


def test_every_tool_that_the_texts_name_is_there_once():
    table = tools()
    assert set(table["tool"]) == PRODUCTS | KINDS
    assert table["tool"].is_unique
    named = set(table.explode("named_in")["named_in"])
    assert named == {"quality", "health"}
    # The text on quality names kinds only.
    products = table[table["tool"].isin(PRODUCTS)]
    assert set(products.explode("named_in")["named_in"]) == {"health"}


def test_what_reads_a_tool_exists():
    table = tools()
    ids = {format.id for format in known_formats()}
    for tool in table.itertuples():
        assert tool.read_by and set(tool.read_by) <= ids | {MAPPING, NONE}, tool.tool
        assert NONE not in tool.read_by or len(tool.read_by) == 1
        assert (MAPPING in tool.read_by) == bool(tool.tables), "a mapping says which tables it fills"
        assert set(tool.tables) <= set(TABLES)


def test_the_table_is_dated_and_says_what_was_read():
    table = tools()
    assert set(table["as_of"]) == {date(2026, 11, 22)}
    assert set(table["status"]) == {"verified", "from memory"}
    assert table["read"].ne("").eq(table["status"].eq("verified")).all()
    assert table[["kind", "exports", "where"]].ne("").all(axis=None)


def test_every_format_says_what_it_is():
    table = formats()
    assert table["format"].is_unique
    assert set(table["status"]) <= {"verified", "from memory", "own template"}
    assert table["title"].ne("").all() and set(table["table"]) <= set(TABLES)


def test_the_command_prints_both(capsys):
    assert cli.main(["formats"]) == 0
    out = capsys.readouterr().out
    assert "tickets of Zendesk (gives interactions; verified)" in out
    assert "as of 2026-11-22" in out
    line = next(line for line in out.splitlines() if line.startswith("  Mailchimp (mail)"))
    assert "Read by: an audience of Mailchimp. Status: verified." in line
    assert "  Pipedrive (CRM)" in out and "Read by: a mapping. Status: from memory." in out
    assert "It is called Brevo now." in out


@pytest.mark.parametrize("column", ["tool", "exports", "where", "read", "note"])
def test_no_address_of_a_page_stands_in_it(column):
    assert not tools()[column].str.contains("http|www").any()

"""Why the page gives no lifetime value: old customers that look new, too little to tell, or not computed yet."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import docx
import numpy as np
import pytest

from crqkit import cli, read_folder
from crqkit.report import build

MAP = Path(__file__).parents[1] / "intake" / "maps" / "CDNOW_sample.map.yml"
LINE = "Lifetime value, what a customer brings over time: "


def lines(page):
    return [sentence for sentence in page.cannot if sentence.id.startswith("page.stays.lifetime.")]


def cdnow(folder, source, weeks):
    """Lay the CDNOW sample, begun so many weeks late, into a folder."""
    folder.mkdir()
    rows = source.read_text().splitlines()
    days = [datetime.strptime(row.split()[2], "%Y%m%d") for row in rows]
    late = min(days) + timedelta(weeks=weeks)
    kept = [row for row, day in zip(rows, days, strict=True) if day >= late]
    (folder / "CDNOW_sample.txt").write_text("\n".join(kept) + "\n")
    shutil.copy(MAP, folder)
    return folder


@pytest.mark.parametrize(("weeks", "id"), [(0, "page.stays.lifetime.unclear"), (26, "page.stays.lifetime.noticed")])
def test_cdnow_whole_and_begun_26_weeks_late(shared, tmp_path, weeks, id):
    folder = cdnow(tmp_path / "cdnow", shared / "data" / "CDNOW_sample.txt", weeks)
    assert cli.main(["report", str(folder), "-o", str(tmp_path / "out")]) == 0
    html = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    paper = [paragraph.text for paragraph in docx.Document(tmp_path / "out" / "page.docx").paragraphs]
    (line,) = lines(build(read_folder(folder)))
    assert line.id == id
    assert html.count(LINE) == 1
    assert line in paper
    late = weeks > 0
    assert ("so those first seen in these days are not called new" in html) is late
    assert ("old customers look new then, and what they bought before is missing" in html) is late
    assert ("withheld, because" in html) is late
    assert ("after a warm-up of 117 days" in html) is late
    assert "Needed for it: " in html
    # The figures on new customers leave the warm-up out.
    assert ("Customers first seen in the first 117 days of the file are left out" in html) is late


def shop_of(folder, visits, settings=""):
    """A shop of (customer, day) from 2026-01-01 on."""
    folder.mkdir()
    rows = [f"{date(2026, 1, 1) + timedelta(days=int(day)):%Y-%m-%d},{who},10" for who, day in sorted(visits)]
    (folder / "sales.csv").write_text("\n".join(["date,customer,amount", *rows]) + "\n")
    (folder / "shop.yml").write_text(settings)
    return read_folder(folder)


# One new customer a day, each back after 20 days: a file that begins with its shop.
OPENED = [(f"c{n}", day) for n in range(160) for day in (n, n + 20)]


def regulars(seed=7, customers=80, days=240):
    """Eighty regulars of old, who come about every three weeks all the time: a file that begins in mid-life."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 21, customers)
    return {(f"c{n}", day) for n in range(customers) for day in range(int(first[n]), days, 21)}


@pytest.mark.parametrize(
    ("visits", "settings", "id"),
    [
        (regulars(), "", "noticed"),
        (OPENED, "opened: 2019-03-01\n", "known"),
        (OPENED, "", "not_yet"),
        (regulars(), "opened: 2026-01-01\n", "not_yet"),
        (OPENED[:30], "", "too_little"),
    ],
)
def test_each_case_has_its_own_line(tmp_path, visits, settings, id):
    page = build(shop_of(tmp_path / "shop", visits, settings))
    (line,) = lines(page)
    assert line.id == f"page.stays.lifetime.{id}"
    assert line.startswith(LINE)
    assert ("Needed for it" in line) is (id != "not_yet")
    withheld = id in ("noticed", "known")
    assert ("withheld, because" in line) is withheld
    assert ("a warm-up of " in line) is withheld
    # It never sounds surer than the finding behind it.
    assert ("may begin" in line) is (id == "noticed")
    # No sentence of the page gives one, whatever the case.
    said = [sentence for section in page.sections for sentence in section.sentences]
    assert not [sentence for sentence in said if "lifetime" in sentence.lower()]


def test_without_customers_nothing_is_promised(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "sales.csv").write_text("date,amount\n" + "".join(f"2026-01-{day:02d},5\n" for day in range(1, 29)))
    (folder / "sales.map.yml").write_text("table: orders\ncolumns: {at: date, total: amount}\n")
    page = build(read_folder(folder))
    assert "page.stays.unidentified" in {sentence.id for sentence in page.cannot}
    assert "what a customer brings over time" in " ".join(page.cannot)


def test_the_beginning_of_the_file_is_looked_at_once(tmp_path, monkeypatch):
    from crqkit.value import repeat, truncation

    shop = shop_of(tmp_path / "shop", OPENED)
    real, calls = truncation.history, []

    def counted(*arguments):
        calls.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(truncation, "history", counted)
    monkeypatch.setattr(repeat, "history", counted)
    page = build(shop)
    assert len(calls) == 1
    # Shared or not, the figures are the same.
    alone = repeat.repeat_purchase(page.shop.orders, timezone=page.shop.settings.timezone)
    assert page["stays"].tables["repeat_purchase"].equals(alone.table)

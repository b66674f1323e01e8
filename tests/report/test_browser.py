import pytest

from crqkit.report import page as write_page
from crqkit.report.html import printable_form

from .browser import chromium

PHONE, A4 = 390, 794


@pytest.fixture(scope="module")
def tab():
    with chromium() as tab:
        yield tab


@pytest.fixture(scope="module")
def pages(written, orders_only, survey_only, tmp_path_factory):
    out = tmp_path_factory.mktemp("pages")
    write_page(orders_only, out / "orders")
    write_page(survey_only, out / "survey")
    (out / "form.html").write_text(printable_form(), encoding="utf-8")
    return {
        "boutique": written / "page.html",
        "orders": out / "orders" / "page.html",
        "survey": out / "survey" / "page.html",
        "form": out / "form.html",
    }


@pytest.mark.parametrize("width", [PHONE, A4])
@pytest.mark.parametrize("which", ["boutique", "orders", "survey", "form"])
def test_a_page_opens_quietly_and_fits(tab, pages, which, width):
    requests, logged, (content, images, broken) = tab.look(pages[which], width)
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == 1
    assert logged == []
    assert content <= width
    assert broken == 0
    assert images > 0 or which == "form"

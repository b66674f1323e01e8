import pandas as pd
import pytest

from crqkit.base.cutoffs import GROUP_FLOOR
from crqkit.value import rfm


def many(orders, visits=(1, 2, 3, 4, 5), per=8):
    rows = []
    for group, count in enumerate(visits):
        for i in range(per):
            for visit in range(count):
                rows.append((f"c{group}-{i}", f"2026-0{group + 1}-{10 + visit:02}", 10 * (group + 1)))
    return orders(*rows)


def test_reading_names_cells_of_the_cut_points(orders):
    result = rfm(many(orders))
    assert result.reading.id == "rfm.shown"
    assert str(result.reading) == (
        "The 8 customers who came most recently were here 0 days ago or less; "
        "the 8 who came most often came 5 times or more."
    )
    assert set(result.reading.params.values()) <= set(result.cuts[["from", "to", "n"]].to_numpy().ravel())
    assert list(result.table) == ["customer_key", "as_of", "recency_days", "frequency", "monetary", "r", "f", "m"]


def test_small_groups_are_not_shown(fifteen):
    result = rfm(fifteen)
    assert result.reading.id == "rfm.too_little"
    assert result.cuts["n"].min() >= int(GROUP_FLOOR)
    assert result.cuts[result.cuts["n"].isna()][["from", "to"]].isna().all(axis=None)
    assert not (result.cells["n"] < int(GROUP_FLOOR)).any()
    whole = rfm(fifteen, floor=GROUP_FLOOR.at(1))
    assert whole.cuts["n"].sum() == 45
    assert whole.cells["n"].sum() == 15


def test_keys_are_not_printed(orders):
    result = rfm(many(orders))
    assert "c0-" not in repr(result)
    assert "c0-" not in result._repr_html_()
    assert "recency_days" in repr(result)


@pytest.mark.parametrize(
    ("visits", "reading", "cautions"),
    [
        ((1,) * 5, "rfm.tied", ["caution.value.tied_frequency"]),
        ((1,), "rfm.too_little", [f"caution.value.tied_{name}" for name in ("recency_days", "frequency", "monetary")]),
    ],
)
def test_equal_customers_have_equal_scores_and_it_is_said(orders, visits, reading, cautions):
    result = rfm(many(orders, visits=visits))
    assert result.reading.id == reading
    assert [caution.id for caution in result.cautions] == cautions
    assert result.table["f"].nunique() == 1


def test_a_tiny_best_group_is_withheld(orders):
    regular = orders(*(("top", f"2026-03-{day}", 1) for day in range(10, 25)))
    table = pd.concat([many(orders, visits=(1, 1, 1)), regular])
    assert rfm(table).reading.id == "rfm.withheld"


def test_plot_leaves_small_cells_empty(orders):
    ax = rfm(many(orders)).plot()
    assert sorted({text.get_text() for text in ax.texts}) == ["8"]
    assert ax.get_xlabel() and ax.get_ylabel()


def test_no_customers(orders):
    result = rfm(orders())
    assert result.reading.id == "rfm.too_little"
    assert result.table.empty

"""What holds for every result of this room."""

import pandas as pd
import pytest

from crqkit.base.messages import templates
from crqkit.value import (
    coverage,
    left_truncation,
    repeat_purchase,
    retention,
    retention_change,
    rfm,
    spend_by_tenure,
    spend_per_visit,
)

EVERY = [coverage, left_truncation, repeat_purchase, retention, retention_change, rfm, spend_by_tenure, spend_per_visit]
OURS = ("coverage.", "repeat.", "retention.", "rfm.", "truncation.", "caution.value.")
OURS += ("tenure.", "visit.", "acquisition.", "keeping.", "referral.")


@pytest.mark.parametrize("measure", EVERY)
def test_every_number_of_a_reading_stands_in_a_cell(measure, invoices):
    result = measure(invoices)
    tables = [result.table, getattr(result, "cuts", result.table)]
    cells = {value for table in tables for column in table for value in table[column].dropna()}
    numbers = [value for value in result.reading.params.values() if not isinstance(value, str)]
    assert [value for value in numbers if value not in cells] == []


@pytest.mark.parametrize("measure", EVERY)
def test_rows_may_come_in_any_order_and_stay_as_they_are(measure, invoices):
    before = invoices.copy(deep=True)
    shuffled = invoices.sample(frac=1, random_state=3)
    one, two = measure(invoices), measure(shuffled)
    assert str(one.reading) == str(two.reading)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    pd.testing.assert_frame_equal(invoices, before)


@pytest.mark.parametrize("measure", EVERY)
def test_later_rows_do_not_count(measure, invoices):
    early = invoices[invoices["at"] <= pd.Timestamp("2011-06-30", tz="UTC")]
    one, two = measure(invoices, as_of="2011-06-30"), measure(early, as_of="2011-06-30")
    pd.testing.assert_frame_equal(one.table, two.table)


@pytest.mark.parametrize("measure", EVERY)
def test_it_prints_plots_and_names_its_sources(measure, invoices):
    result = measure(invoices)
    assert result.reading in repr(result)
    assert result.sources
    assert result.plot() is not None


def test_every_template_is_used_in_the_room_and_every_reading_has_one():
    from pathlib import Path

    import crqkit.value

    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(crqkit.value.__file__).parent.glob("*.py"))
    for id in templates():
        if id.startswith(OURS):
            stem = id.rpartition(".")[0]
            assert f'"{id}"' in code or f'"{stem}.{{' in code or '"caution.value.tied_{' in code, id

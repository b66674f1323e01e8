"""How text becomes a number or a moment."""

import numpy as np
import pandas as pd
import pytest

from crqkit.intake.findings import Findings
from crqkit.intake.times import times
from crqkit.intake.values import Cells, Habits, flags, numbers, without_errors


def column(*texts):
    return Cells("c", pd.Series(texts, dtype="str"), np.arange(len(texts)) + 2)


def read(convert, texts, **habits):
    findings = Findings("f.csv")
    return convert({"x": column(*texts)}, Habits(**habits), findings)["x"], findings


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("$1,240.00", "-$3.00", "(3.00)"), (1240, -3, -3)),
        (("1.240,50 €", "3,5", "-12,00 EUR"), (1240.5, 3.5, -12)),
        (("৳2,999", "৳99.50"), (2999, 99.5)),
        (("1 234,50", "1\u202f234,00"), (1234.5, 1234)),
        (("1'234.50", "CHF 3.-"), (1234.5, 3)),
        (("1,23,456.00", "12"), (123456, 12)),
        (("1.234.567", "8"), (1234567, 8)),
        (("0,125", "7"), (0.125, 7)),
        (("5-", "−4", "+3"), (-5, -4, 3)),
    ],
)
def test_money(texts, expected):
    values, findings = read(numbers, texts)
    assert findings.faults == [] and values.tolist() == pytest.approx(list(expected))


def test_the_decimal_mark_is_the_columns():
    values, findings = read(numbers, ("1.5", "2.5", "1,5"))
    assert [(fault.row, fault.what) for fault in findings.faults] == [(4, "not a number")]
    assert values.isna().tolist() == [False, False, True]


def test_a_doubtful_mark_is_refused_and_settled_by_another_column_or_by_semicolons():
    _, findings = read(numbers, ("1,234", "2,500"))
    assert "decimal" in findings.faults[0].mend and findings.refuses
    findings = Findings("f.csv")
    both = numbers({"a": column("1,234"), "b": column("0.50")}, Habits(), findings)
    assert both["a"].tolist() == [1234] and findings.faults == []
    values, findings = read(numbers, ("1.234", "20"), separator=";")
    assert values.tolist() == [1234, 20] and findings.faults == []
    assert read(numbers, ("1,234",), separator=";")[1].refuses
    assert read(numbers, ("1,234",), decimal=",")[0].tolist() == [1.234]


@pytest.mark.parametrize("text", ["8/10", "5%", "1.2.3", "abc", "1e5x", "12 apples", "--3", "1,2,3", "(3"])
def test_no_number(text):
    assert read(numbers, (text, "1"))[1].faults[0].what == "not a number"


def test_quick_and_careful_numbers_agree():
    texts = [f"{value:.2f}" for value in np.random.default_rng(1).normal(0, 900, 200)]
    quick, _ = read(numbers, texts, decimal=".")
    careful, _ = read(numbers, texts)
    assert quick.tolist() == careful.tolist()
    assert read(numbers, ("nan", "1"), decimal=".")[1].faults[0].row == 2


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("2026-05-01 10:00:00 +0200",), ("2026-05-01 08:00",)),
        (("2026-05-01T10:00:00.123456789Z",), ("2026-05-01 10:00",)),
        (("31/05/2026 10:30", "01/02/2026"), ("2026-05-31 08:30", "2026-01-31 23:00")),
        (("5/31/26 2:30 PM", "1/2/26 12:00 AM"), ("2026-05-31 12:30", "2026-01-01 23:00")),
        (("01.02.2026",), ("2026-01-31 23:00",)),
        (("19970101",), ("1996-12-31 23:00",)),
        (("2026/05/14 10:33:21 AM GMT+2",), ("2026-05-14 08:33",)),
        (("14 Mar 2024", "Mar 14, 2024 10:00"), ("2024-03-13 23:00", "2024-03-14 09:00")),
        (("05/05/2026",), ("2026-05-04 22:00",)),
        # The clock shows 02:30 twice on 26 October 2025: the first is meant. On 29 March 2026 it jumps over 02:30.
        (("2025-10-26 02:30:00", "2026-03-29 02:30:00"), ("2025-10-26 00:30", "2026-03-29 01:00")),
    ],
)
def test_times(texts, expected):
    values, findings = read(times, texts, timezone="Europe/Berlin")
    assert findings.faults == []
    assert values.dt.strftime("%Y-%m-%d %H:%M").tolist() == list(expected)


def test_the_order_of_day_and_month_is_never_guessed():
    _, findings = read(times, ("01/02/2026", "03/04/2026"))
    assert findings.refuses and "date_order: day-first" in findings.faults[0].mend
    values, findings = read(times, ("01/02/2026",), date_order="month-first")
    assert values.dt.month.tolist() == [1] and findings.faults == []
    values, findings = read(times, ("01/02/2026", "30/01/2026", "31/02/2026"))
    assert [(fault.row, fault.what) for fault in findings.faults] == [(4, "there is no such day or time")]


def test_a_broken_date_does_not_decide_the_order():
    assert read(times, ("13/13/2026", "01/02/2026"))[1].refuses


def test_another_column_may_tell_the_order():
    findings = Findings("f.csv")
    both = times({"a": column("01/02/2026"), "b": column("01/31/2026")}, Habits(), findings)
    assert both["a"].dt.month.tolist() == [1] and findings.faults == []


@pytest.mark.parametrize(
    "text", ["2026-02-30", "45000", "yesterday", "2026-01-01 25:00", "1/1/2026 13:00 PM", "1989-12-31", "2199-01-01"]
)
def test_no_date(text):
    findings = read(times, (text, "2026-01-01"))[1]
    assert [fault.row for fault in findings.faults] == [2]


def test_a_given_format():
    values, findings = read(times, ("01.02.26 10h", "x"), date_format="%d.%m.%y %Hh", timezone="Asia/Dhaka")
    assert values[0] == pd.Timestamp("2026-02-01 04:00", tz="UTC") and [fault.row for fault in findings.faults] == [3]


def test_flags_and_errors():
    findings = Findings("f.csv")
    given = flags(column("Yes", "no", "1", None, "maybe"), findings)
    assert given.tolist()[:3] == [True, False, True] and given.isna().tolist()[3:] == [True, True]
    assert findings.faults[0].row == 6
    findings = Findings("f.csv")
    without_errors(column("#1001", "#REF!", "ok"), findings)
    assert [fault.row for fault in findings.faults] == [3]


def test_what_would_lie_in_the_future_tells_the_order_of_day_and_month():
    coming = pd.Timestamp.now(tz="UTC") + pd.DateOffset(months=2)
    # Read month first the second date is next year's or later this year's; read day first it lies behind us.
    year = coming.year if coming.month > 1 else coming.year - 1
    texts = (f"01/02/{year - 1}", f"01/12/{year if coming.month < 12 else year + 1}")
    values, findings = read(times, texts)
    assert findings.faults == [] and [one.id for one in findings.cautions] == ["caution.intake.order_told"]
    assert values.dt.day.tolist() == [2, 12] and "month-first" in findings.cautions[0]
    values, findings = read(times, ("01/02/1989", "03/02/1990"))
    assert [fault.row for fault in findings.faults if fault.row is not None] == [
        2,
    ]


def test_where_no_order_is_told_nothing_is_said_of_the_future():
    _, findings = read(times, ("01/02/2090", "03/04/2090"))
    assert [fault.what for fault in findings.faults] == ["every date fits both day-first and month-first"]
    _, findings = read(times, ("01/02/2020", "03/04/2021"))
    assert len(findings.faults) == 1 and findings.cautions == []
    _, findings = read(times, ("05/06/2026", "05/12/2090"), usual_order="day-first")
    assert [fault.what for fault in findings.faults] == ["a date in the future"] and findings.cautions == []

"""Checks of lesson 10: each works the answer out anew and returns which text to say."""

from collections.abc import Iterable, Mapping

import pandas as pd

from crqkit.base import Result
from crqkit.course.exercises import close

# Marta's box of cards holds 102 on average; her sheet covers eighteen months.
CUSTOMERS, YEARS, NEEDED = 102, 1.5, 10


def same_people(answer: object, years: pd.DataFrame) -> str:
    """Judge the mean change of those who stayed, worked out by hand."""
    change = (years["second"] - years["first"]).dropna()
    filled = years["second"].fillna(0) - years["first"]
    outcomes = {
        "right": change.mean(),
        "naive": years["second"].mean() - years["first"].mean(),
        "left_as_zero": filled.mean(),
        "total": change.sum(),
        "turned": -change.mean(),
    }
    return next((name for name, value in outcomes.items() if close(answer, value, 0.01)), "wrong")


def cheap_enough(answer: object, spend: pd.DataFrame) -> str:
    """Judge the factor on the price of keeping at which ten of a hundred must stay because of it."""
    found = spend[(spend["purpose"] == "finding") & (spend.groupby("channel")["amount"].transform("sum") > 0)]
    finding = found["amount"].sum() / found["new_customers"].sum()
    looking_after = spend.loc[spend["purpose"] == "keeping", "amount"].sum() / (CUSTOMERS * YEARS)
    factor = NEEDED / 100 * finding / looking_after
    if close(answer, factor, 0.006):
        return "right"
    if close(answer, 100 * factor, 0.6):
        return "percent"
    if not 0 < float(answer) <= 1:
        return "wrong"
    return "too_dear" if float(answer) > factor else "too_cheap"


def may_say(answer: Iterable[str], results: Mapping[str, Result]) -> str:
    """Judge which shops may say that friends are clearly cheaper than adverts."""
    named = {answer} if isinstance(answer, str) else set(answer)
    clear = {name for name, result in results.items() if result.reading.id == "acquisition.above"}
    free = {name for name, result in results.items() if any(c.id.endswith("free_channel") for c in result.cautions)}
    if named - set(results):
        return "unknown"
    if named & free:
        return "free"
    return "right" if named == clear else "too_many" if named - clear else "too_few"

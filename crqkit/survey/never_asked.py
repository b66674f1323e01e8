"""Who is never asked, whatever the plan: the first thing a figure does not speak for."""

import math
from collections.abc import Mapping

import pandas as pd

from crqkit.base import DataProblem, Fault, say
from crqkit.survey.people import COUNT, NUMBER
from crqkit.tables.checks import check_frame, is_whole, person_keys

NEVER = ("no_consent", "no_address", "walk_ins", "left", "under_age")


def never_asked_table(reach: Mapping[str, int], given: Mapping[str, int | None] | None) -> pd.DataFrame:
    """Return ``reason, n, share`` (of all customers known of), ``why``, a row for each reason not known to be empty."""
    counts = dict.fromkeys(NEVER) | dict(given or {})
    mend = "Give a whole number of customers, or None where it is not known."
    faults = [
        Fault("this is not a number of people", mend, column=f"never_asked, {reason}", value=n)
        for reason, n in counts.items()
        if n is not None and not is_whole(n)
    ]
    if faults:
        raise DataProblem(faults)
    known = sum(reach.values()) + sum(n for n in counts.values() if n)
    rows = [
        {
            "reason": say(f"plan.never.{reason}") if reason in NEVER else reason,
            "n": n,
            "share": math.nan if n is None or not known else n / known,
            "why": say(f"plan.why.{reason}") if reason in NEVER else "",
        }
        for reason, n in counts.items()
        if n != 0
    ]
    return pd.DataFrame(rows, columns=["reason", "n", "share", "why"]).astype({"n": COUNT, "share": NUMBER})


def reachable(customers: pd.DataFrame, *, channel: str = "e-mail") -> tuple[dict[str, int], dict[str, int | None]]:
    """Count whom one channel reaches with consent on file, and whom it must not: `reach` and `never_asked` of a plan.

    Parameters
    ----------
    customers : DataFrame
        The canonical table: one row a person, `customer_key, consent`. No word on consent is no consent.

    Returns
    -------
    tuple of dict
        ``{channel: people}`` and ``{"no_consent": people}``.

    Examples
    --------
    >>> reachable(pd.DataFrame({"customer_key": ["a", "b", "c"], "consent": [True, None, False]}))
    ({'e-mail': 1}, {'no_consent': 2})
    """
    check_frame(customers, ["customer_key", "consent"], "customers")
    each = customers.assign(person=person_keys(customers["customer_key"])).dropna(subset=["person"])
    # Two rows of one person that disagree: the refusal counts.
    agreed = each["consent"].astype("boolean").fillna(False).groupby(each["person"]).all()
    return {channel: int(agreed.sum())}, {"no_consent": int((~agreed).sum())}


def about_never(never: pd.DataFrame) -> list[str]:
    """Return what to say of those who are never asked."""
    counted, unknown = never[never["n"].notna()], never[never["n"].isna()]
    found = []
    if len(counted):
        share, n = counted["share"].sum(), counted["n"].sum()
        found.append(say("plan.caution.never", share=share, count=n, names=", ".join(counted["reason"])))
    if len(unknown):
        found.append(say("plan.caution.never_unknown", names=", ".join(unknown["reason"])))
    return found

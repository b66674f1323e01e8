"""What a new customer costs, by channel, and whether keeping one is cheaper than finding one."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base import DataProblem, Fault, Sentence, check_choice, measures, say, verdict
from crqkit.base.cutoffs import CONFIDENCE
from crqkit.stats.differences import MOVER, difference_of_intervals
from crqkit.stats.estimates import Estimate
from crqkit.stats.multiplicity import BONFERRONI, simultaneous
from crqkit.stats.rates import DISPERSION, GARWOOD, Scatter, event_rate, scatter_of
from crqkit.tables.calendar import AsOf, moment
from crqkit.tables.checks import check_frame, check_times
from crqkit.tables.schema import FINDING, KEEPING
from crqkit.value.days import MIN_EVENTS, SCATTER_ROWS, cited
from crqkit.value.shown import Shown

NAN = float("nan")
ALL = "all"
# Amounts are written to the cent.
PRICE_STEP = 0.006
SPEND = ("channel", "purpose", "amount", "currency", "new_customers")


@dataclass(frozen=True)
class Ledger:
    """Money spent: the rows up to a day, with plain numbers, and their currency."""

    rows: pd.DataFrame
    currency: str

    @property
    def finding(self) -> pd.DataFrame:
        """Money for finding customers, by channel."""
        return self.rows[(self.rows["purpose"] == FINDING) & self.rows["channel"].notna()]

    @property
    def counted(self) -> pd.DataFrame:
        """That of it beside which both the amount and the new customers are known."""
        return self.finding.dropna(subset=["amount", "new_customers"])


def acquisition_cost(
    spend: pd.DataFrame, *, compare: tuple[str, str] | None = None, as_of: AsOf = None, timezone: str = "UTC"
) -> Shown:
    """Return what a new customer costs by each channel, and whether two channels differ.

    Money spent on finding, divided by the new customers the shop ascribed to it. The number of new customers is
    what chance moves: its interval is Garwood's, widened by as much as the rows of a channel (more than five of them)
    scatter about one rate per unit of money, and turned over. What is paid by the head is a price, without doubt. A
    channel without spending has no cost to compare: the work behind it is not in the table. Rows whose amount or
    count is not known are left out on both sides, and it is said.

    Parameters
    ----------
    spend : DataFrame
        ``channel, at, purpose ("finding" or "keeping"), amount, currency, new_customers``, one currency; ``at`` is
        needed for `as_of` only.
    compare : pair of str, optional
        Two channels named beforehand. Otherwise the cheapest is held against the next, at a level that allows for
        having looked at all pairs.
    as_of : date, optional
        Later rows do not count.

    Returns
    -------
    Shown
        Measure ``cost_per_new_customer``, one row a channel and ``all`` (channels with spending): money, `n` new
        customers; `amount`, `rows`, `scatter` (1: as chance alone). No interval without spending; with no new
        customer no estimate and no upper end. Then ``cost_ratio``: how many times as much the second of the two
        channels costs, with the interval put together from both (MOVER, on logarithms).

    Raises
    ------
    DataProblem
        A column is missing, an amount or count is no number, a count is below 0, a purpose is not known, or there
        are several currencies.

    Notes
    -----
    These are averages: what the next customer would cost, they do not say. Coverage with clumped counts:
    ``tests/reference/studies/value_claims.csv``.

    Examples
    --------
    >>> rows = {"channel": ["leaflets", "adverts"], "purpose": "finding", "amount": [120.0, 400.0], "currency": "EUR"}
    >>> result = acquisition_cost(pd.DataFrame(rows | {"new_customers": [24, 20]}))
    >>> result.table["estimate"].round(2).tolist()
    [20.0, 5.0, 11.82, 4.0]
    """
    ledger = read_spend(spend, as_of, timezone)
    channels = {str(name): part for name, part in ledger.counted.groupby("channel", sort=True)}
    found = {name: cost_of(part) for name, part in channels.items()}
    if compare is not None and found:
        for name in compare:
            check_choice("compare", name, list(found))
    paid = {name: part for name, part in channels.items() if part["amount"].sum() > 0}
    rows = [_row(name, *found[name], channels[name], ledger.currency) for name in found]
    if paid:
        rows.append(_row(ALL, *cost_of(pd.concat(paid.values())), pd.concat(paid.values()), ledger.currency))
    enough = [name for name in paid if channels[name]["new_customers"].sum() >= int(MIN_EVENTS)]
    pair, family = _pair(enough, found, compare)
    if pair:
        rows.append(_ratio(pair, channels, family) | {"unit": say("acquisition.times")})
    table = measures(rows)
    return Shown(
        table,
        _reading(table, pair, enough, compare, ledger.currency),
        cautions=_cautions(ledger, list(paid)),
        sources=(GARWOOD, DISPERSION, MOVER, BONFERRONI, *cited(MIN_EVENTS, SCATTER_ROWS)),
        settings={"function": "acquisition_cost", "compare": compare, "as_of": as_of, "timezone": timezone}
        | {"confidence": float(CONFIDENCE)},
        drawn=("cost_per_new_customer",),
    )


def read_spend(spend: pd.DataFrame, as_of: AsOf, timezone: str) -> Ledger:
    """Return the rows up to a day, checked, with every fault named at once."""
    check_frame(spend, SPEND, "spend")
    rows = spend
    if as_of is not None:
        check_frame(spend, ["at"], "spend")
        check_times(spend, "spend", zone=True)
        rows = spend[spend["at"] <= moment(as_of, spend["at"].max(), timezone)]
    numbers = {name: pd.to_numeric(rows[name], errors="coerce").astype("float64") for name in SPEND[2::2]}
    faults = []
    for name, values in numbers.items():
        wrong = rows[name].notna() & (values.isna() | np.isinf(values))
        wrong |= (values < 0) if name == "new_customers" else False
        if wrong.any():
            mend = "Write a plain number, and leave what is not known empty."
            faults.append(
                Fault("this is not an amount", mend, file="spend", column=name, value=rows[name][wrong].iloc[0])
            )
    strange = rows["purpose"].dropna()[~rows["purpose"].dropna().isin([FINDING, KEEPING])]
    if len(strange):
        mend = f"Write '{FINDING}' or '{KEEPING}', or leave it empty."
        faults.append(Fault("this purpose is not known", mend, file="spend", column="purpose", value=strange.iloc[0]))
    names = sorted(rows["currency"].dropna().astype(str).unique())
    if len(names) > 1:
        mend = "Keep the rows of one currency."
        what = "amounts in several currencies cannot be added up"
        faults.append(Fault(what, mend, file="spend", column="currency", value=", ".join(names)))
    if faults:
        raise DataProblem(faults)
    return Ledger(rows.assign(**numbers), names[0] if names else "")


def cost_of(rows: pd.DataFrame, confidence: float = float(CONFIDENCE)) -> tuple[Estimate, Scatter]:
    """Return money per new customer with its interval, and how much the rows scatter, each channel about its own rate.

    No upper end (NaN) where no new customer came; no interval where nothing was spent. What is paid by the head, such
    as a voucher for whoever brings somebody, is a price and has no doubt: both ends are the price.
    """
    amount, count = float(rows["amount"].sum()), float(rows["new_customers"].sum())
    scatter = scatter_of(*(rows[name].tolist() for name in ("new_customers", "amount", "channel")))
    scatter = scatter if scatter.df >= int(SCATTER_ROWS) else Scatter(1.0, math.inf)
    if amount <= 0:
        return Estimate(amount / count if count else NAN, NAN, NAN, round(count)), scatter
    if _by_the_head(rows, amount, count):
        return Estimate(*[amount / count] * 3, round(count)), scatter
    rate = event_rate(count, amount, confidence=confidence, scatter=scatter.value, df=scatter.df)
    over = [1 / value if value > 0 else NAN for value in (rate.estimate, rate.high, rate.low)]
    return Estimate(*over, rate.n), scatter


def _by_the_head(rows: pd.DataFrame, amount: float, count: float) -> bool:
    """Whether one channel cost the same for every new customer in each of its rows, to the cent."""
    if not count:
        return False
    several = rows["new_customers"].nunique() > 1 and rows["channel"].nunique() == 1
    return several and bool(((rows["amount"] - amount / count * rows["new_customers"]).abs() < PRICE_STEP).all())


def _row(name: str, cost: Estimate, scatter: Scatter, rows: pd.DataFrame, currency: str) -> dict[str, Any]:
    return {
        "measure": "cost_per_new_customer",
        "group": name,
        **{"estimate": cost.estimate, "low": cost.low, "high": cost.high, "n": cost.n},
        "unit": say("acquisition.unit", currency=currency),
        "amount": float(rows["amount"].sum()),
        "rows": len(rows),
        "scatter": scatter.value,
        "currency": currency,
        "least": int(MIN_EVENTS),
    }


def _pair(enough: list[str], found: dict[str, Any], compare: tuple[str, str] | None) -> tuple[tuple[str, ...], int]:
    """Return the two channels to compare (none if they cannot be), and how many pairs were looked at."""
    if compare is not None:
        return (tuple(compare), 1) if set(compare) <= set(enough) and len(set(compare)) == 2 else ((), 1)
    ordered = sorted(enough, key=lambda name: found[name][0].estimate)
    return tuple(ordered[:2]) if len(ordered) > 1 else (), len(ordered) * (len(ordered) - 1) // 2


def _ratio(pair: tuple[str, ...], channels: dict[str, pd.DataFrame], family: int) -> dict[str, Any]:
    level = simultaneous(float(CONFIDENCE), family)
    first, second = (_log(cost_of(channels[name], level)[0]) for name in pair)
    gap = difference_of_intervals(second, first)
    ends = {name: math.exp(getattr(gap, name)) for name in ("estimate", "low", "high")}
    return {"measure": "cost_ratio", "group": say("acquisition.pair", first=pair[0], second=pair[1]), "n": gap.n} | ends


def _log(cost: Estimate) -> Estimate:
    return Estimate(math.log(cost.estimate), math.log(cost.low), math.log(cost.high), cost.n)


def _reading(
    table: pd.DataFrame, pair: tuple[str, ...], enough: list[str], compare: tuple[str, str] | None, currency: str
) -> Sentence:
    costs = table[table["measure"] == "cost_per_new_customer"].set_index("group")
    if not len(costs):
        return say("acquisition.cannot_say")
    free = [name for name in compare or () if costs.loc[name, "amount"] <= 0]
    if free:
        return say("acquisition.free", channels=", ".join(free))
    if not enough or (compare and not pair):
        return say("acquisition.too_little", least=int(MIN_EVENTS))
    if not pair:
        one = costs.loc[enough[0]]
        cells = {name: one[name] for name in ("estimate", "low", "high", "n")}
        return say("acquisition.one", channel=enough[0], currency=currency, **cells)
    ratio = table.iloc[-1]
    found = verdict(ratio["low"], ratio["high"], ratio["n"], against=1.0, min_n=int(MIN_EVENTS))
    first, second = (costs.loc[name] for name in pair)
    cells = {"first": pair[0], "second": pair[1], "currency": currency}
    cells |= {"cost": first["estimate"], "next": second["estimate"]}
    return say(f"acquisition.{found}", **cells, **{name: ratio[name] for name in ("estimate", "low", "high")})


def _few_rows(rows: pd.DataFrame) -> bool:
    by_the_head = _by_the_head(rows, float(rows["amount"].sum()), float(rows["new_customers"].sum()))
    return rows["amount"].gt(0).sum() <= int(SCATTER_ROWS) and not by_the_head


def _cautions(ledger: Ledger, paid: list[str]) -> tuple[Sentence, ...]:
    counted, finding = ledger.counted, ledger.finding
    free = sorted(set(counted["channel"].astype(str)) - set(paid))
    blind = sorted(set(finding["channel"].astype(str)) - set(counted["channel"].astype(str)))
    partly = len(finding) - len(counted) - int(finding["channel"].astype(str).isin(blind).sum())
    aimless = ledger.rows[ledger.rows["purpose"].isna()]
    cautions = [say("caution.value.attribution"), say("caution.value.average_cost")]
    if any(_few_rows(rows) for _, rows in counted[counted["channel"].isin(paid)].groupby("channel")):
        cautions.append(say("caution.value.few_rows"))
    if free:
        cautions.append(say("caution.value.free_channel", channels=", ".join(free)))
    if blind:
        cautions.append(say("caution.value.without_count", channels=", ".join(blind)))
    if partly:
        cautions.append(say("caution.value.partly_counted", rows=partly))
    if len(aimless):
        total = aimless["amount"].sum()
        cautions.append(say("caution.value.without_purpose", rows=len(aimless), total=total, currency=ledger.currency))
    return tuple(cautions)

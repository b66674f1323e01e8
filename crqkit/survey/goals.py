"""What a survey is to find out, how well, and how many answers that takes."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from crqkit.base import DataProblem, Fault, Result, check_choice, say
from crqkit.base.cutoffs import MIN_ANSWERS
from crqkit.stats.finite_population import SOURCE as COCHRAN
from crqkit.stats.sample_size import (
    POWER,
    PRECISION,
    answers_for,
    answers_to_see,
    half_width_of_mean,
    half_width_of_net,
    half_width_of_share,
    smallest_change,
)
from crqkit.tables.checks import is_number, is_whole

MEAN, SHARE, NPS = "mean", "share", "nps"
WAVES, GROUPS = "waves", "groups"
POINTS = 100
# A quarter of the scale, half of all, and a mixture of answers often seen: declared, to be replaced by an earlier wave.
USUAL_SD, USUAL_SHARE, USUAL_NET = 0.25, 0.5, (0.45, 0.35, 0.20)


class Goal(NamedTuple):
    """A measure and either a precision (half an interval) or a change to be seen, in the unit of the measure."""

    measure: str
    change: bool
    wanted: float
    spread: Any
    sd: float
    assumed: bool
    bounds: tuple[float, float]
    between: str
    power: float
    confidence: float
    population: int | None

    @property
    def span(self) -> float:
        """The whole scale, in the unit of `wanted`."""
        return self.bounds[1] - self.bounds[0]

    def reached_with(self, n: int) -> float:
        """Return half the interval, or the smallest change seen, that `n` answers in all give."""
        if self.change:
            each = n // 2 if self.between == GROUPS else n
            return smallest_change(self.sd, each, power=self.power, confidence=self.confidence)
        how = {"confidence": self.confidence, "population": self.population}
        if self.measure == MEAN:
            return half_width_of_mean(self.spread, n, **how)
        if self.measure == SHARE:
            return half_width_of_share(self.spread, n, **how)
        return POINTS * half_width_of_net(self.spread[0], self.spread[2], n, **how)

    def needed(self) -> int | None:
        """Return the answers it takes in all; none if no number is enough."""
        if not self.change:
            # A list of all can be asked whole: then nothing is left to chance.
            most = {"most": self.population} if self.population else {}
            found = answers_for(self.reached_with, self.wanted, **most)
        else:
            each = answers_to_see(self.wanted, self.sd, power=self.power, confidence=self.confidence)
            found = each if each is None or self.between == WAVES else 2 * each
        return None if found is None else max(found, int(MIN_ANSWERS))

    def amount(self, value: float) -> str:
        """Return a width or change in words, such as ``0.3 points``."""
        return say(f"plan.amount.{self.measure}", value=POINTS * value if self.measure == SHARE else value)

    def words(self, value: float) -> str:
        """Return what is known with a width or change of `value`, as part of a sentence."""
        if not math.isfinite(value):
            return say("plan.then.nothing")
        kind = f"change.{self.between}" if self.change else "precision"
        name = say(f"plan.measure.{self.measure}")
        return say(f"plan.then.{kind}", name=name, amount=self.amount(value), power=self.power)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the formulas come from."""
        return ((POWER,) if self.change else (PRECISION,)) + ((COCHRAN,) if self.population else ())


def as_goal(
    measure: str, precision: float | None, change: float | None, *, spread: Any, low: float, high: float,
    between: str, power: float, confidence: float, population: int | None,
) -> Goal:  # fmt: skip
    """Return the goal that was asked for; `DataProblem` with every fault in it."""
    check_choice("goal", measure, [MEAN, SHARE, NPS])
    check_choice("between", between, [WAVES, GROUPS])
    if not (is_number(low) and is_number(high) and low < high):
        mend = "Give it like low=1, high=5."
        what = "the scale does not run from a lower to a higher number"
        raise DataProblem(Fault(what, mend, column="low, high", value=f"{low}, {high}"))
    bounds = {MEAN: (low, high), SHARE: (0.0, 1.0), NPS: (-POINTS, POINTS)}[measure]
    faults = []
    wanted = precision if change is None else change
    if (precision is None) == (change is None):
        mend = "Give either precision=, half the width of the interval, or change=, what is to be seen."
        faults.append(Fault("one goal is needed, a precision or a change", mend))
    elif not is_number(wanted) or not 0 < wanted < bounds[1] - bounds[0]:
        mend = "Give a number in the unit of the measure: points, or a share such as 0.05."
        faults.append(Fault("this cannot be aimed at", mend, column="precision or change", value=wanted))
    if population is not None and (change is not None or not is_whole(population, 1)):
        mend = "Give a whole number of people on the list with precision=; a change is not about a list."
        faults.append(Fault("no population is of use here", mend, column="population", value=population))
    assumed, spread = spread is None, _spread(measure, spread, high - low)
    if spread is None:
        mend = "Give a standard deviation (mean), a share, or shares of promoters, passives and detractors (nps)."
        faults.append(Fault("this is not a spread", mend, column="spread"))
    if faults:
        raise DataProblem(faults)
    is_change = change is not None
    sd = _sd(measure, spread)
    return Goal(measure, is_change, float(wanted), spread, sd, assumed, bounds, between, power, confidence, population)


def _spread(measure: str, given: Any, span: float) -> Any:
    """Return the spread as a standard deviation, a share or three shares; None where it is none."""
    if isinstance(given, Result):
        return _seen(measure, given)
    if measure == NPS:
        shares = USUAL_NET if given is None else given
        right = isinstance(shares, Sequence) and len(shares) == 3 and all(map(is_number, shares))
        return tuple(shares) if right and min(shares) >= 0 and math.isclose(sum(shares), 1, abs_tol=0.01) else None
    value = (USUAL_SD * span if measure == MEAN else USUAL_SHARE) if given is None else given
    right = is_number(value) and (0 < value <= span / 2 if measure == MEAN else 0 < value < 1)
    return float(value) if right else None


def _seen(measure: str, earlier: Result) -> Any:
    """Return the spread seen in an earlier wave: of `net_promoter`, or the first row of another measure."""
    table = earlier.table.dropna(subset=["estimate"])
    if table.empty:
        return None
    row = table.iloc[0]
    if measure == NPS:
        counts = [float(row.get(name, math.nan)) for name in ("promoters", "passives", "detractors")]
        shares = tuple(count / sum(counts) for count in counts)
        return None if math.isnan(sum(shares)) or _sd(NPS, shares) == 0 else shares
    if measure == SHARE:
        shares = table[table["unit"] == "share"]
        return float(shares["estimate"].iloc[0].clip(0.05, 0.95)) if len(shares) else None
    return float(row["sd"]) if row.get("sd", math.nan) > 0 else None


def _sd(measure: str, spread: Any) -> float:
    if measure == NPS:
        plus, _, minus = spread
        return POINTS * math.sqrt(plus + minus - (plus - minus) ** 2)
    return spread if measure == MEAN else math.sqrt(spread * (1 - spread))

"""Cronbach's alpha from answers: whether the items of a scale go together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import Cutoff, DataProblem, Fault, Result, measures, say, verdict
from crqkit.base.charts import intervals
from crqkit.sem.scales.correlations import LISTWISE, Correlations, as_cutoff, correlations, settings_of
from crqkit.sem.scales.factor_number import matrix_cautions, parallel_table
from crqkit.stats.estimates import NAN, check_confidence, normal_quantile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CRONBACH = "Cronbach 1951, Psychometrika 16:297-334"
FELDT = "Feldt, Woodruff & Salih 1987, Applied Psychological Measurement 11:93-103 (interval)"
ZUMBO = "Zumbo, Gadermann & Zeisser 2007, Journal of Modern Applied Statistical Methods 6:21-29 (ordinal alpha)"
GOOD = Cutoff(
    "alpha", 0.7, "Nunnally & Bernstein 1994, Psychometric Theory, 3rd ed., p. 265: for early research", "alpha"
)
MIN_PEOPLE = Cutoff(
    "min_people_alpha", 30, "own convention of crqkit: below it one odd questionnaire moves alpha a lot", "alpha"
)
ALPHA, REST, WITHOUT = "alpha", "item_rest", "alpha_without"


def alpha(
    data: pd.DataFrame,
    items: Sequence[str] | None = None,
    *,
    ordinal: bool = False,
    level: float = 0.95,
    limit: float | Cutoff = GOOD,
) -> Result:
    """Return Cronbach's alpha with its interval, and what each item adds.

    Parameters
    ----------
    data : DataFrame
        Answers, one row a person; people with an empty answer are left out. A table of covariances or correlations
        with the same names on both sides gives no interval.
    ordinal : bool
        Alpha of the polychoric correlations: of the leanings thought to stand behind the answers, not of the score
        that is added up from them. It has no interval.
    level : float
        Of Feldt's interval.
    limit : float or Cutoff
        What the reading compares with.

    Returns
    -------
    Result
        Measures: ``alpha``, ``alpha_standardised`` (all items), then for each item ``item_rest`` (correlation with
        the sum of the others) and ``alpha_without``.

    Raises
    ------
    DataProblem
        As `correlations`.

    References
    ----------
    Cronbach 1951, Psychometrika 16:297-334; Feldt, Woodruff & Salih 1987, Applied Psychological Measurement
    11:93-103; Zumbo, Gadermann & Zeisser 2007, Journal of Modern Applied Statistical Methods 6:21-29.

    Examples
    --------
    >>> person = np.arange(60)[:, None] % 7
    >>> answers = pd.DataFrame(person + np.arange(180).reshape(60, 3) % 4, columns=["a", "b", "c"])
    >>> print(alpha(answers).reading)
    The summed score is consistent: alpha is 0.87 (0.79 to 0.92), above 0.70.
    """
    check_confidence(level)
    found = correlations(data, items, ordinal=ordinal)
    cov = _covariances(data, found)
    n, k = found.n, len(cov)
    value = _alpha(cov)
    low, high = feldt(value, n, k, level) if n is not None and not ordinal else (NAN, NAN)
    cells = {"group": "all", "n": n, "unit": say("alpha.unit")}
    rows = [cells | {"measure": ALPHA, "estimate": value, "low": low, "high": high}]
    rows.append(cells | {"measure": "alpha_standardised", "estimate": _alpha(found.matrix)})
    for place, name in enumerate(found.names):
        others = np.delete(np.arange(k), place)
        mine = cells | {"group": name}
        rows.append(mine | {"measure": REST, "estimate": _item_rest(cov, place, others), "unit": say("alpha.unit.r")})
        without = _alpha(cov[np.ix_(others, others)]) if k > 2 else NAN
        rows.append(mine | {"measure": WITHOUT, "estimate": without})
    cutoff = as_cutoff(limit, GOOD)
    turned = reversed_items(found)
    return Result(
        measures(rows),
        _reading(value, low, high, n, float(cutoff), turned, ordinal),
        _cautions(found, turned, ordinal),
        (CRONBACH, ZUMBO if ordinal else FELDT, str(cutoff), str(MIN_PEOPLE)),
        settings_of(found, level=level, limit=float(cutoff), missing=LISTWISE),
        _draw,
    )


def feldt(value: float, n: int, k: int, level: float = 0.95) -> tuple[float, float]:
    """Return Feldt's interval of alpha, from `n` people and `k` items.

    Exact for normal answers whose items vary and go together alike.

    >>> [round(end, 3) for end in feldt(0.8827, 301, 3)]
    [0.858, 0.904]
    """
    from scipy.stats import f

    ends = f.ppf([(1 + level) / 2, (1 - level) / 2], n - 1, (n - 1) * (k - 1))
    low, high = 1 - (1 - value) * ends
    return float(low), float(high)


def reversed_items(found: Correlations, level: float = 0.95) -> list[str]:
    """Return the items that run against most of the others: the smaller side of the first component.

    Where the number of people is known, the component must stand out from chance, and the item's correlation with
    the sum of the others (those turned that run against it) must be clear, by Fisher's interval.
    """
    first = np.linalg.eigh(found.matrix)[1][:, -1]
    lead = first.sum() if abs(first.sum()) > 1e-8 else first[0]
    sign = np.where(first * np.sign(lead) < 0, -1.0, 1.0)
    against = np.flatnonzero(sign < 0)
    if found.least is None or not len(against):
        return [found.names[place] for place in against]
    if not parallel_table(found, np.random.default_rng(0))["stands_out"].any():
        return []
    turned = found.matrix * np.outer(sign, sign)
    margin = normal_quantile(level) / np.sqrt(max(found.least - 3, 1))
    others = np.arange(len(sign))
    rests = {place: _item_rest(turned, place, others[others != place]) for place in against}
    return [found.names[place] for place, rest in rests.items() if np.arctanh(min(rest, 1 - 1e-12)) > margin]


def _covariances(data: Any, found: Correlations) -> NDArray[np.float64]:
    if found.answers is not None and not found.ordinal:
        return np.atleast_2d(np.cov(found.answers, rowvar=False))
    if found.ordinal:
        return found.matrix
    table = data.loc[list(found.names), list(found.names)] if isinstance(data, pd.DataFrame) else data
    return np.asarray(table, dtype=float)


def _alpha(cov: NDArray[np.float64]) -> float:
    k, total = len(cov), cov.sum()
    if total <= 0:
        mend = "Turn the items that are worded the other way round."
        raise DataProblem(Fault("the items cancel out: their sum does not vary", mend))
    return float(k / (k - 1) * (1 - np.trace(cov) / total))


def _item_rest(cov: NDArray[np.float64], place: int, others: NDArray[np.intp]) -> float:
    rest = cov[np.ix_(others, others)].sum()
    return float(cov[place, others].sum() / np.sqrt(cov[place, place] * rest)) if rest > 0 else NAN


def _reading(
    value: float, low: float, high: float, n: int | None, limit: float, turned: list[str], ordinal: bool
) -> str:
    known = {"value": value, "low": low, "high": high, "n": n, "limit": limit, "least": int(MIN_PEOPLE)}
    if turned:
        return say("alpha.scale.turned", names=", ".join(turned), **known)
    if n is None or ordinal:
        return say("alpha.scale.point", **known)
    said = verdict(low, high, n, against=limit, min_n=int(MIN_PEOPLE))
    return say(f"alpha.scale.{said}", **known)


def _cautions(found: Correlations, turned: list[str], ordinal: bool) -> tuple[str, ...]:
    cautions = [*matrix_cautions(found)]
    if turned:
        cautions.append(say("alpha.caution.turned", names=", ".join(turned)))
    if ordinal:
        cautions.append(say("alpha.caution.ordinal"))
    cautions.append(say("alpha.caution.equal"))
    return tuple(cautions)


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw alpha and what it would be without each item."""
    rows = table[table["measure"].isin([ALPHA, WITHOUT])]
    labels = [
        say("alpha.axis.all") if row.measure == ALPHA else say("alpha.axis.without", item=row.group)
        for row in rows.itertuples()
    ]
    intervals(rows.assign(group=labels), ax)

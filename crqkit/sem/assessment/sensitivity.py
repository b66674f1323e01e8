"""How strong an omitted common cause of mediator and outcome would have to be to explain an indirect effect away."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from crqkit.base import Cutoff, Result, Verdict, measures, say, verdict
from crqkit.base.problems import ChoiceProblem
from crqkit.sem.assessment.common_cause import Refit, check_residuals, route_of
from crqkit.sem.assessment.release import MIN_PEOPLE
from crqkit.sem.estimation.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IMAI = "Imai, Keele & Yamamoto 2010, Statistical Science 25:51-71"
MAXWELL = "Maxwell & Cole 2007, Psychological Methods 12:23-44"
WEAK = Cutoff(
    "a weak common cause",
    0.1,
    "Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, p. 79: a small correlation",
    "the correlation of what is left unexplained in mediator and outcome",
)
GRID = tuple(round(0.1 * step, 1) for step in range(-9, 10))
NEAR = 1e-4  # how exactly the turning points are found
NOTICED = 0.1  # a change of the chi-square that is more than rounding


def confounding(
    fit: Any,
    indirect: str | Sequence[str],
    *,
    rho: Sequence[float] = GRID,
    group: str | None = None,
    level: float = 0.95,
    weak: Cutoff = WEAK,
) -> Result:
    """Return an indirect effect for each strength of an omitted common cause of mediator and outcome.

    A cross-sectional indirect effect supposes that nothing outside the model moves both mediator and outcome. Here the
    model is fitted again with the correlation of their residuals held at each `rho`, which is what such a cause would
    leave behind; for constructs it is the correlation of their disturbances, free of measurement error.

    Parameters
    ----------
    fit : Fit or Estimate
        A fitted model with a path from cause to mediator and one from mediator to outcome.
    indirect : str or three names
        A defined parameter that is the product of the two paths, or ``("cause", "mediator", "outcome")``.
    rho : sequence of float
        Correlations of the residuals, each between -1 and 1.
    group : str, optional
        Which group, where the model has several.
    level : float
        Of the intervals (delta method, as the fit computes its errors).
    weak : Cutoff
        Up to which correlation a common cause counts as weak.

    Returns
    -------
    Result
        Measures, one row a correlation: the indirect effect with interval, `rho`, and `worse`, by how much the
        chi-square is above that of the model (0 unless the model says something about the correlation itself).
        `.settings` has `rho_covers_zero` and `rho_zero`: the correlation nearest 0 at which the interval holds 0, and
        at which the estimate is 0; NaN where that is not reached within `rho`.

    Raises
    ------
    ChoiceProblem
        No such parameter, path or group; a `rho` outside -1 to 1.
    ModelProblem
        The model has the residual covariance already, or a residual variance is not estimated above 0.

    References
    ----------
    Imai, Keele & Yamamoto 2010, Statistical Science 25:51-71, section 5.
    """
    found: Estimate = fit if isinstance(fit, Estimate) else fit.estimate
    number = _group_number(found, group)
    grid = _checked(rho)
    route = route_of(found.model.plan, indirect, number)
    check_residuals(found, route, number)
    from scipy.stats import norm

    refit = Refit(found, route, number, float(norm.ppf((1 + level) / 2)))
    for value in sorted(grid, key=abs):
        refit(value)
    covers, zero = _turn(refit, grid, _near_end), _turn(refit, grid, _signed)
    table = _table(refit, grid)
    return Result(
        table,
        _reading(refit, grid, covers, weak),
        _cautions(refit, table),
        (IMAI, MAXWELL, str(weak), str(MIN_PEOPLE)),
        {"indirect": tuple(route), "group": group, "rho": grid, "level": level, "weak": float(weak)}
        | {"rho_covers_zero": covers, "rho_zero": zero},
        _draw,
    )


def _table(refit: Refit, grid: Sequence[float]) -> pd.DataFrame:
    fixed = {"measure": " → ".join(refit.route), "n": round(_people(refit)), "unit": say("confounding.unit")}
    rows = []
    for rho in grid:
        point = refit(rho)
        cells = {"group": say("confounding.at", rho=rho), "estimate": point.estimate, "low": point.low}
        rows.append(fixed | cells | {"high": point.high, "rho": rho, "worse": point.worse})
    return measures(rows)


def _people(refit: Refit) -> float:
    return refit.found.model.sample.groups[refit.group - 1].n


def _signed(refit: Refit, rho: float) -> float:
    """Return the effect at `rho`, positive as long as it points as it does at 0."""
    return math.copysign(1.0, refit(0.0).estimate) * refit(rho).estimate


def _near_end(refit: Refit, rho: float) -> float:
    """Return the end of the interval that lies towards 0, positive as long as the interval leaves 0 out."""
    point = refit(rho)
    return point.low if refit(0.0).estimate > 0 else -point.high


def _turn(refit: Refit, grid: Sequence[float], gap: Callable[[Refit, float], float]) -> float:
    """Return the correlation nearest 0 at which `gap` falls to 0; NaN where it does not within the grid."""
    from scipy.optimize import brentq

    if gap(refit, 0.0) <= 0:
        return 0.0
    found = []
    for way in (1, -1):
        for near, far in pairwise(sorted((rho for rho in grid if rho * way >= 0), key=abs)):
            value = gap(refit, far)
            if math.isnan(value):
                break
            if value <= 0:
                found.append(float(brentq(lambda rho: gap(refit, rho), near, far, xtol=NEAR)))
                break
    return min(found, key=abs, default=math.nan)


def _reading(refit: Refit, grid: Sequence[float], covers: float, weak: Cutoff) -> str:
    point, n = refit(0.0), _people(refit)
    said = verdict(point.low, point.high, n, min_n=int(MIN_PEOPLE))
    known = refit.route._asdict() | point._asdict() | {"n": n, "least": int(MIN_PEOPLE)}
    if said == Verdict.TOO_LITTLE:
        return say("confounding.reading.too_little", **known)
    if said == Verdict.UNCLEAR:
        return say("confounding.reading.already", **known)
    if math.isnan(covers):
        ends = [max((way * rho for rho in refit.places if rho in grid), default=0.0) for way in (1, -1)]
        return say("confounding.reading.never", rho=min(ends), **known)
    case = "weak" if abs(covers) <= float(weak) else "holds"
    return say(f"confounding.reading.{case}", rho=covers, share=abs(covers), **known)


def _cautions(refit: Refit, table: pd.DataFrame) -> tuple[str, ...]:
    names = refit.route._asdict()
    cautions: list[str] = [say("confounding.caution.only", **names)]
    lost = table.loc[table["estimate"].isna(), "rho"]
    if len(lost):
        cautions.append(say("confounding.caution.lost", rhos=", ".join(f"{rho:g}" for rho in lost)))
    if table["worse"].abs().max() > NOTICED:
        cautions.append(say("confounding.caution.fit", worse=table["worse"].max()))
    return tuple(cautions)


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw the effect over the correlation, with its interval as a band."""
    from crqkit.base.charts import PALETTE

    ax.fill_between(table["rho"], table["low"], table["high"], color=PALETTE["blue"], alpha=0.2, linewidth=0)
    ax.plot(table["rho"], table["estimate"], color=PALETTE["blue"])
    ax.axhline(0, color=PALETTE["grey"], linewidth=0.8)
    ax.axvline(0, color=PALETTE["grey"], linewidth=0.8, linestyle=":")
    ax.set_xlabel(say("confounding.axis"))
    ax.set_ylabel(str(table["measure"].iat[0]))


def _checked(rho: Sequence[float]) -> tuple[float, ...]:
    grid = tuple(sorted({float(value) for value in rho} | {0.0}))
    wrong = [value for value in grid if not -1 < value < 1]
    if wrong:
        raise ChoiceProblem("rho", wrong[0], ["correlations between -1 and 1, both left out"])
    return grid


def _group_number(found: Estimate, group: str | None) -> int:
    labels = [part.label for part in found.model.sample.groups]
    if len(labels) > 1 and group not in labels:
        raise ChoiceProblem("group", group, labels)
    return labels.index(group) + 1 if group in labels else 1

"""Reliability of the scores that are added up for each factor of a fitted model, and the variance a factor extracts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import Cutoff, ModelProblem, Result, measures, say
from crqkit.base.charts import intervals
from crqkit.base.problems import ChoiceProblem
from crqkit.sem.data.sample import GroupSample
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.latent_response import OrderedStructure
from crqkit.sem.estimation.model import Model
from crqkit.sem.estimation.structure import STEP, Structure
from crqkit.sem.scales import ordinal_reliability as ordinal
from crqkit.sem.scales.alpha import feldt
from crqkit.sem.scales.composites import Scale, alpha, average_variance, omega, parts, scales_of
from crqkit.sem.scales.reliability_reading import (
    AVE,
    EXTRACTED,
    FORNELL,
    MIN_PEOPLE,
    OMEGA,
    RELIABLE,
    cautions,
    labels,
    reading,
)
from crqkit.stats.estimates import check_confidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
MCDONALD = "McDonald 1999, Test Theory: A Unified Treatment, p. 89 (omega)"
RAYKOV = "Raykov 2002, Multivariate Behavioral Research 37:89-103 (interval by the delta method)"
GREEN = "Green & Yang 2009, Psychometrika 74:155-167 (omega of the sum of ordered answers)"
LATENT, ALPHA, ORDINAL_ALPHA = "omega_latent", "alpha", "alpha_ordinal"


def reliability(
    fit: Any,
    *,
    observed_variance: bool = False,
    higher: str | Sequence[str] | None = None,
    level: float = 0.95,
    limit: float | Cutoff = RELIABLE,
    ave_limit: float | Cutoff = EXTRACTED,
) -> Result:
    """Return omega, alpha and the average variance extracted (AVE) of each factor, in each group.

    Parameters
    ----------
    fit : Fit
        A model with its estimates.
    observed_variance : bool
        Divide by the variances of the sample in place of those of the model; omega and AVE then have no interval.
    higher : name or names, optional
        Factors above other factors whose omega is that of the sum of all items below them; all of them if absent.
    level : float
        Of the intervals.
    limit, ave_limit : float or Cutoff
        What omega and AVE are compared with.

    Returns
    -------
    Result
        Measures with the columns ``factor`` and ``se``. ``omega``: of the sum of the items; residual covariances and
        other factors count in its variance. ``alpha``: of the sample's covariances. ``ave``: empty where items measure
        several factors. For ordered items ``omega`` and ``alpha`` are of the sum of the answers as given,
        ``omega_latent`` and ``alpha_ordinal`` of the leanings behind them.

    Raises
    ------
    ModelProblem
        The search did not converge; no factor has two items; `higher` names no factor.

    Notes
    -----
    Intervals of omega and AVE by the delta method, so they are robust where the errors of the fit are; percentiles of
    a fit with ``se="bootstrap"``, or of a `Bootstrap` given for `fit`. That of alpha is Feldt's, for complete answers.
    Thresholds of later groups are taken with their latent means, unlike in semTools 0.5-6, and responses have variance
    1 in every parameterization.

    References
    ----------
    McDonald 1999, Test Theory, p. 89; Green & Yang 2009, Psychometrika 74:155-167; Fornell & Larcker 1981, Journal of
    Marketing Research 18:39-50; Raykov 2002, Multivariate Behavioral Research 37:89-103.

    Examples
    --------
    >>> from crqkit.sem import Moments, fit
    >>> names = ["a", "b", "c"]
    >>> r = pd.DataFrame(np.full((3, 3), 0.5) + 0.5 * np.eye(3), index=names, columns=names)
    >>> reliability(fit("f =~ a + b + c", Moments(r, 300))).table["estimate"].round(3).tolist()
    [0.75, 0.75, 0.5]
    """
    check_confidence(level)
    found: Estimate = getattr(fit, "estimate", fit)
    if not found.optimum.converged:
        raise ModelProblem("the search for the estimates did not converge", "Mend the model before using its numbers.")
    scales = scales_of(found.model.table, _higher(higher, found.model.table))
    kept = [scale for scale in scales if len(scale.items) > 1]
    if not kept:
        raise ModelProblem("no factor has two items or more", "Reliability is about scores of several items.")
    rows: list[dict[str, Any]] = []
    flaws: dict[str, list[str]] = {}
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        for scale in kept:
            one = _One(found, structure, group, scale, level, _draws(fit))
            rows += one.rows(observed_variance)
            for kind in one.flaws():
                flaws.setdefault(kind, []).append(one.label)
    lone = [scale.factor for scale in scales if len(scale.items) < 2]
    table = measures(rows)
    cut = limit if isinstance(limit, Cutoff) else RELIABLE.at(float(limit))
    ave_cut = ave_limit if isinstance(ave_limit, Cutoff) else EXTRACTED.at(float(ave_limit))
    sources = (MCDONALD, RAYKOV, *((GREEN,) if found.model.ordered else ()), FORNELL)
    return Result(
        table,
        reading(table, flaws, float(cut)),
        cautions(table, flaws, lone, float(ave_cut), found, kept),
        (*sources, str(cut), str(ave_cut), str(MIN_PEOPLE)),
        {"observed_variance": observed_variance, "level": level, "limit": float(cut), "ave_limit": float(ave_cut)},
        _draw,
    )


def _higher(given: str | Sequence[str] | None, table: pd.DataFrame) -> tuple[str, ...] | None:
    if given is None:
        return None
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if name not in table.attrs["lv"]:
            raise ChoiceProblem("higher", name, table.attrs["lv"])
    return names


def _draws(fit: Any) -> Array | None:
    """Return the free parameters (times, q) of a bootstrap, None where there was none."""
    made = fit if hasattr(fit, "draws") else getattr(fit, "bootstrap", None)
    return None if made is None else made.draws[made.used]


class _One:
    """One scale in one group."""

    def __init__(
        self, found: Estimate, structure: Structure, group: GroupSample, scale: Scale, level: float, draws: Array | None
    ) -> None:
        self.model: Model = found.model
        self.structure, self.group, self.scale, self.level = structure, group, scale, level
        self.x = found.x[structure.free]
        self.draws = None if draws is None else draws[:, structure.free]
        self.made = parts(structure, self.x, scale)
        self.at = [structure.observed.index(item) for item in scale.items]
        self.covariance = None
        if found.covariance is not None:
            self.covariance = found.covariance[np.ix_(structure.free, structure.free)]
        answered = structure.ordered[self.at] if isinstance(structure, OrderedStructure) else np.zeros(1, dtype=bool)
        self.ordered, self.mixed = bool(answered.all()), bool(answered.any() and not answered.all())

    @property
    def label(self) -> str:
        """The factor, with its group where there are several."""
        several = len(self.model.structures) > 1
        return f"{self.scale.factor} ({self.group.label})" if several else self.scale.factor

    def flaws(self) -> list[str]:
        """Return what makes the numbers improper or meaningless."""
        made, found = self.made, []
        if (np.real(made.own) < 0).any() or made.variance <= 0:
            found.append("improper")
        # An item that goes down when the others go up; a small negative cross-loading does not make it one.
        if (made.cov.sum(axis=1) - np.diag(made.cov) < 0).any():
            found.append("turned")
        if self.mixed:
            found.append("mixed")
        return found

    def rows(self, observed_variance: bool) -> list[dict[str, Any]]:
        """Return the rows of measures."""
        cov = self.group.cov[np.ix_(self.at, self.at)]
        whole = cov if observed_variance else None
        rows = []
        if self.ordered:
            rows.append(self._row(OMEGA, *self._ordinal_omega(whole)))
            rows.append(self._row(LATENT, *self._delta(omega, whole)))
            rows.append(self._row(ALPHA, alpha(self._scores()), np.nan))
            rows.append(self._row(ORDINAL_ALPHA, alpha(cov), np.nan))
        elif not self.mixed:
            rows.append(self._row(OMEGA, *self._delta(omega, whole)))
            rows.append(self._alpha(alpha(cov)))
        if not self.scale.whole:
            lone = not self.scale.shared and not self.mixed
            rows.append(self._row(AVE, *(self._delta(average_variance, whole) if lone else (np.nan, np.nan, None))))
        return rows

    def _row(self, measure: str, estimate: float, se: float, ends: tuple[float, float] | None = None) -> dict[str, Any]:
        from scipy.stats import norm

        reach = norm.ppf((1 + self.level) / 2) * se
        # No share is above 1 or below 0, whatever the normal curve says.
        low, high = ends if ends else (max(estimate - reach, 0.0), min(estimate + reach, 1.0))
        if np.isnan(se) and not ends:
            low = high = np.nan
        return {
            "measure": measure, "group": self.group.label or "all", "estimate": estimate, "low": low, "high": high,
            "n": round(self.group.n), "unit": say("reliability.unit"), "factor": self.scale.factor, "se": se,
        }  # fmt: skip

    def _delta(self, formula: Any, cov: Array | None) -> tuple[float, float, tuple[float, float] | None]:
        """Return the value of a formula, its error and, of a bootstrap, its interval.

        There is none where the sample's variances enter: they vary too, and not with the estimates alone.
        """
        value = float(formula(self.made, cov))
        if cov is not None or self.covariance is None:
            return value, np.nan, None
        if self.draws is not None:
            return value, *self._resampled(formula(parts(self.structure, self.draws, self.scale)))
        stepped = self.x + 1j * STEP * np.eye(len(self.x))
        slope = np.imag(formula(parts(self.structure, stepped, self.scale), cov)) / STEP
        return value, self._error(np.broadcast_to(slope, len(self.x))), None

    def _error(self, slope: Array) -> float:
        return float(np.sqrt(max(slope @ self.covariance @ slope, 0)))

    def _resampled(self, values: Array) -> tuple[float, tuple[float, float]]:
        known = values[~np.isnan(values)]
        low, high = np.quantile(known, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(known.std(ddof=1)), (float(low), float(high))

    def _ordinal_omega(self, cov: Array | None) -> tuple[float, float, tuple[float, float] | None]:
        steps = ordinal.steps_of(self.structure, self.group.ordinal.levels, self.scale)
        value = ordinal.omega_of_sum(self.structure, self.x, self.scale, steps, cov)
        if cov is not None or self.covariance is None or np.isnan(value):
            return value, np.nan, None
        if self.draws is not None:
            again = [ordinal.omega_of_sum(self.structure, x, self.scale, steps) for x in self.draws]
            return value, *self._resampled(np.array(again))
        return value, self._error(ordinal.omega_slope(self.structure, self.x, self.scale, steps)), None

    def _scores(self) -> Array:
        """Return covariances of the answers as numbers, of those who answered every item."""
        raw = self.group.raw[:, self.at]
        full = ~np.isnan(raw).any(axis=1)
        weights = None if self.group.weights is None else self.group.weights[full]
        return np.cov(raw[full], rowvar=False, aweights=weights)

    def _alpha(self, value: float) -> dict[str, Any]:
        group = self.group
        ends = None
        if group.patterns is None and group.weights is None and group.clusters is None and np.isfinite(value):
            ends = feldt(value, round(group.n), len(self.at), self.level)
        return self._row(ALPHA, value, np.nan, ends)


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw omega of each scale."""
    rows = table[table["measure"] == OMEGA]
    intervals(rows.assign(group=labels(rows)), ax)

"""Errors, intervals and a test of the model from resamples of the rows.

Efron & Tibshirani (1993), An Introduction to the Bootstrap; Bollen & Stine (1992), Sociological Methods & Research
21:205-229, for the test.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import DataProblem, Fault, ModelProblem, Result, check_choice, say
from crqkit.sem.estimation.errors import information, invert
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.estimation.redraw import GOOD, IMPROPER, LOST, Around, Draws, complete, draw
from crqkit.sem.estimation.standardized import standardised
from crqkit.stats.replicate import Interrupted, replicate, whole
from crqkit.stats.resampled_intervals import resampled_intervals

if TYPE_CHECKING:
    from crqkit.sem.fitted import Fit

Array = NDArray[Any]
ORDINARY, STINE = "ordinary", "bollen.stine"
EFRON = "Efron & Tibshirani 1993, An Introduction to the Bootstrap (errors, intervals)"
BOLLEN = "Bollen & Stine 1992, Sociological Methods & Research 21:205-229 (test of the model)"
ENOUGH = 1000  # Efron & Tibshirani (1993), ch. 14: what the ends of intervals ask for
LEVEL = 0.05


@dataclass(frozen=True, repr=False, eq=False)
class Bootstrap(Result):
    """What resamples say of the estimates of a fit.

    `.table` has every row of the parameter table: `lhs op rhs group label est bias se ci_lower ci_upper`.

    Attributes
    ----------
    estimate : Estimate
        The fit that was drawn again.
    draws : (times, q)
        Free parameters in each resample, NaN where it gave none.
    defined : (times, d)
        What `:=` defines.
    standard : (times, rows)
        Standardised value of each row of the parameter table.
    chisq : (times,)
        Chi-square of each resample; NaN with missing answers.
    used : (times,) bool
        Resamples that errors and intervals rest on.
    lost, improper : int
        Resamples without an estimate, and with an improper one.
    pvalue : float
        Bollen-Stine p-value of the model; NaN for the ordinary bootstrap.
    """

    estimate: Estimate = None  # type: ignore[assignment]
    draws: Array = None  # type: ignore[assignment]
    defined: Array = None  # type: ignore[assignment]
    standard: Array = None  # type: ignore[assignment]
    chisq: Array = None  # type: ignore[assignment]
    used: NDArray[np.bool_] = None  # type: ignore[assignment]
    lost: int = 0
    improper: int = 0
    pvalue: float = np.nan

    @cached_property
    def covariance(self) -> Array:
        """Covariance (q, q) of the free parameters over the resamples."""
        q = self.draws.shape[1]
        return (
            np.cov(self.draws[self.used], rowvar=False).reshape(q, q)
            if self.used.sum() > 1
            else np.full((q, q), np.nan)
        )

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Every parameter, as `Fit.parameters`: with z and its p-value, and percentile intervals."""
        from scipy.stats import norm

        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(self.table["se"] > 0, self.table["est"] / self.table["se"], np.nan)
        table = self.table.assign(z=z, pvalue=2 * norm.sf(np.abs(z)))
        return table[["lhs", "op", "rhs", "group", "label", "est", "se", "z", "pvalue", "ci_lower", "ci_upper"]]

    def intervals(self, level: float = 0.95, kind: str = "perc") -> pd.DataFrame:
        """Return the table with intervals of another level or kind (perc, basic, norm, bca.simple)."""
        est = self.estimate.values()
        by_row = np.tile(est, (len(self.draws), 1))
        table = self.estimate.model.table
        free = table["free"].to_numpy()
        by_row[:, free > 0] = self.draws[:, free[free > 0] - 1]
        by_row[:, (table["op"] == ":=").to_numpy()] = self.defined
        return self._described(est, by_row, level, kind)

    def standardized(self, level: float = 0.95, kind: str = "perc") -> pd.DataFrame:
        """Return the same of the standardised solution."""
        model = self.estimate.model
        return self._described(standardised(model, self.estimate.x), self.standard, level, kind)

    def _described(self, est: Array, by_row: Array, level: float, kind: str) -> pd.DataFrame:
        table = self.estimate.model.table
        keep = ~table["op"].isin(("==", "<", ">")).to_numpy()
        frame = table.loc[keep, ["lhs", "op", "rhs", "group", "label"]].reset_index(drop=True)
        est, values = est[keep], by_row[np.ix_(self.used, keep)]
        if len(values) < 2:
            nothing = np.full(len(est), np.nan)
            return frame.assign(est=est, bias=nothing, se=nothing, ci_lower=nothing, ci_upper=nothing)
        moves = np.ptp(values, axis=0) > 1e-12 * np.maximum(1, np.abs(est))
        low, high = est.copy(), est.copy()
        low[moves], high[moves] = resampled_intervals(values[:, moves], est[moves], level, kind)
        se = np.where(moves, values.std(axis=0, ddof=1), 0.0)
        bias = np.where(moves, values.mean(axis=0) - est, 0.0)
        return frame.assign(est=est, bias=bias, se=se, ci_lower=low, ci_upper=high)


def bootstrap(
    found: "Estimate | Fit",
    times: int = 1000,
    *,
    seed: int | np.random.Generator,
    kind: str = ORDINARY,
    improper: str = "drop",
    jobs: int = 1,
    progress: bool = False,
) -> Bootstrap:
    """Draw rows anew, within groups and by whole clusters where there are any, and estimate again each time.

    Parameters
    ----------
    found : Estimate or Fit
        A fit to rows (not to moments) that converged.
    times : int
        Resamples.
    seed : int or numpy.random.Generator
        The same seed gives the same numbers whatever the number of jobs.
    kind : {"ordinary", "bollen.stine"}
        Rows as they are, or moved so that the model holds: then the chi-squares give a test of the model (complete
        data, maximum likelihood).
    improper : {"drop", "keep"}
        Whether resamples with negative variances are left out of errors and intervals; lavaan keeps them.
    jobs : int
        Processes; -1 for all cores. Under ``joblib.parallel_config(backend="dask")`` a cluster does the work.
    progress : bool
        Whether to show a bar.

    Raises
    ------
    ChoiceProblem
        An option that is none, or `bollen.stine` where it does not apply.
    DataProblem
        The fit rests on moments: there are no rows to draw.
    ModelProblem
        The fit did not converge, or its parameters are not identified.
    Interrupted
        On Ctrl-C: its `.done` is the `Bootstrap` of what was finished.
    """
    behind: Estimate = getattr(found, "estimate", found)
    around = _around(behind, kind)
    check_choice("improper", improper, ("drop", "keep"))
    stacks = -(-whole("times", times, 2) // around.stack)
    task = partial(draw, around=around, times=times)
    summary = partial(_summary, behind, times=times, kind=kind, improper=improper, seed=seed)
    try:
        return summary(replicate(task, stacks, seed=seed, jobs=jobs, progress=progress))
    except Interrupted as stopped:
        raise Interrupted(summary([stopped.done[number] for number in sorted(stopped.done)])) from None


def _around(found: Estimate, kind: str) -> Around:
    """Return what a worker needs; raise where there is nothing to draw, or nothing to start from."""
    model = found.model
    fits = complete(model) and not model.ordered
    check_choice("kind", kind, (ORDINARY, STINE) if fits else (ORDINARY,))
    if any(group.raw is None for group in model.sample.groups):
        raise DataProblem(Fault("resamples need the rows, moments are not enough", "Give the answers themselves."))
    if not found.optimum.converged:
        raise ModelProblem("the search for the estimates did not come to rest, so there is nothing to draw again")
    basis = model.restrictions.basis[1]
    linear = not (model.restrictions.curved or model.restrictions.inequalities)
    kind_of = "observed" if any(group.patterns is not None for group in model.sample.groups) else "expected"
    inverse = invert(basis.T @ information(model, found.x, kind_of) @ basis)
    if inverse is None and linear:
        raise ModelProblem("the model is not identified by these answers: resamples have no single best estimate")
    raw = [group.raw for group in model.sample.groups]
    return Around(model, found.x, basis, inverse, _moved(found) if kind == STINE else raw)  # type: ignore[arg-type]


def _moved(found: Estimate) -> list[Array]:
    """Return each group's rows, turned so that their moments are those that the model implies."""
    moved = []
    for structure, group in zip(found.model.structures, found.model.sample.groups, strict=True):
        mean, cov = structure.moments(found.x[structure.free])
        turn = _power(group.cov, -0.5) @ _power(cov, 0.5)
        moved.append((group.raw - group.mean) @ turn + (mean if structure.means else group.mean))
    return moved


def _power(matrix: Array, exponent: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T


def _summary(found: Estimate, stacks: list[Draws], *, times: int, kind: str, improper: str, seed: Any) -> Bootstrap:
    q, rows = len(found.x), len(found.model.table)
    nothing = Draws(
        *(np.empty((0, k)) for k in (q, len(found.model.restrictions.defined), rows)), np.empty(0), np.empty(0)
    )
    every = Draws(*(np.concatenate(parts) for parts in zip(nothing, *stacks, strict=True)))
    lost, bad = int((every.status == LOST).sum()), int((every.status == IMPROPER).sum())
    used = (every.status != LOST) if improper == "keep" else every.status == GOOD
    pvalue = np.nan
    if kind == STINE and (every.status != LOST).any():
        # Improper or not, such a resample has a chi-square: leaving it out would tilt the test.
        pvalue = float(np.mean(every.chisq[every.status != LOST] >= found.test.chisq))
    table = pd.DataFrame()
    result = Bootstrap(
        table,
        _reading(found, int(used.sum()), len(used), pvalue),
        _cautions(times, len(used), int(used.sum()), lost, bad, improper),
        (EFRON, BOLLEN) if kind == STINE else (EFRON,),
        {"times": times, "kind": kind, "improper": improper, "seed": seed},
        estimate=found,
        draws=every.x,
        defined=every.defined,
        standard=every.standard,
        chisq=every.chisq,
        used=used,
        lost=lost,
        improper=bad,
        pvalue=pvalue,
    )
    object.__setattr__(result, "table", result.intervals())
    return result


def _reading(found: Estimate, used: int, drawn: int, pvalue: float) -> str:
    if not used:
        return say("boot.none", times=drawn)
    if np.isnan(pvalue):
        return say("boot.draws", used=used, n=sum(len(group.raw) for group in found.model.sample.groups))
    return say("boot.test.bad" if pvalue < LEVEL else "boot.test.fine", share=pvalue, used=used)


def _cautions(asked: int, drawn: int, used: int, lost: int, bad: int, improper: str) -> tuple[str, ...]:
    said = []
    if drawn < asked:
        said.append(say("boot.caution.stopped", times=drawn, asked=asked))
    if lost:
        said.append(say("boot.caution.lost", count=lost, times=drawn))
    if bad:
        said.append(say("boot.caution.improper" if improper == "drop" else "boot.caution.kept", count=bad, times=drawn))
    if used < ENOUGH:
        said.append(say("boot.caution.few", used=used, least=ENOUGH))
    return tuple(said)

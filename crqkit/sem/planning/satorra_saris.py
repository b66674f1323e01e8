"""Power of a test of fit or of a restriction, for a population that one has in mind."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crqkit.base import Cutoff, Result, measures, say
from crqkit.base.problems import ChoiceProblem, ModelProblem
from crqkit.sem.data.sample import Moments
from crqkit.sem.fit import fit
from crqkit.sem.planning.population import populations
from crqkit.sem.planning.power import SATORRA, ncp_for_power, power_from_ncp

ENOUGH = Cutoff(
    "power",
    0.8,
    "Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, 2nd ed., p. 56",
    "planned tests at the level .05",
)
EXACT = 1e-6


def satorra_saris(
    population: Any,
    model: str,
    n: int | Sequence[int] | Mapping[str, int],
    *,
    alpha: float = 0.05,
    df: int | None = None,
    groups: Sequence[str] = ("",),
    **options: Any,
) -> Result:
    """Return the chance that a false model is found out, when the population is known.

    Parameters
    ----------
    population : str, Fit or Moments
        The truth: a model text with values (``f =~ 0.7*x1 + ...; f ~~ 0.2*g``), a fit whose estimates are taken for
        it, or its moments.
    model : str
        The false model: the truth with a restriction, such as ``f ~~ 0*g``.
    n : int, or one number a group
        People in each group.
    alpha : float
        Level of the test.
    df : int, optional
        Degrees of freedom of the test: how many parameters are restricted. Those of `model`, so that it is the power
        of its test of fit, if absent.
    groups : sequence of str
        Names of the groups of `population`.
    **options
        For `fit`: ``group_equal``, ``meanstructure``, ``std_lv`` and so on.

    Returns
    -------
    Result
        Measures: ``power``; ``ncp``, the noncentrality; ``n_needed``, people in all groups for a power of 0.80.

    Raises
    ------
    ModelProblem
        The false model does not converge on the population.

    Notes
    -----
    The noncentrality is the chi-squared of `model` on the moments of the population, which is exact as both near one
    another.

    References
    ----------
    Satorra & Saris 1985, Psychometrika 50:83-90.

    Examples
    --------
    >>> truth = "f =~ 0.7*a + 0.7*b + 0.7*c; g =~ 0.7*x + 0.7*y + 0.7*z; f ~~ 0.2*g"
    >>> found = satorra_saris(truth, "f =~ a + b + c; g =~ x + y + z; f ~~ 0*g", 300, df=1)
    >>> found.table["measure"].tolist()
    ['power', 'ncp', 'n_needed']
    """
    given = _moments(population, n, groups, options)
    options = {"estimator": "ML", **options}
    found = fit(model, given, **options).estimate
    if not found.optimum.converged:
        raise ModelProblem("the restricted model did not converge on the population", "Simplify it or give starts.")
    count = found.df if df is None else df
    if count < 1:
        raise ChoiceProblem("df", count, ["at least 1: a model without degrees of freedom restricts nothing"])
    ncp = max(found.test.chisq, 0.0)
    people = sum(part.n for part in (given.values() if isinstance(given, Mapping) else [given]))
    # A chi-squared this small is rounding: the restriction holds in the population.
    true = ncp < EXACT * people
    power = power_from_ncp(0.0 if true else ncp, count, alpha)
    needed = np.nan if true else np.ceil(ncp_for_power(float(ENOUGH), count, alpha) / (ncp / people))
    cells = {"group": "all", "n": people}
    table = measures(
        [
            cells | {"measure": "power", "estimate": power, "unit": say("power.unit.chance")},
            cells | {"measure": "ncp", "estimate": ncp, "unit": say("power.unit.chisq")},
            cells | {"measure": "n_needed", "estimate": needed, "unit": say("power.unit.people")},
        ]
    )
    known = {"power": power, "n": people, "needed": needed, "alpha": alpha, "enough": float(ENOUGH)}
    kind = "none" if true else "enough" if power >= float(ENOUGH) else "low"
    return Result(
        table,
        say(f"power.restriction.{kind}", **known),
        (say("power.caution.population"),),
        (SATORRA, str(ENOUGH)),
        {"alpha": alpha, "df": count, "model": model},
    )


def _moments(population: Any, n: Any, groups: Sequence[str], options: Mapping[str, Any]) -> Any:
    """Return the population's moments, scaled so that the divisor of the fit leaves them as they are."""
    if isinstance(population, Moments):
        return _scaled(population.cov, population.mean, _whole(n, ""), options)
    if isinstance(population, Mapping):
        return {label: _scaled(part.cov, part.mean, _whole(n, label), options) for label, part in population.items()}
    made = populations(population, groups)
    if any(part.cuts for part in made):
        raise ModelProblem("power from moments needs numeric variables, and some are ordered", "Simulate answers.")
    sizes = n if isinstance(n, Mapping) or np.isscalar(n) else dict(zip([p.label for p in made], n, strict=True))
    found = {}
    for part in made:
        p = len(part.observed)
        cov = pd.DataFrame(part.cov, index=part.observed, columns=part.observed)
        mean = pd.Series(part.mean[:p], index=part.observed)
        found[part.label] = _scaled(cov, mean, _whole(sizes, part.label), options)
    return found if len(found) > 1 else next(iter(found.values()))


def _whole(n: Any, label: str) -> int:
    value = n[label] if isinstance(n, Mapping) else n
    if not np.isscalar(value) or int(value) != value or value < 2:
        raise ChoiceProblem("n", n, ["whole numbers of at least 2, one or one a group"])
    return int(value)


def _scaled(cov: pd.DataFrame, mean: pd.Series | None, n: int, options: Mapping[str, Any]) -> Moments:
    wishart = options.get("likelihood") == "wishart"
    return Moments(cov if wishart else cov * n / (n - 1), n, mean)

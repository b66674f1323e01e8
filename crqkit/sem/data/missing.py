"""Data with missing values under the normal model: patterns, likelihood, and the saturated model.

Little & Rubin (2019), Statistical Analysis with Missing Data, 3rd ed., ch. 8 and 11.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crqkit.base.problems import DataProblem, Fault
from crqkit.sem.data.likelihood import evaluate, expectation, expected, gradient, hessian, inverted, loglikelihood
from crqkit.sem.data.patterns import Patterns, patterns
from crqkit.sem.data.vech import unvech, vech

__all__ = [
    "Patterns",
    "Saturated",
    "evaluate",
    "expected",
    "gradient",
    "hessian",
    "loglikelihood",
    "patterns",
    "saturated",
]

Array = NDArray[np.float64]
SINGULAR = 1e-8  # smallest eigenvalue of a correlation matrix that still counts as positive
MEMORY = 8  # steps that the acceleration of EM looks back
WARM = 25  # steps of EM before Newton's method takes over
WIDE = 60  # items beyond which Newton's matrices cost more than patience with EM


class Saturated(NamedTuple):
    """Unrestricted mean and covariance matrix (maximum likelihood), and how they were reached."""

    mu: Array
    sigma: Array
    logl: float
    iterations: int
    converged: bool

    @property
    def positive_definite(self) -> bool:
        """Whether `sigma` has an inverse worth the name; without one there is no likelihood to compare with."""
        return _smallest(self.sigma) > SINGULAR


def saturated(
    patterns: Patterns, tol: float = 1e-9, max_iter: int = 200, names: Sequence[str] | None = None
) -> Saturated:
    """Return the maximum-likelihood mean and covariance matrix of incomplete data.

    EM, speeded up by Anderson's method; Newton's method where that is slow. A step that lowers the likelihood is
    taken back.

    Parameters
    ----------
    patterns : Patterns
    tol : float
        Length of the gradient for one row, in the metric of the complete-data information, so that units of the
        items do not matter; the estimates are then off by about `tol * sqrt(n)` standard errors.
    max_iter : int
        Most steps.
    names : sequence of str, optional
        Items, for messages.

    Raises
    ------
    DataProblem
        An item without values or without variation, or two items that no row holds together.

    References
    ----------
    Little & Rubin (2019), ch. 11.2. Walker & Ni (2011), SIAM Journal on Numerical Analysis 49, 1715-1735.
    """
    mean, cov = _start(patterns, names)
    if patterns.complete:
        mu, sigma = patterns.mean[0], patterns.covs[0]
        value = loglikelihood(patterns, mu, sigma)
        return Saturated(mu, sigma, value, 0, _smallest(sigma) > SINGULAR)
    # On standard scores neither a distant mean nor a small unit costs digits.
    sd = np.sqrt(np.diagonal(cov))
    units = np.outer(sd, sd)
    scaled = replace(
        patterns,
        mean=(patterns.mean - patterns.observed * mean) / sd,
        shared_cov=patterns.shared_cov / units,
    )
    wide = len(mean) > WIDE
    found = _accelerated(scaled, np.zeros(len(mean)), cov / units, tol, max_iter if wide else min(WARM, max_iter))
    if not (found.converged or wide):
        found = _newton(scaled, found, tol, max_iter)
    logl = found.logl - float(patterns.n @ patterns.observed @ np.log(sd))
    return Saturated(mean + sd * found.mu, found.sigma * units, logl, found.iterations, found.converged)


def _accelerated(patterns: Patterns, mu: Array, sigma: Array, tol: float, max_iter: int) -> Saturated:
    """Return where EM with Anderson's acceleration has come to."""
    p, n = len(mu), patterns.total
    here = plain = np.concatenate([mu, vech(sigma)])
    found, history = Saturated(mu, sigma, -np.inf, 0, False), []
    for iteration in range(1, max_iter + 1):
        mu, sigma = here[:p], unvech(here[p:])
        try:
            inverse, logdet = inverted(sigma)
            value, first, second = expectation(patterns, mu, sigma, inverse, logdet)
        except np.linalg.LinAlgError:
            value = -np.inf
        if not value >= found.logl - 1e-12 * abs(found.logl):
            if here is plain:  # not even the plain step of EM is of use: rounding rules
                break
            here, history = plain, []
            continue
        shift, gap = first / n, second / n - sigma
        half = inverse @ gap
        length = np.sqrt(shift @ inverse @ shift + (half * half.T).sum() / 2)
        found = Saturated(mu, sigma, value, iteration, _small(length, sigma, tol))
        if found.converged or not found.positive_definite:
            break
        step = np.concatenate([shift, vech(gap - np.outer(shift, shift))])
        plain = here + step
        history = [*history[-MEMORY:], (here, step)]
        here = _extrapolated(history) if len(history) > 1 else plain
    return found


def _extrapolated(history: list[tuple[Array, Array]]) -> Array:
    """Return Anderson's next point from the last points and their steps."""
    here, step = history[-1]
    moves = np.diff([point for point, _ in history], axis=0)
    turns = np.diff([change for _, change in history], axis=0)
    weights = np.linalg.lstsq(turns.T, step, rcond=1e-12)[0]
    return here + step - weights @ (moves + turns)


def _newton(patterns: Patterns, found: Saturated, tol: float, max_iter: int) -> Saturated:
    """Return where Newton's method, or scoring where the likelihood is not concave, leads from `found`."""
    p = len(found.mu)
    _, g_mu, g_sigma = evaluate(patterns, found.mu, found.sigma)
    while found.positive_definite and found.iterations < max_iter:
        slope = np.concatenate([g_mu, vech(2 * g_sigma - np.diag(np.diagonal(g_sigma)))])
        step = _direction(patterns, found, slope)
        for halving in range(30):
            part = step / 2**halving
            mu, sigma = found.mu + part[:p], found.sigma + unvech(part[p:])
            value, g_mu, g_sigma = evaluate(patterns, mu, sigma)
            if value >= found.logl + 1e-4 * (slope @ part) - 1e-13 * abs(found.logl):
                break
        else:
            return found
        half = g_sigma @ sigma
        length = np.sqrt(g_mu @ sigma @ g_mu + 2 * (half * half.T).sum()) / patterns.total
        found = Saturated(mu, sigma, value, found.iterations + 1, _small(length, sigma, tol))
        if found.converged:
            break
    return found


def _direction(patterns: Patterns, found: Saturated, slope: Array) -> Array:
    """Return the step uphill, held so short that no variance in any direction falls by more than half.

    Long steps can leave the hill of EM for one of the peaks without end that singular matrices make.
    """
    from scipy.linalg import cho_factor, cho_solve

    try:
        step = cho_solve(cho_factor(-hessian(patterns, found.mu, found.sigma)), slope)
    except np.linalg.LinAlgError:
        step = cho_solve(cho_factor(expected(patterns, found.mu, found.sigma)), slope)
    half = np.linalg.solve(found.sigma, unvech(step[len(found.mu) :]))
    return step * min(1.0, 0.5 / np.sqrt((half * half.T).sum()))


def _small(length: float, sigma: Array, tol: float) -> bool:
    # An inverse of a matrix with condition number c is right to about c roundings.
    lowest = _smallest(sigma)
    return lowest > SINGULAR and length < max(tol, 4 * np.finfo(float).eps / lowest)


def _smallest(sigma: Array) -> float:
    """Return the smallest eigenvalue of the correlation matrix; 0 when a variance is not positive."""
    variance = np.diagonal(sigma)
    if not (np.isfinite(sigma).all() and (variance > 0).all()):
        return 0.0
    sd = np.sqrt(variance)
    return float(np.linalg.eigvalsh(sigma / np.outer(sd, sd))[0])


def _start(patterns: Patterns, names: Sequence[str] | None) -> tuple[Array, Array]:
    """Return means and variances of the values at hand, and correlations drawn in until they are positive definite."""
    _check_coverage(patterns.coverage, names)
    seen, n = patterns.observed.astype(float), patterns.n[:, None]
    count = (seen * n).T @ seen
    mean = (patterns.mean * n).sum(axis=0) / np.diagonal(count)
    deviation = patterns.mean - seen * mean
    cov = (deviation * n).T @ deviation
    cov += np.tensordot(patterns.n[patterns.shared], patterns.shared_cov, axes=1)
    cov /= count
    # Equal values leave at most the rounding of their mean.
    flat = np.diagonal(cov) <= 1e-28 * mean**2
    if flat.any():
        what, mend = "all values are equal, so the item has no variance", "Leave it out of the model."
        faults = [Fault(what, mend, column=_name(i, names), code="zero_variance") for i in np.flatnonzero(flat)]
        raise DataProblem(faults)
    sd = np.sqrt(np.diagonal(cov))
    correlation = cov / np.outer(sd, sd)
    lowest = float(np.linalg.eigvalsh(correlation)[0])
    if lowest < 0.01:
        share = min(1.0, (0.01 - lowest) / (1 - lowest))
        correlation = (1 - share) * correlation + share * np.eye(len(sd))
    return mean, correlation * np.outer(sd, sd)


def _check_coverage(coverage: Array, names: Sequence[str] | None) -> None:
    empty = np.diagonal(coverage) <= 0
    faults = [
        Fault(
            "no row holds a value of this item", "Leave it out of the model.", column=_name(i, names), code="no_values"
        )
        for i in np.flatnonzero(empty)
    ]
    apart = np.argwhere(np.triu((coverage <= 0) & ~empty & ~empty[:, None], 1))
    for i, j in apart:
        what = f"no row holds both '{_name(i, names)}' and '{_name(j, names)}', so their covariance is unknown"
        faults.append(Fault(what, "Leave one of them out, or collect rows with both.", code="no_common_persons"))
    if faults:
        raise DataProblem(faults)


def _name(item: int, names: Sequence[str] | None) -> str:
    return str(item if names is None else names[item])

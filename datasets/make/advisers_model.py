"""The clients of the simulated advisers: what they feel, what they answer and what they do.

All factors have variance 1. One covariance matrix of the factors obeys two models at once, exactly: the chain
of `PATHS`, and a second-order factor CRQ with the loadings of `CRQ`.
"""

from dataclasses import dataclass

import numpy as np
from advisers_items import COUNTRIES, FACTORS, ITEMS, factor_of, loadings, residuals, thresholds

ICC = 0.08
CRQ = {"ct": 0.80, "at": 0.90, "ac": 0.75, "co": 0.80, "cc": 0.20}
FAILURE_SHARE, FAILURE, BUFFER = 0.28, -0.36, 0.20
MEANS = {"BR": {"co": 0.30}, "JP": {"ad": -0.30}}
STAYED = {"lo": 0.30, "cc": 0.40, "threshold": -1.04}
REFERRALS = {"log_mean": -0.6, "ad": 0.5, "gamma_shape": 2.0}
TENURE = {"at": 0.35, "age": 0.25, "log_median": 1.7, "log_sd": 0.75, "longest": 40}
AGE_BANDS = ("18-34", "35-49", "50-64", "65+")
AGE_SHARES = (0.2, 0.3, 0.3, 0.2)
# The wish to leave out: a number from tenure and age alone, both of which are in the file.
MISSING = {"tenure": -0.7, "age_band": 0.5, "item": -3.02, "block": -3.13}
ORDER = ("sa", "ct", "at", "ac", "co", "cc", "lo", "ad")


def _regression(factor: str, on: tuple[str, ...]) -> dict[str, float]:
    """Weights with which dimensions of CRQ predict another one, if CRQ alone binds them."""
    among = np.array([[1.0 if a == b else CRQ[a] * CRQ[b] for b in on] for a in on])
    weights = np.linalg.solve(among, np.array([CRQ[factor] * CRQ[one] for one in on]))
    return {one: float(weight) for one, weight in zip(on, weights, strict=True)}


PATHS: dict[str, dict[str, float]] = {
    "ct": {"sa": 0.65},
    "at": _regression("at", ("ct",)),
    "ac": _regression("ac", ("at", "ct")),
    "co": _regression("co", ("ct", "at", "ac")),
    "cc": _regression("cc", ("ct", "at", "ac", "co")),
    "lo": {"ac": 0.50, "at": 0.15},
    "ad": {"lo": 0.65},
}


def buffer(null: bool) -> float:
    return 0.0 if null else BUFFER


def disturbances(null: bool) -> dict[str, float]:
    """What of each factor its causes leave over, as a variance."""
    left = {"sa": 1.0}
    known: dict[tuple[str, str], float] = {("sa", "sa"): 1.0}
    for factor in ORDER[1:]:
        paths = PATHS[factor]
        for other in {one for pair in known for one in pair}:
            known[factor, other] = known[other, factor] = sum(w * known[one, other] for one, w in paths.items())
        explained = sum(w * known[factor, one] for one, w in paths.items())
        if factor == "lo":
            explained += FAILURE**2 + buffer(null) ** 2
        left[factor] = 1 - explained
        known[factor, factor] = 1.0
    return left


def covariance() -> np.ndarray:
    """Covariances of the factors in the order of `FACTORS`; the same in each country, and in the null twin."""
    paths = np.array([[PATHS.get(to, {}).get(one, 0.0) for one in ORDER] for to in ORDER])
    reach = np.linalg.inv(np.eye(len(ORDER)) - paths)
    own = [disturbances(null=True)[factor] + (FAILURE**2 if factor == "lo" else 0) for factor in ORDER]
    place = [ORDER.index(factor) for factor in FACTORS]
    return (reach @ np.diag(own) @ reach.T)[np.ix_(place, place)]


def means(country: str, null: bool) -> dict[str, float]:
    return dict.fromkeys(FACTORS, 0.0) | ({} if null else MEANS.get(country, {}))


def failure_scores() -> tuple[float, float]:
    """Standardised failure of a client without one, and of a client with one."""
    sd = (FAILURE_SHARE * (1 - FAILURE_SHARE)) ** 0.5
    return -FAILURE_SHARE / sd, (1 - FAILURE_SHARE) / sd


def stayed_paths(null: bool) -> dict[str, float]:
    return {"lo": STAYED["lo"], "cc": 0.0 if null else STAYED["cc"]}


def stayed_rest(null: bool) -> float:
    """Variance of what loyalty and calculative commitment leave over of the wish to stay, whose variance is 1."""
    lo, cc = stayed_paths(null).values()
    names = list(FACTORS)
    return 1 - lo**2 - cc**2 - 2 * lo * cc * float(covariance()[names.index("lo"), names.index("cc")])


@dataclass(frozen=True)
class Clients:
    """One row a client; `answers` holds 1 to 5 before anything is left out, `empty` what was left out."""

    country: np.ndarray
    office: np.ndarray
    factors: dict[str, np.ndarray]
    responses: np.ndarray
    answers: np.ndarray
    empty: np.ndarray
    failure: np.ndarray
    age_band: np.ndarray
    tenure_years: np.ndarray
    stayed: np.ndarray
    referrals: np.ndarray


def simulate(chances: list[np.random.Generator], sizes: dict[str, list[int]], null: bool) -> Clients:
    """Clients of offices with these numbers of clients; four sources of chance, one for each part."""
    country = np.repeat(np.arange(len(COUNTRIES)), [sum(sizes[name]) for name in COUNTRIES])
    office = np.repeat(np.arange(sum(map(len, sizes.values()))), [n for name in COUNTRIES for n in sizes[name]])
    feel, answer, leave, act = chances
    failure = (feel.random(len(office)) < FAILURE_SHARE).astype(int)
    factors = _factors(feel, office, failure, null)
    for place, name in enumerate(COUNTRIES):
        for factor, mean in means(name, null).items():
            factors[factor][country == place] += mean
    responses, answers = _answers(answer, country, factors, null)
    age, tenure = _background(leave, factors["at"])
    wish = stayed_rest(null) ** 0.5 * _shared(act, office)
    for factor, weight in stayed_paths(null).items():
        wish += weight * factors[factor]
    rate = np.exp(REFERRALS["log_mean"] + REFERRALS["ad"] * factors["ad"])
    shape = REFERRALS["gamma_shape"]
    return Clients(
        country=country, office=office, factors=factors, responses=responses, answers=answers,
        empty=_empty(leave, age, tenure), failure=failure, age_band=age, tenure_years=tenure,
        stayed=(wish > STAYED["threshold"]).astype(int),
        referrals=act.poisson(rate * act.gamma(shape, 1 / shape, len(rate))),
    )


def _shared(rng: np.random.Generator, office: np.ndarray) -> np.ndarray:
    """Standard normal, of which a part of size ICC is shared by the clients of an office."""
    shared = rng.standard_normal(int(office.max()) + 1)[office]
    return ICC**0.5 * shared + (1 - ICC) ** 0.5 * rng.standard_normal(len(office))


def _factors(rng: np.random.Generator, office: np.ndarray, failure: np.ndarray, null: bool) -> dict[str, np.ndarray]:
    scores = np.array(failure_scores())[failure]
    felt: dict[str, np.ndarray] = {}
    for factor, rest in disturbances(null).items():
        felt[factor] = rest**0.5 * _shared(rng, office)
        for cause, weight in PATHS.get(factor, {}).items():
            felt[factor] += weight * felt[cause]
        if factor == "lo":
            felt[factor] += FAILURE * scores + buffer(null) * scores * felt["at"]
    return felt


def _answers(
    rng: np.random.Generator, country: np.ndarray, factors: dict[str, np.ndarray], null: bool
) -> tuple[np.ndarray, np.ndarray]:
    responses = np.empty((len(country), len(ITEMS)))
    answers = np.empty(responses.shape, dtype=int)
    rest = residuals()
    for column, item in enumerate(ITEMS):
        noise = rest[item] ** 0.5 * rng.standard_normal(len(country))
        for place, name in enumerate(COUNTRIES):
            there = country == place
            given = loadings(name, null)[item] * factors[factor_of(item)][there] + noise[there]
            responses[there, column] = given
            answers[there, column] = 1 + np.searchsorted(thresholds(name, null)[item], given)
    return responses, answers


def _background(rng: np.random.Generator, affective_trust: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Age band, and years as a client: longer for the older and for who trusts more."""
    age = np.searchsorted(np.cumsum(AGE_SHARES)[:-1], rng.random(len(affective_trust)))
    older = (age - 1.5) / 1.025
    rest = (1 - TENURE["at"] ** 2 - TENURE["age"] ** 2) ** 0.5
    score = TENURE["at"] * affective_trust + TENURE["age"] * older + rest * rng.standard_normal(len(age))
    years = np.exp(TENURE["log_median"] + TENURE["log_sd"] * score)
    return age, np.minimum(years, TENURE["longest"]).astype(int)


def _empty(rng: np.random.Generator, age: np.ndarray, tenure: np.ndarray) -> np.ndarray:
    """Which answers are left out: missing at random, given tenure and age; for some clients one factor as a whole."""
    index = MISSING["tenure"] * (np.log1p(tenure) - 1.8) + MISSING["age_band"] * (age - 1.5)
    empty = rng.random((len(age), len(ITEMS))) < _share(MISSING["item"] + index)[:, None]
    skips = rng.random(len(age)) < _share(MISSING["block"] + index)
    skipped = rng.integers(len(FACTORS), size=len(age))
    factor = np.array([list(FACTORS).index(factor_of(item)) for item in ITEMS])
    return empty | (skips[:, None] & (factor[None, :] == skipped[:, None]))


def _share(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))

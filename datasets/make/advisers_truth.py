"""What is true of the simulated clients of advisers: the model in lavaan's words, its moments, and counts."""

from collections import Counter

import numpy as np
from advisers_items import (
    COLUMNS,
    COUNTRIES,
    FACTORS,
    HIGHER_THRESHOLDS,
    ITEMS,
    OTHER_LOADINGS,
    factor_of,
    loadings,
    residuals,
    shares,
    thresholds,
)
from advisers_model import (
    CRQ,
    FAILURE,
    FAILURE_SHARE,
    ICC,
    MISSING,
    PATHS,
    REFERRALS,
    STAYED,
    TENURE,
    buffer,
    covariance,
    disturbances,
    failure_scores,
    means,
    stayed_paths,
    stayed_rest,
)

DEFINITIONS = {
    "response": "the unseen number behind an answer: loading x factor + residual; the answer is 1 plus the number of "
    "thresholds below it. Outside Japan every response has variance 1, so loadings there are standardised",
    "factor": "every factor has variance 1 in every country, over all clients; loyalty and advocacy are not quite "
    "normal, because failure is 0 or 1 and because of the buffer",
    "latent_covariance": "rows and columns in the order of factor_order; the same in every country and in the twin",
    "icc": "share of the variance of a factor that the clients of an office have in common; of lo and ad the share "
    "of what does not come from the failure; single answers share less, by their reliability",
    "second_order": "CRQ stands behind ct, at, ac, co and, weakly, cc. It is exact, and so is the chain in structure: "
    "both give the same covariances, so that no fit can tell which of them made the answers",
    "buffer": "change of loyalty, in its standard deviations, for standardised failure x affective trust",
    "loyalty_slope_of_affective_trust": "direct slope for clients without and with a failure, at equal ac",
    "failure_hurts_until_affective_trust_is": "standard deviations of affective trust at which the straight line "
    "crosses zero; what it says beyond is a property of the straight line",
    "stayed_12m": "1 where stay_paths x factors + normal rest lies above the threshold (a probit model)",
    "referrals_12m": "Poisson, log mean = log_mean + ad x advocacy, times a gamma of mean 1 with gamma_shape",
    "missing": "logit of leaving an item out = item + tenure x (log(1 + tenure_years) - 1.8) + age_band x (0, 1, 2, 3 "
    "from youngest to oldest - 1.5); likewise, with block, of leaving out all items of one factor taken by chance",
    "not_alike": "items that work differently, with the value elsewhere and there; a threshold shift moves all four",
    "false_difference": "factors whose raw mean differs, by more than a hundredth or two, only because items work "
    "differently; their true means are equal",
    "answer_shares": "expected shares of the answers 1 to 5 before anything is left out, item by item",
    "reliability": "of the responses outside Japan: omega = (sum of loadings)^2 / variance of the sum; ave = mean of "
    "the squared loadings. Sums of the five-point answers are a little less reliable",
    "complete": "clients with every item answered",
    "blocks_empty": "clients who left out all items of at least one factor",
    "rarest_answer": "smallest count of any answer of any item in any country",
}
ZERO = ("ct -> lo", "sa -> at", "sa -> ac", "sa -> lo", "cc -> lo", "cc -> ad", "cc -> referrals_12m", "failure -> ad")


def truth(seed: int, sizes: dict[str, list[int]], main: list[dict[str, str]], null: list[dict[str, str]]) -> dict:
    """All that another program can check from the files, and the parameters that made them."""
    return {
        "simulated": True,
        "about": "SIMULATED clients of advisers who do not exist. Nothing here is evidence about real clients.",
        "seed": seed,
        "definitions": DEFINITIONS,
        "columns": COLUMNS,
        "factor_order": list(FACTORS),
        "item_order": list(ITEMS),
        "offices": sizes,
        "icc": ICC,
        "latent_covariance": covariance().round(8).tolist(),
        "second_order": {"loadings": CRQ, "may_not_belong": ["cc"]},
        "reliability": _reliability(),
        "answers.csv": _population(null=False) | {"counts": _counts(main)},
        "answers_null.csv": _population(null=True) | {"counts": _counts(null)},
    }


def _population(null: bool) -> dict:
    groups = {name: _country(name, null) for name in COUNTRIES}
    without, with_one = failure_scores()
    lo, at = PATHS["lo"], PATHS["lo"]["at"]
    return {
        "structure": {
            "paths": {to: _rounded(causes) for to, causes in PATHS.items()},
            "disturbances": _rounded(disturbances(null)),
            "paths_that_are_zero": [*ZERO, *(["cc -> stayed_12m", "failure x at -> lo"] if null else [])],
            "failure_share": FAILURE_SHARE,
            "failure_to_loyalty": FAILURE,
            "buffer": buffer(null),
            "buffer_for_failure_0_or_1": round(buffer(null) * (with_one - without), 6),
            "loyalty_slope_of_affective_trust": [round(at + buffer(null) * z, 6) for z in (without, with_one)],
            "failure_hurts_until_affective_trust_is": None if null else round(-FAILURE / buffer(null), 6),
            "affective_commitment_to_loyalty": lo["ac"],
            "same_in_every_country": True,
        },
        "stay_paths": stayed_paths(null) | {"threshold": STAYED["threshold"], "rest": round(stayed_rest(null), 6)},
        "referrals": REFERRALS,
        "missing": MISSING,
        "tenure": TENURE,
        "not_alike": {} if null else _not_alike(),
        "false_difference": [] if null else sorted({factor_of(item) for item in HIGHER_THRESHOLDS["JP"]}),
        "latent_means": {name: means(name, null) for name in COUNTRIES},
        "lavaan": {
            "measurement": {name: _measurement(name, null) for name in COUNTRIES},
            "second_order": _second_order(),
            "structural": _structural(null),
        },
        "countries": groups,
    }


def _country(country: str, null: bool) -> dict:
    given, rest = loadings(country, null), residuals()
    latent = covariance()
    place = [list(FACTORS).index(factor_of(item)) for item in ITEMS]
    loading = np.array([given[item] for item in ITEMS])
    spread = np.outer(loading, loading) * latent[np.ix_(place, place)] + np.diag([rest[item] for item in ITEMS])
    centre = means(country, null)
    cuts = thresholds(country, null)
    return {
        "loadings": given,
        "residual_variances": _rounded(rest),
        "thresholds": {item: list(values) for item, values in cuts.items()},
        "response_means": _rounded({item: given[item] * centre[factor_of(item)] for item in ITEMS}),
        "response_covariance_lower": [[round(float(v), 6) for v in row[: i + 1]] for i, row in enumerate(spread)],
        "answer_shares": {
            item: [round(share, 6) for share in shares(cuts[item], _parts(item, given[item], country, null))]
            for item in ITEMS
        },
    }


def _parts(item: str, loading: float, country: str, null: bool) -> list[tuple[float, float, float]]:
    """The response as normals, one where there is no failure and one where there is: (weight, mean, sd)."""
    factor, rest = factor_of(item), residuals()[item]
    weights = (1 - FAILURE_SHARE, FAILURE_SHARE)
    centre = means(country, null)[factor]
    parts = []
    for weight, score in zip(weights, failure_scores(), strict=True):
        shift, variance = 0.0, 1.0
        if factor in ("lo", "ad"):
            slope, ac = PATHS["lo"]["at"] + buffer(null) * score, PATHS["lo"]["ac"]
            shift = FAILURE * score
            variance = ac**2 + slope**2 + 2 * ac * slope * CRQ["at"] * CRQ["ac"] + disturbances(null)["lo"]
        if factor == "ad":
            lo = PATHS["ad"]["lo"]
            shift, variance = lo * shift, lo**2 * variance + disturbances(null)["ad"]
        parts.append((weight, loading * (centre + shift), (loading**2 * variance + rest) ** 0.5))
    return parts


def _not_alike() -> dict:
    usual = loadings("DE", null=True)
    return {
        country: {
            "loadings": {item: [usual[item], there] for item, there in OTHER_LOADINGS[country].items()},
            "threshold_shifts": {item: [0.0, shift] for item, shift in HIGHER_THRESHOLDS[country].items()},
        }
        for country in OTHER_LOADINGS
    }


def _reliability() -> dict:
    found = {}
    for factor in FACTORS:
        given = np.array([abs(value) for item, value in loadings("DE", null=True).items() if factor_of(item) == factor])
        common, rest = given.sum() ** 2, (1 - given**2).sum()
        found[factor] = {"omega": round(float(common / (common + rest)), 6), "ave": round(float((given**2).mean()), 6)}
    return found


def _measurement(country: str, null: bool) -> str:
    given, rest, cuts = loadings(country, null), residuals(), thresholds(country, null)
    latent, names = covariance(), list(FACTORS)
    lines = [
        f"{factor} =~ " + " + ".join(_term(given[item], item) for item in ITEMS if factor_of(item) == factor)
        for factor in FACTORS
    ]
    lines += [f"{item} | " + " + ".join(_term(cut, f"t{n}") for n, cut in enumerate(cuts[item], 1)) for item in ITEMS]
    lines += [f"{item} ~~ {_term(rest[item], item)}" for item in ITEMS]
    lines += [f"{factor} ~ {_term(mean, '1')}" for factor, mean in means(country, null).items()]
    lines += [
        f"{one} ~~ " + " + ".join(_term(latent[i, j], names[j]) for j in range(i, len(names)))
        for i, one in enumerate(names)
    ]
    return "\n".join(lines) + "\n"


def _second_order() -> str:
    lines = ["CRQ =~ " + " + ".join(_term(loading, one) for one, loading in CRQ.items()), "CRQ ~~ 1*CRQ"]
    return "\n".join(lines + [f"{one} ~~ {_term(1 - loading**2, one)}" for one, loading in CRQ.items()]) + "\n"


def _structural(null: bool) -> str:
    extra = {"failure_z": FAILURE, "failure_z_x_at": buffer(null)}
    paths = {to: causes | (extra if to == "lo" else {}) for to, causes in PATHS.items()} | {"stay": stayed_paths(null)}
    rest = disturbances(null) | {"stay": stayed_rest(null), "failure_z": 1.0, "failure_z_x_at": 1.0}
    lines = [f"{to} ~ " + " + ".join(_term(w, one) for one, w in causes.items()) for to, causes in paths.items()]
    return "\n".join(lines + [f"{one} ~~ {_term(left, one)}" for one, left in rest.items()]) + "\n"


def _term(value: float, name: str) -> str:
    return f"{round(float(value), 6) + 0:g}*{name}" if round(value, 4) == value else f"{value:.6f}*{name}"


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in values.items()}


def _counts(rows: list[dict[str, str]]) -> dict:
    cells = [row[item] for row in rows for item in ITEMS]
    scales = [[item for item in ITEMS if factor_of(item) == factor] for factor in FACTORS]
    given = Counter((row["country"], item, row[item]) for row in rows for item in ITEMS)
    return {
        "clients": len(rows),
        "by_country": dict(Counter(row["country"] for row in rows)),
        "offices": len({row["office"] for row in rows}),
        "item_cells_empty": cells.count(""),
        "share_empty": round(cells.count("") / len(cells), 6),
        "complete": sum(all(row[item] for item in ITEMS) for row in rows),
        "blocks_empty": sum(any(not any(row[item] for item in scale) for scale in scales) for row in rows),
        "rarest_answer": min(given[country, item, n] for country in COUNTRIES for item in ITEMS for n in "12345"),
        "failures": sum(row["failure"] == "1" for row in rows),
        "stayed": sum(row["stayed_12m"] == "1" for row in rows),
        "referrals": sum(int(row["referrals_12m"]) for row in rows),
    }

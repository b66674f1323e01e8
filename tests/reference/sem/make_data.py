"""Write the simulated tables behind the reference cases (fixed seeds: the same bytes every time).

Every answer, shop and country here is simulated. Run: python tests/reference/sem/make_data.py
"""

from pathlib import Path

import numpy as np
import pandas as pd

OUT = Path(__file__).resolve().parent / "data"
CONSTRUCTS = ("tr", "sa", "ac", "cc", "lo")
LOADINGS = np.array([0.85, 0.74, 0.80, 0.62])
# Correlations of trust, satisfaction, affective and calculative commitment, loyalty.
PHI = np.array(
    [
        [1.00, 0.62, 0.55, 0.10, 0.48],
        [0.62, 1.00, 0.50, 0.05, 0.52],
        [0.55, 0.50, 1.00, 0.22, 0.60],
        [0.10, 0.05, 0.22, 1.00, 0.18],
        [0.48, 0.52, 0.60, 0.18, 1.00],
    ]
)


def factors(rng, n, which=CONSTRUCTS):
    """Standard normal factor values, one column a construct."""
    take = [CONSTRUCTS.index(name) for name in which]
    return pd.DataFrame(rng.multivariate_normal(np.zeros(len(take)), PHI[np.ix_(take, take)], n), columns=list(which))


def items(rng, eta, count=4, noise=None):
    """Continuous answers around 3.5 on a scale like 1 to 5; `noise` draws errors of variance 1."""
    noise = noise or rng.standard_normal
    columns = {}
    for place, name in enumerate(eta.columns):
        for i in range(count):
            error = np.sqrt(1 - LOADINGS[i] ** 2) * noise(len(eta))
            columns[f"{name}{i + 1}"] = 3.3 + 0.1 * place + 0.15 * i + 0.9 * (LOADINGS[i] * eta[name] + error)
    return pd.DataFrame(columns)


def people(rng, eta):
    """Age, years as a customer, membership, and money spent, related to the constructs."""
    n = len(eta)
    age = np.round(rng.normal(44, 12, n)).clip(18, 85)
    tenure = rng.gamma(2.0, 2.5, n)
    member = (rng.random(n) < 1 / (1 + np.exp(-0.15 * (tenure - 5)))).astype(int)
    spend = 20 + 2.0 * eta["lo"] + 0.8 * tenure + 1.5 * member - 0.04 * age + rng.normal(0, 3, n)
    return pd.DataFrame({"age": age.astype(int), "tenure": tenure, "member": member, "spend": spend})


def write(table, name):
    """Three decimals, empty field for missing."""
    table.round(3).to_csv(OUT / f"{name}.csv", index=False, lineterminator="\n")


def crq(seed=4101, n=450):
    """Three countries of unequal size, one loading and two intercepts that differ between them."""
    rng = np.random.default_rng(seed)
    country = rng.choice(["FI", "AT", "PL"], n, p=[0.40, 0.33, 0.27])
    eta = factors(rng, n)
    eta["tr"] += np.where(country == "AT", 0.25, 0) + np.where(country == "PL", -0.20, 0)
    eta["lo"] *= np.where(country == "PL", 1.25, 1.0)
    eta["lo"] += 0.01 * (rng.normal(44, 12, n) - 44)
    table = items(rng, eta)
    table["sa2"] += np.where(country == "PL", 0.35, 0)
    table["lo3"] += np.where(country == "AT", 0.25, 0)
    table["tr4"] += np.where(country == "PL", 0.35 * eta["tr"], 0)
    return pd.concat([pd.Series(country, name="country"), table, people(rng, eta)], axis=1)


def crq_missing(seed=4102, n=300):
    """About fifteen per cent of the answers gone; lo2 is gone more often where trust is low (missing at random)."""
    rng = np.random.default_rng(seed)
    eta = factors(rng, n, ("tr", "sa", "lo"))
    eta["sa"] = 0.6 * eta["sa"] + 0.5 * eta["tr"]
    table = items(rng, eta)
    channel = rng.choice(["web", "shop"], n, p=[0.55, 0.45])
    rest = people(rng, eta)
    table.loc[channel == "shop", "tr2"] += 0.3
    full = table.copy()
    gone = rng.random(table.shape) < 0.20
    gone[:, [0, 4]] = rng.random((n, 2)) < 0.05  # tr1 is nearly always there, so that lo2 is MAR given it
    gone[:, table.columns.get_loc("lo2")] = rng.random(n) < 1 / (1 + np.exp(1.2 + 1.3 * (full["tr1"] - 3.3)))
    gone[rng.random(n) < 0.30] = False
    table = table.mask(gone)
    table.iloc[[7, 150]] = np.nan  # two persons who answered nothing
    rest.loc[rng.random(n) < 0.08, "spend"] = np.nan
    rest["age"] = rest["age"].astype("Int64")
    rest.loc[rng.random(n) < 0.04, "age"] = pd.NA
    return pd.concat([pd.Series(channel, name="channel"), table, rest], axis=1)


def cut(values, points):
    """Ordered answers 1..k from continuous ones."""
    return np.digitize(values, points) + 1


def crq_ordinal(seed=4103, n=720):
    """Five-point tr, ac, lo; yes-no bu; cc with 3, 4, 3 and 5 categories; sa continuous."""
    rng = np.random.default_rng(seed)
    country = rng.choice(["PT", "NO", "GR"], n, p=[0.38, 0.33, 0.29])
    eta = factors(rng, n)
    eta["tr"] += np.where(country == "NO", 0.3, 0)
    eta["lo"] *= np.where(country == "GR", 1.2, 1.0)
    table = pd.DataFrame({"country": country})
    shift = np.where(country == "GR", 0.25, 0.0)  # the scale is used differently in one country
    for name in ("tr", "ac", "lo"):
        for i in range(4):
            latent = LOADINGS[i] * eta[name] + np.sqrt(1 - LOADINGS[i] ** 2) * rng.standard_normal(n)
            move = shift if (name, i) in (("tr", 1), ("lo", 2)) else 0
            table[f"{name}{i + 1}"] = cut(latent - move, np.array([-1.35, -0.55, 0.3, 1.2]) + 0.08 * i)
    for i in range(4):
        latent = LOADINGS[i] * eta["lo"] + np.sqrt(1 - LOADINGS[i] ** 2) * rng.standard_normal(n)
        table[f"bu{i + 1}"] = cut(latent, [(-0.4, 0.1, 0.3, -0.1)[i]]) - 1
    points = ([-0.5, 0.6], [-0.8, 0.1, 0.9], [-0.2, 0.9], [-1.2, -0.4, 0.4, 1.2])
    for i in range(4):
        latent = LOADINGS[i] * eta["cc"] + np.sqrt(1 - LOADINGS[i] ** 2) * rng.standard_normal(n)
        table[f"cc{i + 1}"] = cut(latent, points[i])
    table = pd.concat([table, items(rng, eta[["sa"]], 3)], axis=1)
    return pd.concat([table, people(rng, eta)[["age", "spend"]]], axis=1)


def crq_ordinal_missing(seed=4104):
    """The first 500 rows of the ordinal table with twelve per cent of the answers gone."""
    rng = np.random.default_rng(seed)
    table = crq_ordinal().iloc[:500][["country"] + [f"{c}{i}" for c in ("tr", "ac", "lo") for i in range(1, 5)]]
    answers = table.columns[1:]
    table[answers] = table[answers].astype("Int64").mask(rng.random((500, 12)) < 0.12)
    return table


def crq_skewed(seed=4105, n=340):
    """Skewed errors and a skewed factor: kurtosis well above the normal's."""
    rng = np.random.default_rng(seed)

    def noise(size):
        return (rng.chisquare(2, size) - 2) / 2

    eta = factors(rng, n, ("tr", "sa", "lo"))
    eta = eta * np.sqrt(6 / rng.chisquare(6, n))[:, None]  # heavy tails in common
    table = items(rng, eta, 4, noise)
    rest = people(rng, eta)
    return pd.concat([pd.Series(rng.choice(["web", "shop"], n), name="channel"), table, rest], axis=1)


def crq_clustered(seed=4106, shops=60):
    """Sixty shops of 5 to 15 answers, intraclass correlation about .1, weights that follow trust."""
    rng = np.random.default_rng(seed)
    size = rng.integers(5, 16, shops)
    shop = np.repeat(np.arange(shops), size)
    order = rng.permutation(len(shop))
    shop = shop[order]
    region = np.where(np.arange(shops) % 5 < 2, "north", "south")[shop]
    eta = factors(rng, len(shop), ("tr", "sa", "lo"))
    eta = np.sqrt(0.85) * eta + np.sqrt(0.15) * factors(rng, shops, ("tr", "sa", "lo")).to_numpy()[shop]
    table = items(rng, eta, 3)
    table += 0.25 * rng.standard_normal((shops, table.shape[1]))[shop]
    weight = np.exp(0.35 * eta["tr"].to_numpy() + 0.3 * rng.standard_normal(len(shop))) * 1.7
    rest = people(rng, eta)[["age", "tenure", "spend"]]
    names = pd.Series([f"s{s + 1:02}" for s in shop], name="shop")
    return pd.concat([names, pd.Series(region, name="region"), pd.Series(weight, name="weight"), table, rest], axis=1)


def crq_clustered_missing(seed=4107):
    """The clustered table with twelve per cent of the answers gone in few patterns."""
    rng = np.random.default_rng(seed)
    table = crq_clustered()
    answers = list(table.columns[3:12])
    patterns = rng.random((25, 9)) < 0.25
    patterns[:10] = False
    gone = patterns[rng.integers(0, 25, len(table))]
    table[answers] = table[answers].mask(gone)
    return table.drop(columns=["age", "tenure"])


def growth(seed=4108, n=260):
    """Satisfaction at four waves, visits at each wave, membership and age."""
    rng = np.random.default_rng(seed)
    member = (rng.random(n) < 0.45).astype(int)
    age = np.round(rng.normal(44, 12, n)).astype(int)
    start, slope = rng.multivariate_normal([0, 0], [[0.5, -0.04], [-0.04, 0.06]], n).T
    start = 3.2 + 0.3 * member + 0.005 * (age - 44) + start
    slope = 0.10 + 0.12 * member + slope
    table = {"member": member, "age": age}
    for wave in range(4):
        table[f"vis{wave + 1}"] = rng.normal(2 + 0.2 * wave, 1, n)
    for wave in range(4):
        noise = rng.normal(0, 0.5, n)
        table[f"sat{wave + 1}"] = start + slope * wave + 0.15 * table[f"vis{wave + 1}"] + noise
    return pd.DataFrame(table)


TABLES = (crq, crq_missing, crq_ordinal, crq_ordinal_missing, crq_skewed, crq_clustered, crq_clustered_missing, growth)

if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for make in TABLES:
        write(make(), make.__name__)

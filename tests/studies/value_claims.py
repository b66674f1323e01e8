"""What the tests of the four claims find in shops whose truth is known: nothing, a trap, or what the claim says.

Run: python tests/studies/value_claims.py     (about ten minutes; seed 20261122)
Writes tests/reference/studies/value_claims.csv: study, n, wanted, rate, mc_error, replications.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crqkit.base.cutoffs import COVERAGE  # noqa: E402
from crqkit.stats.means import mean_interval  # noqa: E402
from crqkit.value import (  # noqa: E402
    acquisition_cost,
    keeping_or_finding,
    per_visit,
    referrals_per_promoter,
)
from crqkit.value.followed import Followed, line_up  # noqa: E402
from crqkit.value.tenure import compare, reading  # noqa: E402
from tests.studies._tables import keep, mc_error  # noqa: E402

SEED, REPLICATIONS = 20261122, 1000
OUT = ROOT / "tests" / "reference" / "studies" / "value_claims.csv"
DAYS, QUARTER, GAP = 1095, 91.25, 21.0
YEAR = pd.Timedelta(days=365.25)
OPENED = pd.Timestamp("2025-01-01", tz="UTC")


def bought(
    rng: np.random.Generator,
    *,
    leave: str = "low",
    growth: float = 0.0,
    shape: float = 1.0,
    gap: float = GAP,
    n: int = 300,
) -> pd.DataFrame:
    """Return the visits of three years of a shop: ``customer_key, day, first, net``, days as fractions.

    Nobody's spending changes but by `growth` a year. `leave`: who leaves early ("low" spenders, "any", "nobody"); with
    "low", half of the customers spend 30 at a time and half 8, else everybody 18. `gap`: days between two visits;
    `shape` 1 is pure chance, more is more regular.
    """
    born = rng.uniform(0, DAYS - 60, n)
    big = rng.random(n) < 0.5
    basket = np.where(big, 30.0, 8.0) if leave == "low" else np.full(n, 18.0)
    stays = {"low": np.where(big, 2000.0, 120.0), "any": np.full(n, 500.0), "nobody": np.full(n, 1e9)}[leave]
    end = np.minimum(DAYS, born + rng.exponential(stays))
    gaps = rng.gamma(shape, gap / shape, (n, 120))
    since = np.concatenate([np.zeros((n, 1)), gaps.cumsum(axis=1)], axis=1)
    who, nth = np.nonzero(born[:, None] + since < end[:, None])
    after = since[who, nth]
    net = basket[who] * rng.lognormal(-0.08, 0.4, len(who)) * (1 + growth * after / 365)
    return pd.DataFrame({"customer_key": who, "day": born[who] + after, "first": born[who], "net": net})


def shop(rng: np.random.Generator, **kind: float | str) -> Followed:
    """Return the customers of such a shop lined up by quarters since the first."""
    rows = bought(rng, **kind).assign(index=lambda rows: (rows["day"] // QUARTER).astype(int))
    cells = rows.groupby(["customer_key", "index"]).agg(net=("net", "sum"), sales=("net", "size")).reset_index()
    return line_up(cells, int(DAYS // QUARTER), {"coverage": 1.0, "currency": "EUR"})


def visits(rng: np.random.Generator, **kind: float | str) -> pd.DataFrame:
    """Return what is found of spending a visit, by measure."""
    rows = bought(rng, n=150, **kind)
    rows = rows[rows["day"] > rows["first"]].assign(season=lambda rows: (rows["day"] // QUARTER).astype(int) % 4)
    return per_visit.tabulate(per_visit.grow(rows), rows, "EUR")


def visits_say(rng: np.random.Generator, *said: str, **kind: float | str) -> bool:
    """One replication: is one of these said about spending a visit?"""
    return per_visit.reading(visits(rng, **kind)).id.removeprefix("visit.") in said


def growth_covered(rng: np.random.Generator) -> bool:
    """One replication: does the interval hold how much more is spent a visit with each year?"""
    line = visits(rng, leave="any", growth=0.2).set_index("measure").loc["growth_of_same"]
    return line["low"] <= 18 * 0.2 <= line["high"]


def tenure(rng: np.random.Generator, **kind: float | str) -> tuple[pd.DataFrame, str]:
    """Return the measures of one shop, by name, and the id of their reading."""
    past = shop(rng, **kind)
    table = compare(past, "quarter", 1, COVERAGE)
    return table.set_index("measure"), reading(table, past, "quarter", COVERAGE).id


def claims(rng: np.random.Generator, **kind: float | str) -> bool:
    """One replication: is it said that those who stay come to spend more or less?"""
    return tenure(rng, **kind)[1] in ("tenure.above", "tenure.below")


def claims_of_those_who_bought(rng: np.random.Generator, **kind: float | str) -> bool:
    """One replication of the usual shortcut: the same customers, picked because they bought in the last quarter."""
    past = shop(rng, **kind)
    change = mean_interval((past.spent(5) - past.spent(1))[past.bought(5)])
    return change.low > 0 or change.high < 0


def trap(rng: np.random.Generator, **kind: float | str) -> bool:
    """One replication: is the rise of whoever is left told from growth?"""
    return tenure(rng, **kind)[1] == "tenure.survivors"


def grows(rng: np.random.Generator, growth: float) -> bool:
    """One replication: do both the naive and the corrected figure rise clearly?"""
    lines, said = tenure(rng, leave="any", growth=growth)
    return said == "tenure.above" and lines.loc["change_of_buyers", "low"] > 0


def change_covered(rng: np.random.Generator, growth: float) -> bool:
    """One replication: does the interval hold what one more year adds to the spending of a quarter?"""
    line = tenure(rng, leave="any", growth=growth)[0].loc["change_of_same"]
    return line["low"] <= QUARTER / GAP * 18 * growth <= line["high"]


def newcomers(rng: np.random.Generator, mean: float, clump: float, months: int = 12) -> np.ndarray:
    """Return new customers by month; with `clump` above 1 their variance is so many times their mean."""
    if clump == 1:
        return rng.poisson(mean, months)
    return rng.poisson(rng.gamma(mean / (clump - 1), clump - 1, months))


def ledger(rng: np.random.Generator, costs: dict[str, float], *, clump: float = 1.0, mean: float = 5.0) -> pd.DataFrame:
    """Return a year of spending by channel, each with its true cost of a new customer and about the same budget."""
    parts = []
    for channel, cost in costs.items():
        amount = cost * mean * rng.uniform(0.8, 1.2, 12)
        counts = np.array([newcomers(rng, each / cost, clump, 1)[0] for each in amount])
        parts.append(pd.DataFrame({"channel": channel, "amount": amount, "new_customers": counts}))
    return pd.concat(parts).assign(purpose="finding", currency="EUR")


def cost_covered(rng: np.random.Generator, clump: float) -> bool:
    """One replication: does the interval hold the true cost of a new customer?"""
    row = acquisition_cost(ledger(rng, {"adverts": 20.0}, clump=clump)).table.iloc[0]
    return row["low"] <= 20 <= row["high"]


def told_apart(rng: np.random.Generator, costs: dict[str, float], clump: float = 1.0) -> bool:
    """One replication: is one channel called cheaper?"""
    said = acquisition_cost(ledger(rng, costs, clump=clump)).reading.id
    return said in ("acquisition.above", "acquisition.below")


def keeping(rng: np.random.Generator, more: float, people: int = 400) -> str:
    """Return the reading of one trial in which `more` (a share) stay because of it; 0.05 are needed."""
    money = ledger(rng, {"adverts": 20.0}, mean=10.0)
    looked_after = pd.DataFrame({"channel": ["cards"], "amount": [400.0], "purpose": "keeping", "currency": "EUR"})
    counts = [rng.binomial(people, 0.6 + more), rng.binomial(people, 0.6)]
    trial = pd.DataFrame({"given": [True, False], "people": people, "kept": [int(count) for count in counts]})
    return keeping_or_finding(pd.concat([money, looked_after]), customers=400, months=12, trial=trial).reading.id


def referrals(rng: np.random.Generator, promoters: float, others: float, n: int = 120) -> pd.DataFrame:
    """Return the measures where promoters and others send so many a year, and one in five persons sends most."""
    happy = np.arange(n) < n // 2
    taste = rng.gamma(0.5, 2.0, n)
    counts = rng.poisson(np.where(happy, promoters, others) * taste)
    keys = np.array([f"k{i}" for i in range(n)])
    answers = pd.DataFrame({"customer_key": keys, "at": OPENED, "recommend": np.where(happy, 9, 6)})
    who = np.repeat(keys, counts)
    at = OPENED + YEAR * rng.uniform(0.001, 1, len(who))
    new = [f"n{i}" for i in range(len(who))]
    sent = pd.DataFrame({"referrer_key": who, "customer_key": new, "at": pd.to_datetime(at, utc=True)})
    return referrals_per_promoter(sent, answers, as_of=str((OPENED + YEAR).date()))


def rate_covered(rng: np.random.Generator, rate: float) -> bool:
    """One replication: does the interval of the promoters hold their true rate?"""
    row = referrals(rng, rate, 0.2).table.iloc[0]
    return row["low"] <= 100 * rate <= row["high"]


def says_more(rng: np.random.Generator, promoters: float, others: float) -> bool:
    """One replication: is it said that promoters send more or fewer?"""
    return referrals(rng, promoters, others).reading.id in ("referral.above", "referral.below")


SHORTCUT = "tenure, nothing in it, rare visits, picked by buying in the last quarter: claims a change"
EQUAL = {"adverts": 20.0, "leaflets": 20.0}
STUDIES = {
    # name: (units, wanted, one replication)
    "tenure, spending flat, low spenders leave: claims a change": (300, 0.05, claims),
    "tenure, spending flat, low spenders leave: sees the trap": (300, 1.0, trap),
    "tenure, nothing in it: claims a change": (300, 0.05, lambda rng: claims(rng, leave="any")),
    "tenure, nothing in it: sees a trap": (300, 0.05, lambda rng: trap(rng, leave="any")),
    "tenure, nothing in it, nobody leaves: claims a change": (300, 0.05, lambda rng: claims(rng, leave="nobody")),
    "tenure, nothing in it, regular visits: claims a change": (
        300, 0.05, lambda rng: claims(rng, leave="nobody", shape=4.0),
    ),
    "tenure, nothing in it, rare visits: claims a change": (
        300, 0.05, lambda rng: claims(rng, leave="nobody", gap=80.0),
    ),
    SHORTCUT: (300, 0.05, lambda rng: claims_of_those_who_bought(rng, leave="nobody", gap=80.0)),
    "tenure, spending grows by 50 % a year: both say so": (300, 1.0, lambda rng: grows(rng, 0.5)),
    "tenure, spending grows by 50 % a year: interval holds it": (300, 0.95, lambda rng: change_covered(rng, 0.5)),
    "visits, spending flat, low spenders leave: claims a change": (
        150, 0.05, lambda rng: visits_say(rng, "above", "below"),
    ),
    "visits, spending flat, low spenders leave: sees the trap": (150, 1.0, lambda rng: visits_say(rng, "survivors")),
    "visits, nothing in it: claims a change": (
        150, 0.05, lambda rng: visits_say(rng, "above", "below", leave="any"),
    ),
    "visits, nothing in it: sees a trap": (150, 0.05, lambda rng: visits_say(rng, "survivors", leave="any")),
    "visits, spending grows by 20 % a year: says so": (
        150, 1.0, lambda rng: visits_say(rng, "above", leave="any", growth=0.2),
    ),
    "visits, spending grows by 20 % a year: interval holds it": (150, 0.95, growth_covered),
    "cost of a new customer: interval holds it": (60, 0.95, lambda rng: cost_covered(rng, 1.0)),
    "cost of a new customer, clumped three times: interval holds it": (60, 0.95, lambda rng: cost_covered(rng, 3.0)),
    "two channels alike: calls one cheaper": (60, 0.05, lambda rng: told_apart(rng, EQUAL)),
    "two channels alike, clumped three times: calls one cheaper": (60, 0.05, lambda rng: told_apart(rng, EQUAL, 3.0)),
    "four channels alike: calls one cheapest": (
        60, 0.05, lambda rng: told_apart(rng, dict.fromkeys("abcd", 20.0)),
    ),
    "one channel at half the cost: finds it": (60, 1.0, lambda rng: told_apart(rng, EQUAL | {"adverts": 40.0})),
    "keeping just breaks even: says that it pays or not": (
        400, 0.05, lambda rng: keeping(rng, 0.05) in ("keeping.above", "keeping.below"),
    ),
    "keeping saves 20 of 100, 5 needed: says that it pays": (
        400, 1.0, lambda rng: keeping(rng, 0.2) == "keeping.above",
    ),
    "promoters send as many as others: claims a difference": (120, 0.05, lambda rng: says_more(rng, 0.4, 0.4)),
    "promoters send five times as many: finds it": (120, 1.0, lambda rng: says_more(rng, 1.0, 0.2)),
    "rate of referrals, few send most: interval holds it": (60, 0.95, lambda rng: rate_covered(rng, 0.6)),
}  # fmt: skip


def run(replications: int, seed: int = SEED) -> pd.DataFrame:
    """Return the rate of every study with its Monte-Carlo error."""
    rows = []
    for place, (name, (n, wanted, once)) in enumerate(STUDIES.items()):
        rng = np.random.default_rng([seed, place])
        rate = float(np.mean([once(rng) for _ in range(replications)]))
        error = mc_error(rate, replications)
        rows.append({"study": name, "n": n, "wanted": wanted, "rate": rate, "mc_error": error})
    return pd.DataFrame(rows).assign(replications=replications, seed=seed)


def main() -> None:
    """Write the table."""
    keep(run(REPLICATIONS), OUT)


if __name__ == "__main__":
    main()

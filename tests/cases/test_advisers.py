"""The advisers: rebuilt byte for byte, the truth recovered from the files and from many clients, the twin empty."""

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from crqkit import cases
from crqkit.tables.form import CONTENT_DERIVED, build_form

ROOT = Path(__file__).resolve().parents[2]
CASE, MAKE = ROOT / "datasets" / "advisers", ROOT / "datasets" / "make"
FILES = ("answers.csv", "answers_null.csv")
FACTORS = ["ct", "at", "sa", "ac", "cc", "co", "lo", "ad"]


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((CASE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: pd.read_csv(CASE / "exports" / name) for name in FILES}


@pytest.fixture(scope="module")
def form() -> dict:
    return yaml.safe_load((CASE / "exports" / "items.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def many() -> dict[str, SimpleNamespace]:
    """Sixty thousand clients of each model, as the simulator makes them."""
    sys.path.insert(0, str(MAKE))
    try:
        from advisers_model import simulate
    finally:
        sys.path.remove(str(MAKE))
    sizes = {country: [20] * 1000 for country in ("DE", "BR", "JP")}
    streams = [[np.random.default_rng([7, null, part]) for part in range(4)] for null in (0, 1)]
    return {name: simulate(streams[null], sizes, bool(null)) for null, name in enumerate(FILES)}


def of(factor: str, items: list[str]) -> list[str]:
    return [item for item in items if item.startswith(factor)]


def scores(table: pd.DataFrame, items: list[str]) -> pd.DataFrame:
    """Standardised mean of the answered items of each factor, the negative item turned, and standardised failure."""
    turned = table.assign(sa4=6 - table["sa4"])
    found = pd.DataFrame({factor: turned[of(factor, items)].mean(axis=1) for factor in FACTORS})
    found["failure"] = table["failure"]
    return (found - found.mean()) / found.std()


def interval(y: pd.Series, x: pd.DataFrame, term: str, office: pd.Series, kind: str = "OLS") -> tuple[float, float]:
    import statsmodels.api as sm

    x = sm.add_constant(x).dropna()
    y = y.loc[x.index].dropna()
    x = x.loc[y.index]
    groups = pd.factorize(office.loc[x.index])[0]
    more = {} if kind == "OLS" else {"disp": 0}
    fit = getattr(sm, kind)(y, x).fit(cov_type="cluster", cov_kwds={"groups": groups}, **more)
    return tuple(fit.conf_int().loc[term])


def test_rebuilds_byte_for_byte(tmp_path):
    out = tmp_path / "advisers"
    subprocess.run([sys.executable, str(MAKE / "advisers.py"), "--out", str(out)], check=True, cwd=tmp_path)
    made = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    kept = {path.relative_to(CASE): path.read_bytes() for path in CASE.rglob("*") if path.is_file()}
    assert set(kept) - set(made) == {Path("card.md")}
    assert [str(path) for path, content in made.items() if kept.get(path) != content] == []
    assert not any(b"\r" in content for content in made.values())
    assert sum(len(content) for path, content in made.items() if path.suffix == ".csv") < 400_000
    assert [path.name for path in tmp_path.iterdir()] == ["advisers"]


def test_the_case_loads():
    case = cases.load("advisers")
    assert case.simulated and case.truth["simulated"] is True
    assert case.card.startswith("# SIMULATED")
    assert (case.folder / "answers.csv").is_file()


def test_the_codebook_is_a_form(form, truth):
    built = build_form(form)
    assert [item.id for item in built.items] == truth["item_order"]
    assert built.status == CONTENT_DERIVED
    assert all(item.dimension and item.facet and item.text for item in built.items)
    assert all("reverse" in item for item in form["items"])
    assert [item.id for item in built.items if item.reverse] == ["sa4"]
    assert list(built.dimensions) == FACTORS == truth["factor_order"]


def test_files_equal_the_counts(tables, truth, form):
    items = truth["item_order"]
    for name, table in tables.items():
        told, given = truth[name]["counts"], table[items]
        assert told["clients"] == len(table) == 1200
        assert told["by_country"] == table["country"].value_counts().to_dict()
        assert told["offices"] == table["office"].nunique() == 60
        assert table.groupby("office").size().tolist() == [
            n for country in ("BR", "DE", "JP") for n in truth["offices"][country]
        ]
        assert told["item_cells_empty"] == given.isna().sum().sum()
        assert told["complete"] == given.notna().all(axis=1).sum()
        blocks = [given[of(factor, items)].isna().all(axis=1) for factor in FACTORS]
        assert told["blocks_empty"] == pd.concat(blocks, axis=1).any(axis=1).sum() > 30
        assert [told["failures"], told["stayed"], told["referrals"]] == [
            table[column].sum() for column in ("failure", "stayed_12m", "referrals_12m")
        ]
        assert table.drop(columns=items).notna().all().all()
        # Nothing that could name a person: exactly the columns of the codebook.
        assert set(table.columns) == {*items, *form["columns"]}


def test_every_answer_occurs_in_every_country(tables, truth):
    for name, table in tables.items():
        counts = [
            group[item].value_counts().reindex([1, 2, 3, 4, 5], fill_value=0)
            for _, group in table.groupby("country")
            for item in truth["item_order"]
        ]
        assert min(one.min() for one in counts) == truth[name]["counts"]["rarest_answer"] >= 1
        assert table[truth["item_order"]].isin([1, 2, 3, 4, 5]).sum().sum() == sum(one.sum() for one in counts)


def test_empty_answers_hang_on_tenure_and_age(tables, truth):
    for table in tables.values():
        empty = table[truth["item_order"]].isna().mean(axis=1)
        assert empty.mean() == pytest.approx(0.06, abs=0.01)
        assert empty[table["tenure_years"] <= 2].mean() > 1.7 * empty[table["tenure_years"] >= 8].mean()
        assert empty[table["age_band"] == "65+"].mean() > 1.7 * empty[table["age_band"] == "18-34"].mean()


def test_complete_answers_alone_would_mislead(many):
    """Who leaves nothing out trusts more, and tenure and age tell it all: missing at random."""
    clients = many["answers.csv"]
    trust, complete = clients.factors["at"], ~clients.empty.any(axis=1)
    assert trust[complete].mean() > 0.1
    cells = pd.DataFrame({"trust": trust, "complete": complete, "years": clients.tenure_years, "age": clients.age_band})
    cells = cells.groupby(["years", "age"]).filter(lambda cell: min(cell["complete"].sum(), len(cell)) >= 100)
    within = cells["trust"] - cells.groupby(["years", "age"])["trust"].transform("mean")
    assert within[cells["complete"]].mean() == pytest.approx(0, abs=0.02)


def test_factors_have_the_covariances_told(many, truth):
    told = np.array(truth["latent_covariance"])
    for clients in many.values():
        for country in range(3):
            felt = np.array([clients.factors[name][clients.country == country] for name in FACTORS])
            np.testing.assert_allclose(np.cov(felt), told, atol=0.04)


def test_responses_have_the_moments_told(many, truth):
    for name, clients in many.items():
        for place, told in enumerate(truth[name]["countries"].values()):
            lower = np.zeros((31, 31))
            for row, values in enumerate(told["response_covariance_lower"]):
                lower[row, : row + 1] = values
            there = clients.responses[clients.country == place]
            full = lower + np.tril(lower, -1).T
            np.testing.assert_allclose(np.cov(there.T), full, atol=0.05)
            np.testing.assert_allclose(there.mean(axis=0), list(told["response_means"].values()), atol=0.04)
            given = clients.answers[clients.country == place]
            shares = [[(given[:, item] == n).mean() for n in range(1, 6)] for item in range(31)]
            np.testing.assert_allclose(shares, list(told["answer_shares"].values()), atol=0.015)


@pytest.mark.parametrize(("one", "two"), [("ct1", "at1"), ("at1", "at2"), ("sa1", "sa4"), ("at3", "cc1")])
def test_polychoric_correlations_are_those_told(many, truth, one, two):
    items = truth["item_order"]
    there = many["answers_null.csv"].answers[:, [items.index(one), items.index(two)]]
    table = np.array([[((there == (a, b)).all(axis=1)).sum() for b in range(1, 6)] for a in range(1, 6)])
    row, column = items.index(two), items.index(one)
    told = truth["answers_null.csv"]["countries"]["DE"]["response_covariance_lower"][row][column]
    assert polychoric(table) == pytest.approx(told, abs=0.015)


def polychoric(table: np.ndarray) -> float:
    """Two steps: thresholds from the margins, then the likeliest correlation of a bivariate normal."""
    cuts = [norm.ppf(np.cumsum(table.sum(axis=axis))[:-1] / table.sum()) for axis in (1, 0)]
    x = np.linspace(-7, 7, 2801)
    step = norm.pdf(x) * (x[1] - x[0])
    first = np.digitize(x, cuts[0])

    def unlikely(r: float) -> float:
        below = norm.cdf((np.array([*cuts[1], np.inf])[:, None] - r * x) / np.sqrt(1 - r**2))
        columns = np.diff(below, axis=0, prepend=0) * step
        chance = np.array([columns[:, first == a].sum(axis=1) for a in range(5)])
        return -(table * np.log(chance)).sum()

    return minimize_scalar(unlikely, bounds=(-0.99, 0.99), method="bounded").x


def test_clients_of_one_office_are_alike(many, truth):
    """One-way analysis of variance over 3,000 offices of 20."""
    clients = many["answers.csv"]
    for factor in ("sa", "ct", "at", "ac", "cc", "co"):
        felt = clients.factors[factor].copy()
        for country in range(3):
            felt[clients.country == country] -= felt[clients.country == country].mean()
        felt = felt.reshape(-1, 20)
        between, within = 20 * felt.mean(axis=1).var(ddof=1), felt.var(axis=1, ddof=1).mean()
        assert (between - within) / (between + 19 * within) == pytest.approx(truth["icc"], abs=0.012)


def implied(text: str) -> pd.DataFrame:
    """Covariances that a model in lavaan's words implies, every value given."""
    lines = [line.replace("=~", "=").replace("~~", "%").split() for line in text.splitlines()]
    terms = [(line[0], line[1], *term.split("*")) for line in lines for term in line[2::2]]
    names = list(dict.fromkeys(name for left, _, _, right in terms for name in (left, right)))
    paths = pd.DataFrame(0.0, names, names)
    own = paths.copy()
    for left, sign, value, right in terms:
        if sign == "%":
            own.loc[left, right] = own.loc[right, left] = float(value)
        else:
            to, cause = (right, left) if sign == "=" else (left, right)
            paths.loc[to, cause] = float(value)
    reach = np.linalg.inv(np.eye(len(names)) - paths.to_numpy())
    return pd.DataFrame(reach @ own.to_numpy() @ reach.T, names, names)


def test_both_models_in_lavaan_words_give_the_same_covariances(truth):
    told = pd.DataFrame(truth["latent_covariance"], FACTORS, FACTORS)
    for name in FILES:
        words = truth[name]["lavaan"]
        five = list(truth["second_order"]["loadings"])
        np.testing.assert_allclose(implied(words["second_order"]).loc[five, five], told.loc[five, five], atol=2e-6)
        chain = implied(words["structural"])
        np.testing.assert_allclose(chain.loc[FACTORS, FACTORS], told, atol=5e-6)
        assert chain.loc["stay", "stay"] == pytest.approx(1, abs=1e-5)


def test_measurement_in_lavaan_words_gives_the_responses(truth):
    for name in FILES:
        for country, told in truth[name]["countries"].items():
            words = truth[name]["lavaan"]["measurement"][country].splitlines()
            kept = [line for line in words if "|" not in line and "*1" not in line]
            found = implied("\n".join(kept)).loc[truth["item_order"], truth["item_order"]].to_numpy()
            lower = [list(row[: place + 1]) for place, row in enumerate(found)]
            for row, values in zip(lower, told["response_covariance_lower"], strict=True):
                np.testing.assert_allclose(row, values, atol=5e-6)
            assert sum("|" in line for line in words) == len(truth["item_order"])


def test_what_was_planted_is_in_the_answers_and_not_in_the_twin(tables, truth):
    for name, table in tables.items():
        felt, office = scores(table, truth["item_order"]), table["office"]
        buffered = felt.assign(buffer=felt["failure"] * felt["at"])[["ac", "at", "failure", "buffer"]]
        low, high = interval(felt["lo"], buffered, "buffer", office)
        stay = interval(table["stayed_12m"], felt[["lo", "cc"]], "cc", office, "Probit")
        if name == "answers.csv":
            assert low > 0.08 and high < 0.32
            assert stay[0] > 0.2
        else:
            assert low < 0 < high
            assert stay[0] < 0 < stay[1]
        for y, kind in ((felt["ad"], "OLS"), (table["referrals_12m"], "Poisson")):
            x = felt[["lo", "cc"]] if kind == "OLS" else felt[["ad", "cc"]]
            low, high = interval(y, x, "cc", office, kind)
            assert low < 0 < high


def test_countries_differ_where_told_and_in_the_twin_nowhere(many, truth):
    for name, clients in many.items():
        told = truth[name]
        for a, b in combinations(("DE", "BR", "JP"), 2):
            one, two = told["countries"][a], told["countries"][b]
            apart = {key for key in ("loadings", "thresholds") for item in one[key] if one[key][item] != two[key][item]}
            assert apart == ({"loadings", "thresholds"} if told["not_alike"] and "JP" in (a, b) else set())
        means = {
            factor: [clients.factors[factor][clients.country == place].mean() for place in range(3)]
            for factor in FACTORS
        }
        for factor, found in means.items():
            np.testing.assert_allclose(found, [told["latent_means"][c][factor] for c in ("DE", "BR", "JP")], atol=0.035)
    assert truth["answers_null.csv"]["not_alike"] == {}
    assert truth["answers.csv"]["not_alike"]["JP"]["loadings"].keys() == {"at4", "co2"}
    assert truth["answers.csv"]["not_alike"]["JP"]["threshold_shifts"].keys() == {"ct2", "at2", "ac3"}

"""What the tests of the town share: where a case lies, its truth, its customers, and how an effect is recovered."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ROOT / "datasets"
MAKE = DATASETS / "make"
OLD = ("advisers", "boutique")
END = pd.Timestamp("2026-11-01")
FORM = yaml.safe_load((ROOT / "crqkit" / "tables" / "forms" / "pocket.yml").read_text(encoding="utf-8"))
TEXTS = {item["id"]: item["text"] for item in FORM["items"]}


def makers() -> list[str]:
    """The cases that a script makes; a module that scripts share has no main."""
    return sorted(path.stem for path in MAKE.glob("*.py") if "__main__" in path.read_text(encoding="utf-8"))


def town() -> list[str]:
    return [name for name in makers() if name not in OLD]


def exports(case: str) -> Path:
    return DATASETS / case / "exports"


def truth(case: str) -> dict:
    return json.loads((DATASETS / case / "truth.json").read_text(encoding="utf-8"))


def raw(case: str, file: str, **options) -> pd.DataFrame:
    """A file of a case with every cell as text."""
    return pd.read_csv(exports(case) / file, dtype=str, keep_default_na=False, **options)


def customers(case: str, key: str = "email") -> pd.DataFrame:
    """The hidden customers by their key, with the years that each was one within the files."""
    path = DATASETS / case / "truth_customers.csv"
    known = pd.read_csv(path, parse_dates=["joined_on", "left_on"], dtype={key: str}).dropna(subset=[key])
    years = (known["left_on"].fillna(END) - known["joined_on"]).dt.days / 365.25
    return known.assign(years=years.clip(lower=0.01)).set_index(key)


def slope(counts, exposure, *columns) -> tuple[float, float]:
    """The effect of the first column on the log of a rate, and its standard error, other columns held equal.

    Counts vary more than a Poisson process alone would have them, so the error is scaled by what is left over.
    """
    import statsmodels.api as sm

    design = sm.add_constant(np.column_stack([np.asarray(column, float) for column in columns]))
    model = sm.GLM(np.asarray(counts, float), design, family=sm.families.Poisson(), offset=np.log(exposure))
    fit = model.fit()
    scale = max(1.0, fit.pearson_chi2 / fit.df_resid) if np.max(counts) > 1 else 1.0
    return float(fit.params[1]), float(fit.bse[1] * np.sqrt(scale))


def within(estimate: float, error: float, planted: float) -> bool:
    """The stated error of a recovery: two and a half standard errors; what is planted must also be seen."""
    near = abs(estimate - planted) < 2.5 * error
    return near and (planted == 0 or abs(estimate) > 1.6 * error)


def answers_equal(told: dict, answers: pd.DataFrame) -> None:
    """Check the counts of answers to the pocket form, each answer once."""
    import pytest

    scores = pd.to_numeric(answers[TEXTS["recommend"]].str.strip()).dropna()
    assert told["answers"] == len(answers)
    assert told["recommend_answered"] == len(scores)
    assert told["recommend_mean"] == pytest.approx(scores.mean(), abs=1e-4)
    assert told["nps"] == pytest.approx(100 * ((scores >= 9).mean() - (scores <= 6).mean()), abs=1e-4)
    for dimension, mean in told["dimension_means"].items():
        items = [item["text"] for item in FORM["items"] if item.get("dimension") == dimension]
        given = answers[items].apply(lambda column: pd.to_numeric(column.str.strip()))
        assert given.stack().dropna().between(1, 5).all()
        assert mean == pytest.approx(given.mean(axis=1).mean(), abs=1e-4)


def costs_equal(case: str) -> None:
    """Check what a new customer costs by channel, from the spend sheet and the newcomers alone."""
    import pytest

    spend = raw(case, "spend.csv").astype({"amount": float})
    finding = spend[spend["purpose"] == "finding"].astype({"new customers": int}).groupby("channel")
    told = truth(case)
    each = finding["amount"].sum() / finding["new customers"].sum()
    assert told["true"]["cost_per_new_customer_in_sheet"]["value"] == pytest.approx(each.to_dict(), abs=0.005)
    assert told["customers"]["by_channel"] == finding["new customers"].sum().to_dict()
    planted = pd.Series(told["true"]["cost_per_new_customer"]["value"])
    assert ((each[planted.index] - planted).abs() <= 0.05 * planted).all()

"""What intervals of omega and AVE allow one to say."""

import pandas as pd

from crqkit.base import Cutoff, say, verdict
from crqkit.sem.estimation.estimate import Estimate
from crqkit.sem.scales.composites import Scale

FORNELL = "Fornell & Larcker 1981, Journal of Marketing Research 18:39-50"
RELIABLE = Cutoff(
    "omega", 0.7, "Nunnally & Bernstein 1994, Psychometric Theory, 3rd ed., p. 265: for early research", "omega"
)
EXTRACTED = Cutoff("average_variance_extracted", 0.5, FORNELL, "AVE of a factor whose items measure nothing else")
MIN_PEOPLE = Cutoff(
    "min_people_omega", 100, "own convention of crqkit: the delta method leans on large samples", "omega and AVE"
)
OMEGA, AVE = "omega", "ave"


def labels(table: pd.DataFrame) -> pd.Series:
    """Return each row's factor, with its group where there are several."""
    several = table["group"].nunique() > 1
    return table["factor"] + (" (" + table["group"].astype(str) + ")" if several else "")


def reading(table: pd.DataFrame, flaws: dict[str, list[str]], limit: float) -> str:
    """Return what the intervals of omega allow, the worst first."""
    rows = table[table["measure"] == OMEGA]
    if not len(rows):
        return say("reliability.scales.mixed")
    said: dict[str, list[str]] = {}
    for label, low, high, n in zip(labels(rows), rows["low"], rows["high"], rows["n"], strict=True):
        kind = next((kind for kind in ("improper", "turned") if label in flaws.get(kind, [])), None)
        kind = kind or str(verdict(low, high, n, against=limit, min_n=int(MIN_PEOPLE)))
        said.setdefault(kind, []).append(label)
    lowest = rows.loc[rows["estimate"].idxmin()] if rows["estimate"].notna().any() else rows.iloc[0]
    known = {
        "limit": limit, "scales": len(rows), "good": len(said.get("above", [])), "n": int(rows["n"].min()),
        "least": int(MIN_PEOPLE), "value": lowest["estimate"], "low": lowest["low"], "high": lowest["high"],
        "lowest": labels(rows)[lowest.name], "floor": rows["low"].min(),
    }  # fmt: skip
    worst = next(kind for kind in ("improper", "turned", "too_little", "below", "unclear", "above") if kind in said)
    if worst == "too_little" and rows["low"].isna().all():
        worst = "point"
    shape = "scale" if len(rows) == 1 else "scales"
    return say(f"reliability.{shape}.{worst}", names=", ".join(said.get(worst, [])), **known)


def cautions(
    table: pd.DataFrame, flaws: dict[str, list[str]], lone: list[str], limit: float, found: Estimate, kept: list[Scale]
) -> tuple[str, ...]:
    """Return what limits the numbers: flaws of the solution, what was left out, and AVE below its limit or near it."""
    sentences = [say(f"reliability.caution.{kind}", names=", ".join(names)) for kind, names in flaws.items()]
    if lone:
        sentences.append(say("reliability.caution.lone", names=", ".join(lone)))
    if found.covariance is None:
        sentences.append(say("reliability.caution.no_errors"))
    shared = list(dict.fromkeys(item for scale in kept for item in scale.shared))
    if shared:
        sentences.append(say("reliability.caution.shared", names=", ".join(shared)))
    if any(len(scale.items) == 2 for scale in kept):
        two = [scale.factor for scale in kept if len(scale.items) == 2]
        sentences.append(say("reliability.caution.two", names=", ".join(two)))
    rows = table[table["measure"] == AVE]
    said: dict[str, list[str]] = {}
    for label, low, high, n in zip(labels(rows), rows["low"], rows["high"], rows["n"], strict=True):
        if label not in flaws.get("improper", []):
            said.setdefault(str(verdict(low, high, n, against=limit, min_n=int(MIN_PEOPLE))), []).append(label)
    for kind in ("below", "unclear"):
        if kind in said:
            sentences.append(say(f"reliability.ave.{kind}", names=", ".join(said[kind]), limit=limit))
    return tuple(sentences)

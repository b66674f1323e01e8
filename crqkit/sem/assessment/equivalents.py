"""Models with other arrows that fit any data exactly as well: what a fit cannot decide."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crqkit.base import Result, say
from crqkit.base.problems import ChoiceProblem
from crqkit.sem.assessment.replacing import (
    CURVED,
    DIRECTED,
    Graph,
    all_free,
    graph,
    loadings,
    neighbours,
    tied,
    with_graph,
)
from crqkit.sem.data.sample import Moments, from_moments
from crqkit.sem.estimation.chisquare import chisquare
from crqkit.sem.estimation.estimate import Estimate, estimate
from crqkit.sem.estimation.methods import choose
from crqkit.sem.estimation.structure import Structure
from crqkit.sem.language.plan import Plan
from crqkit.sem.language.table import parameter_table
from crqkit.sem.language.text import to_lavaan

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
LEE = "Lee & Hershberger 1990, Multivariate Behavioral Research 25:313-334"
MACCALLUM = "MacCallum, Wegener, Uchino & Fabrigar 1993, Psychological Bulletin 114:185-199"
MOST = 20
TRIED = 200  # fits at most
SAME = 1e-6
PRETEND = 500  # people of the made-up sample on which a model without data is tried
OFF = 0.15  # how far that sample is from what the model implies, so that models can differ on it


@dataclass(frozen=True, repr=False, eq=False)
class Equivalents(Result):
    """The given model and its equivalents; `models` holds their lavaan texts, in the order of the table."""

    models: tuple[str, ...] = ()


def equivalent_models(model: Any, *, most: int = MOST) -> Result:
    """Return models that differ in the arrows among constructs and fit exactly as well, whatever the data.

    An arrow X → Y may be turned round or become a covariance where the rule of Lee & Hershberger allows it: what
    bears on the one bears on the other. The rule is applied again to what it gives, and each model found is fitted:
    only those whose chi-square is the same, to a millionth, are kept. Measurement stays as it is. There may be other
    equivalent models that this rule does not reach.

    Parameters
    ----------
    model : str, Fit or Estimate
        Model text, which is tried on a made-up sample; or a fitted model, tried on its own.
    most : int
        How many models at most.

    Returns
    -------
    Equivalents
        One row a model, the given one first, then those with fewest changes: ``change`` (in words), ``changes`` (how
        many arrows), ``chisq``, ``df``. `.models` has their lavaan texts with every parameter, to be fitted by the same
        estimator; definitions are left out, since their labels would mean something else.

    Raises
    ------
    ChoiceProblem
        `most` below 1.
    ModelProblem
        The text cannot be read.

    References
    ----------
    Lee & Hershberger 1990, Multivariate Behavioral Research 25:313-334; MacCallum, Wegener, Uchino & Fabrigar 1993,
    Psychological Bulletin 114:185-199.

    Examples
    --------
    >>> chain = equivalent_models("m ~ x; y ~ m", most=3)
    >>> chain.table["change"].tolist()[1:]
    ['m ↔ x instead of x → m', 'm → x instead of x → m', 'm → x instead of x → m; m ↔ y instead of m → y']
    """
    if most < 1:
        raise ChoiceProblem("most", most, ["a number of models, at least 1"])
    invented = isinstance(model, str)
    base = _fitted(model, _invented(model)) if invented else model if isinstance(model, Estimate) else model.estimate
    trial = _Trial(base)
    found, complete = _search(trial, most)
    own = {"change": say("equivalent.own"), "changes": 0, "chisq": trial.chisq, "df": trial.df, "table": trial.table}
    rows = [own, *sorted(found, key=lambda row: row["changes"])]
    case = "none" if not found else "some" if complete else "more"
    cautions = [say("equivalent.caution.rule")]
    if invented:
        cautions.append(say("equivalent.caution.pretended"))
    if trial.df == 0:
        cautions.append(say("equivalent.caution.saturated"))
    return Equivalents(
        pd.DataFrame(rows).drop(columns="table"),
        say(f"equivalent.reading.{case}", models=len(found), chisq=trial.chisq, df=trial.df),
        tuple(cautions),
        (LEE, MACCALLUM),
        {"most": most},
        _draw,
        models=tuple(_compact(to_lavaan(row["table"])) for row in rows),
    )


class _Trial:
    """The given model as a graph, and what other graphs become as models fitted to the same sample."""

    def __init__(self, base: Estimate) -> None:
        self.base = base
        self.table = all_free(base.model.plan.table)
        self.graph = graph(self.table)
        self.tied = tied(self.table)
        first = self.fit(self.table)
        self.chisq, self.df = first or (np.nan, base.df)
        self.names = sorted({name for link in self.graph for name in link[1:]})
        if self.graph:
            text = _written(self.graph, self.names)
            self.core = _invented(text)
            own = _fitted(text, self.core)
            self.core_value, self.core_df = own.model.value(own.x), own.df

    def fit(self, table: pd.DataFrame) -> tuple[float, int] | None:
        """Return chi-square and degrees of freedom of a parameter table; None where the search fails."""
        solved = estimate(Plan.of(table), self.base.model.sample, self.base.model.method)
        if not solved.optimum.converged:
            return None
        # A saturated model's chi-square is 0 but for rounding.
        return max(chisquare(solved.model, solved.x), 0.0), solved.df

    def equal(self, other: Graph) -> tuple[pd.DataFrame, float] | None:
        """Return the graph's parameter table and chi-square if it fits as well as the given model, else None."""
        if not self._same_core(other):
            return None
        table = with_graph(self.table, self.graph, other)
        found = self.fit(table)
        same = found is not None and found[1] == self.df and abs(found[0] - self.chisq) < SAME
        return (table, found[0]) if found is not None and same else None

    def _same_core(self, other: Graph) -> bool:
        """Whether the graph fits as well where its variables are seen themselves.

        On one's own data models may agree by chance, where a path is nearly 0; here no path is.
        """
        found = _fitted(_written(other, self.names), self.core)
        gap = found.model.n * (found.model.value(found.x) - self.core_value)
        return found.optimum.converged and found.df == self.core_df and abs(gap) < SAME


def _search(trial: _Trial, most: int) -> tuple[list[dict[str, Any]], bool]:
    """Return equivalent models, nearest first, and whether that is all that the rule gives."""
    seen, queue, rows, tried = {trial.graph}, [trial.graph], [], 0
    while queue:
        for other in neighbours(queue.pop(0), trial.tied, loadings(trial.table)):
            if other in seen:
                continue
            seen.add(other)
            if len(rows) == most or tried == TRIED:
                return rows, False
            tried += 1
            equal = trial.equal(other)
            if equal is None:
                continue
            queue.append(other)
            change, count = _change(trial.graph, other)
            rows.append({"change": change, "changes": count, "chisq": equal[1], "df": trial.df, "table": equal[0]})
    return rows, True


def _change(old: Graph, new: Graph) -> tuple[str, int]:
    """Return in words which links differ, and how many."""
    came = {frozenset(link[1:]): link for link in new - old}
    gone = {frozenset(link[1:]): link for link in old - new}
    said = [say("equivalent.change", new=str(came[pair]), old=str(gone[pair])) for pair in gone]
    return "; ".join(sorted(said)), len(said)


def _compact(text: str) -> str:
    """Return model text with the terms of one formula in one line, and without modifiers that change nothing."""
    lines: dict[tuple[str, str], list[str]] = {}
    others = []
    for line in text.split("\n"):
        plain = re.fullmatch(r"(\S+) (=~|~~|~) (\S+)", line)
        if plain is None or plain[3].endswith("*1"):
            others.append(line)
            continue
        terms = lines.setdefault((plain[1], plain[2]), [])
        # The first loading would be fixed at 1 without a modifier.
        terms.append(plain[3] if plain[2] == "=~" and not terms else plain[3].removeprefix("NA*"))
    return "\n".join([*(f"{lhs} {op} {' + '.join(terms)}" for (lhs, op), terms in lines.items()), *others])


def _written(graph: Graph, names: Sequence[str]) -> str:
    """Return a graph as model text of observed variables; what is not in it is held at 0."""
    curved = {link[1:] for link in graph if link.op == CURVED}
    lines = [f"{link.target} ~ {link.source}" for link in sorted(graph) if link.op == DIRECTED]
    pairs = combinations(names, 2)
    return "\n".join([*lines, *(f"{a} ~~ {'' if (a, b) in curved else '0*'}{b}" for a, b in pairs)])


def _invented(text: str) -> Moments:
    """Return a made-up covariance matrix near what a model implies, but not quite so."""
    plan = Plan.of(parameter_table(text, fixed_x=False))
    structure = Structure(plan.by_group[0], plan.observed, plan.latent, means=False)
    rng = np.random.default_rng(1990)
    x = np.array([_some_value(row.lhs, row.op, row.rhs, rng) for row in plan.by_group[0] if row.free >= 0])
    implied = structure.moments(x)[1]
    noise = rng.standard_normal((4 * len(implied), len(implied)))
    root = np.linalg.cholesky(implied)
    cov = root @ (np.eye(len(implied)) + OFF * (noise.T @ noise / len(noise) - np.eye(len(implied)))) @ root.T
    return Moments(pd.DataFrame(cov, index=plan.observed, columns=plan.observed), PRETEND)


def _fitted(text: str, moments: Moments) -> Estimate:
    plan = Plan.of(parameter_table(text, fixed_x=False))
    return estimate(plan, from_moments(moments, plan.observed), choose("ML"))


def _some_value(lhs: str, op: str, rhs: str, rng: np.random.Generator) -> float:
    if op == "~~":
        return float(rng.uniform(0.8, 1.2)) if lhs == rhs else float(rng.uniform(0.1, 0.2))
    return float(rng.uniform(0.7, 1.0)) if op == "=~" else float(rng.uniform(0.3, 0.5))


def _draw(table: pd.DataFrame, ax: "Axes") -> None:
    """Draw the chi-square of each model: bars of one length."""
    from crqkit.base.charts import PALETTE

    places = range(len(table))[::-1]
    ax.barh(places, table["chisq"], color=PALETTE["blue"])
    ax.set_yticks(list(places), table["change"].astype(str).tolist())
    ax.set_xlabel(say("equivalent.axis"))

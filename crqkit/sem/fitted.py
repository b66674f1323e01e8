"""What a fit gives: parameters, fit measures, tests of its parts, scores, a drawing, and text that reruns it."""

import html
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crqkit.base import Result, say
from crqkit.sem.assessment import indices
from crqkit.sem.estimation import standardized
from crqkit.sem.estimation.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = ["lhs", "op", "rhs", "group", "label", "est", "se", "ci_lower", "ci_upper", "std_all"]


class Fit(Result):
    """A fitted model. Every part is computed when first asked for.

    Attributes
    ----------
    table : DataFrame
        Estimates that a reader wants to see: `lhs op rhs group label est se ci_lower ci_upper std_all`; `group` only
        where there are several.
    reading, cautions, sources
        As for every `Result`; a fit that failed says so first.
    estimate : Estimate
        The optimum behind it all.
    """

    estimate: Estimate

    def __init__(self, estimate: Estimate, settings: Mapping[str, Any], errors: Any = None) -> None:
        # The parts of a Result are computed here only when asked for, so its own fields are not filled.
        object.__setattr__(self, "estimate", estimate)
        object.__setattr__(self, "settings", settings)
        object.__setattr__(self, "bootstrap", errors)

    @property
    def converged(self) -> bool:
        """Whether the search found an optimum."""
        return self.estimate.optimum.converged

    @property
    def n(self) -> int:
        """Persons used, in all groups."""
        return round(self.estimate.model.sample.n)

    @property
    def groups(self) -> list[str]:
        """Names of the groups, in order of their first appearance."""
        return [group.label for group in self.estimate.model.sample.groups]

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Every parameter: `lhs op rhs group label est se z pvalue ci_lower ci_upper std_all`; group counts from 1."""
        found = self.estimate
        if self.bootstrap is not None:
            table = self.bootstrap.parameters
        else:
            table = standardized.raw_solution(found.model, found.x, found.covariance)
        return table.assign(std_all=self.standardized["est"])

    @cached_property
    def standardized(self) -> pd.DataFrame:
        """The completely standardised solution with delta-method errors."""
        found = self.estimate
        covariance = found.covariance if self.bootstrap is None else self.bootstrap.covariance
        return standardized.solution(found.model, found.x, covariance)

    @cached_property
    def fit_measures(self) -> pd.Series:
        """Fit measures under lavaan's names."""
        return pd.Series(indices.fit_measures(self.estimate), dtype=float)

    @cached_property
    def r_squared(self) -> pd.DataFrame:
        """Share of each explained variable's variance that the model explains."""
        from crqkit.sem.assessment.residuals import r_squared

        return r_squared(self.estimate)

    @cached_property
    def findings(self) -> list[Any]:
        """What is wrong with the solution, if anything; see `diagnosis`."""
        from crqkit.sem.diagnosis.diagnosis import diagnose

        return diagnose(self.estimate)

    @cached_property
    def diagnosis(self) -> pd.DataFrame:
        """The same as a table: `code group where sentence`; empty when nothing is wrong."""
        rows = [(f.code, f.group, f.where, str(f.sentence)) for f in self.findings]
        return pd.DataFrame(rows, columns=["code", "group", "where", "sentence"])

    @cached_property
    def table(self) -> pd.DataFrame:  # type: ignore[override]
        """The estimates to show: groups by name, without the moments of covariates held fixed."""
        plan = self.estimate.model.plan
        kept = [bool(exo) for exo, op in zip(plan.exo, plan.op, strict=True) if op not in ("==", "<", ">")]
        shown = self.parameters.loc[~np.array(kept, dtype=bool), SHOWN].reset_index(drop=True)
        names = ["", *self.groups]
        shown["group"] = [names[number] for number in shown["group"]]
        shown = shown.drop(columns=["label"]) if (shown["label"] == "").all() else shown
        return shown if len(self.groups) > 1 else shown.drop(columns=["group"])

    @cached_property
    def _said(self) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
        from crqkit.sem.diagnosis.reading import read

        return read(self.estimate, self.findings)

    @property
    def reading(self) -> str:  # type: ignore[override]
        """One plain sentence that the tests allow."""
        return self._said[0]

    @property
    def indices(self) -> str:
        """CFI, TLI and SRMR in a line, as papers print them: the robust ones where there are any, and scaled else."""
        measures = self.fit_measures
        kind = next((kind for kind in ("robust", "scaled") if np.isfinite(measures.get(f"cfi.{kind}", np.nan))), "")
        dot = f".{kind}" if kind else ""
        values = {name: float(measures.get(f"{name}{dot}", np.nan)) for name in ("cfi", "tli")}
        if not np.isfinite([*values.values()]).all():
            return ""
        values["srmr"] = float(measures["srmr"])
        which = kind or "plain"
        return say(f"sem_indices.{which}", **{name: f"{value:.3f}" for name, value in values.items()})

    def __repr__(self) -> str:
        reading, _, rest = super().__repr__().partition("\n")
        return "\n".join(line for line in (reading, self.indices) if line) + f"\n{rest}"

    def _repr_html_(self) -> str:
        reading, end, rest = super()._repr_html_().partition("</p>")
        return f"{reading}{end}<p>{html.escape(self.indices)}</p>{rest}" if self.indices else reading + end + rest

    @property
    def cautions(self) -> tuple[str, ...]:  # type: ignore[override]
        """What limits it."""
        drawn = () if self.bootstrap is None else self.bootstrap.cautions
        return (*self._said[1], *drawn)

    @property
    def sources(self) -> tuple[str, ...]:  # type: ignore[override]
        """Where method and limits come from."""
        return self._said[2]

    def plot(self, ax: "Axes | None" = None, **options: Any) -> "Axes":
        """Draw the path diagram on `ax` (a new one if none is given) and return the Axes; see `diagram.draw`."""
        from crqkit.sem.drawing.diagram import draw

        return draw(self.estimate, ax, **options)

    @property
    def alt(self) -> str:
        """The path diagram in words, with its numbers."""
        from crqkit.sem.drawing.diagram import describe

        return describe(self.estimate)

    def modification_indices(self, **options: Any) -> pd.DataFrame:
        """Return what freeing each fixed parameter would bring; see `release.modification_indices`."""
        from crqkit.sem.assessment.release import modification_indices

        return modification_indices(self.estimate, **options)

    def score_test(self, **options: Any) -> Result:
        """Test each equality, and all together, without refitting; see `release.score_test`."""
        from crqkit.sem.assessment.release import score_test

        return score_test(self.estimate, **options)

    def compare(self, *others: "Fit", **options: Any) -> Result:
        """Test this model against others nested in it, or it in them; see `compare.compare`."""
        from crqkit.sem.assessment.compare import compare

        return compare(self, *others, **options)

    def scores(self, **options: Any) -> pd.DataFrame:
        """Return each person's factor scores; see `factor_scores`."""
        from crqkit.sem.scales.factor_scores import factor_scores

        return factor_scores(self.estimate, **options)

    def reliability(self, **options: Any) -> Result:
        """Return omega, alpha and AVE of each factor; see `reliability.reliability`."""
        from crqkit.sem.scales.reliability import reliability

        return reliability(self, **options)

    def residuals(self, **options: Any) -> Any:
        """Return what the model leaves unexplained, pair by pair; see `residuals.residuals`."""
        from crqkit.sem.assessment.residuals import residuals

        return residuals(self.estimate, **options)

    def to_lavaan(self) -> str:
        """Return model text that reruns this model in lavaan."""
        from crqkit.sem.language.text import to_lavaan

        return to_lavaan(self.estimate.model.table)

    def to_semopy(self) -> str:
        """Return model text that reruns this model in semopy; what semopy cannot express raises `ModelProblem`."""
        from crqkit.sem.language.text import to_semopy

        return to_semopy(self.estimate.model.table)

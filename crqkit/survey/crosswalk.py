"""Other names for the same answers: the published crosswalk, how well its codings agree, and forms seen through it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from crqkit.base import DataProblem, Fault, Result, check_choice, say
from crqkit.survey.people import ALL, TEXT, as_measures
from crqkit.survey.scores import as_form
from crqkit.tables.form import Form, Item, load_form

COHEN = "Cohen 1960, Educational and Psychological Measurement 20:37-46 (kappa)"
# The view that a form has by itself, its facets, and the two that the crosswalk adds.
DIMENSIONS, FACETS, COMPONENTS, FACTORS = "dimensions", "facets", "components", "factors"
VIEWS = (DIMENSIONS, FACETS, COMPONENTS, FACTORS)
COLUMNS = ["dimension", "facet", "component", "factor", "items", "data", "why"]
NONE = "none"


def crosswalk() -> Result:
    """Return which words of the descriptions of relationship quality and health mean the same, and why.

    Returns
    -------
    Result
        One row a line of the crosswalk: ``dimension, facet`` (full definition of relationship quality), ``component``
        (its first description), ``factor`` (relationship health), ``items`` (of the forms), ``data`` (canonical tables
        and columns that speak of the same), ``why``. An empty cell: that list has no place for it.

    Examples
    --------
    >>> found = crosswalk()
    >>> len(found.table), found.table["dimension"].nunique(), found.table["factor"].nunique()
    (13, 5, 4)
    """
    source = _source()
    labels = {"dimension": load_form("pocket").dimensions, "component": _labels(COMPONENTS), "factor": _labels(FACTORS)}
    rows = [
        line | {name: known.get(line[name]) for name, known in labels.items()} | {"items": ", ".join(line["items"])}
        for line in source["lines"]
    ]
    agreement = coding_agreement()
    return Result(
        pd.DataFrame(rows, columns=COLUMNS).astype(TEXT),
        say("crosswalk.reading", lines=len(rows), outside=sum(line["component"] is None for line in source["lines"])),
        (agreement.reading, *agreement.cautions),
        agreement.sources,
        {"version": source["version"]},
    )


def codings() -> pd.DataFrame:
    """Return both codings of each question: ``item, view, first, second, published``; `none` is no place."""
    source = _source()
    lines = {item: line for line in source["lines"] for item in line["items"]}
    places = {COMPONENTS: "component", FACTORS: "factor"}
    return pd.DataFrame(
        [
            {
                "item": item,
                "view": view,
                "first": given["first"][place],
                "second": given["second"][place],
                "published": lines[item][column] or NONE,
            }
            for place, (view, column) in enumerate(places.items())
            for item, given in source["codings"].items()
        ]
    ).astype(TEXT)


def coding_agreement() -> Result:
    """Cohen's kappa of the two codings behind the crosswalk, for components and for factors.

    Returns
    -------
    Result
        ``measure`` (the list coded into), ``group, estimate`` (kappa), ``low, high`` (95 %), ``n`` (questions),
        ``unit, agreed`` (share coded alike).

    References
    ----------
    Cohen 1960, Educational and Psychological Measurement 20:37-46; interval as in statsmodels.

    Examples
    --------
    >>> coding_agreement().table[["measure", "estimate", "n"]].round(2)
                measure  estimate   n
    0  Quality, in four      0.86  35
    1   Health, in four      0.55  35
    """
    from statsmodels.stats.inter_rater import cohens_kappa, to_table

    rows = []
    for view, coded in codings().groupby("view", sort=False):
        counts, _ = to_table(coded[["first", "second"]].to_numpy(dtype=str))
        found = cohens_kappa(counts)
        ends = {"estimate": found.kappa, "low": found.kappa_low, "high": found.kappa_upp, "n": len(coded)}
        agreed = {"agreed": float((coded["first"] == coded["second"]).mean())}
        rows.append({"measure": say(f"crosswalk.{view}"), "group": ALL, "unit": say("crosswalk.unit")} | ends | agreed)
    kappas = {name: row["estimate"] for name, row in zip(("components", "factors"), rows, strict=True)}
    return Result(
        as_measures(rows, {"agreed": "float64"}),
        say("crosswalk.agreement", n=rows[0]["n"], **kappas),
        (say("crosswalk.caution.coders", coders=_source()["coders"]), say("crosswalk.caution.alike")),
        (COHEN,),
        {"version": _source()["version"], "confidence": 0.95},
    )


def as_view(form: Form | str, view: str = DIMENSIONS) -> Form:
    """Return a form whose items are gathered under the names of another view; the items themselves stay.

    Parameters
    ----------
    view : str
        ``dimensions`` (the form's own), ``facets``, or the two of the crosswalk: ``components`` and ``factors``. An
        item without a place there enters no score.

    Raises
    ------
    ChoiceProblem
        Unknown view.
    DataProblem
        None of the form's items has a place in that view.

    Examples
    --------
    >>> [item.id for item in as_view("pocket", "factors").of_dimension("respect")]
    ['cares', 'fits_me']
    """
    form = as_form(form)
    check_choice("view", view, list(VIEWS))
    if view == DIMENSIONS:
        return form
    places = {item.id: _place(item, view) for item in form.items}
    known = dict.fromkeys(place for place in places.values() if place)
    if not known:
        raise DataProblem(Fault(say("crosswalk.fault.empty", view=view), say("crosswalk.fault.empty.mend")))
    labels = {place: _labels(view).get(place, place[:1].upper() + place[1:]) for place in known}
    ordered = {name: labels[name] for name in (*_labels(view), *labels) if name in labels}
    return replace(
        form, dimensions=ordered, items=tuple(replace(item, dimension=places[item.id]) for item in form.items)
    )


def outside_view(form: Form, seen: Form) -> tuple[Item, ...]:
    """Return the items that enter a dimension of `form` and have no place in the view `seen` of it."""
    return tuple(item for item in form.items if item.dimension and not seen[item.id].dimension)


def _place(item: Item, view: str) -> str | None:
    if not item.dimension:
        return None
    if view == FACETS:
        return item.facet or None
    return _published(view).get(item.id)


@cache
def _published(view: str) -> Mapping[str, str | None]:
    column = {COMPONENTS: "component", FACTORS: "factor"}[view]
    return {item: line[column] for line in _source()["lines"] for item in line["items"]}


def _labels(view: str) -> Mapping[str, str]:
    return _source()["views"].get(view, {})


@cache
def _source() -> dict[str, Any]:
    import yaml

    return yaml.safe_load((files("crqkit.survey") / "crosswalk.yml").read_text(encoding="utf-8"))

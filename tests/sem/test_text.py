"""A table as model text: read again here, by lavaan and by semopy it is the same model."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crqkit import ModelProblem
from crqkit.sem.language.table import parameter_table
from crqkit.sem.language.text import to_lavaan, to_semopy

REFERENCE = Path(__file__).parents[1] / "reference" / "sem"
TABLES = json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))
RELATIONS = [":=", "==", "<", ">"]


def build(case):
    options = {name.replace(".", "_"): value for name, value in case["options"].items()}
    groups = [f"g{g + 1}" for g in range(case["groups"])]
    ordered = dict.fromkeys(case["ordered"], case["cut"] - 1)
    return parameter_table(case["model"], preset=case["fun"], groups=groups, ordered=ordered, **options)


def again(table):
    marks = table.attrs
    thresholds = table[(table["op"] == "|") & (table["group"] == 1)].groupby("lhs").size().to_dict()
    return parameter_table(
        to_lavaan(table),
        groups=marks["groups"],
        meanstructure=marks["meanstructure"],
        ordered=thresholds,
        parameterization=marks["parameterization"],
    )


def structure(table):
    """Parameters with what they are fixed at, and who equals whom."""
    rows = table[~table["op"].isin(RELATIONS)]
    keys = [
        (op, *(sorted((lhs, rhs)) if op == "~~" else (lhs, rhs)), group)
        for lhs, op, rhs, group in zip(rows["lhs"], rows["op"], rows["rhs"], rows["group"], strict=True)
    ]
    fixed = rows["ustart"].where(rows["free"] == 0).fillna(-99.0)
    values = dict(zip(keys, zip(rows["free"] > 0, rows["exo"], fixed, strict=True), strict=True))
    key_of = dict(zip(rows["plabel"], keys, strict=True))
    tied = {key: {key} for key in keys}
    for row in table[(table["op"] == "==") & table["lhs"].isin(key_of)].itertuples():
        together = tied[key_of[row.lhs]] | tied[key_of[row.rhs]]
        for key in together:
            tied[key] = together
    return values, {frozenset(group) for group in tied.values()}


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case["name"])
def test_the_text_gives_the_same_model_here(case):
    table = build(case)
    read = again(table)
    assert structure(read) == structure(table)
    for op in (":=", "<", ">"):
        assert (read["op"] == op).sum() == (table["op"] == op).sum()


def test_lavaan_reads_the_text_as_the_same_model():
    if shutil.which("Rscript") is None:
        pytest.skip("needs R: Rscript with lavaan and jsonlite")
    tables = [build(case) for case in TABLES]
    asked = [
        {
            "model": to_lavaan(table),
            "groups": len(table.attrs["groups"]),
            "means": table.attrs["meanstructure"],
            "parameterization": table.attrs["parameterization"],
        }
        for table in tables
    ]
    run = subprocess.run(
        ["Rscript", str(REFERENCE / "read_text.R")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if run.returncode and "there is no package" in run.stderr:
        pytest.skip("needs R: lavaan and jsonlite")
    assert run.returncode == 0, run.stderr
    for case, table, answer in zip(TABLES, tables, json.loads(run.stdout), strict=True):
        mine = table[~table["op"].isin(RELATIONS)]
        keys = mine["lhs"] + " " + mine["op"] + " " + mine["rhs"] + " " + mine["group"].astype(str)
        values = mine["ustart"].where((mine["free"] == 0) & (mine["exo"] == 0))
        wanted = {
            key: (free > 0, None if pd.isna(value) else float(value))
            for key, free, value in zip(keys, mine["free"], values, strict=True)
        }
        for defaults in ("off", "on"):
            rows = {row["key"]: (row["free"], row.get("value")) for row in answer[defaults]}
            extra = {key for key, (free, value) in rows.items() if key not in wanted and (free or value)}
            assert not extra, (case["name"], defaults)
            assert {key: rows.get(key) for key in wanted} == wanted, (case["name"], defaults)
        assert answer["equal"] == (table["op"] == "==").sum(), case["name"]
        assert answer["defined"] == (table["op"] == ":=").sum(), case["name"]


def test_what_is_left_out_of_a_table_stays_out():
    table = parameter_table("f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3", meanstructure=True)
    cut = table[~((table["lhs"] == "f") & (table["rhs"] == "g"))]
    text = to_lavaan(cut)
    assert "f ~~ 0*g" in text.splitlines()
    assert "f ~~ 0*g" in to_semopy(cut).splitlines()


def test_an_equality_taken_out_of_a_table_stays_out():
    table = parameter_table("f =~ x1 + a*x2 + a*x3 + a*x4; t := 2*a")
    released = table[~((table["op"] == "==") & (table["rhs"] == ".p3."))]
    released.attrs = table.attrs
    read = again(released)
    assert structure(read) == structure(released)
    assert (read["op"] == "==").sum() == 1


def test_plabels_in_constraints_become_labels():
    table = parameter_table("f =~ x1 + x2 + p2*x3 + x4; .p2. == 2*.p4.")
    lines = to_lavaan(table).splitlines()
    assert "f =~ NA*x2 + p2_*x2" in lines
    assert "p2_ == 2*p4" in lines


def test_a_parameter_of_one_group_only_is_refused():
    table = parameter_table("f =~ x1 + x2 + x3", groups=["a", "b"])
    with pytest.raises(ModelProblem, match="f=~x3 is not in every group"):
        to_lavaan(table.drop(index=2))


SEMOPY = [
    case
    for case in TABLES
    if case["groups"] == 1 and not case["ordered"] and case["fun"] != "growth" and ":=" not in case["model"]
]


NOT_IN_SEMOPY = {
    "cfa std.lv": "speed",
    "second order means std.lv": "f",
    "bifactor": "f",
    "path intercepts": "m~1",
    "path no intercept": "y~1",
    "latent and observed outcomes": "f~~w",
    "means in the text": "x2~1",
    "orphans": "u",
    "orphan variance": "u",
    "order of a covariance": "x1~~x9",
    "start on the first": "g",
    "std.lv with variances": "f",
    "orthogonal outcomes": "f~~w",
    "orphans and covariates": "u",
    "covariate in two covariances": "y~~x",
    "residual with a covariate latent": "x1~~z",
}


def data_for(table):
    # One common part, so that nothing is singular.
    generator = np.random.default_rng(7)
    names = table.attrs["ov"]
    values = generator.normal(size=(200, len(names))) + generator.normal(size=(200, 1))
    return pd.DataFrame(values, columns=names)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", SEMOPY, ids=lambda case: case["name"])
def test_semopy_reads_the_text_with_as_many_free_parameters(case):
    import semopy

    table = build(case)
    if case["name"] in NOT_IN_SEMOPY:
        with pytest.raises(ModelProblem) as caught:
            to_semopy(table)
        assert caught.value.name == NOT_IN_SEMOPY[case["name"]]
        return
    model = semopy.Model(to_semopy(table))
    model.load(data_for(table))
    constraints = table["op"].isin(["==", "<", ">"]) & (table["user"] == 1)
    kept = table[(table["free"] > 0) & (table["op"] != "~1")]
    merged = (table["op"] == "==") & (table["user"] == 2)
    assert len(model.param_vals) == len(kept) - merged.sum()
    assert len(model.constraints) == constraints.sum()


@pytest.mark.filterwarnings("ignore")
def test_semopy_finds_the_same_minimum_with_a_constraint():
    import semopy

    table = parameter_table("f =~ x1 + beta*x2 + l.3*x3\nbeta == 2*l.3")
    model = semopy.Model(to_semopy(table))
    model.fit(data_for(table), solver="SLSQP")
    loadings = model.inspect().query("op == '~'").set_index("lval")["Estimate"].astype(float)
    assert loadings["x2"] == pytest.approx(2 * loadings["x3"], abs=1e-6)


@pytest.mark.parametrize(
    ("model", "options", "name"),
    [
        ("f =~ x1 + x2 + x3", {"groups": ["a", "b"]}, "f=~x1 in group 2"),
        ("f =~ x1 + x2 + x3", {"ordered": {"x1": 2}}, "x1|t1"),
        ("i =~ 1*x1 + 1*x2 + 1*x3", {"preset": "growth"}, "x1~1"),
        ("f =~ x1 + a*x2 + x3; t := a", {}, "t:=a"),
        ("f =~ x1 + x2 + .x3", {}, ".x3"),
        ("f =~ x1 + x2 + x3", {"std_lv": True}, "f"),
    ],
)
def test_semopy_names_what_it_cannot_express(model, options, name):
    with pytest.raises(ModelProblem, match="semopy cannot express") as caught:
        to_semopy(parameter_table(model, **options))
    assert caught.value.name == name

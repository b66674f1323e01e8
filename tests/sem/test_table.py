"""Parameter tables against lavaan's own (reference/sem/tables.json and the bank), and what is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest

from crqkit import ModelProblem
from crqkit.base import ChoiceProblem
from crqkit.sem.language.table import parameter_table

TABLES = json.loads((Path(__file__).parents[1] / "reference" / "sem" / "tables.json").read_text(encoding="utf-8"))
TWO = "f =~ x1 + x2 + x3\ng =~ y1 + y2 + y3"
PARAMETERS = ["=~", "~", "~~", "~1", "|", "~*~"]


def build(case):
    options = {name.replace(".", "_"): value for name, value in case["options"].items()}
    groups = [f"g{g + 1}" for g in range(case["groups"])]
    ordered = dict.fromkeys(case["ordered"], case["cut"] - 1)
    return parameter_table(case["model"], preset=case["fun"], groups=groups, ordered=ordered, **options)


def shown(table):
    columns = ["lhs", "op", "rhs", "user", "group", "free", "exo", "ustart", "label"]
    rows = []
    for row in table[columns].itertuples(index=False):
        *first, start, label = row
        rows.append([*map(str, first), None if pd.isna(start) else float(start), label])
    return rows


def expected(case):
    rows = []
    for line in case["rows"]:
        # An item may be written with bars only as an operator.
        cells = line.replace("|||", "|BAR|").split("|")
        *first, start, label = ["|" if cell == "BAR" else cell for cell in cells]
        # lavaan shows the name of the other parameter; here both have one label.
        rows.append([*first, float(start) if start else None, ".p2." if "=~" in label else label])
    return rows


def free_after_equality(table):
    return int((table["free"] > 0).sum() - (table["op"] == "==").sum())


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case["name"])
def test_equals_lavaans_table(case):
    table = build(case)
    assert shown(table) == expected(case)
    parameters = table[table["op"].isin(PARAMETERS)]
    assert parameters["plabel"].tolist() == [f".p{at + 1}." for at in range(len(parameters))]
    assert (table.attrs["ov"], table.attrs["lv"]) == (case["ov"], case["lv"])
    assert table["free"].max() == case["npar"]


def bank(shared):
    for path in sorted((shared / "bank" / "visible").glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        if case["kind"] == "fit":
            yield path.parent, case


def options_of(case, folder):
    given = case["options"]
    data = pd.read_csv(folder / case["data"]) if case.get("data") else None
    means = True if given.get("missing") == "ml" else given.get("meanstructure")
    ordered = {item: data[item].nunique() - 1 for item in given.get("ordered", [])}
    return {
        "preset": given["fun"],
        "groups": case.get("group_labels") or [""],
        "meanstructure": means,
        "fixed_x": given.get("fixed.x", True),
        "std_lv": given.get("std.lv", False),
        "orthogonal": given.get("orthogonal", False),
        "group_equal": given.get("group.equal", ()),
        "group_partial": given.get("group.partial", ()),
        "ordered": ordered,
        "parameterization": given.get("parameterization", "delta"),
        "columns": case["variables"] if data is None else list(data.columns),
    }


def test_every_model_of_the_bank_has_its_rows_and_free_parameters(shared):
    seen = 0
    for folder, case in bank(shared):
        table = parameter_table(case["model"], **options_of(case, folder))
        # The bank leaves scales out.
        mine = table[table["op"].isin([*PARAMETERS, ":="]) & table["op"].ne("~*~")]
        rows = set(zip(mine["lhs"], mine["op"], mine["rhs"], mine["group"], strict=True))
        reference = case["reference"]["params"]
        columns = [reference[name] for name in ("lhs", "op", "rhs", "group")]
        wanted = set(zip(*columns, strict=True))
        # Expressions are compared by the name they define.
        rows = {(lhs, op, "" if op == ":=" else rhs, group) for lhs, op, rhs, group in rows}
        wanted = {(lhs, op, "" if op == ":=" else rhs, group) for lhs, op, rhs, group in wanted}
        assert rows == wanted, case["id"]
        assert free_after_equality(table) == case["reference"]["fit"]["npar"], case["id"]
        seen += 1
    assert seen > 40


def rows_of(table, **where):
    for name, value in where.items():
        table = table[table[name] == value]
    return table


def test_a_fixed_value_stands_and_a_start_does_not_fix():
    table = parameter_table("f =~ x1 + 0.5*x2 + start(0.7)*x3 + NA*x4")
    assert table["ustart"].fillna(-1).head(4).tolist() == [1.0, 0.5, 0.7, -1.0]
    assert (table["free"].head(4) > 0).tolist() == [False, False, True, True]


def test_means_come_when_something_needs_them():
    def has_means(model, **options):
        return parameter_table(model, **options).attrs["meanstructure"]

    assert not has_means(TWO)
    assert has_means(TWO, meanstructure=True)
    assert has_means(TWO, preset="growth")
    assert has_means(TWO + "\nx1 ~ 1")
    assert has_means(TWO, groups=["a", "b"])
    assert not has_means(TWO, groups=["a", "b"], meanstructure=False)
    assert has_means(TWO, groups=["a", "b"], meanstructure=False, group_equal=["intercepts"])
    assert has_means(TWO, ordered={"x1": 2})


def test_unknown_variables_are_named_all_at_once_each_with_the_nearest_column():
    with pytest.raises(ModelProblem) as caught:
        parameter_table("TR =~ tr1 + tr2 + TR3\nTR ~ agee", columns=["tr1", "tr2", "tr3", "age"])
    message = str(caught.value)
    assert "'TR3' (nearest: 'tr3')" in message
    assert "'agee' (nearest: 'age')" in message
    assert "'tr1'" not in message


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("f =~ x1 + x2\ny ~ y", ["y~y", "regressed on itself", "line 2"]),
        ("f =~ f + x1", ["f=~f", "measured by itself"]),
        ("f =~ x1 + x2\nf =~ x1", ["f=~x1", "stands twice", "line 1", "line 2"]),
        ("x1 ~~ x2\nx2 ~~ x1", ["x2~~x1", "stands twice"]),
        ("x1 =~ x2 + y1", ["'x1'", "column of the data"]),
        ("f =~ x1 + a*x2\nt := a*b", ["'b'", "no parameter has the label", "line 2"]),
        ("f =~ x1 + load*x2 + y\nlaod == 1", ["'laod' (nearest: 'load')"]),
        ("f =~ x1 + a*x2\na := 2*a", ["'a' is taken"]),
        ("f =~ x1 + a*x2\nt := a\nt := 2*a", ["'t' is taken"]),
        ("f =~ x1 + a*x2\nt := 2*u\nu := a", ["'u'"]),
        ("f =~ c(1,2)*x1 + x2", ["f=~x1", "2 modifiers", "one group"]),
        ("f =~ x1 + x2\nx1 | t1", ["x1|t1", "not an ordered item"]),
        ("f =~ x1 + x2\nx1 ~*~ x1", ["not an ordered item"]),
        ('f =~ x1 + equal("f=~x9")*x2', ["f=~x9", "no parameter"]),
    ],
)
def test_what_is_wrong_is_named(model, words):
    with pytest.raises(ModelProblem) as caught:
        parameter_table(model, columns=["x1", "x2", "y", "y1"])
    for word in words:
        assert word in str(caught.value)


def test_ordered_items_are_checked():
    with pytest.raises(ModelProblem, match="last threshold is t2"):
        parameter_table("f =~ x1 + x2 + x3\nx1 | t3", ordered={"x1": 2})
    with pytest.raises(ModelProblem, match="'z': declared as ordered, but only predicts"):
        parameter_table("y ~ z", ordered={"z": 2})
    unused = parameter_table("f =~ x1 + x2 + x3", ordered={"q": 2})
    assert unused.attrs["ordered"] == []


def test_options_are_checked():
    with pytest.raises(ChoiceProblem, match="loadings"):
        parameter_table(TWO, groups=["a", "b"], group_equal=["loading"])
    with pytest.raises(ChoiceProblem):
        parameter_table(TWO, groups=["a", "b"], group_equal=["composite.loadings"])
    with pytest.raises(ChoiceProblem):
        parameter_table(TWO, preset="efa")
    with pytest.raises(ChoiceProblem):
        parameter_table(TWO, parameterization="gamma")
    with pytest.raises(ModelProblem, match=r"'f=~x9' \(nearest: 'f=~x"):
        parameter_table(TWO, groups=["a", "b"], group_equal=["loadings"], group_partial=["f=~x9"])


def test_a_partial_covariance_may_be_named_either_way_round():
    options = {"groups": ["a", "b"], "group_equal": ["lv.covariances"]}
    one = parameter_table(TWO, group_partial=["g ~~ f"], **options)
    other = parameter_table(TWO, group_partial=["f~~g"], **options)
    pd.testing.assert_frame_equal(one, other)
    assert free_after_equality(one) == free_after_equality(parameter_table(TWO, groups=["a", "b"]))


def test_equal_modifier_finds_a_later_parameter_and_one_of_a_group():
    table = parameter_table('f =~ x1 + equal("f=~x3")*x2 + x3')
    assert rows_of(table, op="==")[["lhs", "rhs"]].to_numpy().tolist() == [[".p2.", ".p3."]]
    grouped = parameter_table('f =~ x1 + x2 + equal(c("","f=~x3.g1"))*x3', groups=["a", "b"])
    assert rows_of(grouped, op="==")[["lhs", "rhs"]].to_numpy().tolist() == [[".p3.", ".p14."]]


def test_a_table_goes_through_unchanged():
    table = parameter_table(TWO + "\nf ~~ a*g\nt := a^2", groups=["de", "br"], group_equal=["loadings"])
    again = parameter_table(table)
    pd.testing.assert_frame_equal(table, again)
    assert again.attrs == table.attrs
    assert again is not table


def test_a_table_from_elsewhere_is_completed():
    bare = pd.DataFrame(
        [("f", "=~", "x1", 0, 1.0, ""), ("f", "=~", "x2", 1, None, "a"), ("f", "=~", "x3", 9, None, "a")]
        + [(name, "~~", name, 1, None, "") for name in ("x1", "x2", "x3", "f")]
        + [("f", "~1", "", 0, 0.0, "")],
        columns=["lhs", "op", "rhs", "free", "ustart", "label"],
    )
    table = parameter_table(bare, columns=["x1", "x2", "x3"])
    assert table["free"].tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 0]
    assert table.iloc[-1][["lhs", "op", "rhs", "user"]].tolist() == [".p2.", "==", ".p3.", 2]
    assert table.attrs["meanstructure"]
    assert table.attrs["ov"] == ["x1", "x2", "x3"]
    with pytest.raises(ModelProblem, match="no value"):
        parameter_table(bare.assign(ustart=None))
    with pytest.raises(ModelProblem, match="no column op"):
        parameter_table(bare.drop(columns="op"))
    with pytest.raises(ModelProblem, match="'x3'"):
        parameter_table(bare, columns=["x1", "x2"])


def test_inputs_stay_as_they_are():
    ordered = {"x1": 2}
    partial = ["f=~x2"]
    parameter_table(TWO, groups=["a", "b"], group_equal=["loadings"], group_partial=partial, ordered=ordered)
    assert (ordered, partial) == ({"x1": 2}, ["f=~x2"])

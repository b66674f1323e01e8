"""Power from RMSEA and noncentrality against semTools, R's own distributions, published tables and the bank."""

import json

import pytest

from crqkit.base import ChoiceProblem
from crqkit.sem.planning.power import (
    ncp_for_power,
    power_from_ncp,
    rmsea_nested_power,
    rmsea_nested_sample_size,
    rmsea_power,
    rmsea_sample_size,
)
from tests.sem.answers import HERE

R = json.loads((HERE / "power.json").read_text(encoding="utf-8"))


def test_power_equals_semtools():
    for row in R["close"]:
        found = rmsea_power(row["rmsea0"], row["rmseaA"], row["df"], row["n"], groups=row["group"])
        assert found == pytest.approx(row["power"], abs=1e-8)


def test_sample_size_equals_semtools():
    for row in R["sizes"]:
        found = rmsea_sample_size(row["rmsea0"], row["rmseaA"], row["df"], row["power"], groups=row["group"])
        # semTools gives people per group, ours people in all groups together.
        assert found == row["n"] * row["group"]
        assert isinstance(found, int)


def test_the_least_number_is_the_least():
    for row in R["sizes"]:
        settings = {"groups": row["group"]}
        n = rmsea_sample_size(row["rmsea0"], row["rmseaA"], row["df"], row["power"], **settings)
        assert rmsea_power(row["rmsea0"], row["rmseaA"], row["df"], n, **settings) >= row["power"]
        assert rmsea_power(row["rmsea0"], row["rmseaA"], row["df"], n - 1, **settings) < row["power"]


def test_nested_equals_semtools():
    for row in R["nested"]:
        pairs = [(row[f"{name}A"], row[f"{name}B"]) for name in ("rmsea0", "rmsea1", "df")]
        assert rmsea_nested_power(*pairs, row["n"]) == pytest.approx(row["power"], abs=1e-8)
        assert rmsea_nested_sample_size(*pairs) == row["n80"]


def test_the_published_table():
    # MacCallum, Browne & Sugawara 1996, Table 4: power 0.80, close fit and not-close fit.
    assert [rmsea_sample_size(0.05, 0.08, df) for df in (10, 50, 100)] == [782, 214, 132]
    assert [rmsea_sample_size(0.05, 0.01, df) for df in (50, 100)] == [268, 178]


def test_from_a_noncentrality():
    for row in R["ncp"]:
        found = power_from_ncp(row["ncp"], row["df"])
        assert found == pytest.approx(row["power"], abs=1e-8)
        assert ncp_for_power(found, row["df"]) == pytest.approx(row["ncp"], abs=1e-6)


def test_the_bank_case(shared):
    values = json.loads((shared / "bank/visible/v_power_rmsea.json").read_text(encoding="utf-8"))["reference"][
        "scalars"
    ]
    assert rmsea_power(0.05, 0.08, 100, 200) == pytest.approx(values["power_n200"], abs=1e-8)
    assert rmsea_sample_size(0.05, 0.08, 100, 0.8) == values["n_for_80"]
    assert rmsea_power(0.05, 0.01, 24, 150) == pytest.approx(values["power_close_n150"], abs=1e-8)
    assert rmsea_sample_size(0.05, 0.08, 24, 0.9) == values["n_df24_90"]
    found = rmsea_nested_power((0.06, 0.05), (0.08, 0.05), (22, 20), 200)
    assert found == pytest.approx(values["nested_power"], abs=1e-8)


def test_without_misfit_the_test_rejects_at_its_level():
    assert power_from_ncp(0, 10, alpha=0.05) == pytest.approx(0.05)
    assert rmsea_power(0.05, 0.05 + 1e-9, 50, 200, alpha=0.01) == pytest.approx(0.01, abs=1e-5)


def test_far_ends_stay_shares():
    assert rmsea_power(0, 0.2, 2000, 100_000) == 1
    assert 0 < rmsea_power(0.05, 0.051, 1, 10) < 0.06


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: rmsea_power(0.05, 0.05, 10, 100), "rmsea_a"),
        (lambda: rmsea_power(-0.01, 0.05, 10, 100), "rmsea0"),
        (lambda: rmsea_power(0.05, float("nan"), 10, 100), "rmsea_a"),
        (lambda: rmsea_power(0.05, 0.08, 0, 100), "df"),
        (lambda: rmsea_power(0.05, 0.08, 10, 1), "n"),
        (lambda: rmsea_power(0.05, 0.08, 10, 2, groups=2), "n"),
        (lambda: rmsea_power(0.05, 0.08, 10, 100.5), "n"),
        (lambda: rmsea_power(0.05, 0.08, 10, "many"), "n"),
        (lambda: rmsea_power(0.05, 0.08, 10, 100, alpha=1), "alpha"),
        (lambda: rmsea_power(0.05, 0.08, 10, 100, groups=0), "groups"),
        (lambda: rmsea_sample_size(0.05, 0.08, 10, power=0.05), "power"),
        (lambda: rmsea_sample_size(0.05, 0.08, 10, power=1), "power"),
        (lambda: rmsea_sample_size(0.05, 0.0501, 1, power=0.99), "power"),
        (lambda: rmsea_nested_power(0.05, (0.08, 0.05), (22, 20), 100), "rmsea0"),
        (lambda: rmsea_nested_power((0.06, 0.05), (0.08, 0.05), (20, 22), 100), "df"),
        (lambda: rmsea_nested_power((0.06, 0.05), (0.05, 0.05), (22, 20), 100), "rmsea_a"),
        (lambda: power_from_ncp(-1, 3), "ncp"),
        (lambda: power_from_ncp(3, 1.5), "df"),
        (lambda: ncp_for_power(1.2, 3), "power"),
    ],
)
def test_what_cannot_be_is_refused(call, name):
    with pytest.raises(ChoiceProblem, match=f"^{name}:"):
        call()

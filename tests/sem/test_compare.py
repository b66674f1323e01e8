"""Nested models: lavaan's numbers, the cases of the reading, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.base import ModelProblem
from crqkit.base.problems import ChoiceProblem
from crqkit.sem.assessment.compare import S2000, SB2001, SB2010, STANDARD, compare
from crqkit.sem.assessment.nesting import restricted_point
from tests.sem.cases import answers, case, fits, options

CASES = ["lr_ml", "lr_mlm_sb2001", "lr_mlm_sb2010", "lr_mlm_s2000", "lr_mlr_s2000", "lr_mlr_sb2001", "lr_mlr_sb2010"]
CASES += ["lr_fiml", "lr_fiml_mlr", "lr_cluster", "lr_one_ml", "lr_one_mlr", "lr_one_mlmv", "lr_one_mlr_sb2010"]
CASES += ["lr_wlsmv", "lr_wlsmv_one", "lr_wlsmv_theta"]
SKEWED = "TR =~ tr1 + tr2 + tr3 + tr4\nLO =~ lo1 + lo2 + lo3 + lo4"


def skewed(model=SKEWED, **options):
    data = options.pop("data", answers("data/crq_skewed.csv").head(options.pop("rows", 400)))
    return sem.fit(model, data, **({"estimator": "MLR", "preset": "cfa", "missing": "listwise"} | options))


@pytest.mark.parametrize("name", CASES)
def test_equals_lavaan(name):
    of = case(name)
    found = compare(
        *fits(name).values(),
        names=list(fits(name)),
        method=None if of["lrt_method"] == "default" else of["lrt_method"],
        point="names",
    )
    steps, expected = found.table.iloc[1:], of["reference"]["lrt"]
    assert steps["df_diff"].tolist() == expected["df_diff"]
    np.testing.assert_allclose(steps["chisq_diff"], expected["chisq_diff"], rtol=2e-4, atol=1e-5)
    np.testing.assert_allclose(steps["pvalue"], expected["pvalue"], rtol=2e-3, atol=1e-6)


@pytest.mark.parametrize("name", ["v_mg2_holz_lrt", "v_mg3_crq_lrt", "v_lrt_mlr_sb2010", "v_meq_wu_lrt"])
def test_equals_the_bank(shared, name):
    folder = shared / "bank" / "visible"
    of = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    data = pd.read_csv(folder / of["data"])
    models = [sem.fit(m["model"], data, **options(m["options"])) for m in of["models"]]
    method = None if of["lrt_method"] == "default" else of["lrt_method"]
    found = compare(*models, method=method, point="names").table.iloc[1:]
    np.testing.assert_allclose(found["chisq_diff"], of["reference"]["lrt"]["chisq_diff"], rtol=5e-4)
    np.testing.assert_allclose(found["pvalue"], of["reference"]["lrt"]["pvalue"], rtol=5e-3)


def test_order_of_models_and_of_items_does_not_matter():
    free, held = skewed(), skewed("TR =~ tr1 + k*tr2 + k*tr3 + tr4\nLO =~ lo1 + lo2 + lo3 + lo4")
    turned = skewed("LO =~ lo1 + lo2 + lo3 + lo4\nTR =~ tr1 + k*tr2 + k*tr3 + tr4")
    for method in (SB2001, SB2010, S2000):
        first = compare(free, held, method=method).table
        pd.testing.assert_frame_equal(first, compare(held, free, names=["model 2", "model 1"], method=method).table)
        second = compare(free, turned, method=method).table
        np.testing.assert_allclose(first["chisq_diff"][1], second["chisq_diff"][1], rtol=1e-5)


def test_another_parametrisation_of_the_same_models_gives_the_same_difference():
    held = SKEWED + "\nTR ~~ 0*LO"
    for method in (SB2001, SB2010, S2000):
        plain = compare(skewed(estimator="MLM"), skewed(held, estimator="MLM"), method=method).table["chisq_diff"][1]
        other = compare(skewed(estimator="MLM", std_lv=True), skewed(held, estimator="MLM"), method=method).table[
            "chisq_diff"
        ][1]
        assert plain == pytest.approx(other, rel=1e-4)


def test_readings():
    worse = compare(skewed(), skewed(SKEWED + "\nTR ~~ 0*LO"), names=["free", "apart"])
    assert worse.reading.id == "compare.worse"
    assert worse.reading.startswith("'apart' fits clearly worse than 'free'")
    unclear = compare(skewed(), skewed(SKEWED.replace("+ lo4", "+ 0.7*lo4")), least=10, alpha=1e-9)
    assert unclear.reading.id == "compare.unclear"
    assert "does not show that the restrictions hold" in unclear.reading
    few = compare(skewed(rows=80), skewed(SKEWED + "\nTR ~~ 0*LO", rows=80))
    assert few.reading.id == "compare.too_little"
    same = compare(skewed(), skewed(std_lv=True))
    assert same.reading.id == "compare.no_test"
    assert np.isnan(same.table["pvalue"][1])


def test_a_ladder_names_its_first_clear_step_and_its_family():
    names = ["configural", "metric", "scalar", "strict"]
    found = compare(*fits("lr_ml").values(), names=names)
    assert found.reading.id in ("compare.worse", "compare.worse_later", "compare.unclear_steps")
    assert any("Holm" in source for source in found.sources)
    assert (found.table["pvalue_holm"][1:] >= found.table["pvalue"][1:]).all()
    calm = compare(*fits("lr_ml").values(), names=names, alpha=1e-12)
    assert calm.reading.id == "compare.unclear_steps"


def test_equal_models_differ_as_often_as_they_should():
    rng, p = np.random.default_rng(5), []
    free, held = "f =~ a + b + c + d", "f =~ a + b + c + d\na ~~ v*a\nb ~~ v*b"
    for _ in range(100):
        data = pd.DataFrame(rng.standard_normal((200, 1)) + rng.standard_normal((200, 4)), columns=list("abcd"))
        found = compare(sem.fit(free, data, estimator="ML"), sem.fit(held, data, estimator="ML"))
        p.append(found.table["pvalue"][1])
    assert 1 <= np.sum(np.array(p) < 0.05) <= 12  # 5 expected; outside with probability 0.007
    assert np.mean(p) == pytest.approx(0.5, abs=3 * np.sqrt(1 / 12 / 100))


def test_models_that_are_not_nested_are_named():
    one = skewed(SKEWED.replace("+ lo4", "+ lo4 + tr4"))
    tighter = skewed(SKEWED + "\nTR ~~ 0*LO\ntr1 ~~ 0.1*tr2")
    found = compare(one, tighter)
    assert any(caution.id == "compare.not_nested" for caution in found.cautions)
    assert found.reading.id == "compare.no_test"
    nested = compare(skewed(), skewed(SKEWED + "\nTR ~~ 0*LO"))
    assert not any(caution.id == "compare.not_nested" for caution in nested.cautions)


def test_a_step_between_models_that_are_not_nested_is_left_out_of_the_reading():
    """Free thresholds with scales of 1 are no more general than equal thresholds with free scales."""
    ladder = fits("lr_wlsmv")
    found = compare(*ladder.values(), names=list(ladder))
    assert [caution.id for caution in found.cautions] == ["compare.not_nested"]
    assert "1 of 2 steps" in found.reading


def test_what_cannot_be_compared_is_refused():
    free = skewed()
    with pytest.raises(ModelProblem, match="two models"):
        compare(free)
    with pytest.raises(ModelProblem, match="one estimator"):
        compare(free, skewed(estimator="ML"))
    with pytest.raises(ModelProblem, match="number of people"):
        compare(free, skewed(rows=200))
    own = answers("data/crq_skewed.csv").head(400)
    with pytest.raises(ModelProblem, match="other answers"):
        compare(free, skewed(data=own.assign(tr1=own["tr1"].to_numpy()[::-1])))
    with pytest.raises(ModelProblem, match=r"not in both.*lo4"):
        compare(free, skewed(SKEWED.replace(" + lo4", "")))
    with pytest.raises(ModelProblem, match="means"):
        compare(free, skewed(meanstructure=True))
    with pytest.raises(ModelProblem, match="groups"):
        compare(free, skewed(group="channel", meanstructure=False))
    with pytest.raises(ChoiceProblem, match=SB2001):
        compare(free, skewed(), method="satorra")
    plain = skewed(estimator="ML"), skewed(SKEWED + "\nTR ~~ 0*LO", estimator="ML")
    with pytest.raises(ChoiceProblem, match=STANDARD):
        compare(*plain, method=SB2001)
    assert compare(*plain).table["chisq_diff"][1] == pytest.approx(np.diff([f.estimate.test.chisq for f in plain])[0])


def test_the_point_of_2010_is_the_tighter_models():
    """Equal intercepts free latent means, which the freer model has no name for: by name its moments would differ."""
    metric, scalar = (fits("lr_mlr_sb2010")[name] for name in ("metric", "scalar"))
    x, nested = restricted_point(metric.estimate, scalar.estimate)
    assert nested
    for freer, tighter in zip(metric.estimate.model.structures, scalar.estimate.model.structures, strict=True):
        ours, theirs = freer.vector(x[freer.free]), tighter.vector(scalar.estimate.x[tighter.free])
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    by = [compare(metric, scalar, method=SB2010, point=point).table["chisq_diff"][1] for point in ("moments", "names")]
    assert by[0] != pytest.approx(by[1], rel=1e-4)


def test_a_rough_factor_is_named():
    held = skewed(SKEWED + "\nTR ~~ 0*LO")
    found = compare(skewed(), held, method=SB2010)
    assert any(caution.id == "compare.bent" for caution in found.cautions)
    assert found.table["chisq_diff"][1] > 0


def test_a_negative_scaled_difference_is_named_with_its_mend():
    held = skewed(SKEWED + "\nTR ~~ 0*LO").estimate
    object.__setattr__(held.test, "factor", 0.5)
    found = compare(skewed().estimate, held, names=["free", "apart"])
    assert any(caution.id == "compare.negative" for caution in found.cautions)
    assert "2010" in next(caution for caution in found.cautions if caution.id == "compare.negative")
    assert np.isnan(found.table["pvalue"][1]) and found.reading.id == "compare.no_test"


def test_a_clear_but_small_difference_is_called_so():
    rng = np.random.default_rng(1)
    items = rng.standard_normal((9000, 1)) + 0.7 * rng.standard_normal((9000, 4))
    data = pd.DataFrame(items, columns=list("abcd")).assign(g=np.arange(9000) % 2)
    data["a"] += 0.06 * data["g"]
    options = {"group": "g", "estimator": "ML", "meanstructure": True}
    held = (["loadings"], ["loadings", "intercepts"])
    ladder = [sem.fit("f =~ a + b + c + d", data, group_equal=equal, **options) for equal in held]
    found = compare(*ladder)
    assert found.reading.id == "compare.worse"
    assert any(caution.id == "compare.trifle" for caution in found.cautions)


def test_it_prints_and_plots():
    found = compare(skewed(), skewed(SKEWED + "\nTR ~~ 0*LO"))
    assert "chisq_diff" in repr(found)
    assert found.plot().get_legend() is not None

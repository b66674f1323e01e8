"""The bootstrap: errors that are known, lavaan's, the same numbers everywhere, and draws that fail."""

import json
from functools import cache

import joblib
import numpy as np
import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem, ModelProblem
from crqkit.sem.data.sample import Moments
from crqkit.sem.estimation.bootstrap import bootstrap
from crqkit.sem.estimation.redraw import IMPROPER, Around, draw, resample
from crqkit.sem.estimation.stacked import StackedNormal
from crqkit.sem.fit import fit
from crqkit.stats.replicate import Interrupted
from crqkit.stats.resampled_intervals import resampled_intervals
from tests.sem.answers import HERE, clustered

R = json.loads((HERE / "bootstrap.json").read_text(encoding="utf-8"))
TWO = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4\nB ~ A"


@cache
def table(name):
    return pd.read_csv(HERE / "data" / name)


@cache
def two_factors(n=500, **options):
    return fit(TWO, clustered(n, 2, link=0.5), estimator="ML", missing="listwise", **options)


def errors(found):
    return np.sqrt(np.diag(found.covariance))


def rows(found):
    """Free parameters, written as in the reference."""
    own = found.estimate.model.table
    own = own[own["free"] > 0]
    return [f"{r.lhs}{r.op}{r.rhs}.g{r.group}" for r in own.itertuples()]


def assert_like_lavaan(found, reference, times):
    """Errors agree within four Monte-Carlo errors of their ratio (doubled, since few draws are quite normal)."""
    assert rows(found) == reference["rows"]
    spread = np.sqrt(1 / (2 * times) + 1 / (2 * reference["draws"]))
    ratios = np.log(errors(found) / reference["se"])
    assert np.abs(ratios).max() < 8 * spread
    assert abs(ratios.mean()) < 2 * spread


def test_errors_of_normal_answers_are_the_analytic_ones():
    found = bootstrap(two_factors(), 2000, seed=1)
    ratio = errors(found) / errors(two_factors().estimate)
    # Monte-Carlo error 1.6 %, and the sampling of the kurtosis that normal theory takes as known.
    assert ratio.mean() == pytest.approx(1, abs=0.04)
    assert np.abs(np.log(ratio)).max() < 0.2
    assert (found.lost, found.improper) == (0, 0)


def test_errors_are_lavaans():
    data = table("crq.csv")
    found = bootstrap(
        fit(R["model"], data, estimator="ML", missing="listwise", preset="cfa"), 2000, seed=1, improper="keep"
    )
    assert_like_lavaan(found, R["plain"], 2000)


def test_errors_of_groups_with_equal_loadings_are_lavaans():
    shape = {"group": "country", "group_equal": ["loadings"], "estimator": "ML", "missing": "listwise", "preset": "cfa"}
    model = fit(R["model"], table("crq.csv"), **shape)
    found = bootstrap(model, 400, seed=1, improper="keep")
    assert_like_lavaan(found, R["groups"], 400)
    labelled = found.table[found.table["label"] != ""]
    assert (labelled.groupby("label")["se"].nunique() == 1).all()


def test_errors_with_missing_answers_are_lavaans():
    model = fit("TR =~ tr1 + tr2 + tr3 + tr4", table("crq_missing.csv"), estimator="ML", missing="fiml", preset="cfa")
    assert_like_lavaan(bootstrap(model, 100, seed=1, improper="keep"), R["fiml"], 100)


def test_intervals_from_the_same_draws_are_lavaans():
    reference = R["intervals"]
    for kind, ends in reference["ends"].items():
        low, high = resampled_intervals(np.array(reference["draws"]), np.array(reference["est"]), 0.95, kind)
        assert low == pytest.approx(ends["low"], abs=1e-8)
        assert high == pytest.approx(ends["high"], abs=1e-8)


def test_the_bollen_stine_test_is_lavaans():
    few = table("crq.csv")
    few = few.iloc[np.trunc(np.linspace(0, len(few) - 1, 120)).astype(int)]
    model = fit(R["model"], few, estimator="ML", missing="listwise", preset="cfa")
    found = bootstrap(model, 2000, seed=1, kind="bollen.stine")
    reference = R["stine"]
    assert model.estimate.test.chisq == pytest.approx(reference["chisq"], rel=1e-6)
    error = np.sqrt(2 * reference["p"] * (1 - reference["p"]) / 2000)
    assert found.pvalue == pytest.approx(reference["p"], abs=4 * error)
    assert np.nanmean(found.chisq) == pytest.approx(reference["mean"], rel=0.02)
    assert "%" in found.reading


@pytest.mark.parametrize("name", ["rb_bootstrap", "rb_bootstrap_bca"])
def test_paths_are_lavaans(name):
    case = json.loads((HERE / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    theirs = pd.DataFrame(
        {k: case["reference"]["params"][k] for k in ("lhs", "op", "rhs", "se", "ci_lower", "ci_upper")}
    )
    found = bootstrap(fit(case["model"], table("crq_skewed.csv"), estimator="ML", missing="listwise"), 2000, seed=1)
    ours = found.intervals(kind=case.get("boot_ci_type", "perc"))
    both = theirs.merge(ours, on=["lhs", "op", "rhs"], suffixes=("_r", ""))
    assert len(both) == len(theirs)
    moving = both[both["se_r"] > 0]
    assert "ab" in set(moving["lhs"])
    assert np.abs(np.log(moving["se"] / moving["se_r"])).max() < 0.2
    for end in ("ci_lower", "ci_upper"):
        assert (
            np.abs(moving[end] - moving[f"{end}_r"]) / moving["se"]
        ).max() < 0.65  # 600 draws: about 0.15 each, more in a long tail
    still = both[both["se_r"] == 0]
    assert (still["se"] == 0).all()
    assert (still["ci_lower"] == still["est"]).all()


def test_standardised_values_come_with_errors():
    found = bootstrap(two_factors(), 1000, seed=1)
    mine, analytic = found.standardized(), two_factors().standardized
    moving = mine["se"] > 0
    assert mine.loc[moving, "est"].to_numpy() == pytest.approx(analytic.loc[moving, "est"].to_numpy())
    ratio = mine.loc[moving, "se"] / analytic.loc[moving, "se"]
    assert ratio.mean() == pytest.approx(1, abs=0.06)


def test_the_common_search_ends_where_single_ones_do():
    shape = {"group": "g", "group_equal": ["loadings", "intercepts"], "estimator": "ML", "missing": "listwise"}
    data = clustered(300, 2, link=0.5).assign(g=["x", "y"] * 150, age=np.arange(300.0) % 7)
    model = fit(TWO + "\nB ~ age", data, **shape)
    found = bootstrap(model, 30, seed=4)
    rng = np.random.default_rng(np.random.SeedSequence(4).spawn(2)[0])
    drawn = [[resample(rng, group) for group in model.estimate.model.sample.groups] for _ in range(25)]
    for i in (0, 24):
        again = pd.concat(
            [data.iloc[group.rows[at]] for group, at in zip(model.estimate.model.sample.groups, drawn[i], strict=True)]
        )
        alone = fit(TWO + "\nB ~ age", again, **shape)
        assert (found.draws[i] - alone.estimate.x) / errors(model.estimate) == pytest.approx(0, abs=1e-4)
        assert found.chisq[i] == pytest.approx(alone.estimate.test.chisq, abs=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "ML", "likelihood": "wishart"},
        {"estimator": "GLS"},
        {"estimator": "MLR", "meanstructure": True},
    ],
)
def test_other_estimators_are_drawn_again(options):
    model = fit(TWO, clustered(300, 2, link=0.5), missing="listwise", **options)
    found = bootstrap(model, 200, seed=1)
    assert np.log(errors(found) / errors(model.estimate)).mean() == pytest.approx(0, abs=0.1)
    assert found.chisq.mean() > model.estimate.test.df


def test_ordered_answers_are_drawn_again():
    data = np.digitize(clustered(400, 1), [-0.5, 0.6]).astype(float)
    data = pd.DataFrame(data, columns=["a1", "a2", "a3", "a4"])
    model = fit("A =~ a1 + a2 + a3 + a4", data, ordered=list(data.columns), estimator="WLSMV")
    found = bootstrap(model, 150, seed=1)
    assert found.used.sum() > 140
    assert np.log(errors(found) / errors(model.estimate)).mean() == pytest.approx(0, abs=0.12)


def test_curved_restrictions_hold_in_each_draw():
    text = "A =~ a1 + p*a2 + q*a3 + a4\np == q^2\nratio := p/q"
    model = fit(text, clustered(300, 1), estimator="ML", missing="listwise")
    found = bootstrap(model, 20, seed=1)
    p, q = (found.draws[:, rows(found).index(f"A=~{item}.g1")] for item in ("a2", "a3"))
    assert p == pytest.approx(q**2, abs=1e-8)
    assert found.defined[:, 0] == pytest.approx(p / q)


def test_whole_clusters_are_drawn():
    shops = np.repeat(np.arange(60), 5)
    rng = np.random.default_rng(2)
    data = clustered(300, 1) + rng.standard_normal(60)[shops][:, None]
    model = fit(
        "A =~ a1 + a2 + a3 + a4\nA ~ x",
        data.assign(shop=shops, x=rng.standard_normal(60)[shops]),
        estimator="MLR",
        missing="listwise",
        cluster="shop",
    )
    group = model.estimate.model.sample.groups[0]
    at = resample(np.random.default_rng(1), group)
    drawn = pd.Series(group.clusters[at]).value_counts()
    assert len(at) == 300
    assert (drawn % 5 == 0).all()
    assert drawn.max() > 5
    found = bootstrap(model, 600, seed=1)
    slope = rows(found).index("A~x.g1")
    assert errors(found)[slope] == pytest.approx(errors(model.estimate)[slope], rel=0.2)
    naive = fit(
        "A =~ a1 + a2 + a3 + a4\nA ~ x",
        data.assign(x=model.estimate.model.sample.groups[0].raw[:, -1]),
        estimator="ML",
        missing="listwise",
    )
    assert errors(found)[slope] > 1.4 * errors(naive.estimate)[slope]


def test_weights_travel_with_their_rows():
    data = clustered(200, 1)
    whole = np.random.default_rng(3).integers(1, 4, 200)
    model = fit("A =~ a1 + a2 + a3 + a4", data.assign(w=whole), estimator="ML", missing="listwise", weights="w")
    group = model.estimate.model.sample.groups[0]
    at = resample(np.random.default_rng(1), group)
    samples = StackedNormal(model.estimate.model, [group.raw], [[at]])
    _, mean, cov = samples.groups[0]
    repeated = data.iloc[np.repeat(at, whole[at])].to_numpy()
    assert mean[0] == pytest.approx(repeated.mean(axis=0))
    assert cov[0] == pytest.approx(np.cov(repeated, rowvar=False, ddof=0))


def test_the_same_numbers_from_one_job_from_two_and_from_a_cluster():
    from distributed import Client, LocalCluster

    alone = bootstrap(two_factors(), 90, seed=6)
    two = bootstrap(two_factors(), 90, seed=6, jobs=2)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=False) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        dask = bootstrap(two_factors(), 90, seed=6)
    for other in (two, dask):
        assert np.array_equal(alone.draws, other.draws)
        assert np.array_equal(alone.standard, other.standard, equal_nan=True)
    assert np.array_equal(bootstrap(two_factors(), 60, seed=6).draws[:50], alone.draws[:50])
    assert not np.array_equal(bootstrap(two_factors(), 90, seed=7).draws, alone.draws)


def test_stopped_by_hand_gives_what_is_done(monkeypatch):
    def stopping(rng, number, **known):
        if number == 2:
            raise KeyboardInterrupt
        return draw(rng, number, **known)

    whole = bootstrap(two_factors(), 100, seed=6)
    monkeypatch.setattr("crqkit.sem.estimation.bootstrap.draw", stopping)
    with pytest.raises(Interrupted) as stopped:
        bootstrap(two_factors(), 100, seed=6)
    done = stopped.value.done
    assert np.array_equal(done.draws, whole.draws[:50])
    assert done.cautions[0].id == "boot.caution.stopped"


def heywood():
    """A factor whose first item has next to no residual variance, on few persons."""
    rng = np.random.default_rng(1)
    factor = rng.standard_normal(60)
    spread = np.array([0.05, 1.2, 1.2])
    return pd.DataFrame(factor[:, None] + rng.standard_normal((60, 3)) * spread, columns=["a1", "a2", "a3"])


def test_improper_draws_are_counted_and_left_out():
    model = fit("A =~ a1 + a2 + a3", heywood(), estimator="ML", missing="listwise")
    found = bootstrap(model, 200, seed=1)
    assert 0 < found.improper < 200
    assert found.used.sum() == 200 - found.lost - found.improper
    assert "boot.caution.improper" in [caution.id for caution in found.cautions]
    residual = found.draws[:, [rows(found).index(f"a{i}~~a{i}.g1") for i in (1, 2, 3)]]
    assert (residual[found.used] >= 0).all()
    kept = bootstrap(model, 200, seed=1, improper="keep")
    assert kept.used.sum() == 200 - found.lost
    assert kept.improper == found.improper
    assert np.array_equal(kept.draws, found.draws, equal_nan=True)


def test_lost_draws_are_counted():
    # One person in forty gives the lowest answer: many resamples have nobody who does.
    data = pd.DataFrame(np.digitize(clustered(240, 1), [0.0]).astype(float), columns=["a1", "a2", "a3", "a4"])
    data.loc[data.index[data["a1"] == 0][:2], "a1"] = -1
    model = fit("A =~ a1 + a2 + a3 + a4", data, ordered=list(data.columns), estimator="WLSMV")
    found = bootstrap(model, 40, seed=1)
    assert found.lost > 0
    assert np.isnan(found.draws).any(axis=1).sum() == found.lost
    assert "boot.caution.lost" in [caution.id for caution in found.cautions]
    assert np.isfinite(found.covariance).all()


def test_a_negative_covariance_matrix_is_improper_too():
    rng = np.random.default_rng(1)
    same = rng.standard_normal(80)
    data = pd.DataFrame(same[:, None] + rng.standard_normal((80, 4)), columns=["a1", "a2", "b1", "b2"])
    model = fit("A =~ a1 + a2\nB =~ b1 + b2", data, estimator="ML", missing="listwise")
    estimate = model.estimate
    around = Around(estimate.model, estimate.x, estimate.tangent, estimate.covariance, [data.to_numpy()])
    drawn = draw(np.random.default_rng(1), 0, around=around, times=25)
    latent = [rows(bootstrap(model, 2, seed=1)).index(name) for name in ("A~~A.g1", "B~~B.g1", "A~~B.g1")]
    a, b, ab = drawn.x[:, latent].T
    beyond = ab**2 > a * b
    assert beyond.any()
    assert (drawn.status[beyond] == IMPROPER).all()


def test_what_cannot_be_drawn_is_said():
    data = clustered(200, 2)
    moments = Moments(data.cov(), len(data))
    with pytest.raises(DataProblem, match="rows"):
        bootstrap(fit(TWO, moments, estimator="ML"), 10, seed=1)
    holes = data.mask(np.random.default_rng(1).random(data.shape) < 0.05)
    with pytest.raises(ChoiceProblem, match="ordinary"):
        bootstrap(fit(TWO, holes, estimator="ML", missing="fiml"), 10, seed=1, kind="bollen.stine")
    with pytest.raises(ChoiceProblem, match="improper"):
        bootstrap(two_factors(), 10, seed=1, improper="maybe")
    with pytest.raises(ChoiceProblem, match="times"):
        bootstrap(two_factors(), 1, seed=1)
    with pytest.raises((ModelProblem, DataProblem)):
        bootstrap(fit("A =~ a1 + a2", data, estimator="ML", missing="listwise"), 10, seed=1)

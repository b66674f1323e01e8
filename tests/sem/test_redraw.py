"""One resample: what a drawn sample and its model are made of."""

import numpy as np
import pytest

from crqkit import sem
from crqkit.sem.estimation.redraw import resampled
from tests.sem.answers import clustered

ONE = "A =~ a1 + a2 + a3 + a4"
PLAIN = {"estimator": "ML", "missing": "listwise"}


def again(found, drawn):
    """The model of a fit to one group, on the rows `drawn`."""
    model = found.estimate.model
    return resampled(model, [model.sample.groups[0].raw], [drawn])


def test_a_cluster_drawn_twice_counts_as_two():
    data = clustered(40, 1).assign(shop=np.repeat(np.arange(8), 5))
    found = sem.fit(ONE, data, cluster="shop", missing="listwise")
    members = np.arange(40).reshape(8, 5)
    drawn = again(found, members[[2, 2, 0, 5, 2]].ravel()).sample.groups[0].clusters
    assert len(np.unique(drawn)) == 5
    np.testing.assert_array_equal(drawn, np.repeat(drawn[::5], 5))


@pytest.mark.parametrize("likelihood", ["normal", "wishart"])
def test_a_resample_is_the_sample_of_its_rows(likelihood):
    data = clustered(60, 1)
    drawn = np.random.default_rng(1).integers(0, 60, 60)
    one = again(sem.fit(ONE, data, likelihood=likelihood, **PLAIN), drawn)
    alone = sem.fit(ONE, data.iloc[drawn], likelihood=likelihood, **PLAIN).estimate
    np.testing.assert_allclose(one.sample.groups[0].cov, alone.model.sample.groups[0].cov)
    assert one.value(alone.x) == pytest.approx(alone.model.value(alone.x), rel=1e-9)


def test_a_resample_has_its_own_moments_of_covariates():
    data = clustered(60, 1).assign(x=np.arange(60.0) % 7)
    found = sem.fit(f"{ONE}\nA ~ x", data, **PLAIN, meanstructure=True)
    at, drawn = found.estimate.x, np.arange(60) // 2
    found.estimate.model.value(at)  # what was computed there last must not be taken for the resample's
    mean, cov = again(found, drawn).structures[0].moments(at)
    assert mean[-1] == pytest.approx(data["x"].iloc[drawn].mean())
    assert cov[-1, -1] == pytest.approx(data["x"].iloc[drawn].var(ddof=0))

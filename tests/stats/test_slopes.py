import numpy as np
import pytest

from crqkit.stats.slopes import slopes


def data(seed=5, persons=40):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(persons), rng.integers(2, 9, persons))
    time = rng.uniform(0, 2, len(who))
    season = rng.integers(1, 5, len(who))
    own = rng.normal(0, 3, persons)
    return own[who] + 0.7 * time + 0.5 * season + rng.normal(0, 1, len(who)), time, who, season


def test_by_hand():
    # Within: (0.5 * 0.5 + 0.5 * 0.5 + 1 * 1) / (0.5 + 0.5 + 2) with y of 1, 1 and 2 apart.
    found = slopes([1, 2, 5, 6, 4, 6], [0, 1, 1, 2, 0, 2], list("aabbcc"), ["s"] * 6)
    assert found.within.estimate == pytest.approx((0.5 * 1 + 0.5 * 1 + 1 * 2) / 3)
    # Over everybody: mean of x 1, of y 4; sums of products 7 and of squares 4.
    assert found.everybody.estimate == pytest.approx(7 / 4)


def test_against_statsmodels():
    import statsmodels.api as sm

    value, time, who, season = data()
    found = slopes(value, time, who, season)
    dummies = (season[:, None] == np.arange(2, 5)).astype(float)
    x = np.column_stack([time, np.ones(len(time)), dummies])
    pooled = sm.OLS(value, x).fit(cov_type="cluster", cov_kwds={"groups": who}, use_t=True)
    low, high = pooled.conf_int()[0]
    assert found.everybody[:3] == (pytest.approx(pooled.params[0]), pytest.approx(low), pytest.approx(high))
    assert found.everybody.n == 40
    own = (who[:, None] == np.arange(40)).astype(float)
    fixed = sm.OLS(value, np.column_stack([time, dummies, own])).fit(
        cov_type="cluster", cov_kwds={"groups": who}, use_t=True
    )
    assert found.within.estimate == pytest.approx(fixed.params[0])
    # The persons' own means are no parameters here: they are nested in the clusters.
    ours = (found.within.high - found.within.low) / 2
    theirs = (fixed.conf_int()[0][1] - fixed.conf_int()[0][0]) / 2
    n, k = len(value), 1 + 3
    assert ours == pytest.approx(theirs * np.sqrt((n - k - 40) / (n - k)), rel=1e-3)
    assert found.difference.estimate == pytest.approx(pooled.params[0] - fixed.params[0])


def test_the_order_of_rows_and_names_do_not_matter():
    value, time, who, season = data()
    turned = np.random.default_rng(1).permutation(len(value))
    again = slopes(value[turned], time[turned], np.array([f"p{i}" for i in who])[turned], season[turned])
    for one, two in zip(slopes(value, time, who, season), again, strict=True):
        assert one[:4] == pytest.approx(two[:4])


def test_where_nothing_can_be_told():
    for value, time, who in (([], [], []), ([1, 2], [1, 1], [0, 1]), ([1, 2, 3], [0, 1, 2], [0, 1, 2])):
        assert np.isnan(slopes(value, time, who, ["s"] * len(value)).within.estimate)
    one = slopes([1, 2, 3], [0, 1, 2], [0, 0, 0], ["s"] * 3).within
    assert one.estimate == pytest.approx(1) and np.isnan(one.low)

"""Which rows of a table become a sample."""

import numpy as np
import pandas as pd
import pytest

from crqkit.sem.data.sample import from_rows
from tests.sem.answers import clustered

ITEMS = ["a1", "a2", "a3"]
BLANK = [3, 17, 60]


@pytest.mark.parametrize("column", ["land", "shop", "w"])
@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_rows_without_group_cluster_or_weight_are_as_if_they_were_not_there(column, missing):
    rng = np.random.default_rng(2)
    table = clustered(120, 1).assign(
        land=rng.choice(["DE", "BR"], 120), shop=np.arange(120) % 20, w=rng.uniform(1, 2, 120)
    )
    table.iloc[BLANK, table.columns.get_loc(column)] = np.nan
    table.loc[BLANK, ITEMS] += 9.0
    by = {"group": "land", "cluster": "shop", "weights": "w", "missing": missing}
    found, without = from_rows(table, ITEMS, **by), from_rows(table.drop(index=BLANK), ITEMS, **by)
    assert (found.dropped, without.dropped) == (3, 0)
    assert found.n == pytest.approx(117)
    assert [group.label for group in found.groups] == [group.label for group in without.groups]
    for ours, theirs in zip(found.groups, without.groups, strict=True):
        assert not set(BLANK) & set(ours.rows)
        assert ours.n == pytest.approx(theirs.n)
        np.testing.assert_allclose(ours.mean, theirs.mean)
        np.testing.assert_allclose(ours.cov, theirs.cov)
        np.testing.assert_array_equal(pd.factorize(ours.clusters)[0], pd.factorize(theirs.clusters)[0])

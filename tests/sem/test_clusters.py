"""Customers of one shop are alike: what `cluster=` does for tests, and what they are without it."""

import numpy as np
import pandas as pd
import pytest

from crqkit import sem
from crqkit.sem.data.likeness import design_effects, effective_n
from crqkit.sem.data.sample import from_rows
from tests.studies import sem_clusters


def kept():
    return pd.read_csv(sem_clusters.OUT).set_index(["question", "cluster", "shops"])


def test_false_alarms_with_a_hundred_shops_are_what_they_should_be():
    rates = kept()
    assert (rates["replications"] >= 1000).all()
    assert rates.xs(("yes", 100), level=("cluster", "shops"))["rate"].between(0.03, 0.07).all()
    alone = rates.xs(("no", 100), level=("cluster", "shops"))["rate"]
    assert alone["a trait of the shop does nothing for trust"] > 0.2
    assert alone["the measurement model holds"] > 0.1


def test_a_short_study_agrees_with_the_long_one():
    short = sem_clusters.run(20, sizes=((40, 25),)).set_index(["question", "cluster", "shops"])
    long = kept()
    for place, row in short.iterrows():
        rate = long.loc[place, "rate"]
        error = (max(rate * (1 - rate), 0.01) / 20) ** 0.5
        assert row["rate"] == pytest.approx(rate, abs=4 * error), place


def test_effective_n_follows_the_design_effect():
    table = sem_clusters.answers(np.random.default_rng(8), 400, 25)
    found = sem.fit(sem_clusters.MEASUREMENT, table, cluster="shop")
    # Kish: 1 + 24 ICC = 3.4.
    assert effective_n(found.estimate.model.sample) == pytest.approx(10_000 / 3.4, rel=0.1)
    assert any("count like" in caution for caution in found.cautions)
    alone = sem.fit(sem_clusters.MEASUREMENT, table.assign(shop=np.arange(len(table))), cluster="shop")
    assert not any("count like" in caution for caution in alone.cautions)


def test_few_clusters_that_do_nothing_have_no_design_effect():
    # Means of 4 shops vary by chance, with 3 degrees of freedom: 300 items are known to 5 %.
    items = [f"x{i}" for i in range(300)]
    table = pd.DataFrame(np.random.default_rng(1).standard_normal((200, 300)), columns=items)
    sample = from_rows(table.assign(shop=np.arange(200) % 4), items, cluster="shop")
    assert design_effects(sample.groups[0]).mean() == pytest.approx(1, abs=3 * np.sqrt(2 / 3 / 300))

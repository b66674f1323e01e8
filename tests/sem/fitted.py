"""Fits behind tests/reference/sem/reliability.json, by the names of reliability.R."""

from functools import cache

from crqkit import sem
from tests.sem.cases import answers

THREE = "TR =~ tr1 + tr2 + tr3 + tr4\nSA =~ sa1 + sa2 + sa3 + sa4\nLO =~ lo1 + lo2 + lo3 + lo4"
ORDERED = "TR =~ tr1 + tr2 + tr3 + tr4\nAC =~ ac1 + ac2 + ac3 + ac4\nLO =~ lo1 + lo2 + lo3 + lo4"
FIVE = f"{THREE}\nAC =~ ac1 + ac2 + ac3 + ac4\nCC =~ cc1 + cc2 + cc3 + cc4"
PATHS = f"{THREE}\nLO ~ TR + SA + age\nSA ~ TR + tenure\nspend ~ LO"
ITEMS = [f"{name}{i}" for name in ("tr", "ac", "lo") for i in range(1, 5)]
BUYS = [f"bu{i}" for i in range(1, 5)]
ML = {"estimator": "ML", "missing": "listwise"}
EQUAL = ("loadings", "intercepts")
CRQ, GAPS, STEPS = "data/crq.csv", "data/crq_missing.csv", "data/crq_ordinal.csv"
FITS = {
    "plain": (THREE, CRQ, ML),
    "means": (THREE, CRQ, {**ML, "meanstructure": True}),
    "tied": (f"{THREE}\ntr1 ~~ tr2\nLO =~ tr4\ntr3 ~~ sa3", CRQ, ML),
    "groups": (THREE, CRQ, {**ML, "group": "country", "group_equal": EQUAL}),
    "configural": (THREE, CRQ, {**ML, "group": "country"}),
    "gaps": (THREE, GAPS, {"estimator": "ML", "missing": "fiml"}),
    "robust": (THREE, CRQ, {"estimator": "MLR", "missing": "listwise"}),
    "satorra": (THREE, CRQ, {"estimator": "MLM", "missing": "listwise"}),
    "wishart": (THREE, CRQ, {**ML, "likelihood": "wishart"}),
    "second": (f"{FIVE}\nCRQ =~ TR + SA + LO + AC + CC", CRQ, ML),
    "sem": (PATHS, CRQ, ML),
    "sem_random": (PATHS, CRQ, {**ML, "fixed_x": False}),
    "sem_means": (PATHS, CRQ, {**ML, "meanstructure": True}),
    "ordinal": (ORDERED, STEPS, {"ordered": ITEMS}),
    "ordinal_theta": (ORDERED, STEPS, {"ordered": ITEMS, "parameterization": "theta"}),
    "ordinal_groups": (
        ORDERED,
        STEPS,
        {"ordered": ITEMS, "group": "country", "group_equal": ("thresholds", "loadings")},
    ),
    "binary": ("BU =~ bu1 + bu2 + bu3 + bu4\nAC =~ ac1 + ac2 + ac3 + ac4", STEPS, {"ordered": [*BUYS, *ITEMS[4:8]]}),
    "ordinal_tied": (f"{ORDERED}\ntr1 ~~ tr2", STEPS, {"ordered": ITEMS}),
    "ordinal_second": (f"{ORDERED}\nCRQ =~ TR + AC + LO", STEPS, {"ordered": ITEMS}),
    "ordinal_sem": (f"{ORDERED}\nLO ~ TR + AC", STEPS, {"ordered": ITEMS}),
}


@cache
def fitted(name):
    """The fit called `name`."""
    text, path, options = FITS[name]
    return sem.fit(text, answers(path), **options)

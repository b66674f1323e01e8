"""Reference cases of this room: one JSON file each, made by lavaan (tests/reference/sem/make_cases.R)."""

import json
from functools import cache

from crqkit import sem
from tests.reference import bank_adapter
from tests.reference.bank_adapter import options
from tests.sem.answers import HERE


@cache
def case(name):
    """The case `name`."""
    return json.loads((HERE / "cases" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def answers(path):
    """The table of a case."""
    return bank_adapter.data_of({"data_path": path if path.startswith("semopy:") else str(HERE / path)})


@cache
def fits(name):
    """The fit of a case; of a case with several models all of them, by name."""
    of = case(name)
    data = answers(of["data"]) if "data" in of else bank_adapter.data_of(of)
    if "models" in of:
        return {m["name"]: sem.fit(m["model"], data, **options(m["options"])) for m in of["models"]}
    return sem.fit(of["model"], data, **options(of.get("options")))

"""Customer relationship quality and health for small businesses.

>>> import crqkit
>>> crqkit.__all__[:3]
['DataProblem', 'ModelProblem', 'Result']
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "DataProblem": "crqkit.base",
    "ModelProblem": "crqkit.base",
    "Result": "crqkit.base",
    "Shop": "crqkit.intake",
    "read_folder": "crqkit.intake",
    "compare_groups": "crqkit.survey",
    "dimension_scores": "crqkit.survey",
    "effort": "crqkit.survey",
    "lowest_dimension": "crqkit.survey",
    "net_promoter": "crqkit.survey",
    "net_promoter_change": "crqkit.survey",
    "satisfaction": "crqkit.survey",
    "coverage": "crqkit.value",
    "left_truncation": "crqkit.value",
    "repeat_purchase": "crqkit.value",
    "retention": "crqkit.value",
    "retention_rate": "crqkit.value",
    "rfm": "crqkit.value",
    "page": "crqkit.report",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        # Rooms such as `crqkit.cases` come when first asked for.
        try:
            return import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
            raise AttributeError(f"crqkit has no '{name}'. It has: {', '.join(__all__)}.") from error
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

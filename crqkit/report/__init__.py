"""Knows how to show it: the page, its sections, the document, the workbook, the snapshots."""

from importlib import import_module
from typing import Any

_HOMES = {
    "Brand": "brand",
    "read_brand": "brand",
    "Page": "compose",
    "build": "compose",
    "page": "compose",
    "write_form": "forms",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"crqkit.report.{_HOMES[name]}"), name)

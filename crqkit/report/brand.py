"""A consultant's or owner's own name, colour and logo on the page."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crqkit.base import DataProblem, Fault
from crqkit.base.charts import PALETTE

LOGO_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
LOGO_BYTES = 500_000
KEYS = ("name", "colour", "logo")
OWN_BRAND = "brand.yml"
# White text must stay readable on it: the contrast that WCAG 2.2 asks of normal text (1.4.3).
CONTRAST = 4.5


@dataclass(frozen=True)
class Brand:
    """What a page carries at its head; `logo` is a data address, so that no request leaves the page."""

    name: str = ""
    colour: str = PALETTE["blue"]
    logo: str = ""


def read_brand(path: Path | str) -> Brand:
    """Read a brand file: YAML with any of ``name``, ``colour`` (like ``"#0072B2"``) and ``logo``.

    The logo is a picture that lies beside the brand file or below it.

    Raises
    ------
    DataProblem
        With every fault of the file at once.
    """
    import yaml

    path = Path(path)
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise DataProblem(
            Fault("the brand file cannot be read", "Give the path of a small text file.", str(path))
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        raise DataProblem(Fault("this is not YAML", "Write lines like  colour: '#0072B2'.", path.name, row)) from error
    if not isinstance(given, Mapping):
        raise DataProblem(Fault("this is not a list of names and values", f"Use {', '.join(KEYS)}.", path.name))
    faults = [*_unknown(given, path), *_colour(given, path), *_logo(given, path)]
    if faults:
        raise DataProblem(faults)
    return Brand(
        name=str(given.get("name") or ""),
        colour=given.get("colour") or Brand.colour,
        logo=_embed(path.parent / given["logo"]) if given.get("logo") else "",
    )


def own_brand(folder: Path) -> Brand | None:
    """Return the brand that lies in a shop's own folder as ``brand.yml``, or None."""
    path = folder / OWN_BRAND
    return read_brand(path) if path.is_file() else None


def _unknown(given: Mapping[str, Any], path: Path) -> list[Fault]:
    return [
        Fault(f"'{key}' is not known", f"Use {', '.join(KEYS)}.", path.name, column=str(key))
        for key in given
        if key not in KEYS
    ]


def _colour(given: Mapping[str, Any], path: Path) -> list[Fault]:
    colour = given.get("colour")
    if colour is None:
        return []
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(colour)):
        mend = "Write it like '#0072B2', in quotes."
        return [Fault("this is not a colour", mend, path.name, column="colour", value=colour)]
    if contrast_with_white(str(colour)) < CONTRAST:
        return [
            Fault(
                "white text is hard to read on it", "Choose a darker colour.", path.name, column="colour", value=colour
            )
        ]
    return []


def contrast_with_white(colour: str) -> float:
    """Return the WCAG contrast ratio of a colour like ``#0072B2`` with white, 1 to 21.

    >>> round(contrast_with_white("#000000"))
    21
    """
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _logo(given: Mapping[str, Any], path: Path) -> list[Fault]:
    if not given.get("logo"):
        return []
    logo = path.parent / str(given["logo"])
    known = ", ".join(sorted(LOGO_TYPES))
    if logo.suffix.lower() not in LOGO_TYPES:
        return [
            Fault(
                "this is not a picture that can be used",
                f"Use one of {known}.",
                path.name,
                column="logo",
                value=logo.name,
            )
        ]
    if not logo.resolve().is_relative_to(path.parent.resolve()):
        # A brand file may come from someone else: it must not fetch pictures from anywhere on this disk.
        what, mend = "this picture lies outside the folder of the brand file", "Put it beside the brand file."
        return [Fault(what, mend, path.name, column="logo", value=str(given["logo"]))]
    if not logo.is_file():
        return [
            Fault(
                "this picture was not found", "Put it beside the brand file.", path.name, column="logo", value=logo.name
            )
        ]
    if logo.stat().st_size > LOGO_BYTES:
        return [
            Fault(
                "this picture is too large", "Make it smaller than 500 kB.", path.name, column="logo", value=logo.name
            )
        ]
    return []


def _embed(logo: Path) -> str:
    return f"data:{LOGO_TYPES[logo.suffix.lower()]};base64,{base64.b64encode(logo.read_bytes()).decode()}"

"""Write environment.yml (conda, Binder) from pyproject.toml, the one place where dependencies are named."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.11"
EXTRAS = ("course",)
# What conda-forge calls a package, where that differs from its name in pyproject.toml.
CONDA_NAMES = {"duckdb": "python-duckdb", "ibis-framework[duckdb]": "ibis-duckdb", "PyYAML": "pyyaml"}
# Not on conda-forge, or not seen there: pip installs these.
FROM_PIP = {"nbval", "semopy"}
HEADER = """\
# Written from pyproject.toml by `make environment`: change that file, not this one.
name: crqkit
channels:
  - conda-forge
dependencies:
"""


def split(requirement: str) -> tuple[str, str]:
    """Return the name (with its extras) and the bound of one requirement.

    >>> split("ibis-framework[duckdb]>=12.0")
    ('ibis-framework[duckdb]', '>=12.0')
    """
    match = re.fullmatch(r"([\w.-]+(?:\[[\w,-]+\])?)\s*([^;]*)", requirement)
    if match is None:
        raise ValueError(f"pyproject.toml: cannot read the requirement {requirement!r}")
    return match[1], match[2]


def render(project: dict) -> str:
    """Return the text of environment.yml for the `project` table of pyproject.toml."""
    wanted = list(project["dependencies"])
    for extra in EXTRAS:
        wanted += project["optional-dependencies"][extra]
    pairs = [split(requirement) for requirement in wanted]
    conda = sorted(CONDA_NAMES.get(name, name) + bound for name, bound in pairs if name not in FROM_PIP)
    pip = sorted(name + bound for name, bound in pairs if name in FROM_PIP)
    lines = [f"python={PYTHON}", "pip", *conda, "pip:"]
    return HEADER + "".join(f"  - {line}\n" for line in lines) + "".join(f"      - {line}\n" for line in [*pip, "-e ."])


def main() -> int:
    """Write environment.yml beside pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (ROOT / "environment.yml").write_text(render(project), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

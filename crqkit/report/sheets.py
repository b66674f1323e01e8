"""The page that explains to an owner how to fill in the sheets we ship."""

from collections.abc import Sequence

from crqkit.intake import template_columns, templates
from crqkit.report.html import environment, style


def sheets_page(names: Sequence[str]) -> str:
    """Return one HTML page about the sheets named: each column with its meaning, and an example."""
    known = templates()
    sheets = [
        {
            "name": name,
            "about": known[name].template["about"],
            "columns": template_columns(name).to_dict("records"),
            "headers": list(known[name].template["columns"]),
            "examples": known[name].template["examples"],
        }
        for name in names
    ]
    return environment().get_template("sheets.html.j2").render(style=style(), sheets=sheets)

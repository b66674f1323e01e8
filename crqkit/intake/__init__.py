"""The way in: a folder of exports becomes tables, a log and a form; persons become keys."""

from crqkit.intake.folder import read_folder
from crqkit.intake.log import log_sentences
from crqkit.intake.mapping import propose
from crqkit.intake.privacy import FOLDER as PRIVATE
from crqkit.intake.shop import Settings, Shop
from crqkit.intake.templates import template_columns, template_workbook, templates
from crqkit.intake.toolbox import format_sentences, formats, tools
from crqkit.intake.who import who

__all__ = [
    "PRIVATE",
    "Settings",
    "Shop",
    "format_sentences",
    "formats",
    "log_sentences",
    "propose",
    "read_folder",
    "template_columns",
    "template_workbook",
    "templates",
    "tools",
    "who",
]

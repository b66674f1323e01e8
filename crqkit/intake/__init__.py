"""The way in: a folder of exports becomes tables, a log and a form; persons become keys."""

from crqkit.intake.folder import log_sentences, read_folder
from crqkit.intake.shop import Settings, Shop

__all__ = ["Settings", "Shop", "log_sentences", "read_folder"]

"""Every command that a reader is told to type exists."""

import argparse
import re

import pytest

PAGES = ("README.md", "CONTRIBUTING.md")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:\S*[/\\])?(make|crqkit)(?:\.exe)?\s+([a-z][\w-]*)")


def commands(text: str) -> set[tuple[str, str]]:
    """Return (program, first word) of each `make` or `crqkit` line in code.

    >>> sorted(commands("Type `make demo` or:\\n```\\n.venv/bin/crqkit who KEY\\n```"))
    [('crqkit', 'who'), ('make', 'demo')]
    """
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    lines += INLINE.findall(BLOCK.sub("", text))
    return {match.groups() for line in lines if (match := COMMAND.match(line.strip().removeprefix("$ ")))}


@pytest.fixture(scope="module")
def told(root):
    return {one for page in PAGES for one in commands((root / page).read_text(encoding="utf-8"))}


def test_make_targets_exist(told, root):
    named = {word for program, word in told if program == "make"}
    targets = set(re.findall(r"^([a-z][\w-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named - targets == set()


def test_subcommands_exist(told):
    from crqkit.cli import build_parser

    named = {word for program, word in told if program == "crqkit"}
    choices = {
        word
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
        for word in action.choices
    }
    assert {"start", "check", "map", "report", "who"} <= named
    assert named - choices == set()


def test_make_help_lists_every_target(root):
    text = (root / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert phony == set(re.findall(r"^([a-z][\w-]*):.*## ", text, re.MULTILINE)) | {"help"}

"""environment.yml says what pyproject.toml says. Whether conda solves it can only be seen elsewhere."""

import os

import yaml

from tools import environment


def test_environment_is_written_from_the_project(root, project):
    assert (root / "environment.yml").read_bytes() == environment.render(project).encode()


def test_each_name_and_bound_is_the_projects(root, project):
    conda = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = conda.pop()["pip"]
    assert conda[:2] == ["python=3.11", "pip"]
    assert from_pip[-1] == "-e ."
    back = {"python-duckdb": "duckdb", "ibis-duckdb": "ibis-framework[duckdb]", "pyyaml": "PyYAML"}
    pairs = [environment.split(one) for one in conda[2:] + from_pip[:-1]]
    assert sorted(back.get(name, name) + bound for name, bound in pairs) == sorted(
        project["dependencies"] + project["optional-dependencies"]["course"]
    )


def test_binder_reads_the_root(root):
    assert os.access(root / "postBuild", os.X_OK)
    assert not (root / "binder").exists()
    assert not (root / ".binder").exists()

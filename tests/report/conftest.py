import shutil

import pytest

from crqkit import cases, read_folder
from crqkit.report import build
from crqkit.report import page as write_page

EXPORTS = cases.load("boutique").folder


def copy_of(folder, *patterns):
    """Copy some of the boutique's exports, with its public key, into `folder`."""
    (folder / "crqkit-private").mkdir(parents=True)
    shutil.copy(EXPORTS / "crqkit-private" / "key.txt", folder / "crqkit-private")
    for pattern in ("shop.yml", *patterns):
        for path in EXPORTS.glob(pattern):
            shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def boutique(tmp_path_factory):
    """The boutique's exports in a folder of their own."""
    return copy_of(tmp_path_factory.mktemp("shops") / "boutique", "*.csv", "*.json")


@pytest.fixture(scope="session")
def shop(boutique):
    return read_folder(boutique)


@pytest.fixture(scope="session")
def built(shop):
    """The boutique's page before it is written."""
    return build(shop)


@pytest.fixture(scope="session")
def written(shop, tmp_path_factory):
    """The boutique's page as files: the folder they are in."""
    out = tmp_path_factory.mktemp("out")
    write_page(shop, out)
    return out


@pytest.fixture(scope="session")
def orders_only(tmp_path_factory):
    return read_folder(copy_of(tmp_path_factory.mktemp("shops") / "orders", "orders*.csv"))


@pytest.fixture(scope="session")
def survey_only(tmp_path_factory):
    return read_folder(copy_of(tmp_path_factory.mktemp("shops") / "survey", "Kunden*.csv"))


@pytest.fixture(scope="session")
def reviews_only(tmp_path_factory):
    return read_folder(copy_of(tmp_path_factory.mktemp("shops") / "reviews", "*.json"))

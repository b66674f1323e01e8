"""The first lesson on a reader's own folder: what is missing is said, and the rest goes on."""

import shutil

import pytest

from crqkit import cases
from crqkit.course import notebooks


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "lacks", "page_says"),
    [
        ("orders_export_2.csv", "recommend", "We see visits, not feelings."),
        ("Kundenumfrage*.csv", None, "no file of orders was found"),
    ],
)
def test_a_folder_with_half_of_the_files_still_gives_its_page(pattern, lacks, page_says, tmp_path):
    folder, out = tmp_path / "mine", tmp_path / "page"
    folder.mkdir()
    for path in cases.load("boutique").folder.glob(pattern):
        shutil.copy(path, folder)
    lesson = notebooks.HOME / "0_start" / "00_start_here.ipynb"
    # Cells on what is missing may stop with a message; were it any other cell, running would stop here.
    node = notebooks.execute(lesson, {"folder": str(folder), "out": str(out)})
    said = [output.evalue for cell in node.cells for output in cell.get("outputs", ()) if output.output_type == "error"]
    assert lacks is None or any(lacks in text for text in said)
    assert page_says in (out / "page.html").read_text(encoding="utf-8")

"""The first lesson on a reader's own folder: what is missing is said, and the rest goes on."""

import shutil

import pytest

from crqkit import cases
from crqkit.course import notebooks


def run_on(files, tmp_path):
    exports = cases.load("boutique").folder
    folder, out = tmp_path / "mine", tmp_path / "page"
    folder.mkdir()
    for pattern in files:
        for path in exports.glob(pattern):
            shutil.copy(path, folder)
    lesson = notebooks.HOME / "0_start" / "00_start_here.ipynb"
    node = notebooks.execute(lesson, {"folder": str(folder), "out": str(out)})
    errors = [(cell.source, output) for cell in node.cells for output in cell.get("outputs", ()) if output.output_type == "error"]
    return errors, out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "says", "headline"),
    [
        (["orders_export_2.csv"], "recommend", "We see visits, not feelings."),
        (["Kundenumfrage*.csv"], "orders|week|crqkit|sales", "We see feelings, not visits."),
    ],
)
def test_a_folder_with_half_of_the_files_still_gives_its_page(files, says, headline, tmp_path):
    errors, out = run_on(files, tmp_path)
    assert headline in (out / "page.html").read_text(encoding="utf-8")
    # Every cell that stops says which column or table it lacks, and only cells on what is missing do.
    assert all("No module" not in error.evalue for _, error in errors)
    assert all("crqkit" in source or "shop." in source or "likely" in source for source, _ in errors)

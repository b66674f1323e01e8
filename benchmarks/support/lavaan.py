"""CPU seconds of pieces of R code, as R itself counts them: its start and the loading of packages stay out."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

LIBRARY = "suppressMessages(library(lavaan))"
CLOCK = """
cpu <- function(runs, work) min(sapply(seq_len(runs), function(i) {
  gc(FALSE); begin <- proc.time(); work(); sum((proc.time() - begin)[1:2]) }))
"""


def missing() -> str:
    """Return why lavaan cannot be run here; nothing if it can."""
    if shutil.which("Rscript") is None:
        return "Rscript is not installed"
    found = subprocess.run(["Rscript", "-e", LIBRARY], capture_output=True, check=False)
    return "lavaan is not installed in R" if found.returncode else ""


def run(code: str, data: dict[str, str]) -> dict[str, float]:
    """Run R code that sets a list `found`; `data` are CSV texts that it reads by these names as data frames."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in data.items():
            Path(folder, f"{name}.csv").write_text(text, encoding="utf-8")
        reads = [f"{name} <- read.csv('{name}.csv', stringsAsFactors = FALSE)" for name in data]
        # Seventeen digits bring a double back as it was.
        last = r'cat(sprintf("{%s}", paste(sprintf("\"%s\": %.17g", names(found), unlist(found)), collapse = ", ")))'
        script = Path(folder, "work.R")
        script.write_text("\n".join([LIBRARY, CLOCK, *reads, code, last]), encoding="utf-8")
        done = subprocess.run(["Rscript", str(script)], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout[done.stdout.index("{") :])

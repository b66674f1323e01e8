"""Rebuild the running case "the advisers": a simulated survey in three countries, its twin, and their truth.

    python datasets/make/advisers.py [--out datasets/advisers]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

import argparse
import csv
import json
import re
from pathlib import Path

import numpy as np
from advisers_items import COUNTRIES, ITEMS, codebook
from advisers_model import AGE_BANDS, Clients, simulate
from advisers_truth import truth
from whole import build_whole

SEED = 20270118
CLIENTS = {"DE": 412, "BR": 398, "JP": 390}
OFFICES, FEWEST = 20, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "advisers")
    build(parser.parse_args().out)


def build(out: Path) -> None:
    """Write the case into `out`."""
    build_whole(out, _write)


def _write(folder: Path) -> None:
    offices = office_sizes(np.random.default_rng([SEED, 0]))
    # The twin has clients of its own. Each part has its own stream of chance.
    survey, twin = (
        rows(simulate([np.random.default_rng([SEED, 1 + null, part]) for part in range(4)], offices, null), offices)
        for null in (False, True)
    )
    exports = folder / "exports"
    exports.mkdir()
    _csv(exports / "answers.csv", survey)
    _csv(exports / "answers_null.csv", twin)
    _text(exports / "items.yml", codebook())
    content = json.dumps(truth(SEED, offices, survey, twin), ensure_ascii=False, indent=2)
    _text(folder / "truth.json", re.sub(r"\[[\s\d.,e-]+\]", _on_one_line, content) + "\n")


def office_sizes(rng: np.random.Generator) -> dict[str, list[int]]:
    """Clients of each office: small and large ones, none with fewer than `FEWEST`."""
    sizes = {}
    for country in COUNTRIES:
        weights = rng.uniform(0.4, 1.6, OFFICES)
        more = rng.multinomial(CLIENTS[country] - OFFICES * FEWEST, weights / weights.sum())
        sizes[country] = [FEWEST + int(number) for number in more]
    return sizes


def rows(clients: Clients, offices: dict[str, list[int]]) -> list[dict[str, str]]:
    """One row a client as the file holds it; what was left out is blank."""
    names = [f"{country}{number:02}" for country in COUNTRIES for number in range(1, len(offices[country]) + 1)]
    return [
        {
            "country": COUNTRIES[clients.country[i]],
            "office": names[clients.office[i]],
            "age_band": AGE_BANDS[clients.age_band[i]],
            "tenure_years": str(clients.tenure_years[i]),
            "failure": str(clients.failure[i]),
            **{
                item: "" if clients.empty[i, column] else str(clients.answers[i, column])
                for column, item in enumerate(ITEMS)
            },
            "stayed_12m": str(clients.stayed[i]),
            "referrals_12m": str(clients.referrals[i]),
        }
        for i in range(len(clients.office))
    ]


def _on_one_line(numbers: re.Match[str]) -> str:
    return f"[{' '.join(numbers[0][1:-1].split())}]"


def _csv(path: Path, lines: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

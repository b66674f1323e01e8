"""Rebuild the running case "the boutique": simulated exports and their truth.

    python datasets/make/boutique.py [--out datasets/boutique]

The same seed gives the same files, byte for byte, under the versions of requirements.lock.
"""

import argparse
import csv
import hashlib
import json
from datetime import datetime
from pathlib import Path

import boutique_customers
import boutique_sales
import boutique_voices
import numpy as np
import shopify_export
from boutique_sales import ZONE
from boutique_truth import customer_rows, truth
from whole import build_whole

SEED = 20261101
OLDER_UNTIL, NEWER_FROM, NEWER_UNTIL = (
    datetime(2025, 12, 1, tzinfo=ZONE), datetime(2025, 10, 1, tzinfo=ZONE), datetime(2026, 11, 1, tzinfo=ZONE),
)
SHOP = """\
name: The boutique (simulated)
timezone: Europe/Berlin
currency: EUR
groups:
  - How do you usually buy from us?
"""
SURVEY_FILE = "Kundenumfrage (Responses) - Form Responses 1.csv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "boutique")
    build(parser.parse_args().out)


def build(out: Path) -> None:
    """Write the case into `out`."""
    build_whole(out, _write)


def _write(folder: Path) -> None:
    # Each part has its own stream of chance, so that a change to one leaves the others as they were.
    chance = [np.random.default_rng([SEED, part]) for part in range(4)]
    customers = boutique_customers.customers(chance[0])
    orders = boutique_sales.orders(chance[1], customers)
    answers = boutique_voices.answers(chance[2], customers)
    reviews = boutique_voices.reviews(chance[3])
    older = [order for order in orders if order.at < OLDER_UNTIL]
    newer = [order for order in orders if order.at >= NEWER_FROM]

    exports, private = folder / "exports", folder / "exports" / "crqkit-private"
    private.mkdir(parents=True)
    shopify_export.write(exports / "orders_export_1.csv", older, shopify_export.OLDER_COLUMNS, seen=OLDER_UNTIL)
    shopify_export.write(exports / "orders_export_2.csv", newer, shopify_export.NEWER_COLUMNS, seen=NEWER_UNTIL)
    _csv(exports / SURVEY_FILE, answers)
    _json(exports / "reviews.json", reviews)
    _text(exports / "shop.yml", SHOP)
    # A real key is a secret; this one is public because the persons are simulated.
    _text(private / "key.txt", hashlib.sha256(b"crqkit boutique: simulated persons").hexdigest() + "\n")
    _json(folder / "truth.json", truth(SEED, customers, older, newer, (OLDER_UNTIL, NEWER_UNTIL), answers, reviews))
    _csv(folder / "truth_customers.csv", customer_rows(customers))


def _csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _json(path: Path, content: dict) -> None:
    _text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

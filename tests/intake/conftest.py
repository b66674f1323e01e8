"""A folder to put files into, and the check that reading leaves it as it was."""

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHOPIFY = ",".join([
    "Name", "Email", "Financial Status", "Created at", "Subtotal", "Total",
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Refunded Amount",
])  # fmt: skip
AT = "2026-01-05 10:00:00 +0100"


@pytest.fixture
def put(tmp_path):
    """Return a function that fills a folder with files, given as name: text or bytes."""

    def fill(files: dict[str, str | bytes], folder: str = "shop") -> Path:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for name, content in files.items():
            (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return fill


@pytest.fixture
def golden(tmp_path):
    """Return a function that copies a golden folder to where it may be read."""
    return lambda name: Path(shutil.copytree(HERE / "golden" / name, tmp_path / name))


@pytest.fixture
def order():
    """Return a function that writes one row of a Shopify export."""

    def row(name="#1", email="ana@example.org", status="paid", at=AT, total="10.00", **more):
        cells = {
            "Name": name, "Email": email, "Financial Status": status, "Created at": at, "Subtotal": total,
            "Total": total, "Lineitem quantity": "1", "Lineitem name": "Mug", "Lineitem price": total,
            "Refunded Amount": "0.00",
        } | more  # fmt: skip
        return ",".join(cells[name] for name in SHOPIFY.split(","))

    return row


@pytest.fixture
def shopify(order):
    """Return a function that writes a Shopify export of the rows given."""
    return lambda *rows: "\n".join([SHOPIFY, *(rows or [order()])]) + "\n"

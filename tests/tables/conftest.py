import pandas as pd
import pytest


@pytest.fixture
def orders():
    """Build orders from rows of (customer, time, net[, status])."""

    def build(*rows, currency="EUR"):
        full = [(*row, "sale")[:4] for row in rows]
        table = pd.DataFrame(full, columns=["customer_key", "at", "net", "status"])
        times = pd.to_datetime(table["at"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
        return table.assign(at=times, currency=currency).astype(
            {"customer_key": "string", "net": "float64", "status": "string", "currency": "string"}
        )

    return build


@pytest.fixture
def fifteen(orders):
    """Fifteen customers with ties, seen on 2026-06-30: days since the last visit, visits, money."""
    recency = [0, 1, 1, 5, 10, 10, 10, 20, 30, 40, 60, 60, 90, 120, 200]
    frequency = [8, 5, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1]
    monetary = [300, 100, 80, 80, 60, 50, 40, 30, 20, 20, 12, 5, 5, 5, 5]
    end = pd.Timestamp("2026-06-30", tz="UTC")
    rows = []
    for i, (days, visits, money) in enumerate(zip(recency, frequency, monetary, strict=True)):
        for earlier in range(visits):
            at = end - pd.Timedelta(days=days + 7 * earlier)
            rows.append((f"c{i:02}", at.isoformat(), money if earlier == 0 else 0))
    return orders(*rows)

import pandas as pd
import pytest


@pytest.fixture
def cdnow(shared):
    """The CDNOW sample: 2,357 persons whose first purchase ever lies in the first quarter of 1997."""
    names = ["id", "customer_key", "day", "cds", "net"]
    rows = pd.read_csv(shared / "data" / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names, dtype=str)
    at = pd.to_datetime(rows["day"], format="%Y%m%d", utc=True).astype("datetime64[us, UTC]")
    return rows.assign(at=at, net=rows["net"].astype(float), status="sale", currency="USD")


@pytest.fixture
def invoices(shared):
    """An online gift shop's invoices; a cancellation is money back."""
    rows = pd.read_csv(shared / "data" / "online_retail_invoices.csv")
    return pd.DataFrame(
        {
            "customer_key": rows["CustomerID"].astype(str).astype("string"),
            "at": pd.to_datetime(rows["InvoiceDate"], utc=True).astype("datetime64[us, UTC]"),
            "net": rows["amount"],
            "status": rows["cancelled"].map({0: "sale", 1: "refund"}),
            "currency": "GBP",
        }
    )

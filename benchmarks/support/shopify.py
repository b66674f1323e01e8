"""A Shopify export of any length; persons and sales are simulated."""

from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

SEED, CHUNKS = 20261101, 20
COLUMNS = (
    """
Name, Email, Financial Status, Paid at, Fulfillment Status, Fulfilled at,
Accepts Marketing, Currency, Subtotal, Shipping, Taxes, Total,
Discount Code, Discount Amount, Shipping Method, Created at, Lineitem quantity, Lineitem name,
Lineitem price, Lineitem compare at price, Lineitem sku, Lineitem requires shipping,
Lineitem taxable, Lineitem fulfillment status,
Billing Name, Billing Street, Billing Address1, Billing Address2, Billing Company, Billing City,
Billing Zip, Billing Province, Billing Country, Billing Phone, Shipping Name, Shipping Street,
Shipping Address1, Shipping Address2, Shipping Company, Shipping City, Shipping Zip, Shipping Province,
Shipping Country, Shipping Phone, Notes, Note Attributes, Cancelled at, Payment Method,
Payment Reference, Refunded Amount, Vendor, Outstanding Balance, Employee, Location,
Device ID, Id, Tags, Risk Level, Source, Lineitem discount
""".replace("\n", " ")
    .strip()
    .split(", ")
)


def make(path: Path, lines: int) -> None:
    """Write a Shopify export of about `lines` lines: one to four lines an order, a fifth without e-mail."""
    random = np.random.default_rng(SEED)
    days = pd.date_range("2023-01-01", "2026-10-31 20:00", periods=CHUNKS + 1)
    number = 1000
    for chunk in tqdm(range(CHUNKS), desc="simulating"):
        count = lines // CHUNKS * 10 // 23
        sizes = random.choice([1, 2, 3, 4], p=[0.3, 0.3, 0.2, 0.2], size=count)
        persons = (random.pareto(1.2, count) * 3000).astype(int) % (lines // 8)
        spread = (days[chunk + 1] - days[chunk]).total_seconds()
        moments = (days[chunk] + pd.to_timedelta(np.sort(random.uniform(0, spread, count)), unit="s")).floor("s")
        total = random.gamma(2.0, 30.0, count).round(2)
        refunded = np.where(random.random(count) < 0.03, total, 0.0)
        text = moments.strftime("%Y-%m-%d %H:%M:%S +0100")
        first = {
            "Financial Status": np.where(refunded > 0, "refunded", "paid"),
            "Paid at": text, "Fulfillment Status": "fulfilled", "Fulfilled at": text, "Accepts Marketing": "yes",
            "Currency": "EUR", "Subtotal": total, "Shipping": 0.0, "Taxes": (total * 0.16).round(2), "Total": total,
            "Discount Amount": 0.0, "Shipping Method": "Standard", "Billing Name": "Simulated Person",
            "Billing Street": "1 Example Street", "Billing Address1": "1 Example Street", "Billing City": "Hamburg",
            "Billing Zip": "'20095", "Billing Country": "DE", "Shipping Name": "Simulated Person",
            "Shipping Street": "1 Example Street", "Shipping City": "Hamburg", "Shipping Country": "DE",
            "Payment Method": "Shopify Payments", "Refunded Amount": refunded, "Outstanding Balance": 0.0,
            "Id": [f"{4_000_000_000 + number + i}" for i in range(count)], "Risk Level": "Low", "Source": "web",
        }  # fmt: skip
        every = {
            "Name": [f"#{number + i}" for i in range(count)],
            "Email": np.where(random.random(count) < 0.8, [f"p{person}@example.org" for person in persons], ""),
            "Created at": text, "Vendor": "Boutique",
        }  # fmt: skip
        table = pd.DataFrame(first | every).loc[np.repeat(np.arange(count), sizes)]
        table.loc[table.index.duplicated(), list(first)] = None
        many = len(table)
        table = table.assign(
            **{"Lineitem quantity": 1, "Lineitem price": random.gamma(2.0, 15.0, many).round(2)},
            **{"Lineitem name": random.choice(["Linen shirt, blue", "Wool scarf", "Canvas bag"], many)},
            **{"Lineitem sku": random.integers(1000, 9999, many), "Lineitem taxable": "true", "Lineitem discount": 0.0},
        ).reindex(columns=COLUMNS)
        table.to_csv(path, index=False, mode="a", header=chunk == 0)
        number += count

"""Exports of Stripe and Square of any length; persons and sales are simulated."""

from pathlib import Path

STRIPE = """
    'ch_' || lpad(i::VARCHAR, 12, '0') AS "id",
    strftime(begin + INTERVAL (i * step) SECOND, '%Y-%m-%d %H:%M:%S') AS "Created date (UTC)",
    printf('%.2f', 5 + hash(i) % 20000 / 100) AS "Amount",
    CASE WHEN hash(i + 1) % 40 = 0 THEN printf('%.2f', 5 + hash(i) % 20000 / 100) ELSE '0.00' END AS "Amount Refunded",
    'eur' AS "Currency", 'true' AS "Captured",
    printf('%.2f', 5 + hash(i) % 20000 / 100) AS "Converted Amount", '0.00' AS "Converted Amount Refunded",
    'eur' AS "Converted Currency", '' AS "Decline Reason", 'Subscription update' AS "Description",
    '0.54' AS "Fee", '' AS "Refunded date (UTC)", 'EXAMPLE BOX' AS "Statement Descriptor",
    CASE WHEN hash(i + 1) % 40 = 0 THEN 'Refunded' WHEN hash(i + 2) % 20 = 0 THEN 'Failed' ELSE 'Paid' END AS "Status",
    'Payment complete.' AS "Seller Message", '0.00' AS "Taxes On Fee", 'card_' || hash(i + 3) % 99999 AS "Card ID",
    'cus_' || hash(i % persons) % 10000000 AS "Customer ID", '' AS "Customer Description",
    'p' || i % persons || '@example.org' AS "Customer Email", 'in_' || i AS "Invoice ID", '' AS "Transfer"
"""
SQUARE = """
    strftime(begin + INTERVAL (i * step) SECOND, '%m/%d/%Y') AS "Date",
    strftime(begin + INTERVAL (i * step) SECOND, '%H:%M:%S') AS "Time",
    'Eastern Time (US & Canada)' AS "Time Zone",
    printf('$%.2f', 2 + hash(i) % 4000 / 100) AS "Gross Sales", '$0.00' AS "Discounts", '$0.00' AS "Service Charges",
    printf('$%.2f', 2 + hash(i) % 4000 / 100) AS "Net Sales", '$0.00' AS "Gift Card Sales", '$0.00' AS "Tax",
    '$0.00' AS "Tip", '$0.00' AS "Partial Refunds", printf('$%.2f', 2 + hash(i) % 4000 / 100) AS "Total Collected",
    'Point of Sale' AS "Source", printf('$%.2f', 2 + hash(i) % 4000 / 100) AS "Card", 'Tapped' AS "Card Entry Methods",
    '$0.00' AS "Cash", '$0.00' AS "Square Gift Card", '$0.00' AS "Other Tender", '' AS "Other Tender Type",
    '' AS "Tender Note", '-$0.31' AS "Fees", printf('$%.2f', 1.69 + hash(i) % 4000 / 100) AS "Net Total",
    'T' || lpad(i::VARCHAR, 14, '0') AS "Transaction ID", 'P' || lpad(i::VARCHAR, 14, '0') AS "Payment ID",
    'Visa' AS "Card Brand", lpad((hash(i + 4) % 10000)::VARCHAR, 4, '0') AS "PAN Suffix", 'Till 1' AS "Device Name",
    'Staff A' AS "Staff Name", '7' AS "Staff ID", 'https://example.org/' || i AS "Details",
    'Bread, Cake' AS "Description",
    'Payment' AS "Event Type", 'Main Street' AS "Location", '' AS "Dining Option",
    CASE WHEN hash(i + 5) % 5 = 0 THEN 'C' || i % persons ELSE '' END AS "Customer ID",
    '' AS "Customer Name", '' AS "Customer Reference ID", '' AS "Device Nickname", '$0.00' AS "Third Party Fees",
    'D' || i // 200 AS "Deposit ID", strftime(begin + INTERVAL (i * step) SECOND, '%m/%d/%Y') AS "Deposit Date",
    '' AS "Deposit Details", '2.6' AS "Fee Percentage Rate", '$0.10' AS "Fee Fixed Rate", '' AS "Refund Reason",
    '' AS "Discount Name", 'Complete' AS "Transaction Status", '$0.00' AS "Cash App", '' AS "Order Reference ID",
    '' AS "Fulfillment Note", 'No' AS "Free Processing Applied", 'Main Street' AS "Channel",
    '$0.00' AS "Unattributed Tips",
    '' AS "Table Info", '$0.00' AS "International Fee"
"""
KINDS = {"stripe": STRIPE, "square": SQUARE}


def make(kind: str, path: Path, rows: int) -> None:
    """Write an export of `rows` rows over three years, one person in eight rows."""
    import duckdb

    step = 3 * 365 * 86_400 / rows
    # Begun on a day beyond 12, so that the peer can tell the order of day and month.
    shared = f"TIMESTAMP '2023-01-20' AS begin, {step} AS step, {max(rows // 8, 1)} AS persons"
    source = f"SELECT i, {shared} FROM range({rows}) t(i)"
    duckdb.execute(f"COPY (SELECT {KINDS[kind]} FROM ({source})) TO '{path}' (HEADER, DELIMITER ',')")

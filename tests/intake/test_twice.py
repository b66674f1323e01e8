"""The same sales from two systems are said, and two tills of one shop are not."""

from random import Random

import pytest

from crqkit.intake import read_folder

STRIPE = "id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer Email\n"
DAYS = 60


def told(shop):
    return [one for one in shop.cautions if one.id.startswith("caution.intake.twice")]


def sales(count, seed, *, people=40, prices=(18, 25, 31, 47), minute=lambda at: at.randrange(480, 1140)):
    at = Random(seed)
    rows = sorted((at.randrange(DAYS), minute(at), at.randrange(people), at.choice(prices)) for _ in range(count))
    return [(f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}", moment, who, price) for day, moment, who, price in rows]


def clock(moment):
    return f"{moment // 60:02d}:{moment % 60:02d}:00"


def shopify_file(shopify, order, rows):
    cells = [
        order(f"#{place}", f"p{who}@example.com", at=f"{day} {clock(moment)} +0000", total=f"{price}.00")
        for place, (day, moment, who, price) in enumerate(rows)
    ]
    return shopify(*cells)


def stripe_file(rows, named=True):
    return STRIPE + "".join(
        f"ch_{place},{day} {clock(moment)},{price}.00,0,eur,Paid,{f'p{who}@example.com' if named else ''}\n"
        for place, (day, moment, who, price) in enumerate(rows)
    )


def sheet(rows, *, times=False, named=True):
    return "date,customer,amount\n" + "".join(
        f"{day}{' ' + clock(moment) if times else ''},{f'p{who}@example.com' if named else ''},{price}.00\n"
        for day, moment, who, price in rows
    )


@pytest.mark.parametrize("named", [True, False])
def test_a_shop_and_its_payment_service(put, shopify, order, named):
    rows = sales(253, 1)
    later = [(day, moment + 2, who, price) for day, moment, who, price in rows]
    files = {"orders_export.csv": shopify_file(shopify, order, rows), "payments.csv": stripe_file(later, named)}
    shop = read_folder(put(files))
    (caution,) = told(shop)
    assert len(shop.orders) == 506, "nothing is dropped"
    assert caution.params["orders"] == 253 and caution.params["matched"] >= 245
    assert {"orders_export.csv", "payments.csv"} == {caution.params["smaller"], caution.params["other"]}


def test_days_in_one_file_and_times_in_the_other(put, shopify, order):
    rows = sales(120, 2)
    shop = read_folder(put({"orders_export.csv": shopify_file(shopify, order, rows), "own.csv": sheet(rows)}))
    (caution,) = told(shop)
    assert caution.id == "caution.intake.twice_days" and caution.params["timed"] == "orders_export.csv"
    assert caution.params["orders"] == caution.params["matched"] == 120
    own = read_folder(put({"a.csv": sheet(rows), "b.csv": sheet(rows, times=True)}, "own"))
    assert [one.params["timed"] for one in told(own)] == ["b.csv"]


def test_partly_doubled(put, shopify, order):
    rows = sales(200, 3)
    for share, count in ((0.7, 1), (0.3, 0)):
        kept = int(share * 100)
        half = sorted(rows[: 2 * kept : 2] + sales(100 - kept, 4, people=4000))
        files = {"orders_export.csv": shopify_file(shopify, order, rows), "payments.csv": stripe_file(half)}
        assert len(told(read_folder(put(files, str(share))))) == count, share


@pytest.mark.parametrize("times", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_two_tills_that_sell_the_same_things_to_walk_ins(put, times, seed):
    """By chance most coffees of one till have one of the other till on the same day, and many within ten minutes."""
    one, other = (sales(1500, 10 * seed + till, prices=(3, 4)) for till in (1, 2))
    head = "order,date,customer,amount\n"
    files = {
        "till.csv": sheet(one, times=times, named=False),
        "payments.csv": stripe_file(other, named=False) if times else head,
    }
    if not times:
        files["payments.csv"] = stripe_file([(day, 0, who, price) for day, _, who, price in other], named=False)
    assert not told(read_folder(put(files)))


def test_customers_of_both_who_buy_other_things_are_no_doubles(put, shopify, order):
    one, other = sales(300, 5), sales(300, 6)
    files = {"orders_export.csv": shopify_file(shopify, order, one), "payments.csv": stripe_file(other)}
    assert not told(read_folder(put(files)))


def test_monthly_fees_of_other_customers_on_the_same_day_are_no_doubles(put, shopify, order):
    first = [(f"2026-{month:02d}-01", 540, who, 29) for month in range(1, 9) for who in range(10)]
    others = [(day, moment, who + 500, price) for day, moment, who, price in first]
    files = {"orders_export.csv": shopify_file(shopify, order, first), "payments.csv": stripe_file(others)}
    assert not told(read_folder(put(files)))
    files["payments.csv"] = stripe_file(first)
    assert len(told(read_folder(put(files)))) == 1


def test_nine_doubles_are_too_few_to_say_anything(put, shopify, order):
    rows = sales(9, 7)
    files = {"orders_export.csv": shopify_file(shopify, order, rows), "payments.csv": stripe_file(rows)}
    assert not told(read_folder(put(files)))

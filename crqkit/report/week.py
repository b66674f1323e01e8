"""Whom to mend things with, contact or greet this week: rules over tables, each with its reason."""

from collections.abc import Container, Iterator

import pandas as pd

from crqkit.base import Sentence, say
from crqkit.base.cutoffs import LIST_LENGTH, OWN, Cutoff
from crqkit.tables.form import Form
from crqkit.tables.schema import REFUND, SALE

REGULAR_VISITS = Cutoff("regular_visits", 4, f"{OWN}: three gaps are the least that show a habit", "this week's list")
QUIET_RATIO = Cutoff("quiet_ratio", 1.5, f"{OWN}: half as long again as the longest usual gap", "this week's list")
LOST_RATIO = Cutoff("lost_ratio", 4.0, f"{OWN}: after four usual gaps a reminder comes too late", "this week's list")
UNHAPPY_RECOMMEND = Cutoff("unhappy_recommend", 6, "0 to 6 are detractors; Reichheld 2003", "0 to 10 scale")
UNHAPPY_SHARE = Cutoff(
    "unhappy_share", 0.25, f"{OWN}: the lowest quarter of the answer scale", "dimension scores of one person"
)
RECENT_DAYS = Cutoff("recent_days", 60, f"{OWN}: later an answer to it feels odd", "answers and refunds")
SETTLED_DAYS = Cutoff("settled_days", 7, f"{OWN}: within a week nobody is missed", "customers who got money back")
FRESH_DAYS = Cutoff("fresh_days", 14, f"{OWN}: two weeks", "greetings")
MILESTONES = frozenset({10, 25, 50, 100, 200, 500})

COLUMNS = ["customer_key", "action", "reason_id", "why"]
MEND, CONTACT, GREET = "mend", "contact", "greet"


def week_list(
    visits: pd.DataFrame,
    quiet: pd.DataFrame,
    orders: pd.DataFrame,
    answers: pd.DataFrame,
    *,
    form: Form,
    as_of: pd.Timestamp,
    new_since: pd.Timestamp,
    done: Container[str] = (),
    ask_recommend: bool = True,
    capacity: int = int(LIST_LENGTH),
) -> pd.DataFrame:
    """Return at most `capacity` customers: mend before contact before greet, the most valuable first.

    Parameters
    ----------
    visits : DataFrame
        `crqkit.tables.customer_features` collected: one row a customer.
    quiet : DataFrame
        From `quiet_regulars`.
    orders, answers : DataFrame
        The canonical orders; answers with one row a filled-in questionnaire.
    new_since : Timestamp
        Nobody first seen earlier is called new: the file may start in mid-life.
    done : container of str
        Customers for whom the last advice was carried out; they are left in peace.
    ask_recommend : bool
        Whether the column ``recommend`` holds the question from 0 to 10.

    Returns
    -------
    DataFrame
        ``customer_key, action, reason_id, why`` and the cells that the reasons quote.
    """
    found = [
        *_unhappy(answers, form, as_of, ask_recommend),
        *_refunded(orders, as_of),
        *_quiet(quiet),
        *_milestones(visits, as_of, new_since),
    ]
    found = [row for row in found if row["customer_key"] not in done]
    table = pd.DataFrame(found, columns=[*COLUMNS, "day", "score", "visits", "days", "usual"])
    value = table["customer_key"].map(_value(visits))
    rank = table["action"].map({MEND: 0, CONTACT: 1, GREET: 2})
    table = table.assign(_rank=rank, _value=value).sort_values(
        ["_rank", "_value", "customer_key"], ascending=[True, False, True], kind="stable"
    )
    table = table.drop_duplicates("customer_key").head(capacity)
    return table.drop(columns=["_rank", "_value"]).reset_index(drop=True)


def _value(visits: pd.DataFrame) -> pd.Series:
    """Return the place of each customer between the least valuable (0) and the most (1).

    Where no amount is known, as of somebody who pays in another currency, visits tell it: unknown is not nothing.
    """
    people = visits.set_index("customer_key")
    return people["net"].rank(pct=True).fillna(people["visits"].rank(pct=True))


def _row(key: str, action: str, sentence: Sentence) -> dict[str, object]:
    cells = {
        name: value for name, value in sentence.params.items() if name in ("day", "score", "visits", "days", "usual")
    }
    return {"customer_key": key, "action": action, "reason_id": sentence.id, "why": sentence} | cells


def _unhappy(
    answers: pd.DataFrame, form: Form, as_of: pd.Timestamp, ask_recommend: bool
) -> Iterator[dict[str, object]]:
    since = as_of - pd.Timedelta(days=int(RECENT_DAYS))
    known = answers[answers["customer_key"].notna() & (answers["at"] >= since)]
    latest = known.sort_values("at").drop_duplicates("customer_key", keep="last")
    for _, person in latest.iterrows():
        key, day = person["customer_key"], person["at"]
        score = person.get("recommend") if ask_recommend else None
        if score is not None and score <= float(UNHAPPY_RECOMMEND):
            yield _row(key, MEND, say("page.week.mend_answer", day=day, score=score))
            continue
        for dimension, label in form.dimensions.items():
            items = [item for item in form.of_dimension(dimension) if item.id in person.index and not item.reverse]
            if not items:
                continue
            low, high = items[0].low, items[0].high
            mean = person[[item.id for item in items]].astype(float).mean()
            if mean <= low + float(UNHAPPY_SHARE) * (high - low):
                id = "page.week.mend_low" if len(items) > 1 else "page.week.mend_single"
                sentence = say(id, day=day, score=mean, dimension=label.lower(), bottom=low, top=high)
                yield _row(key, MEND, sentence)
                break


def _refunded(orders: pd.DataFrame, as_of: pd.Timestamp) -> Iterator[dict[str, object]]:
    known = orders[orders["customer_key"].notna()]
    oldest, latest = (as_of - pd.Timedelta(days=int(days)) for days in (RECENT_DAYS, SETTLED_DAYS))
    back = known[(known["status"] == REFUND) & known["at"].between(oldest, latest)]
    last_sale = known[known["status"] == SALE].groupby("customer_key")["at"].max()
    for key, day in back.groupby("customer_key")["at"].max().items():
        if not (last_sale.get(key, pd.NaT) > day):
            yield _row(key, MEND, say("page.week.mend_refund", day=day))


def quiet_regulars(visits: pd.DataFrame, days: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return regulars silent for longer than their own habit: ``customer_key, visits, days, usual, consent``.

    `days` is `crqkit.tables.visit_days` collected. `usual` is a regular's own second longest gap in days, so that
    one long holiday does not count as habit.
    """
    regulars = visits[visits["visits"] >= int(REGULAR_VISITS)].set_index("customer_key")
    gaps = days[days["customer_key"].isin(regulars.index)].dropna(subset=["gap"])
    longest = gaps.sort_values(["customer_key", "gap"], ascending=[True, False]).groupby("customer_key").head(2)
    usual = longest.groupby("customer_key")["gap"].last()
    seen = {"usual": usual, "days": regulars["days_since_last"], "visits": regulars["visits"]}
    table = pd.DataFrame(seen).dropna()
    ratio = table["days"] / table["usual"].clip(lower=1)
    table = table[(ratio >= float(QUIET_RATIO)) & (ratio <= float(LOST_RATIO))]
    consent = customers.drop_duplicates("customer_key").set_index("customer_key")["consent"]
    return table.assign(consent=table.index.map(consent)).rename_axis("customer_key").reset_index()


def _quiet(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    for row in table[table["consent"].eq(True).fillna(False)].itertuples():
        sentence = say("page.week.contact", visits=row.visits, days=row.days, usual=row.usual)
        yield _row(row.customer_key, CONTACT, sentence)


def _milestones(visits: pd.DataFrame, as_of: pd.Timestamp, new_since: pd.Timestamp) -> Iterator[dict[str, object]]:
    fresh = visits[visits["last_at"] >= as_of - pd.Timedelta(days=int(FRESH_DAYS))]
    second = fresh[(fresh["visits"] == 2) & (fresh["first_at"] >= new_since)]
    for row in second.itertuples():
        yield _row(row.customer_key, GREET, say("page.week.greet_second", day=row.last_at))
    for row in fresh[fresh["visits"].isin(MILESTONES)].itertuples():
        yield _row(row.customer_key, GREET, say("page.week.greet_milestone", visits=row.visits, day=row.last_at))

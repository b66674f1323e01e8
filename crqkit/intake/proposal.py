"""The lines of a proposed mapping: orders with who bought, answers with their questions and scales."""

import json
import re
from collections.abc import Sequence

from crqkit.base import say
from crqkit.intake.guessing import Column, of
from crqkit.intake.mapfile import POCKET
from crqkit.intake.questions import FEW, SHORT, known_by_words, slug
from crqkit.intake.scales import printed_scale, recommends
from crqkit.intake.values import currency_of
from crqkit.tables.form import load_form

SCALES = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 100))


def ask(what: str, **said: str) -> str:
    """Return the mark of a guess at the end of a line, with what to look at."""
    return f"  # ? {say(f'log.map.{what}', **said)}"


def quoted(name: str) -> str:
    """Return a header as it stands in YAML, letters of every language left readable."""
    return json.dumps(name, ensure_ascii=False)


def orders(columns: Sequence[Column], date: Column, amount: Column) -> list[str]:
    """Return the lines for a sheet with one row an order."""
    used = {date.name, amount.name}
    lines = [
        "table: orders",
        "columns:",
        f"  at: {quoted(date.name)}",
        f"  total: {quoted(amount.name)}{ask('total')}",
    ]
    person = _person(columns) or next(
        (column for column in columns if column.name not in used and not column.role and column.identity), None
    )
    person = person or of(columns, "person", "name")
    if person:
        used.add(person.name)
        doubt = "" if person.role == "email" else ask("names" if person.named else "person")
        lines.append(f"  customer_key: {quoted(person.name)}{doubt}")
    for role in ("customer_phone", "order_id", "refunds", "currency", "country", "channel", "n_items", "consent"):
        column = of(columns, role)
        if column and column.name not in used and not (role == "order_id" and column.values.duplicated().any()):
            used.add(column.name)
            lines.append(f"  {role}: {quoted(column.name)}{ask('consent') if role == 'consent' else ''}")
    currency = "" if of(columns, "currency") else currency_of([amount.name, *amount.values.head(50)])
    lines += [f"currency: {currency}{ask('currency')}"] if currency else []
    lines += _names(columns, used) + _left(columns, used)
    if (amount.figures < 0).any():
        lines.append(f"# {say('log.map.negative')}")
    return lines


def _person(columns: Sequence[Column]) -> Column | None:
    """Return the column that tells one person from another: an e-mail address, else a number; names do not."""
    email, number = of(columns, "email"), of(columns, "person")
    number = number if number and not number.named else None
    seldom = email and number and len(email.values) < len(number.values) / 2
    return number if seldom or not email else email


def _names(columns: Sequence[Column], used: set[str]) -> list[str]:
    """Return the line that lets names of persons be taken out of free text."""
    found = [column.name for column in columns if column.role in ("name", "person") and column.named]
    found = [name for name in found if name not in used]
    used.update(found)
    return [f"names: [{', '.join(map(quoted, found))}]"] if found else []


def _left(columns: Sequence[Column], used: set[str]) -> list[str]:
    left = [column for column in columns if column.name not in used]
    return [f"# {say('log.map.left', columns=_listed(left))}"] if left else []


def _listed(columns: Sequence[Column]) -> str:
    return ", ".join(quoted(column.name) for column in columns)


# Answers ------------------------------------------------------------------------------------------------------------


def responses(columns: Sequence[Column], date: Column | None) -> list[str]:
    """Return the lines for a sheet with one row a filled-in questionnaire; none where every question is known."""
    pairs = [("at", date), ("customer_key", _person(columns)), ("customer_phone", of(columns, "customer_phone"))]
    pairs += [("consent", of(columns, "consent"))]
    used = {one.name for _, one in pairs if one}
    names = _names(columns, used)
    known = [column for column in columns if column.name not in used and known_by_words(column.name)]
    open_ones = [column for column in columns if column not in known and column.name not in used]
    open_ones = [column for column in open_ones if not column.personal and len(column.values)]
    ratings = [column for column in open_ones if column.rating or (column.numeric and printed_scale(column.name))]
    groups = [column for column in open_ones if column not in ratings and _is_choice(column)]
    texts = [column for column in open_ones if column not in (*ratings, *groups) and _is_text(column)]
    if not (ratings or texts or groups):
        return []
    lines = ["table: responses"]
    given = [f"  {name}: {quoted(one.name)}{ask(name) if name == 'consent' else ''}" for name, one in pairs if one]
    lines += ["columns:", *given] if given else []
    lines += names
    lines += [f"# {say('log.map.known', columns=_listed(known))}"] if known else []
    lines += _items(ratings, texts, [id for column in known if (id := known_by_words(column.name))])
    if groups:
        # Not proposed but offered: the answers can be names.
        lines += [f"# groups:{ask('groups')}", *(f"#   - {quoted(column.name)}" for column in groups)]
    return lines + _left(columns, used | {column.name for column in (*known, *ratings, *groups, *texts)})


def _is_choice(column: Column) -> bool:
    few = column.values.nunique() <= min(FEW, max(2, len(column.values) // 2))
    return not column.numeric and column.share_dates < 0.5 and bool(few and column.values.str.len().max() <= SHORT)


def _is_text(column: Column) -> bool:
    several = column.values.str.contains(r"\S\s+\S").mean() > 0.5
    return column.wordy or (not column.numeric and column.share_dates < 0.5 and bool(several))


def _items(ratings: Sequence[Column], texts: Sequence[Column], taken: list[str]) -> list[str]:
    if not (ratings or texts):
        return []
    prefixes = [_prefix(column.name) for column in ratings]
    own = [name for name in dict.fromkeys(prefixes) if prefixes.count(name) > 1]
    lines = [f"dimensions:{ask('dimensions')}", *(f"  {slug(one, ())}: {quoted(one)}" for one in own)] if own else []
    dimensions = list(load_form(POCKET).dimensions)
    if ratings:
        lines.append(f"# {say('log.map.scale')}")
        lines += [f"# {say('log.map.dimension')}"]
        lines += [f"#   {id}: {say(f'log.map.dimension.{id}')}" for id in dimensions]
    lines.append("items:")
    for column, prefix in zip(ratings, prefixes, strict=True):
        recommend = recommends(column.name, column.figures) and "recommend" not in taken
        alike = [one for one, other in zip(ratings, prefixes, strict=True) if other == prefix]
        low, high = (0, 10) if recommend else _scale(column, alike)
        lines += _item("recommend" if recommend else slug(re.sub(r"[(\[]\d.*", "", column.name), taken), column, taken)
        lines += [f"    low: {low}  # ?", f"    high: {high}  # ?"]
        if prefix in own:
            lines.append(f"    dimension: {slug(prefix, ())}")
        elif not recommend:
            lines.append(f"    # dimension: {' | '.join(dimensions)}  # ?")
    for column in texts:
        count = sum(id.startswith("comment") for id in taken)
        lines += [*_item(f"comment_{count + 1}" if count else "comment", column, taken), "    kind: text"]
    return lines


def _item(id: str, column: Column, taken: list[str]) -> list[str]:
    taken.append(id)
    # YAML takes words such as no and numbers for something else than text.
    plain = re.fullmatch(r"[a-z]\w*", id) and id not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    return [f"  - id: {id if plain else quoted(id)}", f"    column: {quoted(column.name)}"]


def _scale(column: Column, alike: Sequence[Column]) -> tuple[int, int]:
    """Return the scale printed in the header, else the smallest usual one that holds the answers."""
    printed = printed_scale(column.name)
    if printed:
        return printed
    low, high = min(one.figures.min() for one in alike), max(one.figures.max() for one in alike)
    return next((scale for scale in SCALES if scale[0] <= low and high <= scale[1]), SCALES[-1])


def _prefix(name: str) -> str:
    return re.sub(r"[\W_]*\d+$", "", name) if re.fullmatch(r"[A-Za-z_]+\d+", name) else name

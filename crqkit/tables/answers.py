"""Responses turned from long to wide: one row a filled-in questionnaire."""

import pandas as pd

from crqkit.tables.form import RATING, Form

WHO = ["response_id", "customer_key", "at"]


def answers(responses: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Return one row a filled-in questionnaire.

    Parameters
    ----------
    responses : DataFrame
        The canonical table: ``response_id, customer_key, at, item, value, text``.
    form : Form
        Ratings come back as numbers, texts and choices as text.

    Returns
    -------
    DataFrame
        ``response_id, customer_key, at``, then one column an item of the form that was asked.
    """
    people = responses[WHO].drop_duplicates("response_id").reset_index(drop=True)
    columns = {}
    for item in form.items:
        given = responses[responses["item"] == item.id]
        if len(given):
            given = given.drop_duplicates("response_id").set_index("response_id")
            values = given["value"] if item.kind == RATING else given["text"]
            columns[item.id] = people["response_id"].map(values).astype(values.dtype)
    return people.assign(**columns)

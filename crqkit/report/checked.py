"""What was read from a folder, said without a page."""

from collections.abc import Iterator

from crqkit.base import say
from crqkit.intake import Shop, log_sentences

# Cautions that mean: something in the files was not understood.
LEFT_OUT = ("caution.intake.scale", "caution.intake.group", "caution.intake.heading")
# What stays closed without anything being lost: nothing to be read is in it.
NO_LOSS = ("own", "blank", "kind")


def checked(shop: Shop, *, dropping: bool, program: str) -> Iterator[str]:
    """Yield what became of each file, how much of each table there is, what limits it, and how to go on.

    `dropping` tells that faulty rows were left out, `program` how the command line was called.
    """
    yield from log_sentences(shop.log)
    for name, table in shop.tables.items():
        count = table["response_id"].nunique() if name == "responses" else len(table)
        yield say(f"cli.check.{name}", rows=count)
    yield from shop.cautions
    partly = dropping or any(getattr(caution, "id", "") in LEFT_OUT for caution in shop.cautions)
    options = " --drop-faulty" if dropping else ""
    unread = int(((shop.log["outcome"] == "not read") & ~shop.log["reason"].isin(NO_LOSS)).sum())
    id = "cli.check.unread" if unread else "cli.check.partly" if partly else "cli.check.good"
    yield say(id, folder=str(shop.folder), program=program, options=options, unread=unread)

"""The words of the plumber's customers, all invented."""

from town.voices import Words

WORDS = Words(
    keep=(
        "You came on the day you said.", "You left the kitchen cleaner than it was.", "You explain what is broken.",
        "The bill was the quote, to the pound.", "You rang ahead from the van.", "You know our old boiler by heart.",
        "No job is too small for you.",
    ),
    change=(
        "Ring when you will be late.", "The bill was well above the quote.", "We waited in for two days.",
        "Say beforehand what may come on top.", "Answer the telephone in the evening.",
        "A written quote, please.", "Come back for the last screw.",
    ),
    reviews={
        5: ("On time, tidy, and the price he had named.", "Came the same evening. The leak is gone for good.",
            "Explains everything and charges what he said."),
        4: ("Good work, a day later than agreed.", "Solid job, a little above the quote.", "Friendly and clean."),
        3: ("The work is fine, the bill was not what we agreed.", "Good hands, poor calendar."),
        2: ("Late twice, and nobody rang.", "A good deal more than the quote."),
        1: ("Two days late and far above the quote.", "Never came back to finish."),
    },
)  # fmt: skip

"""The questions and the words of the travel agency's customers, all invented."""

from town import voices
from town.voices import Words

# Above the page stands which end is which: 1 fully disagree, 7 fully agree.
STEM = "How far do you agree, from 1 to 7?"
ATTENTION, RECOMMEND, COMPANY, COMMENT = "Q1_11", "Q2", "Q3", "Q4"
# Three needs of each segment, in the order of the segments, and one that all share.
NEEDS = {
    "Q1_1": "New things are what I travel for.",
    "Q1_2": "Remote places draw me more than famous ones.",
    "Q1_3": "Outdoors is where I want to be, on foot or on a bicycle.",
    "Q1_4": "Only the best hotel will do.",
    "Q1_5": "Everything should be taken care of for me.",
    "Q1_6": "Comfort on the way is worth the money.",
    "Q1_7": "Price comes before everything else.",
    "Q1_8": "Offers decide when I travel.",
    "Q1_9": "Extras are the first thing I do without.",
    "Q1_10": "Somebody should be there when something goes wrong.",
}
# The long form asks this too, so whoever reads the file can tell what the question is for.
HEED = 'To show that you read this line, please mark "rather disagree".'
ASKED = (
    {id: f"{STEM} - {words}" for id, words in NEEDS.items()}
    | {ATTENTION: f"{STEM} - {HEED}"}
    | {RECOMMEND: voices.RECOMMEND, COMPANY: "With whom do you usually travel?", COMMENT: voices.COMMENT}
)
COMPANIONS = ("Alone", "As a couple", "With children", "With friends")
WORDS = Words(
    keep=(
        "You know the places you send us to.", "All papers in one folder.", "You called us at the border.",
        "Honest about the weather.", "You remembered the window seat.", "The guide was wonderful.",
    ),
    change=(
        "Answer at the weekend too.", "Show the whole price from the start.", "Fewer mails, better ones.",
        "Nobody told us that the ferry was cancelled.", "More trips that start by train.",
    ),
    reviews={},
)  # fmt: skip

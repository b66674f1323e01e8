"""The words of the restaurant's guests, all invented: each theme with praise and blame."""

THEMES = ("waiting", "food", "staff")
# The word "wait" stands in praise too: counting words alone goes astray.
BLAME = {
    "waiting": (
        "We waited an hour for the main course.",
        "Our table was not ready.",
        "The wait for the bill was endless.",
        "Forty minutes before anybody brought bread.",
    ),
    "food": (
        "The soup was cold.",
        "My fish was dry.",
        "Small portions for the price.",
        "The vegetables tasted of nothing.",
    ),
    "staff": (
        "The waiter could have been kinder.",
        "Nobody smiled at us.",
        "They forgot who had ordered what.",
        "Our server did not know the menu.",
    ),
}
PRAISE = {
    "waiting": ("No wait at all, even on a Saturday.", "Worth the wait.", "Seated at once."),
    "food": ("The best dumplings in town.", "Fresh, simple, delicious.", "The soup alone is worth the walk."),
    "staff": ("Such a warm welcome.", "Our server knew every dish.", "They remembered our little one's name."),
}
REPLIES = (
    "We are sorry and would like to make it good. Please ask for the owner.",
    "Thank you for telling us. We have talked about it in the kitchen.",
)
THANKS = ("Thank you, see you soon!", "That will please the cook.")

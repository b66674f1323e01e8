"""The goods and the words of the bakery, all invented."""

from town.square_export import Item
from town.voices import Words

# From the cheapest to the dearest.
GOODS = (
    Item("Pastry", "Morning bun", "PA-01", 325), Item("Pastry", "Butter croissant", "PA-02", 375),
    Item("Drinks", "Drip coffee", "DR-01", 295), Item("Pastry", "Cardamom knot", "PA-03", 425),
    Item("Pastry", "Blueberry hand pie", "PA-04", 525), Item("Pastry", 'Pear "pocket", baked', "PA-05", 550),
    Item("Bread", "Baguette", "BR-01", 450), Item("Bread", "Seeded rye", "BR-02", 850),
    Item("Bread", "Country sourdough", "BR-03", 900), Item("Bread", "Maple oat loaf", "BR-04", 795),
    Item("Cake", "Lemon loaf cake", "CA-01", 1450), Item("Cake", "Whole apple tart", "CA-02", 2600),
)
FAVOURITES = tuple(good for good in GOODS if good.category == "Pastry")
MODIFIERS = ("", "", "", "Warm", "Sliced", "")

WORDS = Words(
    keep=(
        "Keep the cardamom knots!", "You know my name and what I like.", "Keep the little bun for the children.",
        "The rye is the best for miles.", "I like that you slice it without being asked.", "Early opening helps me.",
        "Friendly even when the line is long.", "The birthday treat was a lovely surprise.",
    ),
    change=(
        "Please answer the phone before noon.", "Say on the board when the rye is sold out.",
        "Nobody told me that my order was late.", "A second person at the till on Saturdays.",
        "More bread after four o'clock.", "A bit dear for a small loaf.", "Call back when I leave a message.",
    ),
    reviews={
        5: ("They know my name and my cardamom knot.", "Best rye for miles, and kind people.",
            "My daughter gets a small bun every Saturday. We bring our friends now.", "Warm bread, warm welcome."),
        4: ("Very good bread, a little dear.", "Lovely pastries. Go early, they sell out.", "Great knots, slow line."),
        3: ("Good bread, but nobody answers the phone.", "Fine. Nothing I would drive for."),
        2: ("My order was not ready and nobody had called.", "Dry croissant, twice."),
        1: ("Ordered a tart for Christmas and it was not there.", "Waited, then sold out. No word of sorry."),
    },
)
REPLIES = {True: "Thank you, see you on Saturday!", False: "We are sorry. Please ask for us at the counter."}

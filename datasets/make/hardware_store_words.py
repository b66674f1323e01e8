"""The goods and the words of the hardware store, all invented."""

from town.voices import Words

# Name and price in pence, with tax.
GOODS = (
    ("Wood screws, 4 × 40", 450), ("Wall plugs, mixed", 380), ("Masking tape", 320), ("Sandpaper, fine", 290),
    ("Claw hammer", 1650), ("Spirit level, 60 cm", 1890), ("White emulsion, 5 l", 3400), ("Wood stain, oak", 2150),
    ("Paint roller", 780), ("Pruning saw", 1950), ("Potting soil, 40 l", 899), ("Grass seed, 1 kg", 1250),
    ("Door hinge, pair", 640), ("LED bulb", 550), ("Extension lead", 1490), ("Cordless drill", 8900),
)
ADVISED = ("Key cutting", 600)
WORDS = Words(
    keep=(
        "You always find the right screw.", "They told me I did not need the expensive drill.",
        "Keep the tips for beginners.", "You remembered which paint I had last year.",
        "Somebody who has done it himself.", "Keys cut while I wait.", "They lend the big ladder.",
    ),
    change=(
        "Nobody at the counter on a Saturday.", "I waited twenty minutes for a key.",
        "Tell me when the order is there.", "One person alone cannot do the counter and the yard.",
        "Prices on the shelf, please.", "Answer the telephone.", "The website says in stock and it is not.",
    ),
    reviews={},
)

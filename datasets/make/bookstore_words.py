"""The titles, tastes and words of the bookstore, all invented."""

from town.square_export import Item
from town.voices import Words

TITLES = {
    "Crime": (
        "The Ferry Clerk 1|The Ferry Clerk 2|A Quiet Inquest|Ashes at Low Water|The Ninth Receipt|Murder by Timetable|"
        "Cold Lamp Lane|The Tollman's Alibi|Three Locked Sheds|A Witness in Wool|The Brine Letters|Nobody's Umbrella"
    ),
    "History": (
        "Rope Makers 1|Rope Makers 2|Canals before Coal|A Century of Gas|The Salt Road North|Bread and Votes|"
        "Maps of a Lost Harbor|The Weavers' Winter|Letters from a Lock|Iron, Rain and Rail|Last Tollgate|Nine Mills"
    ),
    "Fantasy": (
        "Thornmere 1|Thornmere 2|The Glass Heron|Court of Moths|Ember and Tideling|The Owl Parliament|A Crown of Reeds|"
        "The Map That Bit|Winterlark|Song of the Under-Hill|The Cartwright's Dragon|Seven Borrowed Faces"
    ),
    "Children": (
        "Badger Builds 1|Badger Builds 2|The Bus That Napped|Otto's Odd Socks|Goodnight, Tractor|The Pancake Moon|"
        "Who Painted the Goose?|A Pocket of Rain|The Shy Lighthouse|Mina's Snails|The Loudest Whisper|Bear in Boots"
    ),
    "Cookery": (
        "The Bean Year 1|The Bean Year 2|Supper for Two Pans|Pickles and Patience|One Loaf a Week|The Root Cellar Cook|"
        "Soups without Hurry|A Grain at a Time|Cheap Cuts, Long Evenings|The Island Kitchen|Plum Season|Salt Last"
    ),
    "Poetry": (
        "Field Notes of Rain 1|Field Notes of Rain 2|Small Ledger|The Heron's Grammar|Kitchen Elegies|Snow in Braille|"
        "A Tenant of Light|Minor Weather|The Salt Alphabet|Letters to a Hedge|Unsent Postcards|Psalms for a Bus Stop"
    ),
}
PRICES = {"Crime": 1699, "History": 2400, "Fantasy": 1899, "Children": 999, "Cookery": 2800, "Poetry": 1450}
GENRES = tuple(TITLES)
BOOKS = tuple(
    Item(genre, title, f"BK-{genre[:2].upper()}{number:02d}", PRICES[genre] - 50 * (number % 4))
    for genre, titles in TITLES.items()
    for number, title in enumerate(titles.split("|"), 1)
)
# Bought by everybody, whatever they like to read.
BESTSELLERS = (
    Item("Crime", "The Year Everyone Read", "BK-BS01", 1799), Item("Cookery", "Dinner at Six", "BK-BS02", 2500),
)
# What readers of one kind buy: shares of Crime, History, Fantasy, Children, Cookery, Poetry.
TASTES = {
    "mysteries": (0.64, 0.22, 0.05, 0.03, 0.03, 0.03),
    "the past": (0.2, 0.62, 0.03, 0.03, 0.06, 0.06),
    "other worlds": (0.06, 0.05, 0.66, 0.15, 0.03, 0.05),
    "young families": (0.04, 0.03, 0.13, 0.62, 0.15, 0.03),
    "the kitchen": (0.04, 0.06, 0.03, 0.16, 0.65, 0.06),
    "quiet pages": (0.04, 0.16, 0.06, 0.04, 0.05, 0.65),
}
WORDS = Words(
    keep=(
        "You knew what I would like next.", "The slips on the shelf written by the staff.",
        "They ordered it for me and called.", "I can sit and browse.", "The reading club!", "Keep the poetry corner.",
    ),
    change=(
        "What I wanted was out of stock again.", "Tell me when my order is in.", "Nobody answers mail.",
        "More chairs.", "The club is always full.", "Longer hours on Thursday.", "A bit dear next to online.",
    ),
    reviews={},
)

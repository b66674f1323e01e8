"""The words of the boutique: names, streets, goods and sentences, all invented."""

FIRST_NAMES = (
    "Anke Anna Antje Ayşe Bärbel Beate Birgit Carla Chiara Dörte Elif Emma Erik Eva Fatma Felix Finn Frauke Greta "
    "Hanna Heike Henning Ida Ingrid Jana Jens Johanna Jonas Jörg Julia Jürgen Käthe Karin Katja Kerstin Lars Lea Lena "
    "Leyla Lilly Lotte Luisa Maja Maren Marie Marta Mats Merle Mia Milena Nele Nina Nora Oksana Ole Paula Petra Pia "
    "Rike Rosa Sabine Sara Silke Sönke Sofia Svenja Tanja Thea Theresa Tim Tomke Ulla Ute Vera Wiebke Yara Zoë"
).split()

LAST_NAMES = (
    "Ahrens Albers Bartels Becker Behrens Böttcher Brandt Brüning Carstens Claasen Demir Dierks Ehlers Engel Feddersen "
    "Fischer Franke Gerdes Graf Günther Hansen Harms Hinrichs Jansen Jessen Kaya Keller Köhler Kröger Krüger Lange "
    "Lorenzen Lüders Mahler Martens Meier Möller Mühlenberg Nissen Nowak Öztürk Paulsen Petersen Pohl Quast Reimers "
    "Richter Rohde Schäfer Schlüter Schmidt Schröder Seidel Sievers Sørensen Stein Thiessen Timm Ulrich Vogt Voß "
    "Wagner Weber Wegener Wolff Yıldız Ziegler"
).split()

STREETS = (
    "Ankerweg", "Am Alten Speicher", "Birkenstieg", "Deichgrund", "Elbkamp", "Fährtwiete", "Grüner Bogen", "Heidestieg",
    "Kapitänsgang", "Lindenredder", "Möwenkehre", "Nordertwiete", "Quittenweg", "Reetstraße", "Schlehenkamp",
    "Tidenstraße", "Uferredder", "Weißdornallee",
)

PLACES = (
    ("22765", "Hamburg"), ("20253", "Hamburg"), ("20357", "Hamburg"), ("22303", "Hamburg"), ("21073", "Hamburg"),
    ("22767", "Hamburg"), ("20095", "Hamburg"), ("22880", "Wedel"), ("21335", "Lüneburg"), ("28203", "Bremen"),
    ("10437", "Berlin"), ("04109", "Leipzig"), ("01099", "Dresden"), ("80469", "München"), ("50672", "Köln"),
)

# sku, name, price and compare-at price in cents (0: none), vendor
GOODS = (
    ("KL-101", "Leinenkleid Alster - Salbei / S", 8900, 0, "Nordnaht"),
    ("KL-102", "Leinenkleid Alster - Salbei / M", 8900, 0, "Nordnaht"),
    ("KL-110", "Wickelkleid, lang - Tinte / M", 11900, 13900, "Nordnaht"),
    ("KL-120", 'Kleid "Övelgönne" - Rost / 38', 12900, 0, "Atelier Quast"),
    ("BL-201", "Bluse Fährte, Bio-Baumwolle - Weiß / S", 5900, 0, "Nordnaht"),
    ("BL-202", "Bluse Fährte, Bio-Baumwolle - Weiß / M", 5900, 0, "Nordnaht"),
    ("BL-210", "Seidenbluse Jenisch - Creme / 40", 14900, 0, "Atelier Quast"),
    ("SH-301", "T-Shirt Kai - Navy / M", 2990, 0, "Hafenhemd"),
    ("SH-302", "T-Shirt Kai - Weiß / L", 2990, 0, "Hafenhemd"),
    ("SH-310", "Ringelshirt Lotse, langarm - Blau/Weiß / S", 4490, 0, "Hafenhemd"),
    ("ST-401", "Strickpullover Förde - Grau / M", 9900, 12900, "Wollwerk"),
    ("ST-402", "Strickpullover Förde - Senf / L", 9900, 0, "Wollwerk"),
    ("ST-410", "Cardigan Deich, Merino - Moos / S", 11900, 0, "Wollwerk"),
    ("HO-501", "Hose Werft, hoher Bund - Schwarz / 38", 8490, 0, "Nordnaht"),
    ("HO-510", "Jeans Speicher - Indigo / 30", 9490, 0, "Hafenhemd"),
    ("RO-601", "Rock Tide, Midi - Ocker / M", 6990, 0, "Nordnaht"),
    ("JA-701", "Regenjacke Brise - Gelb / M", 15900, 0, "Hafenhemd"),
    ("MA-710", "Wollmantel Elbchaussee - Anthrazit / 40", 24900, 28900, "Atelier Quast"),
    ("AC-801", "Socken Möwe, 2 Paar", 1490, 0, "Wollwerk"),
    ("AC-802", "Mütze Böe - Rot", 2490, 0, "Wollwerk"),
    ("AC-803", "Schal Nebel, Alpaka - Hellgrau", 4990, 0, "Wollwerk"),
    ("AC-804", '=NEU= Seidentuch, "Elbe"', 3990, 0, "Atelier Quast"),
    ("AC-805", "Stofftasche Kiez", 1290, 0, "Hafenhemd"),
    ("AC-806", "Gürtel Tau, Leder - Cognac", 3490, 0, "Atelier Quast"),
    ("AC-807", "Ohrringe Perle, klein", 2290, 0, "Atelier Quast"),
    ("AC-808", "Haarband Welle - Samt", 990, 0, "Wollwerk"),
)

NOTES = (
    "Bitte als Geschenk verpacken, danke!", "Bitte bei Nachbarn abgeben: 2. Stock, links.",
    "Größe unsicher, bei Fragen bitte anrufen.", "Please leave it at the café next door.", "Abholung am Samstag?",
)
NOTE_OF_TWO_LINES = "Bitte klingeln.\nHintereingang, Tür \"B\", zweiter Hof."
NOTE_WITH_SCRIPT = "<script>alert('Rabatt')</script> Danke & liebe Grüße"

WHAT_TO_KEEP = (
    "Keep the lovely advice in the shop.", "The fabrics are wonderful.", "I like that the clothes last for years.",
    "Keep the Saturday evenings!", "The shop smells good and nobody rushes me.", "Great choice of knitwear.",
    "Parcels come quickly and nicely packed.", "You always find my size.", "Fair prices for what it is.",
    "Please keep Frau Böttcher, she is a treasure.", "Returns are easy.", "Small labels I find nowhere else.",
    "Friendly people, honest about what does not suit me.", "The linen dresses are the best in town.",
    "I trust the size advice.", "The wrapping paper is pretty.",
)
WHAT_TO_CHANGE = (
    "Please answer e-mails faster.", "I waited nine days for a reply about my return.",
    "Nobody told me that my parcel was late.", "The phone is rarely answered.", "Tell us when a size is back in stock.",
    "I asked about a repair twice and heard nothing.", "Say clearly how long a refund takes.",
    "Messages on the website seem to go nowhere.", "More large sizes, please.", "The fitting rooms are too small.",
    "Shipping costs are a bit high.", "The newsletter comes too often.", "Show more photographs of the back.",
    "Open a little longer on Thursdays.", "Somewhat dear, but fine.", "A chair for waiting friends, please.",
)
COMMENTS_WITH_TRACES = (
    "Please write to me at lena.brandt@example.org about the missing belt.",
    "Call me back on 040 66969 412, I asked for that twice.",
    "Schöne Läden gibt es viele, aber eure Größenberatung ist die beste!",
    "Keep:\nthe advice\nChange:\nthe slow replies, and the music",
    'My sister said "try the Elbe scarf", and she was right.',
    "+49 152 28817386 is my new number, the old one in your file is wrong.",
)

REVIEWS = {
    5: ("Wonderful little shop, honest advice.", "Beste Beratung in Ottensen, wunderschöne Stoffe.",
        "Bought a coat and still love it a year later.", "Parcel came in two days, beautifully wrapped.",
        "They remembered my size from last winter!", "Tolle Auswahl kleiner Marken.", "My favourite shop in Hamburg.",
        "Kind people, fair prices.", "Perfect fit, easy return of the second size."),
    4: ("Lovely clothes, only the changing room is tiny.", "Good quality. Replies by e-mail take a while.",
        "Schöne Sachen, etwas teuer.", "Nice shop, sizes run small.", "Happy with the dress, parcel was a day late."),
    3: ("Nice things, but nobody answers the phone.", "Mittelmäßig: schöne Ware, langsame Antworten.",
        "Fine, nothing special."),
    2: ("Waited two weeks for a reply about my refund.", "The pullover lost its shape, and the answer came late."),
    1: ("Three e-mails, no answer. A pity.", "Order cancelled without a word."),
}
TRANSLATED_REVIEW = (
    "(Translated by Google) A beautiful shop with heart, but answer your messages!\n\n"
    "(Original)\nEin schöner Laden mit Herz, aber antwortet auf eure Nachrichten!"
)
REPLIES = {
    True: ("Thank you, that makes our day!", "Vielen Dank, bis bald im Laden!"),
    False: ("We are sorry. Please write to laden@example.org, we will put it right.",
            "Das tut uns leid, wir melden uns."),
}

"""The questions put to the advisers' clients, how each one works, and in which country it works differently."""

from math import erf, sqrt

FACTORS = {
    "ct": "Cognitive trust",
    "at": "Affective trust",
    "sa": "Satisfaction",
    "ac": "Affective commitment",
    "cc": "Calculative commitment",
    "co": "Communication",
    "lo": "Loyalty",
    "ad": "Advocacy",
}
# Where a client whose response lies below the first number chooses 1, below the second 2, and so on.
COMMON, EVEN = (-1.75, -1.1, -0.35, 0.75), (-1.25, -0.5, 0.35, 1.25)
# id, facet, text, loading, shift of the thresholds: a larger shift makes agreement rarer.
TABLE = (
    ("ct1", "keeps promises", "What my adviser says will happen is what happens.", 0.80, 0.0),
    ("ct2", "competence", "My adviser knows this line of work well.", 0.75, -0.15),
    ("ct3", "preparation", "My adviser has read my papers before we meet.", 0.70, 0.1),
    ("ct4", "quality of advice", "The advice I get holds up when I check it.", 0.78, 0.05),
    ("at1", "care", "How things turn out for me matters to my adviser.", 0.82, 0.05),
    ("at2", "openness", "I can bring up money worries here without feeling foolish.", 0.78, 0.0),
    ("at3", "honesty at own cost", "My adviser would tell me the truth even if it earned them nothing.", 0.74, 0.2),
    ("at4", "warmth", "There is warmth in the way we deal with each other.", 0.75, 0.1),
    ("sa1", "overall", "All in all I am content with this office.", 0.84, -0.15),
    ("sa2", "hopes met", "I get from this office what I had hoped for.", 0.80, 0.0),
    ("sa3", "choice", "Coming to this office was a good decision.", 0.76, -0.1),
    ("sa4", "disappointment", "I often leave a meeting here disappointed.", -0.68, 0.0),
    ("ac1", "would miss it", "I would miss this office if it closed.", 0.80, 0.1),
    ("ac2", "belonging", "I feel at home as a client here.", 0.77, 0.0),
    ("ac3", "pride", "I am glad to say whose client I am.", 0.72, 0.15),
    ("ac4", "more than business", "What ties me to this office is more than business.", 0.75, 0.25),
    ("cc1", "effort of changing", "Changing to another adviser would take me a lot of time.", 0.75, 0.0),
    ("cc2", "cost of changing", "Leaving would cost me money.", 0.72, 0.1),
    ("cc3", "terms to lose", "I would lose favourable terms if I left.", 0.68, 0.15),
    ("cc4", "few alternatives", "It would be hard to find another adviser of this kind near me.", 0.64, -0.05),
    ("co1", "prompt answers", "My questions are answered soon.", 0.78, 0.0),
    ("co2", "told unasked", "I hear of changes before I have to ask.", 0.74, 0.2),
    ("co3", "clear words", "Matters are explained to me in words I understand.", 0.72, -0.1),
    ("co4", "listens and acts", "What I say changes what they do.", 0.70, 0.15),
    ("lo1", "staying", "I plan to stay with this office.", 0.82, -0.15),
    ("lo2", "first choice", "My next money matter I would bring here first.", 0.78, 0.0),
    ("lo3", "doing more", "I expect to use more of what this office offers.", 0.74, 0.25),
    ("lo4", "not looking round", "I hardly look at what other advisers offer.", 0.70, 0.1),
    ("ad1", "good word", "I speak well of this office to others.", 0.84, 0.1),
    ("ad2", "naming", "When somebody needs an adviser, I name mine.", 0.80, 0.2),
    ("ad3", "defence", "I stand up for this office when others find fault with it.", 0.74, 0.3),
)
ITEMS = tuple(row[0] for row in TABLE)
LABELS = ("disagree", "rather disagree", "neither", "rather agree", "agree")
COUNTRIES = ("DE", "BR", "JP")

# What works differently, in Japan alone: two loadings, and all four thresholds of three other items.
OTHER_LOADINGS = {"JP": {"at4": 0.45, "co2": 0.42}}
HIGHER_THRESHOLDS = {"JP": {"ct2": 0.5, "at2": 0.6, "ac3": 0.5}}

COLUMNS = {
    "country": "where the office is: DE, BR, JP",
    "office": "the office, two letters of the country and a number; clients of one office resemble each other",
    "age_band": "18-34, 35-49, 50-64, 65+",
    "tenure_years": "whole years as a client",
    "failure": "1 if the office recorded a service failure for this client in the year before the survey, else 0",
    "stayed_12m": "1 if still a client twelve months after the survey, by the records of the office, else 0",
    "referrals_12m": "new clients in those twelve months who named this client, by the records of the office",
}


def factor_of(item: str) -> str:
    return item[:2]


def loadings(country: str, null: bool) -> dict[str, float]:
    """Loading of each item on its factor; the only negative one is that of the item worded negatively."""
    return {row[0]: row[3] for row in TABLE} | ({} if null else OTHER_LOADINGS.get(country, {}))


def residuals() -> dict[str, float]:
    """Residual variance of each response, the same in every country; elsewhere than in Japan the total is 1."""
    return {item: 1 - loading**2 for item, loading in loadings("DE", null=True).items()}


def thresholds(country: str, null: bool) -> dict[str, tuple[float, ...]]:
    """Four cuts an item, rising."""
    higher = {} if null else HIGHER_THRESHOLDS.get(country, {})
    return {item: _cuts(item, loading, shift + higher.get(item, 0)) for item, _, _, loading, shift in TABLE}


def _cuts(item: str, loading: float, shift: float) -> tuple[float, ...]:
    cuts = [round(cut + shift, 6) for cut in (EVEN if factor_of(item) == "cc" else COMMON)]
    return tuple(cuts) if loading > 0 else tuple(-cut for cut in reversed(cuts))


def shares(cuts: tuple[float, ...], parts: list[tuple[float, float, float]]) -> list[float]:
    """Share of each answer where the response is a mixture of normals: parts of (weight, mean, sd)."""
    below = [sum(w * (1 + erf((cut - mean) / sd / sqrt(2))) / 2 for w, mean, sd in parts) for cut in cuts]
    return [high - low for low, high in zip([0.0, *below], [*below, 1.0], strict=True)]


def codebook() -> str:
    """The questionnaire as YAML, in the form that `crqkit.tables.form` reads."""
    lines = [
        "# The questions put to the clients of the advisers (SIMULATED answers). Own wording, CC BY 4.0.",
        "# reverse: true marks an item worded negatively; its answers stand in the file as they were given.",
        "id: advisers",
        "version: 1",
        "language: en",
        "title: You and your adviser",
        "intro: Thirty-one short statements, about six minutes. Leave out what does not apply to you.",
        "status: content-derived, not yet validated",
        "reliability: unknown",
        "scale:",
        "  low: 1",
        "  high: 5",
        f"  labels: [{', '.join(LABELS)}]",
        "dimensions:",
        *(f"  {factor}: {label}" for factor, label in FACTORS.items()),
        "items:",
        *(
            f'  - {{id: {item}, dimension: {factor_of(item)}, facet: {facet}, reverse: {str(loading < 0).lower()}, '
            f'text: "{text}"}}'
            for item, facet, text, loading, _ in TABLE
        ),
        "columns:",
        *(f'  {name}: "{meaning}"' for name, meaning in COLUMNS.items()),
    ]
    return "\n".join(lines) + "\n"

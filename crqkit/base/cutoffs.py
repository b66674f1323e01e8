"""Cut-offs as objects: a name, a value, where it comes from and what it is for."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Cutoff:
    """A limit that decides what is shown or said. `float(cutoff)` and `int(cutoff)` give its value."""

    name: str
    value: float
    reference: str
    scope: str

    def __str__(self) -> str:
        return f"{self.name.replace('_', ' ')} = {self.value:.3g}: {self.reference}"

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def at(self, value: float) -> "Cutoff":
        """Return the same cut-off with the reader's own value, marked as such."""
        return replace(self, value=value, reference=f"set by the reader (was {self.value:g}: {self.reference})")


OWN = "own convention of crqkit"

GROUP_FLOOR = Cutoff("group_floor", 5, f"{OWN}: under five persons single answers can be guessed", "any table shown")
MIN_ANSWERS = Cutoff(
    "min_answers", 10, f"{OWN}: below ten, an interval leans on assumptions alone", "scores, shares, their differences"
)
MIN_BUYERS = Cutoff(
    "min_buyers", 20, f"{OWN}: fewer buyers give intervals wider than 40 points", "retention and repeat shares"
)
COVERAGE = Cutoff(
    "coverage",
    0.5,
    f"{OWN}: with under half of the sales identified, the rest decides",
    "figures on returning customers",
)
TOP_BOXES = Cutoff(
    "top_boxes", 2, "industry habit: the two best answers count as satisfied", "satisfaction on 5 to 11 points"
)
LIST_LENGTH = Cutoff("list_length", 20, f"{OWN}: what a small shop can do in a week", "this week's list")
CONFIDENCE = Cutoff("confidence", 0.95, "the usual level; stated with every interval", "all intervals")

RMSEA_CLOSE = Cutoff(
    "rmsea_close",
    0.05,
    "Browne & Cudeck 1993; MacCallum, Browne & Sugawara 1996: close fit",
    "interval of RMSEA under maximum likelihood; not least squares on ordered items (Xia & Yang 2019)",
)
RMSEA_POOR = Cutoff(
    "rmsea_poor",
    0.08,
    "Browne & Cudeck 1993; MacCallum, Browne & Sugawara 1996: no longer fair fit",
    "interval of RMSEA under maximum likelihood; not least squares on ordered items (Xia & Yang 2019)",
)
RMSEA_DF = Cutoff("rmsea_df", 10, "Kenny, Kaniskan & McCoach 2015", "RMSEA with fewer people than rmsea_people")
RMSEA_PEOPLE = Cutoff("rmsea_people", 200, "Kenny, Kaniskan & McCoach 2015", "RMSEA with few degrees of freedom")
EXACT_FIT = Cutoff("exact_fit", 0.05, "the usual level", "p-value of the test of exact fit")
EXACT_FIT_ALONE = Cutoff(
    "exact_fit_alone",
    0.01,
    f"{OWN}: stricter than usual, since the test rejects true models too often in small samples",
    "p-value of the test of exact fit where no RMSEA is used",
)
FIT_PEOPLE = Cutoff(
    "fit_people", 100, f"{OWN}: below it the chi-square leans too far from its law (Boomsma 1982)", "fit of a model"
)
ORDERED_PEOPLE = Cutoff(
    "ordered_people", 200, "Flora & Curran 2004; Rhemtulla, Brosseau-Liard & Savalei 2012", "models of ordered items"
)
FACTORS_APART = Cutoff(
    "factors_apart", 0.95, f"{OWN}: the two share over nine tenths of their variance", "correlation of two factors"
)
FEW_CLUSTERS = Cutoff(
    "few_clusters", 30, "Cameron & Miller 2015: few is below 20 to below 50", "errors robust to likeness in clusters"
)
EFFECTIVE_SHARE = Cutoff(
    "effective_share", 0.5, f"{OWN}, on Kish 1965: half of the people are spent on the weights", "sampling weights"
)
ENOUGH_ANSWERS = Cutoff(
    "enough_answers", 5, "Rhemtulla, Brosseau-Liard & Savalei 2012", "answers on a scale that are taken as numbers"
)

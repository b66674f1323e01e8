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

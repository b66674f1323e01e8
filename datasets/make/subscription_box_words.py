"""The words of the subscription box, all invented."""

from town.voices import Words

WORDS = Words(
    keep=(
        "Keep the little note in each box.", "I look forward to it every month.", "The tasting cards teach me a lot.",
        "Easy to pause, which I like.", "Good mix of mild and strong.", "Lovely packing, nothing ever broke.",
        "You remembered that I cannot have nuts.", "Fair for what is in it.",
    ),
    change=(
        "Tell me when the box leaves.", "My first box came late and nobody said why.", "Answer e-mails sooner.",
        "I would like to swap one cheese.", "Say the price before the last step.", "A smaller box, please.",
        "I had to ask twice for my refund.",
    ),
    reviews={},
)
TOPICS = ("delivery", "damaged", "wrong item", "change of plan", "invoice")

"""The features, needs and words of the software firm, all invented."""

from town.voices import Words

STEPS = ("invited the team", "made a first project", "connected a calendar", "imported tasks")
# Which share of what an account does is which feature: Sarah founds a firm, Mark runs a team in one.
FEATURES = {
    "board": {"Sarah": 0.3, "Mark": 0.08},
    "integration": {"Sarah": 0.2, "Mark": 0.05},
    "mobile app": {"Sarah": 0.2, "Mark": 0.05},
    "report": {"Sarah": 0.05, "Mark": 0.26},
    "permission": {"Sarah": 0.04, "Mark": 0.2},
    "timesheet": {"Sarah": 0.06, "Mark": 0.21},
    "login": {"Sarah": 0.15, "Mark": 0.15},
}
TOPICS = {
    "Billing": ("Invoice", "Change of plan", "Price"),
    "Integrations": ("Calendar does not update", "Connect the mail"),
    "Permissions": ("Who may see what", "A role for guests"),
    "Reports": ("Export of hours", "A report by team"),
}
NEEDS = {"Sarah": ("Billing", "Integrations"), "Mark": ("Permissions", "Reports")}
_CHANGE = ("Answer tickets sooner.", "Too many mails.", "Search is slow.")
WORDS = {
    "Sarah": Words(
        keep=(
            "Up and running in an hour.", "Cheap enough for three people.", "The board is all I need.",
            "Works on my phone.",
        ),
        change=("Too dear once we hire.", "The calendar link breaks.", *_CHANGE),
        reviews={},
    ),
    "Mark": Words(
        keep=(
            "I see at a glance who is late.", "The weekly report saves me a meeting.", "Roles are clear.",
            "Timesheets work.",
        ),
        change=("Guests see too much.", "Reports cannot be scheduled.", *_CHANGE),
        reviews={},
    ),
}

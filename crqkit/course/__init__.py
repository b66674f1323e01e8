"""What the lessons lean on: pictures with words, exercises that answer back, a quiz without network."""

from crqkit.course.exercises import Feedback, check, hint
from crqkit.course.figure import Picture, show
from crqkit.course.quiz import Quiz, quiz

__all__ = ["Feedback", "Picture", "Quiz", "check", "hint", "quiz", "show"]

"""A quiz: how it is asked and its questions are rows of their own (models/questions.py)."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.quiz.settings import SETTINGS

KIND = Kind(part="quiz", settings=SETTINGS)

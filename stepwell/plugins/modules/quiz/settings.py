"""The settings of a quiz stand with its questions, in models/questions.py."""

from stepwell.plugins.modules.base import Setting

SETTINGS: dict[str, Setting] = {}

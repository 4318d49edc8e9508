"""A text to read."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.theory.settings import SETTINGS

KIND = Kind(part="theory", settings=SETTINGS)

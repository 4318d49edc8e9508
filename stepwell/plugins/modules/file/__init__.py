"""A file to open."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.file.settings import SETTINGS, check

KIND = Kind(part="file", settings=SETTINGS, shows_file=True, check=check)

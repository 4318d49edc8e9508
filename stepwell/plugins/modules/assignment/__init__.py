"""An assignment: something is handed in, and a trainer assesses it."""

from stepwell.plugins.modules.assignment.settings import SETTINGS, check, counts
from stepwell.plugins.modules.base import Kind

KIND = Kind(part="assignment", settings=SETTINGS, shows_file=True, check=check, counts=counts)

"""A course, which other trainings may show too."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.course.settings import SETTINGS, check

KIND = Kind(part="course", settings=SETTINGS, shows_course=True, check=check)

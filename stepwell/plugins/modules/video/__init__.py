"""A video: a file of our own, or one that is embedded from a host that is allowed."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.video.settings import SETTINGS, check, counts

KIND = Kind(part="video", settings=SETTINGS, shows_file=True, check=check, counts=counts)

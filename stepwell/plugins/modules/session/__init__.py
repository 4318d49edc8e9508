"""A session that is attended."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.session.settings import SETTINGS

KIND = Kind(part="session", settings=SETTINGS)

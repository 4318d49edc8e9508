"""A certificate has no settings yet."""

from stepwell.plugins.modules.base import Setting

SETTINGS: dict[str, Setting] = {}

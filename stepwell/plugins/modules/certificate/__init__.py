"""A certificate that is handed out."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.certificate.settings import SETTINGS

KIND = Kind(part="certificate", settings=SETTINGS)

"""An external tool, by LTI 1.3."""

from stepwell.plugins.modules.base import Kind
from stepwell.plugins.modules.lti.settings import SETTINGS, check, counts

KIND = Kind(part="lti", settings=SETTINGS, check=check, counts=counts)

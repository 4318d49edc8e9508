"""The settings of a text: the text, as cleaned HTML."""

from stepwell.plugins.modules.base import Setting, html

SETTINGS = {"text": Setting("text", html)}

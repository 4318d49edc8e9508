"""The web application for any WSGI server; `stepwell serve` brings its own."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepwell.settings")
application = get_wsgi_application()

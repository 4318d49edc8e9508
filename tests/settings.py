"""Stepwell's settings as the tests use them: a throw-away folder, a fixed key, the database asked for.

`STEPWELL_TEST_DATABASE_URL` names a PostgreSQL server (as its superuser or a role that may create databases
and roles); without it the tests run on SQLite. `make test` runs both.
"""

import atexit
import os
import shutil
import tempfile

# Everything that the settings read is set here, so that nobody's own environment changes a test.
for name in [name for name in os.environ if name.startswith("STEPWELL_")]:
    if not name.startswith(("STEPWELL_TEST_", "STEPWELL_REQUIRE_")):
        del os.environ[name]

FOLDER = tempfile.mkdtemp(prefix="stepwell-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
# What all processes of one run share is in the folder of the first: migrated.py.
os.environ.setdefault("STEPWELL_TEST_SHARED", FOLDER)

os.environ |= {
    "STEPWELL_DEVELOPMENT": "1",
    "STEPWELL_DATA": FOLDER,
    "STEPWELL_SECRET_KEY": "a key of the tests, which opens nothing anywhere else",
    "STEPWELL_AS_OWNER": "1",  # conftest.py migrates as the owner, then takes the runtime role
}
if url := os.environ.get("STEPWELL_TEST_DATABASE_URL"):
    os.environ["STEPWELL_DATABASE_URL"] = url

from stepwell.settings import *  # noqa: E402, F403  # the environment has to be ready first
from stepwell.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because threads of a live server share it as they do outside of tests.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(FOLDER, "test.sqlite3")}  # noqa: PTH118
else:
    # A name of its own, so that two runs on one server do not meet.
    DATABASES["default"]["TEST"] = {"NAME": f"stepwell_test_{os.getpid()}"}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",  # quick; nothing is protected by it
    "stepwell.models.client_secrets.ClientSecretHasher",
]

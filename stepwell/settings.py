"""Settings, all from the environment (docs/running.md lists them). Wiring only."""

import json
import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from stepwell.kernel import idle_connections


def env(name: str, default: str = "") -> str:
    """The environment variable `STEPWELL_<name>`."""
    return os.environ.get(f"STEPWELL_{name}", default)


def flag(name: str, *, default: bool = False) -> bool:
    """A yes-or-no variable; empty is no. Raises `ImproperlyConfigured` for anything else."""
    value = env(name, "1" if default else "0").strip().lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off", ""}:
        raise ImproperlyConfigured(f"STEPWELL_{name} must be yes or no.")
    return value in {"1", "true", "yes", "on"}


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated variable."""
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def whole(name: str, default: int) -> int:
    """A whole number. Raises `ImproperlyConfigured` for anything else."""
    try:
        return int(env(name, str(default)))
    except ValueError:
        raise ImproperlyConfigured(f"STEPWELL_{name} must be a whole number.") from None


def one_of(name: str, default: str, *others: str) -> str:
    """One of these words. Raises `ImproperlyConfigured` for anything else."""
    value = (env(name) or default).upper()
    if value not in (default, *others):
        raise ImproperlyConfigured(f"STEPWELL_{name} must be one of {', '.join((default, *others))}.")
    return value


def mapping(name: str) -> dict[str, Any]:
    """A JSON object. Raises `ImproperlyConfigured` for anything else."""
    try:
        value = json.loads(env(name) or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"STEPWELL_{name} must be a JSON object.")
    return value


PACKAGE = Path(__file__).resolve().parent
DATA = Path(env("DATA") or "./data").resolve()

# Development is for one's own machine: pages may be served by http. Anything else is production.
DEVELOPMENT = flag("DEVELOPMENT")
DEBUG = False


def secret_key() -> str:
    """The key given, or on a development machine one kept in the data folder."""
    if given := env("SECRET_KEY"):
        return given
    if not DEVELOPMENT:
        return ""
    path = DATA / "secret-key"
    if not path.exists():
        from django.core.management.utils import get_random_secret_key

        DATA.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text().strip()


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = items("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],.localhost" if DEVELOPMENT else "")
CSRF_TRUSTED_ORIGINS = items("TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "oauth2_provider",
    "stepwell",
]
MIDDLEWARE = [
    "stepwell.web.requests.RequestIdMiddleware",
    "stepwell.web.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "stepwell.web.organisations.OrganisationMiddleware",
    "stepwell.oauth.middleware.BearerMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stepwell.web.preferences.PreferencesMiddleware",
    "stepwell.web.callers.SessionCallerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "stepwell.urls"
WSGI_APPLICATION = "stepwell.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "stepwell.web.layout.layout",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "stepwell.web.marks",
            ],
        },
    }
]

# ---------------------------------------------------------------- database
DATABASE_URL = env("DATABASE_URL") or f"sqlite:///{DATA / 'stepwell.sqlite3'}"
STEPWELL_DATABASE_ROLE = env("DATABASE_ROLE", "stepwell_runtime")
if not DATABASE_URL.startswith(("postgresql://", "postgres://", "sqlite://")):
    raise ImproperlyConfigured("STEPWELL_DATABASE_URL must begin with postgresql:// (or sqlite://).")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
_options = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    if DATABASES["default"]["NAME"] != ":memory:":
        Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _options |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    # To compile a long statement takes PostgreSQL many times what to run it does.
    _options["options"] = "-c jit=off"
    # The owner of the tables migrates; everything else runs as a role that no policy lets through.
    if STEPWELL_DATABASE_ROLE and not env("AS_OWNER"):
        _options["options"] += f" -c role={STEPWELL_DATABASE_ROLE}"
    _options |= {"server_side_binding": True, "prepare_threshold": 2}
    if not env("AS_OWNER"):
        _options["pool"] = {
            "min_size": 1,
            "max_size": whole("DATABASE_POOL", 16),
            "timeout": 20,
            "check": idle_connections.check,
        }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = ""
AUTH_USER_MODEL = "stepwell.User"

# ---------------------------------------------------------------- sign-in and tokens
AUTHENTICATION_BACKENDS = ["stepwell.web.sign_in.backend.OrganisationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    # Never the first, which passwords get: it is for the random secrets of clients alone.
    "stepwell.models.client_secrets.ClientSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "/sign-in/"
OAUTH2_PROVIDER_APPLICATION_MODEL = "stepwell.Client"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "stepwell.AccessToken"  # noqa: S105  # the name of a model
OAUTH2_PROVIDER = {
    # One grant: client credentials. No refresh tokens, no users, no redirects.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "stepwell.oauth.validator.Validator",
    "OAUTH2_BACKEND_CLASS": "stepwell.oauth.forms.FormCore",
    "SCOPES_BACKEND_CLASS": "stepwell.oauth.scopes.ClientScopes",
    "CLIENT_SECRET_HASHER": "client_secret",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 24 * 3600,
    # Tokens are kept as their checksum only; the rest is RFC 9700 for what we do not offer.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # an e-mail address is unique within its organisation
    "oauth2_provider.W011",  # our access token has no foreign key to a refresh token
    "mail.E001",  # printed mails are announced by `stepwell check` in a sentence of its own
    "security.W002",  # frame-ancestors in SECURE_CSP says who may frame a page
    "security.W005",  # other subdomains than the organisations' are not ours to decide about
    "security.W008",  # the proxy that ends TLS redirects to it
    "security.W021",
]

# ---------------------------------------------------------------- Stepwell's own
STEPWELL_DEFAULT_ORGANISATION = env("DEFAULT_ORGANISATION")
STEPWELL_ALLOW_LOCAL_WEBHOOKS = flag("ALLOW_LOCAL_WEBHOOKS")
# Of these hosts, and those below them, a lesson may show a video or another page in a frame.
STEPWELL_EMBED_HOSTS = items("EMBED_HOSTS", "www.youtube-nocookie.com,player.vimeo.com")
STEPWELL_COST_PER_MINUTE = whole("COST_PER_MINUTE", 30_000_000)
STEPWELL_WEB_PROCESSES = whole("WEB_PROCESSES", 2)
STEPWELL_WEB_THREADS = whole("WEB_THREADS", 4)
STEPWELL_READ_COMPILER = flag("READ_COMPILER", default=True)
STEPWELL_PUBLIC_URL = env("PUBLIC_URL")
# So long a delivery that has ended, and a mail that was sent, can still be looked at.
STEPWELL_KEEP_DELIVERIES_DAYS = whole("KEEP_DELIVERIES_DAYS", 30)

# ---------------------------------------------------------------- language, time
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [PACKAGE / "web" / "locale"]

# ---------------------------------------------------------------- files, mail
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATIC_ROOT = None  # nothing is collected: WhiteNoise serves the files from where they are
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEVELOPMENT
MEDIA_ROOT = Path(env("FILES", str(DATA / "files")))
STORAGES = {
    "default": {
        "BACKEND": env("STORAGE", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": mapping("STORAGE_OPTIONS"),
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
STEPWELL_UPLOAD_MEGABYTES = min(whole("UPLOAD_MEGABYTES", 2000), 2047)  # `File.size` has 32 bits
_smtp = {
    "host": env("SMTP_HOST"),
    "port": whole("SMTP_PORT", 587),
    "username": env("SMTP_USER"),
    "password": env("SMTP_PASSWORD"),
    "use_tls": flag("SMTP_STARTTLS", default=True),
    "timeout": 30,
}
MAILERS = {
    "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _smtp}
    if env("SMTP_HOST")
    else {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
}
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "Stepwell <no-reply@localhost>")

# ---------------------------------------------------------------- safety of pages
STEPWELL_BEHIND_PROXY = flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if STEPWELL_BEHIND_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "stepwell.web.errors.forged"
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 365 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
# Scripts, styles, fonts and connections of our own host; nothing inline, nobody frames us.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.NONCE],  # a nonce for the page that asks for one: GraphiQL's
    "img-src": [CSP.SELF, "data:"],
    "frame-src": [CSP.SELF, *(f"https://{host}" for host in STEPWELL_EMBED_HOSTS)],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# ---------------------------------------------------------------- logging
LOGGING_CONFIG = "stepwell.logs.configure"
LOGGING = {"pretty": DEVELOPMENT, "level": one_of("LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR")}

"""Logging: one line of JSON an entry in production, readable lines in development, never a secret.

Everything that is bound with `structlog.contextvars` (the request id, the worker's name) stands on every
line, also on those of Django and other libraries. Wiring only: Django calls `configure` at its start.
"""

import logging
import logging.config
import re
import sys
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REMOVED = "[removed]"
_SECRETIVE = r"authorization|cookie|passw(?:or)?d|pwd|passphrase|secret|token|api_?key|signature"
_NAME = re.compile(_SECRETIVE, re.IGNORECASE)
# `client_secret=…` in an address or a form, `"password": "…"` in JSON, and what follows `Bearer` or `Basic`.
_VALUE = re.compile(
    rf"""((?:[\w-]*(?:{_SECRETIVE})[\w-]*["']?\s*[=:]\s*["']?|\b(?:Bearer|Basic)\s+))(?!Bearer\b|Basic\b)[^\s"'&,;]+""",
    re.IGNORECASE,
)


def configure(config: Mapping[str, Any]) -> None:
    """Set logging up. In: `pretty` (for people rather than programs) and `level` (such as INFO)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_dictionary(shared, pretty=config["pretty"], level=config["level"]))
    logging.captureWarnings(True)


def _dictionary(shared: list[Processor], *, pretty: bool, level: str) -> dict[str, Any]:
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=40)
        if pretty
        else structlog.processors.JSONRenderer(serializer=_json)
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "psycopg.pool": {"level": "WARNING"},  # else two lines for every request
        },
    }


def _json(entry: EventDict, **_: Any) -> str:
    return orjson.dumps(entry, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def without_secrets(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """The entry without passwords, tokens and keys, by the names of its values and in its texts."""
    return {key: REMOVED if _NAME.search(key) else _clean(value) for key, value in entry.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _VALUE.sub(rf"\1{REMOVED}", value)
        case dict():
            return {key: REMOVED if _NAME.search(str(key)) else _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
        case _:
            return value

"""Column types that behave alike on SQLite and PostgreSQL, so that SQL can emit them as they are."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# The stubs know parameters that the classes themselves do not have.
if TYPE_CHECKING:
    _UUIDField = models.UUIDField[Any, Any]
    _TextField = models.TextField[Any, Any]
else:
    _UUIDField, _TextField = models.UUIDField, models.TextField


class UUIDField(_UUIDField):
    """A UUID; on SQLite stored as its canonical text of 36 characters (Django's own drops the dashes)."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "uuid" if connection.features.has_native_uuid_field else "char(36)"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None or hasattr(value, "as_sql"):
            return value
        value = self.to_python(value)
        return value if connection.features.has_native_uuid_field else str(value)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> uuid.UUID | None:
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Callable[..., Any]]:
        return [] if connection.features.has_native_uuid_field else [self.from_db_value]

    def get_internal_type(self) -> str:
        # Not "UUIDField": SQLite's own converter for that name expects 32 hexadecimal digits.
        return "CanonicalUUIDField"


class KeyField(_TextField):
    """Text compared and sorted by code point on both databases, whatever the database's collation is."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class EnumListField(_TextField):
    """A set of enum names, kept as the JSON text of a list: `["MANAGER", "TRAINER"]`.

    Text and not jsonb, so that both databases store, filter (`contains='"MANAGER"'`) and emit the same.
    """

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return dump_names(value) if isinstance(value, Iterable) and not isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        return dump_names(self.value_from_object(obj))


def dump_names(names: Iterable[Any]) -> str:
    """The stored form of a list of enum names."""
    return json.dumps([str(name) for name in names], separators=(",", ":"))


def _fernet() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(b"stepwell.encrypted-text:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class EncryptedTextField(_TextField):
    """Text encrypted at rest (Fernet, with a key derived from the secret key; older keys still open it)."""

    def get_prep_value(self, value: Any) -> Any:
        return value if not value else _fernet().encrypt(value.encode()).decode()

    def from_db_value(
        self, value: str | None, expression: Any, connection: BaseDatabaseWrapper
    ) -> str | None:
        return value if not value else _fernet().decrypt(value.encode()).decode()


def new_ref() -> str:
    """The ref of what was given none."""
    return str(uuid.uuid4())


def primary_key() -> Any:
    """The id of every walled row: a random UUID, ours and stable."""
    return UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

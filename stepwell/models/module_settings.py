"""One setting of a module, in SQL: out of the JSON text that only Python writes."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, IntegerField, TextField
from django.db.models.sql.compiler import SQLCompiler

TYPES: dict[type[Any], tuple[Any, str]] = {
    str: (TextField, "text"),
    int: (IntegerField, "integer"),
    bool: (BooleanField, "boolean"),
}


class Setting(Func):
    """The setting of this name, or null. Names are our own (plugins/modules/), never a caller's."""

    def __init__(self, name: str, type_: type[Any] = str) -> None:
        field, self.cast = TYPES[type_]
        super().__init__("settings", output_field=field())
        self.name = name

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        template = f"json_extract(%(expressions)s, '$.{self.name}')"
        if self.cast == "text":  # of an object too: what is joined to it is no JSON any more
            template = f"({template} || '')"
        return self.as_sql(compiler, connection, template=template)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        template = f"((%(expressions)s)::json ->> '{self.name}')::{self.cast}"
        return self.as_sql(compiler, connection, template=template)

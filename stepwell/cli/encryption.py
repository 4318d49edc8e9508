"""`stepwell encrypt-anew`: what is stored encrypted, by the newest key."""

import argparse
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import transaction

from stepwell import tenancy
from stepwell.cli.refusals import Refusal
from stepwell.models import Organisation
from stepwell.models.fields import EncryptedTextField


def encrypt_anew(args: argparse.Namespace) -> None:
    """Encrypt what is stored with STEPWELL_SECRET_KEY. Raises `Refusal` where no key of ours opens it."""
    count = 0
    for organisation in Organisation.objects.order_by("slug"):
        try:
            with tenancy.inside(organisation.pk), transaction.atomic():
                count += sum(_encrypt(model, fields) for model, fields in encrypted())
        except InvalidToken as error:
            raise Refusal(unreadable(organisation.slug)) from error
    print(f"{count} rows with secrets are encrypted with STEPWELL_SECRET_KEY.")


def _encrypt(model: Any, fields: list[str]) -> int:
    rows = list(model.objects.order_by("pk").select_for_update(no_key=True))
    for row in rows:
        row.save(update_fields=fields)
    return len(rows)


def unreadable_everywhere() -> Iterator[str]:
    """A sentence for each organisation of which no key opens what is stored encrypted."""
    for organisation in Organisation.objects.order_by("slug"):
        try:
            with tenancy.inside(organisation.pk):
                for model, fields in encrypted():
                    list(model.objects.values_list(*fields))
        except InvalidToken:
            yield unreadable(organisation.slug)


def unreadable(slug: str) -> str:
    """What to say of an organisation whose secrets were encrypted with a key that we are not given."""
    return (
        f"Secrets of the organisation {slug} are encrypted with a key that is neither STEPWELL_SECRET_KEY nor"
        " in STEPWELL_SECRET_KEY_FALLBACKS: its webhooks are not sent. Put that key there."
    )


def encrypted() -> Iterator[tuple[Any, list[str]]]:
    """Every model with encrypted columns, and which they are."""
    for model in apps.get_app_config("stepwell").get_models():
        fields = [field.name for field in model._meta.fields if isinstance(field, EncryptedTextField)]
        if fields:
            yield model, fields

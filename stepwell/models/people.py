"""People: everybody who can sign in, learn, teach or manage."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.expressions import or_empty, or_never
from stepwell.models.fields import EnumListField, KeyField, primary_key
from stepwell.tenancy import OrganisationModel


class Role(StrEnum):
    """What a person is in the organisation (behaviour.md 2). Everybody is a participant."""

    PARTICIPANT = "PARTICIPANT"
    TRAINER = "TRAINER"
    AUTHOR = "AUTHOR"
    MANAGER = "MANAGER"
    OWNER = "OWNER"


ONLY_PARTICIPANT = '["PARTICIPANT"]'


def only_participant() -> list[str]:
    """The roles of a person who has been given none."""
    return [Role.PARTICIPANT]


def searchable(text: str) -> str:
    """Text as searched and sorted: without accents and case (Unicode NFKD, marks dropped, casefolded)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def words_of(text: str) -> list[str]:
    """The words of a search, as `search_key` has them: at most ten, the same word once."""
    return list(dict.fromkeys(searchable(text).split()))[:10]


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those whom the actor may see: all, those of the groups that it manages, or itself alone."""
        return self.within(actor, actor.reach("users.read"))

    def editable_by(self, actor: Actor) -> Self:
        """Those whom the actor may change. A group manager changes nobody with a further role."""
        reach = actor.reach("users.write")
        rows = self.within(actor, reach)
        return rows if reach is Reach.ALL else rows.filter(Q(roles=ONLY_PARTICIPANT) | Q(pk=actor.user_id))

    def within(self, actor: Actor, reach: Reach) -> Self:
        """Those over whom a reach goes for this actor."""
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        own = Q(pk=actor.user_id)
        if reach is Reach.OWN:
            return self.filter(own)
        led = User.objects.filter(memberships__group__managerships__user=actor.user_id)
        return self.filter(own | Q(pk__in=led.values("pk")))

    def active(self) -> Self:
        """Those who are not archived."""
        return self.filter(archived_at=None)

    def containing(self, words: Sequence[Any]) -> Self:
        """Those whose name, e-mail or ref has every one of these words in it (as `words_of` gives them)."""
        rows = self
        for word in words:
            rows = rows.filter(search_key__contains=word)
        return rows


class User(AbstractBaseUser, OrganisationModel):  # type: ignore[django-manager-missing]  # by manager_of
    """A person. `…_key` columns are what is compared: operations keep them beside what people see."""

    id = primary_key()
    ref = KeyField()
    email = models.TextField(null=True)
    email_key = KeyField(null=True)
    name = models.TextField()
    name_key = KeyField()
    search_key = KeyField()
    roles = EnumListField(default=only_participant)
    language = models.CharField(max_length=8)
    is_active = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    profile_image = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[Any] = tenancy.manager_of(UserQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "ref"], name="user_ref"),
            models.UniqueConstraint(fields=["organisation", "email_key"], name="user_email"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "name_key", "id"], condition=Q(archived_at=None), name="user_by_name"
            ),
            models.Index(fields=["organisation", "name_key", "id"], name="user_all_by_name"),
            models.Index("organisation", or_empty("email_key", KeyField()), "id", name="user_by_email"),
            models.Index(fields=["organisation", "created_at", "id"], name="user_by_created"),
            models.Index("organisation", or_never("last_login"), "id", name="user_by_login"),
            models.Index(
                fields=["organisation", "name_key", "id"],
                condition=~Q(roles=ONLY_PARTICIPANT),
                name="user_with_roles",
            ),
            # The key of the file first: by it alone a database looks whether a file may be deleted.
            models.Index(
                fields=["profile_image", "organisation"],
                condition=Q(profile_image__isnull=False),
                name="user_by_image",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def archived(self) -> bool:
        """Whether the person has been archived: kept, but out of lists and unable to sign in."""
        return self.archived_at is not None

    def has_role(self, role: Role) -> bool:
        """Whether the person has the role."""
        return role in self.roles

"""Groups of people, those who manage them, and rules by which people are members."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import KeyField, primary_key
from stepwell.models.people import User
from stepwell.tenancy import OrganisationModel


class Via(StrEnum):
    """By which link a person is in a group."""

    PARTICIPANT = "PARTICIPANT"
    MANAGER = "MANAGER"
    ALL = "ALL"


class GroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor may see: all, the ones that the actor manages or is in, or the latter."""
        return self.within(actor, actor.reach("groups.read"))

    def editable_by(self, actor: Actor) -> Self:
        """Those that the actor may change: all, or the ones that the actor manages."""
        reach = actor.reach("groups.write")
        return self.within(actor, reach) if reach is Reach.ALL else self.managed_by(actor)

    def within(self, actor: Actor, reach: Reach) -> Self:
        """Those over which a reach goes for this actor."""
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        mine = Q(Exists(Membership.objects.filter(group=OuterRef("pk"), user=actor.user_id)))
        if reach is Reach.LED:
            mine |= Q(Exists(Managership.objects.filter(group=OuterRef("pk"), user=actor.user_id)))
        return self.filter(mine)

    def linked_to(self, actor: Actor, via: Via) -> Self:
        """Those that the acting person is in, manages, or either; a client is in none and gets all."""
        if actor.user_id is None:
            return self
        member = Q(Exists(Membership.objects.filter(group=OuterRef("pk"), user=actor.user_id)))
        manager = Q(Exists(Managership.objects.filter(group=OuterRef("pk"), user=actor.user_id)))
        return self.filter({Via.PARTICIPANT: member, Via.MANAGER: manager}.get(via, member | manager))

    def managed_by(self, actor: Actor) -> Self:
        """Those that the acting person manages."""
        return self.filter(Exists(Managership.objects.filter(group=OuterRef("pk"), user=actor.user_id)))

    def containing(self, words: Sequence[Any]) -> Self:
        """Those whose name or ref has every one of these words in it (as `words_of` gives them)."""
        rows = self
        for word in words:
            rows = rows.filter(search_key__contains=word)
        return rows


class Group(OrganisationModel):
    """A group. `rule` makes people members by themselves: a rule (kernel/rules.py) as JSON text, since it is
    only ever read and written whole. `max_users` 0 is no limit. Not `is_editable`: only clients change it.
    """

    id = primary_key()
    ref = KeyField()
    name = models.TextField()
    name_key = KeyField()
    search_key = KeyField()
    max_users = models.IntegerField(default=0)
    enable_chat = models.BooleanField(default=False)
    is_editable = models.BooleanField(default=True)
    rule = models.TextField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(GroupQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "ref"], name="group_ref"),
            models.CheckConstraint(condition=Q(max_users__gte=0), name="group_max_users"),
        ]
        indexes = [
            models.Index(fields=["organisation", "name_key", "id"], name="group_by_name"),
            models.Index(fields=["organisation", "created_at", "id"], name="group_by_created"),
            models.Index(
                fields=["organisation", "id"], condition=Q(rule__isnull=False), name="group_with_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(OrganisationModel):
    """One person in one group: picked by hand, by the group's rule, or both."""

    id = primary_key()
    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", db_index=False)
    by_hand = models.BooleanField(default=True)
    by_rule = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "group", "user"], name="membership_once"),
            models.CheckConstraint(condition=Q(by_hand=True) | Q(by_rule=True), name="membership_reason"),
        ]
        indexes = [models.Index(fields=["organisation", "user", "group"], name="membership_by_user")]


class Managership(OrganisationModel):
    """One person who manages one group."""

    id = primary_key()
    group = models.ForeignKey(Group, models.CASCADE, related_name="managerships", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="managerships", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "group", "user"], name="managership_once")
        ]
        indexes = [models.Index(fields=["organisation", "user", "group"], name="managership_by_user")]

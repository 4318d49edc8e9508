"""Sub-selects that know of the actor: made once for all of a kind, with everybody's own ids."""

import dataclasses
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from stepwell import permissions, tenancy
from stepwell.actors import Actor, Reach
from stepwell.models import Organisation, User, ctes
from tests import makers

made = 0


def myself(actor: Actor) -> QuerySet[Any]:
    """The acting person."""
    global made
    made += 1
    rows: QuerySet[Any] = User.objects.filter(pk=actor.user_id).values("pk")
    return rows


def _names(actor: Actor) -> list[str]:
    return [user.name for user in User.objects.filter(ctes.in_rows("pk", myself, actor))]


def test_rows_are_made_once_for_a_kind_of_actor_and_are_everybodys_own(
    organisation: Organisation, other_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctes, "kept", {})
    before = made
    for name in ("Ann", "Bob"):
        assert _names(permissions.of_user(makers.user(name))) == [name]
    with tenancy.inside(other_organisation.pk):
        cas = permissions.of_user(makers.user("Cas"))
        assert _names(cas) == ["Cas"]
    assert _names(cas) == []  # who is inside one organisation only
    assert made == before + 1


def test_no_other_rows_are_taken_for_those_of_the_same_name(participant: Actor) -> None:
    def other(actor: Actor) -> QuerySet[Any]:
        rows: QuerySet[Any] = User.objects.values("pk")
        return rows

    other.__name__ = "_myself"
    head = ctes.Head()
    assert head.ask(ctes.Rows(myself, participant), connection) == "myself"
    assert head.ask(ctes.Rows(myself, participant), connection) == "myself"
    with pytest.raises(ValueError, match="myself"):
        head.ask(ctes.Rows(other, participant), connection)


def test_no_more_are_kept_than_a_bound(participant: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctes, "kept", {})
    monkeypatch.setattr(ctes, "KEPT", 2)
    for scope in ("a", "b", "c"):
        reaches = {**participant.reaches, scope: Reach.OWN}
        assert _names(dataclasses.replace(participant, reaches=reaches)) == [participant.name]
    assert len(ctes.kept) == 1

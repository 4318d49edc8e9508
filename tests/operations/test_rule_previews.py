"""The preview of a membership rule says what the rule then does."""

from datetime import UTC, datetime, timedelta

import pytest

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import Client, Membership, Role, User
from stepwell.operations import batches, groups, rule_previews
from stepwell.problems import InvalidInput, MissingScope, PermissionDenied
from tests import makers
from tests.group_state import members, state

TRAINERS = '{"role":"TRAINER"}'
EVERYBODY = '{"role":"PARTICIPANT"}'


def crowd(count: int, *, role: Role | None = None) -> list[User]:
    now = datetime.now(UTC)
    return [
        makers.user(f"{n}", roles=[role] if role else None, created_at=now - timedelta(days=count - n))
        for n in range(count)
    ]


def test_who_comes_who_goes_and_how_many_there_are(client_actor: Actor) -> None:
    tess, piet, hand = makers.user("Tess", roles=[Role.TRAINER]), makers.user("Piet"), makers.user("Hand")
    gone = makers.user("Gone", roles=[Role.TRAINER], archived_at=datetime.now(UTC))
    group = groups.create({"name": "Group", "rule": '{"not":{"role":"TRAINER"}}'}, by=client_actor)
    Membership.objects.filter(user=hand).update(by_hand=True)
    Membership.objects.create(group=group, user=gone)
    before = state()
    seen = rule_previews.preview(TRAINERS, group, by=client_actor)
    assert seen == rule_previews.Preview(
        added=[tess.pk], removed=[piet.pk], added_count=1, removed_count=1, left_out_count=0, count=2
    )
    assert state() == before
    groups.update(group, {"rule": TRAINERS}, by=client_actor)
    assert members(group) == {"Tess", "Hand", "Gone"}


def test_a_new_group_has_no_members_and_no_limit(client_actor: Actor) -> None:
    users = crowd(60)
    seen = rule_previews.preview(EVERYBODY, None, by=client_actor)
    assert seen.added == [user.pk for user in users[:50]]
    assert (seen.added_count, seen.count, seen.left_out_count) == (60, 60, 0)


@pytest.mark.parametrize("seats", [3, 7])
def test_seats_are_given_as_they_will_be(
    client_actor: Actor, seats: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "SIZE", 2)
    users = crowd(6)
    hand = makers.user("Hand", roles=[Role.TRAINER])
    group = makers.group("Group", members=[hand], max_users=seats)
    for user in users[-2:]:
        Membership.objects.create(group=group, user=user, by_hand=False, by_rule=True)
    User.objects.filter(pk__in=[user.pk for user in users[-2:]]).update(roles=["PARTICIPANT", "AUTHOR"])
    rule = '{"not":{"role":"AUTHOR"}}'
    seen = rule_previews.preview(rule, group, by=client_actor)
    groups.update(group, {"rule": rule}, by=client_actor)
    there = set(Membership.objects.values_list("user", flat=True))
    assert there == {hand.pk, *seen.added}
    assert seen.count == len(there)
    assert (seen.added_count, seen.left_out_count) == ((2, 2) if seats == 3 else (4, 0))


def test_many_go_too(client_actor: Actor) -> None:
    crowd(60)
    group = groups.create({"name": "All", "rule": EVERYBODY}, by=client_actor)
    seen = rule_previews.preview(TRAINERS, group, by=client_actor)
    assert (len(seen.removed), seen.removed_count, seen.count) == (50, 60, 0)


@pytest.mark.parametrize(("rule", "field"), [("{", "rule"), ("{}", "rule"), ('{"role":"BOSS"}', "rule.role")])
def test_what_is_no_rule_has_no_preview(client_actor: Actor, rule: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rule_previews.preview(rule, None, by=client_actor)
    assert refused.value.field == field


def test_only_who_sees_all_groups_looks_ahead(
    participant: Actor, group_manager: Actor, api_client: Client
) -> None:
    for actor in (participant, group_manager):
        with pytest.raises(PermissionDenied):
            rule_previews.preview(TRAINERS, None, by=actor)
    with pytest.raises(MissingScope):
        rule_previews.preview(TRAINERS, None, by=permissions.of_client(api_client, ["users.read"]))

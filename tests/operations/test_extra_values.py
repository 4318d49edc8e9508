"""Values that several callers set at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Choice, Event, ExtraCategory, User, UserExtraValue
from stepwell.operations import extra_categories, extra_value_updates, people, person_batch
from tests import makers

THREADS, TIMES = 4, 6

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(actor: Actor, do: Callable[[int, int], Any]) -> None:
    """Let four threads do something six times each, and raise what any of them raised."""
    start, problems = Barrier(THREADS), list[BaseException]()

    def run(thread: int) -> None:
        try:
            with tenancy.inside(actor.organisation_id):
                start.wait(30)
                for turn in range(TIMES):
                    do(thread, turn)
        except BaseException as problem:  # noqa: BLE001  # told by the thread that waits
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(thread,)) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.fixture
def colour(client_actor: Actor) -> ExtraCategory:
    given = {"title": "Colour", "ref": "colour", "category_type": "SELECT", "for_model_types": ["USER"]}
    return extra_categories.create(given | {"allow_new_options": True}, by=client_actor)


def value(text: str) -> list[dict[str, Any]]:
    return [{"category_ref": "colour", "string_value": text}]


def test_a_new_choice_is_made_once(client_actor: Actor, colour: ExtraCategory) -> None:
    persons = [makers.user(f"Person {thread}") for thread in range(THREADS)]

    def choose(thread: int, turn: int) -> None:
        extra_value_updates.update_of_user(persons[thread], value(f"Shade {turn}"), by=client_actor)

    at_once(client_actor, choose)
    assert sorted(Choice.objects.values_list("string_value", flat=True)) == [
        f"Shade {n}" for n in range(TIMES)
    ]
    held = UserExtraValue.objects.values_list("owner", "choice__string_value")
    assert sorted(held) == sorted((person.pk, f"Shade {TIMES - 1}") for person in persons)


def test_one_person_has_one_value(client_actor: Actor, colour: ExtraCategory) -> None:
    ann = makers.user("Ann")

    def choose(thread: int, turn: int) -> None:
        extra_value_updates.update_of_user(ann, value(f"Shade {thread}"), by=client_actor)

    at_once(client_actor, choose)
    assert UserExtraValue.objects.filter(owner=ann).count() == 1
    told = Event.objects.filter(type="EXTRA_CATEGORY_VALUES_UPDATED").count()
    assert 1 <= told <= THREADS * TIMES


def test_people_written_at_the_same_moment_share_new_choices(
    client_actor: Actor, colour: ExtraCategory
) -> None:
    def write(thread: int, turn: int) -> None:
        wishes = [
            person_batch.Wish(
                {"ref": f"{thread}-{turn}-{row}"},
                {
                    "name": "P",
                    "email": f"p{thread}-{turn}-{row}@example.com",
                    "extra_category_values": value(f"Shade {turn}"),
                },
            )
            for row in range(5)
        ]
        outcomes = people.upsert_many(wishes, by=client_actor)
        assert {outcome.status for outcome in outcomes} == {person_batch.Status.CREATED}

    at_once(client_actor, write)
    assert Choice.objects.count() == TIMES
    assert UserExtraValue.objects.count() == User.objects.filter(name="P").count() == THREADS * TIMES * 5

"""Dates that are given as instants: the day where the organisation is."""

import pytest

from stepwell.actors import Actor
from stepwell.models import Organisation
from tests import makers
from tests.asking import ask
from tests.graphql.test_trainings import UPDATE


@pytest.mark.parametrize(
    ("zone", "given", "day"),
    [
        ("Europe/Amsterdam", "2027-03-31T22:00:00Z", "2027-04-01"),  # midnight there
        ("Europe/Amsterdam", "2027-03-31T21:59:59Z", "2027-03-31"),
        ("America/New_York", "2027-04-01T03:00:00+00:00", "2027-03-31"),
        ("America/New_York", "2027-04-01T00:30:00", "2027-04-01"),  # says no offset
        ("America/New_York", "2027-04-01", "2027-04-01"),
    ],
)
def test_an_instant_is_the_day_that_it_falls_on_where_the_organisation_is(
    client_actor: Actor, organisation: Organisation, zone: str, given: str, day: str
) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(time_zone=zone)
    makers.training("Safe")
    answer = ask(client_actor, UPDATE, ref="safe", training={"startDate": given})
    assert answer["updateTraining"]["training"]["startDate"] == day
    document = UPDATE.replace("training: $training", f'training: {{startDate: "{given}"}}')
    document = document.replace(", $training: UpdateTrainingInput!", "")
    assert ask(client_actor, document, ref="safe") == answer

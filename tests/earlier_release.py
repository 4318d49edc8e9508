"""What an earlier release left in a database, and what the newest one makes of it.

`python -m tests.earlier_release fill` brings an empty database to the first released schema and writes rows
as they were then; `read`, after `stepwell migrate`, asks the product for them and prints the answer as JSON.
"""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django

FIRST, LEARNING = ("stepwell", "0002_search"), ("stepwell", "0003_learning")
WHEN = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)
READ = """{
  paginatedUsers(archived: null, sortBy: {field: CREATED_AT}) { count edges { node { name email roles archived
    profileImage { name size } participantGroups { name } managerGroups { name } trainings { title }
    extraCategoryValues { ... on ExtraCategoryChoiceValue { choiceValue { stringValue } } } } } }
  group(ref: "team") { name maxUsers rule userCount trainings { title } }
  events { edges { node { sequence type subjectRef payload } } }
  webhookSubscriptions { url events active }
  webhookDeliveries { edges { node { status attempts { statusCode answer } } } }
}"""
WRITE = """mutation {
  updateUser(ref: "ann", user: {name: "Ann Again"}) { user { name } }
  createTraining(training: {title: "New", ref: "new"}) { training { title } }
  addGroupsToTraining(trainingRef: "new", groupRefs: ["team"]) { addedRefs }
}"""
CONTENT = """{ training(ref: "safe") { moduleGroups { ref title modules { ref title } } }
  explainProgress(trainingId: "%s") { weight parts { title newSince } } }"""
AFTER = '{ training(ref: "new") { participants { edges { node { name byGroup } } } } events { count } }'


def fill() -> None:
    """The first released schema, its wall and rows."""
    create = _release(FIRST)
    with _inside():
        _rows(create)


def fill_learning() -> None:
    """The schema of the first release that had trainings, and one of two steps with two modules each."""
    create = _release(LEARNING)
    with _inside():
        training = create("Training", title="Safe", ref="safe", title_key="safe", search_key="safe")
        for step in "AB":
            group = create("ModuleGroup", training=training, title=step, created_at=WHEN)
            for at in range(2):
                create(
                    "Module", module_group=group, kind="THEORY", title=f"{step}{at}", position=at,
                    is_required=step == "A", created_at=WHEN,
                )  # fmt: skip
        user = create(
            "User", name="Ann", ref="ann", email="ann@example.org", email_key="ann@example.org",
            name_key="ann", search_key="ann", roles=["PARTICIPANT", "MANAGER"], language="NL", password="!",
        )  # fmt: skip
        create("TrainingUser", training=training, user=user, by_hand=True, started_at=WHEN.replace(year=2025))


def _inside() -> Any:
    from contextlib import ExitStack

    from django.db import transaction

    from stepwell import tenancy
    from stepwell.models import Organisation

    stack = ExitStack()
    stack.enter_context(tenancy.inside(Organisation.objects.values_list("pk", flat=True).get(slug="demo")))
    stack.enter_context(transaction.atomic())
    return stack


def _release(release: tuple[str, str]) -> Any:
    """An empty database becomes one of this release. Out: a function that makes rows as they were then."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from stepwell import tenancy

    call_command("migrate", *release, interactive=False, verbosity=0)
    there = set(connection.introspection.table_names())
    now = tenancy.walled_models()
    tenancy.walled_models = lambda: [model for model in now if model._meta.db_table in there]
    tenancy.build_wall()
    then = MigrationExecutor(connection).loader.project_state(release).apps
    organisation = then.get_model("stepwell", "Organisation").objects.create(
        slug="demo", name="Demo", event_count=1
    )

    def create(model: str, /, **fields: Any) -> Any:
        return then.get_model("stepwell", model).objects.create(organisation_id=organisation.pk, **fields)

    return create


def _rows(create: Any) -> None:
    file = create("StoredFile", key="k", name="ann.png", size=3, content_type="image/png", sha256="x" * 64)
    people = [
        create(
            "User", name=name, ref=name.lower(), email=f"{name}@Example.org",
            email_key=f"{name}@example.org".lower(), name_key=name.lower(), search_key=name.lower(),
            roles=roles, language="NL", password="!", created_at=WHEN.replace(day=at), **more,
        )
        for at, (name, roles, more) in enumerate(
            [
                ("Ann", ["PARTICIPANT", "MANAGER"], {"profile_image": file, "last_login": WHEN}),
                ("Bob", ["PARTICIPANT"], {"archived_at": WHEN}),
            ],
            start=1,
        )
    ]  # fmt: skip
    group = create(
        "Group", name="Team", ref="team", name_key="team", search_key="team team", max_users=7,
        rule='{"role":"MANAGER"}',
    )  # fmt: skip
    create("Membership", group=group, user=people[0], by_hand=False, by_rule=True)
    create("Managership", group=group, user=people[1])
    category = create(
        "ExtraCategory", ref="team", title="Team", category_type="SELECT", for_model_types=["USER"]
    )
    choice = create("Choice", category=category, ref="a", string_value="Alpha", string_key="alpha")
    create("UserExtraValue", owner=people[0], category=category, choice=choice)
    event = create(
        "Event", sequence=1, type="USER_UPDATED", subject_id=people[0].pk, subject_ref="ann",
        actor_kind="SYSTEM", actor_name="Stepwell", payload='{"name":"Ann"}', occurred_at=WHEN, told_at=WHEN,
    )  # fmt: skip
    hook = create("WebhookSubscription", url="https://example.org/", events=["USER_UPDATED"], secret="s" * 20)
    delivery = create(
        "WebhookDelivery", subscription=hook, event=event, event_type=event.type, subject_id=event.subject_id,
        sequence=1, status="DELIVERED", due_at=WHEN, finished_at=WHEN,
    )  # fmt: skip
    create(
        "WebhookAttempt", delivery=delivery, attempted_at=WHEN, status_code=200, duration_ms=1, answer="ok"
    )
    create("OutgoingMail", user=people[0], kind="password", context={})


def read() -> None:
    """Print what the product answers to a manager of then."""
    from stepwell import permissions, tenancy
    from stepwell.models import Organisation, User

    organisation: UUID = Organisation.objects.get(slug="demo").pk
    with tenancy.inside(organisation):
        ann = permissions.of_user(User.objects.get(ref="ann"))
        answers = [_ask(ann, document) for document in (READ, WRITE, AFTER)]
    sys.stdout.write(json.dumps(answers))


def read_learning() -> None:
    """Print what a training of then holds now."""
    from stepwell import permissions, tenancy
    from stepwell.models import Organisation, Training, User

    organisation: UUID = Organisation.objects.get(slug="demo").pk
    with tenancy.inside(organisation):
        ann = permissions.of_user(User.objects.get(ref="ann"))
        answer = _ask(ann, CONTENT % Training.objects.get().pk)
    sys.stdout.write(json.dumps(answer))


def _ask(actor: Any, document: str) -> Any:
    from stepwell.graphql import execution
    from stepwell.graphql.base import Context

    result = execution.run(document, {}, None, Context(actor))
    assert not result.errors, result.errors
    return result.data


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "stepwell.settings"
    django.setup()
    known = {"fill": fill, "read": read, "fill_learning": fill_learning, "read_learning": read_learning}
    known[sys.argv[1]]()

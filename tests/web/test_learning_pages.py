"""The buttons of learning: who may press them, forgery, and what is refused changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import (
    Answer,
    Condition,
    Event,
    LearningFact,
    Lesson,
    ModuleKind,
    ModuleProgress,
    QuizAttempt,
    Submission,
    TrainingGroup,
    User,
)
from stepwell.operations import assessments, course_versions, learning
from tests import course_content, makers
from tests.operations.assignments import assignment, hand_in
from tests.web.conftest import HOST, SignedIn
from tests.web.learning_scene import POSTS
from tests.web.scene import Scene


def state() -> Any:
    """All that these buttons may change."""
    models: Any = (Answer, Event, LearningFact, QuizAttempt, Submission)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_button_is_pressed_by_who_learns_and_by_nobody_else(
    signed_in: SignedIn, visitor: Client, manager: Actor, participant: Actor, stranger: Actor
) -> None:
    made = Scene(manager)
    with tenancy.inside(stranger.organisation_id):
        elsewhere = Scene(stranger)
    before = state()
    clients = {"in": signed_in(manager), "out": signed_in(participant)}
    for name in POSTS:
        assert visitor.post(made.path(name))["Location"].startswith("/sign-in/"), name
        assert clients["in"].get(made.path(name)).status_code == 405, name
        assert clients["in"].post(elsewhere.path(name)).status_code == 404, name
        assert clients["out"].post(made.path(name)).status_code == 404, name
    assert state() == before


def test_a_button_that_another_site_presses_does_nothing(manager: Actor) -> None:
    made = Scene(manager)
    client = Client(enforce_csrf_checks=True, headers={"host": HOST})
    client.force_login(User.objects.get(pk=str(manager.user_id)))
    before = state()
    for name in (*POSTS, "attempt", "attempt-finish", "answer", "submission"):
        assert client.post(made.path(name)).status_code == 403, name
    assert state() == before


@pytest.mark.parametrize("language", ["en", "nl"])
def test_what_is_closed_says_so_and_changes_nothing(
    signed_in: SignedIn, manager: Actor, language: str
) -> None:
    made = Scene(manager)
    later = timezone.now() + timedelta(days=3)
    Condition.objects.create(module_group=made.step, kind="DATE", at=later)
    Condition.objects.create(module_group=made.quiz.module_group, kind="DATE", at=later)
    client = signed_in(manager)
    client.cookies["django_language"] = language
    before = state()
    for name in POSTS.keys() - {"training-begin"}:
        text = client.post(made.path(name), {"text": "x"}, follow=True).content.decode()
        if name == "module-beat":
            assert "not open" in text
        elif name != "module-hand-in":  # which needs the key of its form
            assert ("is not open: it opens at", "is niet open: het gaat open op")[language == "nl"] in text, (
                name
            )
    assert state() == before


def test_nobody_sees_the_work_of_others(signed_in: SignedIn, manager: Actor) -> None:
    made = Scene(manager)
    made.learn_more(1)
    other = signed_in(permissions.of_user(User.objects.get(name="Learner 1")))
    before = state()
    for name in ("attempt", "attempt:result", "attempt-finish", "answer", "submission"):
        assert other.get(made.path(name)).status_code == 404, name
        assert other.post(made.path(name), {"points": 1, "score": 1, "passed": "yes"}).status_code == 404, (
            name
        )
    assert other.get(made.path("training-person")).status_code == 404
    assert other.get(made.path("training-people")).status_code == 403
    assert state() == before


def test_the_page_of_an_assignment_shows_what_the_group_handed_in(
    signed_in: SignedIn, manager: Actor
) -> None:
    made = Scene(manager)
    module = assignment(made.training, isForGroups=True)
    group = makers.group("Team", members=[made.me, made.lena])
    TrainingGroup.objects.create(training=made.training, group=group)
    row = hand_in(module, made.lena, "What we did together")
    mine, teacher = signed_in(manager), permissions.of_user(made.tess)
    page = reverse("module", args=[module.pk])
    for score, feedback in ((None, "Waits for a trainer"), (90, "Well done, team")):
        if score:
            assessments.assess(row, {"score": score, "feedback": feedback}, by=teacher)
        said = mine.get(page).content.decode()
        assert all(text in said for text in ("What we did together", "Lena Learner", feedback))
        assert ("Hand in again" in said) is (score is None)
    learning.reset(made.training, user_id=made.me.pk, by=teacher)
    said = mine.get(page).content.decode()
    assert "Hand in again" in said


def test_an_empty_hand_in_and_a_wrong_assessment_come_back_with_a_reason(
    signed_in: SignedIn, manager: Actor
) -> None:
    made = Scene(manager)
    mine, teacher = signed_in(manager), signed_in(permissions.of_user(made.tess))
    before = state()
    key = "a1b2c3d4-0000-4000-8000-000000000001"
    answer = mine.post(made.path("module-hand-in"), {"text": " ", "key": key})
    assert (answer.status_code, "Hand in some text or a file." in answer.content.decode()) == (422, True)
    answer = teacher.post(made.path("answer"), {"points": "99"})
    said = " ".join(answer.content.decode().split())
    assert (answer.status_code, "Give points from 0 to" in said) == (422, True)
    assert 'aria-invalid="true"' in said.split('name="points"')[1].split(">")[0]
    assert teacher.post(made.path("submission"), {"passed": ""}).status_code == 422
    assert state() == before


def test_the_form_to_assess_an_answer_is_for_who_may_assess_it(signed_in: SignedIn, manager: Actor) -> None:
    made = Scene(manager)
    leader = makers.user("Gus Leader")
    makers.group("Led", members=[made.lena], managers=[leader])
    teacher, follower = (signed_in(permissions.of_user(one)) for one in (made.tess, leader))
    path, form = made.path("answer"), 'name="points"'
    assert form in teacher.get(path).content.decode()
    assert form not in follower.get(path).content.decode()
    before = state()
    assert form not in follower.post(path, {"points": "1"}).content.decode()
    assert state() == before
    assert teacher.post(path, {"points": "1"}).status_code == 302
    assert "Correct the assessment" in teacher.get(path).content.decode()
    closed = Answer.objects.exclude(question__kind="OPEN").filter(attempt__user=made.lena).first()
    assert closed is not None
    Answer.objects.filter(pk=closed.pk).update(response="{}", points=1)
    assert form not in teacher.get(f"/answers/{closed.pk}/").content.decode()


def test_a_course_says_why_a_lesson_is_closed(signed_in: SignedIn, participant: Actor) -> None:
    row = course_content.course(published=True)
    a1, b1 = course_content.lesson("A1"), course_content.lesson("B1")
    course_content.needs(course_content.lesson("A2"), a1, delay_hours=24, min_score=60)
    course_content.needs(b1, a1)
    course_content.needs(b1, course_content.lesson("B2"), kind="LESSON_AVAILABLE")
    Lesson.objects.filter(pk=b1.pk).update(match="ANY")
    module = course_content.module(row, User.objects.get(pk=participant.user_id))
    client = signed_in(participant)
    page = client.get(f"/modules/{module.pk}/").content.decode()
    assert "“<bdi>A1</bdi>” is completed with 60 % or more and 1 day have passed" in " ".join(page.split())
    assert "Locked. It opens when:" in page
    assert "It opens when one of these" not in page  # B2 is open, so B1 is
    Condition.objects.filter(lesson=b1, kind="LESSON_AVAILABLE").delete()
    course_content.needs(b1, course_content.lesson("A2"), kind="LESSON_SCORE")
    page = client.get(f"/modules/{module.pk}/").content.decode()
    assert "Locked. It opens when one of these comes true:" in page
    assert "“<bdi>A2</bdi>” has a score" in page


@pytest.mark.parametrize("who", ["participant", "manager"])
def test_the_page_of_a_course_shows_the_version_that_one_is_on(
    request: pytest.FixtureRequest, signed_in: SignedIn, manager: Actor, who: str
) -> None:
    actor: Actor = request.getfixturevalue(who)
    person = User.objects.get(pk=actor.user_id)
    row = course_content.course(published=True)
    begun = course_content.module(row, person)
    later = course_content.module(row, training=makers.training("Again", participants=[person]))
    learning.open_module(begun, by=actor)
    first = course_content.lesson("A1")
    course_versions.create_draft(row, by=manager)
    course_versions.publish(row, by=manager)
    Lesson.objects.filter(key=first.key).exclude(pk=first.pk).update(title="Anew")
    newer = course_content.lesson("Anew")
    client = signed_in(actor)
    for module, shown, hidden in ((begun, first, newer), (later, newer, first)):
        page = client.get(f"/modules/{module.pk}/").content.decode()
        assert f">{shown.title}" in page
        assert f">{hidden.title}" not in page
        assert client.get(f"/modules/{module.pk}/lessons/{shown.pk}/").status_code == 200
        assert client.get(f"/modules/{module.pk}/lessons/{hidden.pk}/").status_code == 404


def test_one_goes_on_with_what_waits_for_nobody_else(signed_in: SignedIn, participant: Actor) -> None:
    person = User.objects.get(pk=participant.user_id)
    training = makers.training(participants=[person], trainers=[makers.user("Tess")])
    task = assignment(training)
    text = makers.module(task.module_group, title="A text")
    hand_in(task, person)
    shown = signed_in(participant).get(reverse("training", args=[training.pk]))
    assert shown.context["next"]["id"] == str(text.pk)
    assert "Waits for a trainer" in shown.content.decode()
    learning.read(text, by=participant)
    shown = signed_in(participant).get(reverse("training", args=[training.pk]))
    assert shown.context["next"] is None


@pytest.mark.parametrize("kind", [ModuleKind.VIDEO, ModuleKind.FILE, ModuleKind.THEORY, ModuleKind.QUIZ])
def test_a_module_that_is_completed_says_where_to_go_on(
    signed_in: SignedIn, participant: Actor, kind: ModuleKind
) -> None:
    person = User.objects.get(pk=participant.user_id)
    training = makers.training(participants=[person])
    step = makers.module_group(training)
    done, left = makers.module(step, kind), makers.module(step, title="What is left")
    client, page = signed_in(participant), reverse("module", args=[done.pk])
    back, on = "Back to the training", f'href="{reverse("module", args=[left.pk])}"'
    said = client.get(page).content.decode()
    assert (on in said, back in said) == (False, False)
    ModuleProgress.objects.create(module=done, training=training, user=person, status="COMPLETED")
    said = client.get(page).content.decode()
    assert (on in said, back in said) == (True, False)
    learning.read(left, by=participant)
    said = client.get(page).content.decode()
    assert (on in said, back in said) == (False, True)


def test_who_teaches_reads_whose_progress_it_is(signed_in: SignedIn, manager: Actor) -> None:
    made = Scene(manager)
    teacher = signed_in(permissions.of_user(made.tess))
    told = "How the progress is counted: <bdi>Lena Learner</bdi></h1>"
    assert told in teacher.get(made.path("training-person")).content.decode()
    own = signed_in(manager).get(made.path("training-why")).content.decode()
    assert "How the progress is counted</h1>" in own


def test_who_assesses_reads_what_to_look_at_and_how_many_points_there_are(
    signed_in: SignedIn, manager: Actor
) -> None:
    made = Scene(manager)
    Answer.objects.filter(pk=made.answer.pk).update(possible="2.50")
    teacher = signed_in(permissions.of_user(made.tess))
    assert (
        "<strong>To look at:</strong> <bdi>Secret-guidance"
        in teacher.get(made.path("answer")).content.decode()
    )
    teacher.cookies["django_language"] = "nl"
    said = teacher.get(made.path("answer")).content.decode()
    assert "Hoogstens 2,5." in said
    assert "Let hierop:" in said

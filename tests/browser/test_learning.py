"""A training, built by the API alone, and lived in a browser: from its first page to 100 percent.

Told to a receiver of webhooks all the while, with a worker that works.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

import build_training
from stepwell import permissions
from stepwell.actors import Actor
from stepwell.cli import demo_content, demo_pictures, demo_video
from stepwell.kernel.text import camel_case
from stepwell.models import Module, ModuleGroup, ModuleKind, Role, Training, User
from stepwell.operations import clients, module_groups, progress_check
from tests import makers
from tests.browser.conftest import PHONE, Opened
from tests.worker.receivers import Receiver
from tests.worker.scenes import subscribe, system, wait_until, working

FILM_SECONDS = 6
CLAIM = """async ([address, second]) => {
  const said = new FormData();
  said.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  said.set("second", second);
  return (await fetch(address, { method: "POST", body: said })).json();
}"""
TOLD = [
    "TRAINING_STARTED",
    "MODULE_FINISHED",
    "EVENT_CONDITIONS_FULFILLED",
    "EVENT_FILE_UPLOADED",
    "TRAINING_FINISHED",
]

type Described = dict[str, Any]


def camel(it: object) -> object:
    """The demonstration's inputs in the words of the API."""
    if isinstance(it, list):
        return [camel(one) for one in it]
    if isinstance(it, dict):
        return {camel_case(name): camel(value) for name, value in it.items()}
    return it


def describe(folder: Path) -> Path:
    """What is built: text and film; after the film a quiz of every kind; after that an assignment."""
    (folder / "film.mp4").write_bytes(demo_video.film(FILM_SECONDS))
    (folder / "lifting.png").write_bytes(demo_pictures.still(0.2))
    questions = [
        question | ({"image": "lifting.png"} if question["kind"] == "HOTSPOT" else {})
        for question in demo_content.QUESTIONS
    ]
    groups = [basics(), quiz(questions), assignment()]
    path = folder / "training.json"
    path.write_text(json.dumps({"training": camel(demo_content.SAFE_AT_WORK), "moduleGroups": groups}))
    return path


def basics() -> Described:
    """A text and a film."""
    film = {"file": "film.mp4", "durationSeconds": FILM_SECONDS, "requiredShare": 60}
    return {
        "title": "The basics",
        "modules": [
            {"kind": "THEORY", "title": "How to lift", "theory": {"text": demo_content.BASICS}},
            {"kind": "VIDEO", "title": "See it done", "video": film},
        ],
    }


def quiz(questions: list[Any]) -> Described:
    """Opens when the film has been seen."""
    settings, asked = camel(demo_content.QUIZ), camel(questions)
    return {
        "title": "What do you know?",
        "conditions": [{"kind": "MODULE_COMPLETED", "neededModule": "See it done"}],
        "modules": [{"kind": "QUIZ", "title": "Nine questions", "quiz": settings, "questions": asked}],
    }


def assignment() -> Described:
    """Opens when the text has been read, but not before its date."""
    opens = (timezone.now() + timedelta(days=3)).isoformat()
    task = camel(demo_content.WORKPLACE)
    return {
        "title": "In your own work",
        "conditions": [
            {"kind": "MODULE_COMPLETED", "neededModule": "How to lift"},
            {"kind": "DATE", "at": opens},
        ],
        "modules": [{"kind": "ASSIGNMENT", "title": "Your workplace", "assignment": task}],
    }


@pytest.fixture
def training(
    address: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Training:
    """Built by the program of the examples; Lena Learner takes part, Tess Teacher teaches."""
    # Names below `localhost` are known to browsers and not to every machine.
    settings.STEPWELL_DEFAULT_ORGANISATION = "academy"
    url = f"http://127.0.0.1:{address.rpartition(':')[2]}"
    makers.user("Lena Learner")
    makers.user("Tess Teacher", roles=[Role.TRAINER])
    client, secret = clients.create(name="Builder", scopes=["trainings.write", "users.read"], by=system())
    monkeypatch.setenv("STEPWELL_CLIENT_ID", client.client_id)
    monkeypatch.setenv("STEPWELL_CLIENT_SECRET", secret)
    people = ["--participant", "lena.learner", "--trainer", "tess.teacher"]
    assert build_training.main(["--url", url, *people, str(describe(tmp_path))]) == 0
    row: Training = Training.objects.get(pk=capsys.readouterr().out.strip())
    return row


@pytest.fixture
def receiver(local_webhooks: None) -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def actor(name: str) -> Actor:
    return permissions.of_user(User.objects.get(name=name))


def test_a_training_is_lived_through(
    opened: Opened, training: Training, receiver: Receiver, tmp_path: Path
) -> None:
    subscribe(receiver.url, events=TOLD)
    with working():
        page = opened(actor("Lena Learner"))
        page.goto("/trainings/")
        page.get_by_role("link", name="Safe at work").click()
        expect(page.get_by_text("Nine questions")).to_be_visible()
        expect(page.get_by_role("link", name="Nine questions")).to_have_count(0)
        expect(page.get_by_text("“See it done” is completed")).to_be_visible()
        page.get_by_role("button", name="Begin").click()
        read(page)
        watch(page)
        answer_everything(page)
        closed_until_its_date(page, training)
        the_date_comes()
        hand_in(page, training, tmp_path)
        assess(opened(actor("Tess Teacher")))
        finished(page, training)
        wait_until(lambda: len(told(receiver, "TRAINING_FINISHED")) == 1)
    assert len(told(receiver, "TRAINING_STARTED")) == 1
    titles = {str(id): title for id, title in Module.objects.values_list("pk", "title")}
    assert [titles[body["id"]] for body in told(receiver, "MODULE_FINISHED")] == [
        "How to lift",
        "See it done",
        "Your workplace",
        "Nine questions",  # once its open answer had been assessed
    ]
    assert len(told(receiver, "EVENT_CONDITIONS_FULFILLED")) == 2
    assert len(told(receiver, "EVENT_FILE_UPLOADED")) == 1
    assert list(progress_check.differences(progress_check.Checked())) == []


def told(receiver: Receiver, event: str) -> list[dict[str, str]]:
    return [request.payload for request in receiver.requests if request.payload["event"] == event]


def read(page: Page) -> None:
    page.get_by_role("link", name="How to lift").first.click()
    expect(page.get_by_role("heading", name="Three things to remember")).to_be_visible()
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_role("heading", name="Safe at work")).to_be_visible()


def watch(page: Page) -> None:
    """The film is watched; claiming to be at its end counts nothing."""
    page.get_by_role("link", name="See it done").first.click()
    expect(page.locator("[data-progress]")).to_have_text("0 %")
    module = Module.objects.get(title="See it done")
    for second in (0, FILM_SECONDS):
        answer = page.evaluate(CLAIM, [f"/modules/{module.pk}/beat/", second])
        assert answer == {"progress": 0, "completed": False}
    page.reload()
    page.locator("video").evaluate("film => { film.muted = true; film.currentTime = 0; return film.play(); }")
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=30_000)


def answer_everything(page: Page) -> None:
    """Every kind of question, right; nothing in the pages tells which answer that is."""
    page.goto("/trainings/")
    page.get_by_role("link", name="Safe at work").click()
    page.get_by_role("link", name="Nine questions", exact=True).click()
    page.get_by_role("button", name="Begin").click()
    save = page.get_by_role("button", name="Save")
    page.get_by_label("Close to it, with bent knees and a straight back").check()
    save.click()
    for text in ("Holding it far from the body", "Twisting while carrying", "Doing it all day"):
        page.get_by_label(text).check()
    save.click()
    page.get_by_label("False").check()
    save.click()
    page.get_by_label("Bend your").fill("Knees")
    page.get_by_label("Turn with your").fill("feet ")
    save.click()
    page.get_by_label("Your answer").fill("23,0")
    save.click()
    for left, right in (
        ("A person who cannot stand", "The hoist"),
        ("A pallet of boxes", "The pump truck"),
        ("A box on a high shelf", "The steps"),
    ):
        page.get_by_label(left).select_option(label=right)
    save.click()
    put_in_order(page, [item["text"] for item in demo_content.QUESTIONS[6]["items"]])
    save.click()
    page.locator(".places svg").click(position={"x": 300, "y": 300})
    save.click()
    page.get_by_label("Your answer").fill("Crates of water: with the trolley.")
    save.click()
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("1 answer waits for a trainer.")).to_be_visible()
    expect(page.get_by_text("1 of 1 points").first).to_be_visible()


def put_in_order(page: Page, wanted: list[str]) -> None:
    """By the buttons that move an item up."""
    for place, text in enumerate(wanted):
        item = page.locator("[data-sort] > li").filter(has_text=text)
        while item.evaluate("one => [...one.parentElement.children].indexOf(one)") > place:
            item.get_by_role("button", name=re.compile("^Move up")).click()
    assert page.locator("[data-sort] [data-text]").all_inner_texts() == wanted


def closed_until_its_date(page: Page, training: Training) -> None:
    """What opens on a date is closed before it, also for who knows its address."""
    page.goto(f"/trainings/{training.pk}/")
    expect(page.get_by_role("link", name="Your workplace")).to_have_count(0)
    expect(page.get_by_text("Opens on")).to_be_visible()
    page.goto(f"/modules/{Module.objects.get(title='Your workplace').pk}/")
    expect(page.get_by_text("This is not open")).to_be_visible()


def the_date_comes() -> None:
    """It is put off to a moment from now; the worker's clock tells when it has come."""
    group = ModuleGroup.objects.get(title="In your own work")
    needed = {"kind": "MODULE_COMPLETED", "needed_module_id": Module.objects.get(title="How to lift").pk}
    soon = timezone.now() + timedelta(seconds=4)
    module_groups.update(group, {"conditions": [needed, {"kind": "DATE", "at": soon}]}, by=system())
    assert not group.openings.exists()
    wait_until(lambda: group.openings.count() == 1)
    assert timezone.now() >= soon


def hand_in(page: Page, training: Training, folder: Path) -> None:
    page.goto(f"/trainings/{training.pk}/")
    page.get_by_role("link", name="Your workplace").first.click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("Hand in some text or a file")
    (folder / "photo.png").write_bytes(demo_pictures.still(0.5))
    page.get_by_label("Text").fill("Crates of water, four times a day.")
    page.get_by_label("Files").set_input_files(folder / "photo.png")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Waits for a trainer")).to_be_visible()
    expect(page.get_by_role("link", name="photo.png")).to_be_visible()


def assess(page: Page) -> None:
    """The trainer assesses the assignment and the open answer."""
    page.goto("/assess/")
    page.get_by_role("link", name="Lena Learner").first.click()
    page.get_by_label("Score in percent").fill("85")
    page.get_by_label("Feedback").fill("Good eye!")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Lena Learner").click()
    page.get_by_label("Points").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing waits for you")).to_have_count(2)


def finished(page: Page, training: Training) -> None:
    """On a phone."""
    page.set_viewport_size(PHONE)
    page.goto(f"/trainings/{training.pk}/")
    expect(page.get_by_text("100 %")).to_be_visible()
    expect(page.get_by_text("Completed on")).to_be_visible()
    page.get_by_role("link", name="How is this counted?").click()
    expect(page.get_by_role("rowheader", name="Your workplace")).to_be_visible()


def test_an_embedded_video_is_completed_by_watching_it(opened: Opened) -> None:
    """Its host does not say how far it is, and here is not even reached."""
    lena = makers.user("Lena Learner")
    training = makers.training(participants=[lena])
    film = '{"url":"https://player.vimeo.com/video/1","durationSeconds":10,"requiredShare":90}'
    module = makers.module(makers.module_group(training), ModuleKind.VIDEO, "See it done", settings=film)
    page = opened(actor("Lena Learner"))
    page.route("https://player.vimeo.com/**", lambda route: route.fulfill(body="A film"))
    page.goto(f"/modules/{module.pk}/")
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=30_000)

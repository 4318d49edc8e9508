"""What has come of a module is seen on its page at once, while what it shows goes on."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.cli import demo_video
from stepwell.models import Module, ModuleKind, StoredFile, User
from tests import makers
from tests.browser.conftest import Opened
from tests.browser.test_accessibility import examine

FILM_SECONDS = 6


@pytest.fixture
def lena(address: str) -> Actor:
    return permissions.of_user(makers.user("Lena Learner"))


def module(kind: ModuleKind, lena: Actor, file: StoredFile, settings: str = "{}") -> Module:
    """A module that shows a file, and one to go on with."""
    training = makers.training(participants=[User.objects.get(pk=lena.user_id)])
    step = makers.module_group(training)
    row = makers.module(step, kind, file=file, settings=settings)
    makers.module(step, title="What comes after it")
    return row


def go_on(page: Page) -> None:
    expect(page.get_by_role("status").get_by_text("Completed")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="Go on: What comes after it")).to_be_visible()


def test_a_file_that_was_downloaded_is_said_to_be_completed(opened: Opened, lena: Actor) -> None:
    row = module(ModuleKind.FILE, lena, makers.stored_file(b"Be kind.", name="rules.txt"))
    page = opened(lena)
    page.goto(f"/modules/{row.pk}/")
    expect(page.get_by_text("Completed")).to_have_count(0)
    expect(page.get_by_role("link", name="Go on")).to_have_count(0)
    with page.expect_download() as got:
        page.get_by_role("button", name="Download").click()
    assert Path(got.value.path()).read_bytes() == b"Be kind."
    go_on(page)
    examine(page)


def test_without_scripts_it_is_said_at_the_next_visit(opened: Opened, lena: Actor) -> None:
    row = module(ModuleKind.FILE, lena, makers.stored_file(b"Be kind.", name="rules.txt"))
    page = opened(lena, java_script_enabled=False)
    page.goto(f"/modules/{row.pk}/")
    with page.expect_download():
        page.get_by_role("button", name="Download").click()
    page.goto(f"/modules/{row.pk}/")
    go_on(page)


def test_a_film_plays_on_when_enough_of_it_was_seen(opened: Opened, lena: Actor) -> None:
    film = makers.stored_file(demo_video.film(FILM_SECONDS), name="film.mp4", content_type="video/mp4")
    settings = f'{{"durationSeconds":{FILM_SECONDS},"requiredShare":60}}'
    row = module(ModuleKind.VIDEO, lena, film, settings)
    page = opened(lena)
    page.goto(f"/modules/{row.pk}/")
    page.locator("video").evaluate("film => { film.id = 'same'; film.muted = true; return film.play(); }")
    go_on(page)
    expect(page.locator("video#same")).to_be_visible()

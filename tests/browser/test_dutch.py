"""Pages in Dutch, whose words are longer, on a narrow phone and at a desk: what is cut off or out of line."""

from typing import Any

import pytest
from playwright.sync_api import Page

from stepwell.actors import Actor
from stepwell.models import Module, User
from stepwell.operations import webhooks
from tests import makers
from tests.browser.conftest import DESKTOP, Opened
from tests.browser.test_accessibility import LONG
from tests.operations.assignments import assignment, hand_in

NARROW = {"width": 360, "height": 800}
WIDTHS = pytest.mark.parametrize("size", [NARROW, DESKTOP], ids=["narrow", "wide"])
# The lists that are too narrow for what they say; one that is as wide as its form cannot be wider.
CUT_OFF = """() => [...document.querySelectorAll(".filters select")].filter((shown) => {
  const wanted = shown.cloneNode(true);
  wanted.style.cssText = "width: max-content; max-width: none";
  document.body.append(wanted);
  const needed = wanted.offsetWidth;
  wanted.remove();
  return shown.offsetWidth < Math.min(needed, shown.form.clientWidth);
}).map((shown) => shown.selectedOptions[0].textContent)"""
FROM_THE_TOP = """figures => figures.map(
  (figure) => figure.lastElementChild.getBoundingClientRect().top - figure.getBoundingClientRect().top
)"""
LINES = """names => names.map((name) => name.getClientRects().length)"""


def dutch(opened: Opened, address: str, actor: Actor, size: Any) -> Page:
    """A page of this size in which somebody is signed in who reads Dutch."""
    page = opened(actor)
    page.context.add_cookies([{"name": "django_language", "value": "nl", "url": address}])
    page.set_viewport_size(size)
    return page


@WIDTHS
def test_what_is_chosen_in_a_filter_can_be_read(
    opened: Opened, address: str, manager: Actor, size: Any
) -> None:
    row, _ = webhooks.create("https://hooks.example.com/", events=["USER_UPDATED"], by=manager)
    page = dutch(opened, address, manager, size)
    chosen = "status=CANCELLED&events=EXTRA_CATEGORY_VALUES_UPDATED"
    for path in ("/people/?archived=true", "/trainings/?archived=true", f"/webhooks/{row.pk}/?{chosen}"):
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "nl"
        assert page.evaluate(CUT_OFF) == [], path


@WIDTHS
def test_each_figure_has_its_label_right_beneath(
    opened: Opened, address: str, manager: Actor, size: Any
) -> None:
    page = dutch(opened, address, manager, size)
    page.goto("/")
    tops = page.locator(".figure").evaluate_all(FROM_THE_TOP)
    assert len(tops) == 4
    assert max(tops) - min(tops) < 1


def test_a_long_name_leaves_room_for_what_is_to_be_assessed(
    opened: Opened, address: str, trainer: Actor
) -> None:
    learner, teacher = makers.user(LONG), User.objects.get(pk=trainer.user_id)
    training = makers.training("Veilig werken", participants=[learner], trainers=[teacher])
    module = assignment(training)
    Module.objects.filter(pk=module.pk).update(title="Beschrijf je eigen werkplek")
    hand_in(module, learner)
    page = dutch(opened, address, trainer, DESKTOP)
    page.goto("/assess/")
    lines = page.locator("td > bdi").evaluate_all(LINES)
    assert lines == [1]

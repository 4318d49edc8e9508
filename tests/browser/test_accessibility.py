"""Every page as axe sees it (WCAG 2.0 to 2.2, A and AA): on a phone and at a desk, in light and in dark."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    CategoryType,
    Choice,
    DeliveryStatus,
    ExtraCategory,
    GroupExtraValue,
    Role,
    User,
    UserExtraValue,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.operations import invitations, webhooks
from tests import makers
from tests.browser.conftest import AXE, DESKTOP, PHONE, Opened
from tests.chromium import absent

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EXAMINE = """(tags) => axe.run(document, {
  runOnly: { type: "tag", values: tags },
  resultTypes: ["violations"],
})"""
LONG = "Wolfeschlegelsteinhausenbergerdorff-Hubert-Blaine van den Nieuwenhuijzen-Oosterhout"
ARABIC = "مريم العلي"


class Scene:
    """An organisation with what makes pages hard: long names, other directions, errors, much and nothing."""

    def __init__(self, manager: Actor) -> None:
        self.me = User.objects.get(pk=str(manager.user_id))
        self.arabic = makers.user(ARABIC, ref="ar", email="maryam@example.com", last_login=timezone.now())
        self.long = makers.user(LONG, roles=[Role.TRAINER, Role.AUTHOR], archived_at=timezone.now())
        self.new = makers.user("New Person", password="!", is_active=True)
        for n in range(12):
            makers.user(f"Person {n:03}", is_active=n % 7 > 0)
        people = list(User.objects.all())
        self.group = makers.group(
            f"Group of {LONG}", members=people, managers=[self.me, self.arabic], max_users=80
        )
        makers.group(ARABIC, members=[self.me])
        self._values()
        self._webhooks(manager)

    def _values(self) -> None:
        def category(title: str, kind: CategoryType) -> Any:
            return ExtraCategory.objects.create(ref=title, title=title, category_type=kind)

        text, many = category("Department", CategoryType.TEXT), category("Skills", CategoryType.MULTISELECT)
        born, yes = category("Born", CategoryType.DATE), category("First aid", CategoryType.BOOLEAN)
        for model, owner in ((UserExtraValue, self.arabic), (GroupExtraValue, self.group)):
            model.objects.create(owner=owner, category=text, string_value=LONG, string_key="x")
            model.objects.create(owner=owner, category=born, datetime_value="1980-05-17T00:00:00Z")
            model.objects.create(owner=owner, category=yes, boolean_value=True)
        for name in ("Welding", "Excel"):
            choice = Choice.objects.create(category=many, ref=name, string_value=name, string_key=name)
            UserExtraValue.objects.create(owner=self.arabic, category=many, choice=choice)

    def _webhooks(self, by: Actor) -> None:
        self.subscription, _ = webhooks.create(
            "https://example.com/" + "a" * 150, events=["USER_UPDATED"], by=by
        )
        self.off, _ = webhooks.create(
            "https://off.example.com/", events=["USER_UPDATED"], active=False, by=by
        )
        self.delivery = webhooks.send_test(self.subscription, by=by)
        for code, error, answer in (
            (None, "The connection was refused.", ""),
            (500, None, "<b>down</b> " * 50),
        ):
            WebhookAttempt.objects.create(
                delivery=self.delivery,
                attempted_at=timezone.now(),
                status_code=code,
                error=error,
                duration_ms=30_000,
                answer=answer,
            )
        for status in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.CANCELLED):
            sent = webhooks.send_test(self.subscription, by=by)
            WebhookDelivery.objects.filter(pk=sent.pk).update(status=status, finished_at=timezone.now())
        webhooks.rotate_secret(self.subscription, by=by)
        WebhookSubscription.objects.filter(pk=self.subscription.pk).update(
            failing_since=timezone.now() - timedelta(hours=2)
        )


@pytest.fixture
def scene(address: str, manager: Actor) -> Scene:
    return Scene(manager)


def go(path: str) -> Callable[[Page, Scene], None]:
    """Only open the page; `{…}` names something of the scene."""

    def visit(page: Page, scene: Scene) -> None:
        page.goto(path.format(scene=scene, nowhere=uuid4()))

    return visit


def wrong_password(page: Page, scene: Scene) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def link_sent(page: Page, scene: Scene) -> None:
    page.goto("/forgotten/")
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_role("button", name="Mail me a link").click()
    page.get_by_role("heading", name="Look in your mail").wait_for()


def invitation(page: Page, scene: Scene) -> None:
    page.goto(f"/accept/{scene.new.pk}/{invitations.token_for(scene.new)}/")
    page.get_by_label("New password").fill("short")
    page.get_by_label("The same password again").fill("different")
    page.get_by_role("button", name="Choose this password").click()
    page.get_by_role("alert").wait_for()


def more_than_a_page(page: Page, scene: Scene) -> None:
    for n in range(60):
        makers.user(f"Person {n:03} of many", ref=f"m{n}", email=f"many{n}@example.com")
    page.goto("/people/")
    page.get_by_role("link", name="Next").wait_for()


def open_menu(page: Page, scene: Scene) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Webhooks").wait_for()


def chart_as_table(page: Page, scene: Scene) -> None:
    page.goto("/")
    page.get_by_text("As a table").click()


def form_with_errors(page: Page, scene: Scene) -> None:
    page.goto("/webhooks/new/")
    page.get_by_label("URL of the receiver").fill("https://10.0.0.1/")
    page.get_by_label("A person was created").check()
    page.get_by_label("A secret of your own").fill("short")
    page.get_by_role("button", name="Make the subscription").click()
    page.get_by_role("alert").wait_for()


def secret(page: Page, scene: Scene) -> None:
    page.goto(f"/webhooks/{scene.off.pk}/secret/")
    page.get_by_role("button", name="Make a new secret").click()
    page.get_by_text("This is the only time").wait_for()


def saved(page: Page, scene: Scene) -> None:
    page.goto(f"/webhooks/{scene.off.pk}/edit/")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()


def all_snippets(page: Page, scene: Scene) -> None:
    page.goto("/webhooks/verify/")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


VISITORS: dict[str, Callable[[Page, Scene], None]] = {
    "sign in": go("/sign-in/?next=/people/"),
    "sign in, wrong": wrong_password,
    "forgotten": go("/forgotten/"),
    "link sent": link_sent,
    "invitation": invitation,
    "link expired": go("/accept/{scene.new.pk}/expired/"),
    "not there": go("/nothing/"),
}
MANAGERS: dict[str, Callable[[Page, Scene], None]] = {
    "home": go("/"),
    "home, menu": open_menu,
    "home, table": chart_as_table,
    "people": more_than_a_page,
    "people, nobody": go("/people/?q=zzz"),
    "people, archived": go("/people/?archived=true"),
    "person": go("/people/{scene.arabic.pk}/"),
    "person, archived": go("/people/{scene.long.pk}/"),
    "groups": go("/groups/"),
    "group": go("/groups/{scene.group.pk}/"),
    "not there": go("/people/{nowhere}/"),
    "bad address": go("/people/?after=x"),
    "webhooks": go("/webhooks/"),
    "webhooks, new": go("/webhooks/new/"),
    "webhooks, new with errors": form_with_errors,
    "webhook": go("/webhooks/{scene.subscription.pk}/"),
    "webhook, none fits": go("/webhooks/{scene.subscription.pk}/?events=GROUP_CREATED"),
    "webhook, nothing": go("/webhooks/{scene.off.pk}/"),
    "webhook, saved": saved,
    "delivery": go("/webhooks/deliveries/{scene.delivery.pk}/"),
    "edit": go("/webhooks/{scene.subscription.pk}/edit/"),
    "new secret?": go("/webhooks/{scene.subscription.pk}/secret/"),
    "new secret": secret,
    "delete?": go("/webhooks/{scene.subscription.pk}/delete/"),
    "send again": go("/webhooks/{scene.subscription.pk}/send-again/"),
    "send one again": go("/webhooks/{scene.subscription.pk}/send-again/?ids={scene.delivery.pk}"),
    "verify": all_snippets,
}
PARTICIPANTS: dict[str, Callable[[Page, Scene], None]] = {"home": go("/"), "not allowed": go("/people/")}


@pytest.mark.parametrize("name", VISITORS)
def test_pages_of_visitors(opened: Opened, scene: Scene, name: str) -> None:
    page = opened()
    VISITORS[name](page, scene)
    examine(page)


@pytest.mark.parametrize("name", MANAGERS)
def test_pages_of_managers(opened: Opened, scene: Scene, manager: Actor, name: str) -> None:
    page = opened(manager)
    MANAGERS[name](page, scene)
    examine(page)


@pytest.mark.parametrize("name", PARTICIPANTS)
def test_pages_of_participants(opened: Opened, scene: Scene, name: str) -> None:
    page = opened(permissions.of_user(scene.arabic))
    PARTICIPANTS[name](page, scene)
    examine(page)


@pytest.mark.parametrize("path", ["/", "/people/", "/groups/", "/webhooks/"])
def test_pages_of_an_empty_organisation_in_dutch(opened: Opened, owner: Actor, path: str) -> None:
    page = opened(owner)
    page.goto(path)
    page.get_by_role("button", name="Nederlands").first.click()
    assert page.locator("html").get_attribute("lang") == "nl"
    examine(page)


def examine(page: Page) -> None:
    """Nothing that axe finds, and nothing beside the screen, in all four ways of looking."""
    if not AXE.exists():
        absent("axe-core (npm ci in tests/browser)")
    found: list[str] = []
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        beside = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beside > 0:
            found.append(f"{beside} pixels stand beside a screen of {size['width']}")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [f"{size['width']} {scheme}: {violation}" for violation in violations(page)]
    assert found == [], "\n".join([page.url, *found])


def violations(page: Page) -> list[str]:
    """What axe has against the page as it is: the rule, and where."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate(EXAMINE, TAGS)
    return [
        f"{violation['id']}: {node['html'][:150]} {node.get('failureSummary', '')}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]

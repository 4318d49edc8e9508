"""One of everything that a page can be about, and how there comes to be more of it."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.events import EventType, recording
from stepwell.models import (
    CategoryType,
    DeliveryStatus,
    ExtraCategory,
    GroupExtraValue,
    Managership,
    Membership,
    User,
    UserExtraValue,
    WebhookAttempt,
    WebhookDelivery,
)
from stepwell.operations import webhooks
from stepwell.web import urls
from tests import makers
from tests.web import learning_scene

URL = "https://hooks.example.com/stepwell"

# Pages for people who are not signed in, and what is no page.
FOR_VISITORS = {"sign-in", "forgotten", "accept", "accept-training"}
NO_PAGES = {"sign-out", "new-link", "new-training-link", "language", "file", "upload"}
NO_PAGES |= learning_scene.POSTS.keys()
# What external tools and their launches use: tests/lti.
NO_PAGES |= {"lti-launch", "lti-choose", "lti-back", "lti-authorize", "lti-chosen", "lti-keys", "lti-token"}
NO_PAGES |= {"lti-line-item", "lti-scores", "lti-results"}

# What a page is about: the name of its address → the attributes of the scene whose ids are in it. Behind a
# colon: which of several pages at one address.
ABOUT: dict[str, str | tuple[str, ...] | None] = {
    **learning_scene.ABOUT,
    "home": None,
    "people": None,
    "person": "me",
    "groups": None,
    "group": "group",
    "webhooks": None,
    "webhook-new": None,
    "webhooks-verify": None,
    "webhook": "subscription",
    "webhook-edit": "subscription",
    "webhook-secret": "subscription",
    "webhook-delete": "subscription",
    "webhook-test": "subscription",
    "webhook-again": "subscription",
    "delivery": "delivery",
}


def known_addresses() -> set[str]:
    """The name of every address that there is."""
    return {str(pattern.name) for pattern in urls.urlpatterns}


class Scene(learning_scene.LearningScene):
    """In the active organisation, made by one of its managers."""

    def __init__(self, manager: Actor) -> None:
        self.manager = manager
        self.me = User.objects.get(pk=str(manager.user_id))
        self.group = makers.group("Scene")
        self.subscription, _ = webhooks.create(URL, events=["USER_UPDATED"], by=manager)
        self.delivery = webhooks.send_test(self.subscription, by=manager)
        self.learn(manager)

    def path(self, name: str, key: UUID | None = None) -> str:
        """The address of that name; `key`: of something else than what the scene has."""
        about = (ABOUT | learning_scene.POSTS)[name] or ()
        parts = (about,) if isinstance(about, str) else about
        return reverse(name.partition(":")[0], args=[key or getattr(self, part).pk for part in parts])

    def add(self, n: int) -> None:
        """One more of everything that any page lists."""
        self.learn_more(n)
        person = makers.user(f"Person {n}")
        makers.group(f"Mine {n}", members=[self.me], managers=[self.me])
        Membership.objects.create(group=self.group, user=person)
        Managership.objects.create(group=self.group, user=person)
        webhooks.create(f"{URL}/{n}", events=["USER_UPDATED"], by=self.manager)
        for delivery in (self.delivery, deliver(self.subscription, self.manager)):
            attempt(delivery)
        self._value(n)

    def _value(self, n: int) -> None:
        category = ExtraCategory.objects.create(
            ref=f"c{n}",
            title=f"Category {n}",
            category_type=CategoryType.TEXT,
            for_model_types=["USER", "GROUP"],
        )
        UserExtraValue.objects.create(owner=self.me, category=category, string_value="x", string_key="x")
        GroupExtraValue.objects.create(owner=self.group, category=category, string_value="x", string_key="x")


def deliver(subscription: Any, by: Actor, **fields: Any) -> Any:
    """A delivery of a person's change, as the worker makes one."""
    person = makers.user(f"Changed {User.objects.count()}")
    [event] = recording.write([recording.Pending(EventType.USER_UPDATED, person, by, ("name",))])
    now = timezone.now()
    defaults = {
        "event_type": event.type,
        "due_at": now,
        "status": DeliveryStatus.DELIVERED,
        "finished_at": now,
    }
    return WebhookDelivery.objects.create(
        subscription=subscription,
        event=event,
        subject_id=event.subject_id,
        sequence=event.sequence,
        **defaults | fields,
    )


def attempt(delivery: Any, code: int | None = 500, *, error: str | None = None, answer: str = "") -> None:
    """One POST of a delivery, and what came of it."""
    WebhookAttempt.objects.create(
        delivery=delivery,
        attempted_at=timezone.now(),
        status_code=code,
        error=error,
        duration_ms=12,
        answer=answer,
    )

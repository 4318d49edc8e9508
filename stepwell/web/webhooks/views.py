"""Subscriptions made, changed, tested; deliveries sent again."""

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stepwell.models import WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.web import actors, forms, page
from stepwell.web.layout import WEBHOOKS
from stepwell.web.webhooks.forms import ElsewhereForm, NewSubscriptionForm, PeriodForm, SubscriptionForm

MOST_CHOSEN = 1_000
LANGUAGES = (("python", "Python"), ("node", "Node"), ("csharp", "C#"))
either = require_http_methods(["GET", "HEAD", "POST"])


def for_managers(view: page.View) -> page.View:
    """A page with a form, for those who may see webhooks; the operations say who may change them."""
    return either(page.for_people(WEBHOOKS)(view))


@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make a subscription, and show its secret this once."""
    actor = actors.signed_in(request)
    form = NewSubscriptionForm(request.POST or None)
    if request.method == "POST" and form.succeeds(
        lambda given: webhooks.create(
            given["url"],
            events=given["events"],
            secret=given["secret"] or None,
            active=given["active"],
            signature_alphabet=given["alphabet"],
            by=actor,
        )
    ):
        return _secret_shown(request, *form.outcome)
    return page.show(request, "webhooks/new", form=form)


@for_managers
def edit(request: HttpRequest, id: UUID) -> HttpResponse:
    """Change where a subscription goes and what it hears, or switch it on and off."""
    actor, row = actors.signed_in(request), _subscription(request, id)
    values = {"url": row.url, "events": row.events, "alphabet": row.signature_alphabet, "active": row.active}
    form = SubscriptionForm(request.POST or None, initial=values)
    if request.method == "POST" and form.succeeds(
        lambda given: webhooks.update(
            row,
            url=given["url"],
            events=given["events"],
            active=given["active"],
            signature_alphabet=given["alphabet"],
            by=actor,
        )
    ):
        messages.success(request, _("Saved."))
        return redirect("webhook", id)
    return page.show(request, "webhooks/edit", form=form, subscription=row)


@for_managers
def secret(request: HttpRequest, id: UUID) -> HttpResponse:
    """Give a subscription a new secret, and show it this once."""
    row = _subscription(request, id)
    form = forms.Form(request.POST)
    if request.method == "POST" and form.succeeds(
        lambda given: webhooks.rotate_secret(row, by=actors.signed_in(request))
    ):
        return _secret_shown(request, *form.outcome)
    return page.show(request, "webhooks/rotate", subscription=row)


@for_managers
def delete(request: HttpRequest, id: UUID) -> HttpResponse:
    """Delete a subscription with its deliveries."""
    row = _subscription(request, id)
    form = forms.Form(request.POST)
    if request.method == "POST" and form.succeeds(
        lambda given: webhooks.delete(row, by=actors.signed_in(request))
    ):
        messages.success(request, _("The subscription is deleted."))
        return redirect("webhooks")
    return page.show(request, "webhooks/delete", subscription=row)


@for_managers
def test(request: HttpRequest, id: UUID) -> HttpResponse:
    """Send a test, and go to its delivery."""
    row = _subscription(request, id)
    form = forms.Form(request.POST)
    if request.method == "POST" and form.succeeds(
        lambda given: webhooks.send_test(row, by=actors.signed_in(request))
    ):
        return redirect("delivery", form.outcome.pk)
    return redirect("webhook", id)


@for_managers
def again(request: HttpRequest, id: UUID) -> HttpResponse:
    """Send again the deliveries that `ids` name, or those of a period."""
    actor, row = actors.signed_in(request), _subscription(request, id)
    chosen = _chosen(request, row)
    form: Any
    if chosen is None:
        form = PeriodForm(request.POST or None, initial=PeriodForm.last_day())
    else:
        form = ElsewhereForm(request.POST if request.method == "POST" else None)

    def send(given: dict[str, Any]) -> int:
        url = given["url"] or None
        if chosen is not None:
            return webhooks.redeliver(chosen, url=url, by=actor)
        return webhooks.redeliver_period(row, since=given["since"], until=given["until"], url=url, by=actor)

    if request.method == "POST" and form.succeeds(send):
        _say_how_many(request, form.outcome)
        return redirect("webhook", id)
    return page.show(request, "webhooks/again", form=form, subscription=row, chosen=chosen)


def verify(name: str) -> page.View:
    """The page that explains the signatures, with a snippet for each language."""
    return page.page(name, least=WEBHOOKS, standard=snippets("standard"), x_signature=snippets("x_signature"))


@cache
def snippets(kind: str) -> list[tuple[str, str]]:
    """The languages and how each verifies one kind of signature."""
    folder = Path(__file__).parent / "snippets"
    return [(name, (folder / f"{kind}.{suffix}.txt").read_text()) for suffix, name in LANGUAGES]


def _secret_shown(request: HttpRequest, row: WebhookSubscription, told: str) -> HttpResponse:
    response = page.show(request, "webhooks/secret", subscription=row, secret=told)
    response["Cache-Control"] = "no-store"
    return response


def _subscription(request: HttpRequest, id: UUID) -> WebhookSubscription:
    visible = WebhookSubscription.objects.visible_to(actors.signed_in(request))
    row: WebhookSubscription | None = visible.filter(pk=id).first()
    if row is None:
        raise Http404
    return row


def _chosen(request: HttpRequest, row: WebhookSubscription) -> list[WebhookDelivery] | None:
    """The deliveries that the address or the form names; None when it names none.

    Raises `BadRequest` for what is no id, `Http404` when one of them is not there.
    """
    texts = (request.POST if request.method == "POST" else request.GET).getlist("ids")
    if not texts:
        return None
    try:
        ids = {UUID(text) for text in texts[:MOST_CHOSEN]}
    except ValueError:
        raise BadRequest(_("One of the deliveries has no proper id.")) from None
    visible = WebhookDelivery.objects.visible_to(actors.signed_in(request))
    found = list(visible.filter(pk__in=ids, subscription=row))
    if len(found) < len(ids):
        raise Http404
    return found


def _say_how_many(request: HttpRequest, count: int) -> None:
    if count:
        said = ngettext(
            "%(n)s delivery is on its way again.", "%(n)s deliveries are on their way again.", count
        )
        messages.success(request, said % {"n": count})
    else:
        messages.warning(request, _("There was nothing to send again in this period."))

"""What people do, from the first click to the last: with a mouse, with a keyboard, and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from stepwell.actors import Actor
from stepwell.kernel import signing
from stepwell.models import DeliveryStatus, Event, User, WebhookDelivery, WebhookSubscription
from stepwell.operations import invitations, passwords, webhooks
from tests import makers
from tests.browser.conftest import PHONE, Opened
from tests.worker.receivers import Receiver
from tests.worker.scenes import system, wait_until, working

PASSWORD = "three quiet herons"


def test_signing_in_leads_to_the_page_that_was_asked_for(opened: Opened, manager: Actor) -> None:
    mara = User.objects.get(pk=str(manager.user_id))
    passwords.choose(mara, PASSWORD, by=system())
    page = opened()
    page.goto("/people/?q=mara")
    page.get_by_label("E-mail address").fill("mara.manager@example.com")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.get_by_role("link", name="Mara Manager").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    page.go_back()
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_an_invited_person_chooses_a_password(opened: Opened, address: str) -> None:
    new = makers.user("Nina New", email="nina@example.org", password="!")
    page = opened()
    page.goto(f"/accept/{new.pk}/{invitations.token_for(new)}/")
    expect(page.get_by_role("heading", name="Hello Nina New")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Choose this password").click()
    expect(page.get_by_role("heading", name="Hello Nina New")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("you are signed in")
    new.refresh_from_db()
    assert new.check_password(PASSWORD)
    again = opened()
    again.goto(f"/accept/{new.pk}/expired/")
    again.get_by_role("button", name="Mail me a new link").click()
    expect(again.get_by_role("heading", name="Look in your mail")).to_be_visible()


@pytest.mark.usefixtures("local_webhooks")
def test_a_receiver_is_subscribed_tested_and_seen(opened: Opened, manager: Actor) -> None:
    page = opened(manager)
    with Receiver() as receiver:
        page.goto("/webhooks/")
        page.get_by_role("link", name="Make the first one").click()
        page.get_by_label("URL of the receiver").fill(receiver.url)
        page.get_by_label("A person was created").check()
        page.get_by_role("button", name="Make the subscription").click()
        secret = page.locator("#secret").inner_text()
        page.get_by_role("link", name="I have copied it").click()
        expect(page.get_by_text("Nothing was sent yet")).to_be_visible()
        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_role("definition").first).to_have_text("Waiting")
        with working():
            [request] = receiver.wait_for(1)
            # Seen without loading the page again, and said.
            expect(page.get_by_role("definition").first).to_have_text("Delivered")
            expect(page.get_by_role("status").filter(has_text="Delivered")).to_have_count(1)
        expect(page.get_by_text("204", exact=True)).to_be_visible()
        headers = request.headers
        assert signing.verify_pluvo(
            request.body, signature=headers["X-Signature"], salt=headers["X-Signature-Salt"], secret=secret
        )
        expect(page.locator("pre").last).to_contain_text('"event": "WEBHOOK_TEST"')
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("Delivered: 1")).to_be_visible()


@pytest.mark.usefixtures("local_webhooks")
def test_deliveries_are_chosen_and_sent_again_elsewhere(opened: Opened, manager: Actor) -> None:
    with Receiver(lambda request: 500) as broken, Receiver() as repaired:
        subscription, _ = webhooks.create(broken.url, events=["USER_CREATED"], by=manager)
        for _ in range(3):
            webhooks.send_test(subscription, by=manager)
        page = opened(manager)
        page.goto(f"/webhooks/{subscription.pk}/?status=PENDING")
        boxes = page.get_by_role("checkbox")
        expect(boxes).to_have_count(3)
        boxes.nth(0).check()
        boxes.nth(2).check()
        page.get_by_role("button", name="Send the chosen ones again").click()
        page.get_by_label("Another URL").fill(repaired.url)
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_role("status").first).to_contain_text("2 deliveries are on their way again.")
        with working():
            repaired.wait_for(2)
            wait_until(lambda: WebhookDelivery.objects.filter(status=DeliveryStatus.DELIVERED).count() == 2)
        sent = WebhookDelivery.objects.filter(redelivery=True).values_list("event", flat=True)
        assert {str(event) for event in sent} == set(repaired.ids)
        page.reload()
        page.get_by_label("Status").select_option("DELIVERED")
        page.get_by_role("button", name="Filter").click()
        expect(boxes).to_have_count(2)
        expect(page.get_by_text("sent again")).to_have_count(2)


def test_a_new_secret_and_the_end_of_a_subscription(opened: Opened, manager: Actor) -> None:
    subscription, old = webhooks.create("https://example.com/", events=["USER_CREATED"], by=manager)
    page = opened(manager)
    page.goto(f"/webhooks/{subscription.pk}/")
    page.get_by_role("link", name="New secret").click()
    page.get_by_role("button", name="Make a new secret").click()
    new = page.locator("#secret").inner_text()
    row = WebhookSubscription.objects.get()
    assert (row.secret, row.previous_secret) == (new, old)
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_text("the one before it signs too")).to_be_visible()
    assert new not in page.content()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("Nobody listens yet")).to_be_visible()
    assert not WebhookSubscription.objects.exists()
    assert Event.objects.count() == 0


# ---------------------------------------------------------------- keyboard, phone, no scripts


def focused(page: Page) -> str:
    """What has the focus, by its text."""
    text: str = page.evaluate("document.activeElement.innerText.trim()")
    return text


def test_the_menu_of_a_phone_works_by_keyboard(opened: Opened, manager: Actor) -> None:
    page = opened(manager)
    page.set_viewport_size(PHONE)
    page.goto("/webhooks/")
    people = page.get_by_role("navigation").get_by_role("link", name="People")
    expect(people).to_be_hidden()
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.goto("/groups/")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert focused(page) == "Menu"
    page.keyboard.press("Enter")
    expect(people).to_be_visible()
    page.keyboard.press("Escape")
    expect(people).to_be_hidden()
    assert focused(page) == "Menu"
    page.keyboard.press("Enter")
    people.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="People")).to_be_visible()


def test_what_has_the_focus_is_seen(opened: Opened, manager: Actor) -> None:
    page = opened(manager)
    page.goto("/people/")
    for _ in range(12):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2, focused(page)


def test_people_are_found_and_paged_without_scripts(opened: Opened, manager: Actor) -> None:
    for n in range(60):
        makers.user(f"Person {n:02}")
    page = opened(manager, java_script_enabled=False)
    page.goto("/people/")
    page.get_by_label("Name, e-mail or reference").fill("person")
    page.keyboard.press("Enter")
    expect(page.get_by_text("60 people found")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("row")).to_have_count(11)
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_role("row")).to_have_count(51)
    page.get_by_role("link", name="Person 07").click()
    expect(page.get_by_role("heading", name="Person 07")).to_be_visible()


def test_the_language_is_chosen_on_the_page(opened: Opened, manager: Actor) -> None:
    page = opened(manager)
    page.goto("/people/")
    page.get_by_role("button", name="Nederlands").click()
    expect(page.get_by_role("heading", name="Mensen")).to_be_visible()
    expect(page).to_have_url(re.compile("/people/$"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()

"""What the names and sentences of the layers below are called on pages, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache

from django.template.defaultfilters import date
from django.utils import timezone, translation
from django.utils.formats import localize
from django.utils.translation import get_language_info, gettext_noop
from django.utils.translation import gettext_lazy as _

from stepwell.problems import Problem

LABELS: dict[str, object] = {
    # roles
    "PARTICIPANT": _("Participant"),
    "TRAINER": _("Trainer"),
    "AUTHOR": _("Author"),
    "MANAGER": _("Manager"),
    "OWNER": _("Owner"),
    # kinds of modules
    "THEORY": _("Text"),
    "VIDEO": _("Video"),
    "QUIZ": _("Quiz"),
    "ASSIGNMENT": _("Assignment"),
    "COURSE": _("Course"),
    "FILE": _("File"),
    "SESSION": _("Session"),
    "CERTIFICATE": _("Certificate"),
    "LTI": _("External application"),
    # deliveries
    "PENDING": _("Waiting"),
    "DELIVERED": _("Delivered"),
    "FAILED": _("Failed"),
    "CANCELLED": _("Cancelled"),
    # events
    "USER_CREATED": _("A person was created"),
    "USER_UPDATED": _("A person was changed"),
    "USER_DELETED": _("A person was deleted"),
    "USER_INVITED": _("A person was invited"),
    "USER_SIGNED_IN": _("A person signed in"),
    "GROUP_CREATED": _("A group was created"),
    "GROUP_UPDATED": _("A group or its people changed"),
    "GROUP_DELETED": _("A group was deleted"),
    "TRAINING_CREATED": _("A training was created"),
    "TRAINING_UPDATED": _("A training or its content changed"),
    "TRAINING_DELETED": _("A training was deleted"),
    "EVENT_FILE_UPLOADED": _("Somebody handed in a file"),
    "TRAINING_STARTED": _("Somebody started a training"),
    "TRAINING_FINISHED": _("Somebody finished a training"),
    "MODULE_FINISHED": _("Somebody finished a module"),
    "COURSE_FINISHED": _("Somebody finished a course"),
    "EVENT_CONDITIONS_FULFILLED": _("A step opened for somebody"),
    "EXTRA_CATEGORY_VALUES_UPDATED": _("Extra values changed"),
    "WEBHOOK_TEST": _("A test was sent"),
}

# Refusals that a form can show, and what went wrong with a delivery. `{…}` stands for what was put there.
SENTENCES = (
    gettext_noop("A URL may have at most {number} characters."),
    gettext_noop("This is not a URL; it must look like https://example.com/path."),
    gettext_noop("A URL must not contain a user name or password."),
    gettext_noop("The port of a URL must be from 1 to 65535."),
    gettext_noop("The URL must name a host, as in https://example.com/path."),
    gettext_noop("{host} is not allowed; allowed is https to a public internet address{also}."),
    gettext_noop("A subscription must listen for at least one type of event."),
    gettext_noop("An organisation may have at most {number} webhook subscriptions."),
    gettext_noop(
        "This URL answered 410 Gone and was switched off for good; give the subscription another URL."
    ),
    gettext_noop("The period must begin before it ends."),
    gettext_noop("At most {number} deliveries can be sent again in one call."),
    gettext_noop("The subscription is switched off; switch it on, or give a URL to send to."),
    gettext_noop("A password has at most {number} characters."),
    gettext_noop("This link was used already or is older than 24 hours; ask for a new one."),
    gettext_noop("Too many attempts. Try again in {number} minutes."),
    # deliveries
    gettext_noop("The receiver did not answer completely within {number} seconds."),
    gettext_noop("There is no answer from {host}: {why}"),
    gettext_noop("The host {host} has no address."),
    gettext_noop("The host {host} was not found."),
    gettext_noop("Looking up the host {host} took too long."),
    # learning
    gettext_noop("Nobody learns in this training now: it is archived or not active."),
    gettext_noop("This module is archived."),
    gettext_noop("This module is not open: {why}."),
    gettext_noop("it opens at {moment}"),
    gettext_noop("it closed at {moment}"),
    gettext_noop("its conditions are not met"),
    gettext_noop("This lesson is not open: its conditions, or those of its section, are not met."),
    # quizzes
    gettext_noop("There are no questions here."),
    gettext_noop("This quiz allows {number} attempts; none are left."),
    gettext_noop("This attempt is over: what was answered in time counts."),
    gettext_noop("Choose one option."),
    gettext_noop("Write a number such as 3.5 or 3,5."),
    gettext_noop("At most {number} characters."),
    gettext_noop("Give at most {number} places."),
    gettext_noop("x and y are percents of the image's width and height, from 0 to 100."),
    gettext_noop("Give points from 0 to {number}, with at most two decimals."),
    # work that is assessed
    gettext_noop("What was handed in has been assessed as passed; there is nothing more to do."),
    gettext_noop("This assignment is for groups that take part in the training; you are in none of them."),
    gettext_noop("Hand in some text or a file."),
    gettext_noop("At most {number} files can be handed in."),
    gettext_noop("{name} has {count} characters; at most {number} are allowed."),
    gettext_noop("The file is empty."),
    gettext_noop("The file has {count} bytes; at most {number} are allowed."),
    gettext_noop("Something newer was handed in, or the person began anew; this needs no assessment."),
    gettext_noop("This was assessed meanwhile; look at it, and give its assessedAt as seenAt to correct it."),
    gettext_noop("This has not been assessed yet; leave seenAt out."),
)


def number(value: object) -> str:
    """A decimal number without zeros at its end, with the reader's decimal sign; nothing for None."""
    return "" if value is None else localize(Decimal(str(value)).normalize() + 0)


def label(name: str) -> str:
    """What an enum's name is called; the name itself where it has no other."""
    return str(LABELS.get(name, name))


def language(code: str) -> str:
    """What a language is called."""
    try:
        return str(get_language_info(code.lower())["name_translated"])
    except KeyError:
        return code


def of_problem(problem: Problem) -> str:
    """The sentence of a refusal in the reader's language, or as it is where it has no translation."""
    return said(problem.message)


def said(text: str) -> str:
    """A sentence of the layers below in the reader's language, or as it is where it has no translation."""
    for sentence in SENTENCES:
        if found := _pattern(sentence).fullmatch(text):
            return _filled(translation.gettext(sentence), found.groupdict())
    return text


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile("".join(f"(?P<{p}>.*)" if n % 2 else re.escape(p) for n, p in enumerate(parts)))


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: _part(found[1], values[found[1]]), sentence)


def _part(name: str, value: str) -> str:
    """What is put into a sentence: `why` is a part of a sentence itself, `moment` an instant, `number` may be
    one with decimals."""
    match name:
        case "why":
            return said(value)
        case "moment":
            return date(timezone.localtime(datetime.fromisoformat(value)), translation.gettext("j M Y, H:i"))
        case "number" if re.fullmatch(r"\d+\.\d+", value):
            return number(value)
        case _:
            return value

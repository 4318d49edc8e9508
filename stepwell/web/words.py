"""What the names and sentences of the layers below are called on pages, in the reader's language."""

import re
from collections.abc import Mapping
from functools import cache

from django.utils import translation
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
    "TRAINING_STARTED": _("Somebody started a training"),
    "TRAINING_FINISHED": _("Somebody finished a training"),
    "MODULE_FINISHED": _("Somebody finished a module"),
    "COURSE_FINISHED": _("Somebody finished a course"),
    "EVENT_CONDITIONS_FULFILLED": _("A step opened for somebody"),
    "EXTRA_CATEGORY_VALUES_UPDATED": _("Extra values changed"),
    "WEBHOOK_TEST": _("A test was sent"),
}

# Refusals that a form can show. `{…}` stands for whatever the operation put there.
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
)


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
    for sentence in SENTENCES:
        if found := _pattern(sentence).fullmatch(problem.message):
            return _filled(translation.gettext(sentence), found.groupdict())
    return problem.message


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile("".join(f"(?P<{p}>.*)" if n % 2 else re.escape(p) for n, p in enumerate(parts)))


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], sentence)

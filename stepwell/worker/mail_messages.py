"""The text of a mail, made at the moment of sending from its kind's templates in the reader's language.

`mail_templates/<kind>.<language>.txt` begins with the subject and an empty line; the `.html` beside it says
the same in the colours of `base.html`.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Count
from django.template import Context, Engine
from django.utils import timezone, translation

from stepwell import permissions, public_url
from stepwell.models import Answer, Organisation, OutgoingMail, QuizAttempt, Submission, User
from stepwell.operations import assessment_mails, invitations, openings, training_invitations

LANGUAGES = ("en", "nl")
MOST_TRAININGS = 20
_engine = Engine(dirs=[str(Path(__file__).parent / "mail_templates")])

type Values = dict[str, Any]


class CannotBeSent(Exception):
    """A mail that nobody will ever get; the message says why."""


def message(mail: OutgoingMail, organisation: Organisation) -> EmailMultiAlternatives:
    """The mail as it goes out. Raises CannotBeSent.

    Its Message-ID comes from the row's id: should a mail be sent twice, mail programs see one.
    """
    person: User = mail.user
    if mail.kind not in KINDS:
        raise CannotBeSent(f"There is no mail of the kind {mail.kind}.")
    if not person.email or person.archived or not person.is_active:
        raise CannotBeSent("This person has no e-mail address, or is archived or not active.")
    language = _language(person, organisation)
    values = {"person": person, "organisation": organisation, **KINDS[mail.kind](mail, organisation)}
    subject, text, html = _render(mail.kind, language, values, organisation)
    sender = _sender(organisation)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<{mail.pk}@{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
        "Content-Language": language,
    }
    ready = EmailMultiAlternatives(subject, text, sender, [person.email], headers=headers)
    ready.attach_alternative(html, "text/html")
    return ready


def _language(person: User, organisation: Organisation) -> str:
    wanted = (person.language.lower(), organisation.language.lower())
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


def _sender(organisation: Organisation) -> str:
    if not organisation.mail_from:
        return str(settings.DEFAULT_FROM_EMAIL)
    return formataddr((organisation.name, organisation.mail_from))


def _render(kind: str, language: str, values: Values, organisation: Organisation) -> tuple[str, str, str]:
    zone = ZoneInfo(organisation.time_zone)
    with translation.override(language), timezone.override(zone):
        plain = _engine.get_template(f"{kind}.{language}.txt").render(Context(values, autoescape=False))
        subject, _, text = plain.partition("\n\n")
        subject = " ".join(subject.split())
        html = _engine.get_template(f"{kind}.{language}.html").render(Context({"subject": subject, **values}))
    return subject, text.strip() + "\n", html


# ---------------------------------------------------------------- what each kind says


def _password_link(mail: OutgoingMail, organisation: Organisation) -> Values:
    token = invitations.token_for(mail.user)
    return {"link": f"{public_url.of(organisation.slug)}/accept/{mail.user.pk}/{token}/"}


def _webhook_failing(mail: OutgoingMail, organisation: Organisation) -> Values:
    return {
        "link": f"{public_url.of(organisation.slug)}/webhooks/{mail.context['subscription']}/",
        "url": mail.context["url"],
        "since": datetime.fromisoformat(mail.context["since"]),
    }


def _training_invitation(mail: OutgoingMail, organisation: Organisation) -> Values:
    training_id = UUID(mail.context["training"])
    row = training_invitations.invited(training_id, mail.user.pk)
    if row is None:
        raise CannotBeSent("This person is not in the training any more, or it is not open.")
    token = training_invitations.token_for(row.user, training_id)
    path = f"/trainings/{training_id}/invitation/{row.user.pk}/{token}/"
    return {"link": public_url.of(organisation.slug) + path, "training": row.training, "role": row.role}


def _work_to_assess(mail: OutgoingMail, organisation: Organisation) -> Values:
    """What waits now, by training; nothing any more is no mail."""
    actor = permissions.of_user(mail.user)
    submissions = (
        Submission.objects.assessable_by(actor).to_assess().values_list("training", "training__title")
    )
    answers = Answer.objects.assessable_by(actor).values_list("attempt__training", "attempt__training__title")
    found: Counter[tuple[UUID, str]] = Counter()
    for rows in (submissions, answers):
        found.update({(id, title): count for id, title, count in rows.annotate(count=Count("pk"))})
    if not found:
        raise CannotBeSent("Nothing waits to be assessed any more.")
    trainings = sorted(found.items(), key=lambda item: (item[0][1], item[0]))
    return {
        "link": f"{public_url.of(organisation.slug)}/assess/",
        "trainings": [{"title": title, "count": count} for (_, title), count in trainings[:MOST_TRAININGS]],
        "count": found.total(),
    }


def _work_assessed(mail: OutgoingMail, organisation: Organisation) -> Values:
    model: Any = Submission if "submission" in mail.context else QuizAttempt
    [id] = mail.context.values()
    row = model.objects.filter(pk=id).select_related("training", "module").first()
    if row is None:
        raise CannotBeSent("What was assessed is not there any more.")
    return {
        "link": f"{public_url.of(organisation.slug)}/trainings/{row.training_id}/",
        "work": row.module.title,
        "training": row.training.title,
        "may_hand_in_again": isinstance(row, Submission) and row.passed is False,
    }


def _step_opened(mail: OutgoingMail, organisation: Organisation) -> Values:
    link = f"{public_url.of(organisation.slug)}/trainings/{mail.context['training']}/"
    return {"link": link, "title": mail.context["title"], "step": mail.context["step"]}


KINDS: dict[str, Callable[[OutgoingMail, Organisation], Values]] = {
    "invitation": _password_link,
    "password": _password_link,
    training_invitations.KIND: _training_invitation,
    "webhook_failing": _webhook_failing,
    assessment_mails.TO_ASSESS: _work_to_assess,
    assessment_mails.ASSESSED: _work_assessed,
    openings.MAIL: _step_opened,
}

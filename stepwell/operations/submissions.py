"""Handing in: files and text for an assignment, by one person or for a group.

What is handed in again takes the place of what waits to be assessed, which stays to be read. After a refusal
one begins anew; after it was passed there is nothing more to hand in.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db.models import Max, Q
from django.utils import timezone

from stepwell import events, public_url, tenancy
from stepwell.actors import Actor, Reach
from stepwell.events import EventType, payloads
from stepwell.models import (
    FactKind,
    Group,
    Module,
    Organisation,
    Submission,
    SubmissionFile,
    TrainingUser,
    User,
)
from stepwell.models.files import path_of
from stepwell.operations import (
    assessment_mails,
    assignments,
    facts_log,
    files,
    learning,
    person_fields,
    uploads,
)
from stepwell.operations.assignments import Assignment
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.operations.files import Upload
from stepwell.problems import Conflict, InvalidInput

MOST_FILES = 20
LONGEST_TEXT = 100_000
LONGEST_KEY = 200

type Given = Mapping[str, Any]


class AlreadyPassed(Conflict):
    """What was handed in has been assessed as passed."""


@operation("learning.write", least=Reach.OWN)
def hand_in(
    module: Module, given: Given, *, user_id: UUID | None = None, key: str | None = None, by: Actor
) -> Submission:
    """Hand in `text` and `files` (as `uploads.read` takes them) for an assignment that is open.

    For an assignment of groups it counts for everybody of the group who takes part and has not passed yet;
    `group_id` says which one, for who is in several. The same `key` of the same person is the same
    submission, however often it is sent. A client may name the person. Raises `NotFound`, `ModuleIsClosed`,
    `AlreadyPassed`, `InvalidInput`, `files.UploadIsUsed`.
    """
    assignment = Assignment.of(module)
    learner = learning.learner_of(module, by, user_id=user_id)
    group = _group(assignment, learner, given.get("group_id"))
    assignments.lock(learner.user_id, group.pk if group else None)
    id = _id(module, learner, key)
    there: Submission | None = Submission.objects.filter(pk=id).first()
    if there:
        return there
    learning.require_open(module, by, user_id=user_id)
    learners = _not_passed(module, _learners(learner, group))
    if learner not in learners:
        raise AlreadyPassed("What was handed in has been assessed as passed; there is nothing more to do.")
    text, uploaded = _read(assignment, given, by)
    row = _save(Submission(id=id, module=module, group=group, text=text), learner)
    stored = _store(row, uploaded)
    fact = NewFact(FactKind.HANDED_IN, module.pk, f"submission:{row.pk}", row.handed_in_at, attempt=row.pk)
    facts_log.add_for_all(learners, [fact], by=by)
    _record(row, stored, by)
    assessment_mails.tell_teachers(row)
    return row


def _id(module: Module, learner: TrainingUser, key: str | None) -> UUID:
    """The submission's id, which follows from the caller's key where there is one."""
    if key is None:
        return uuid4()
    return uuid5(module.pk, f"{learner.user_id}/{person_fields.text(key, 'key', LONGEST_KEY)}")


# ---------------------------------------------------------------- for whom


def _group(assignment: Assignment, learner: TrainingUser, group_id: UUID | None) -> Group | None:
    """The person's group in the training, for an assignment of groups."""
    if not assignment.is_for_groups:
        if group_id:
            raise InvalidInput("This assignment is not for groups.", field="submission.groupId")
        return None
    mine = Group.objects.filter(
        memberships__user=learner.user_id, training_groups__training=learner.training_id
    )
    found: list[Group] = list(mine.filter(pk=group_id) if group_id else mine[:2])
    if not found:
        raise InvalidInput(
            "This assignment is for groups that take part in the training; you are in none of them.",
            field="submission.groupId",
        )
    if len(found) > 1:
        raise InvalidInput("Several of your groups take part; say which one.", field="submission.groupId")
    return found[0]


def _learners(learner: TrainingUser, group: Group | None) -> Sequence[TrainingUser]:
    """Those for whom it is handed in, in the order in which everybody locks people."""
    if group is None:
        return [learner]
    rows = TrainingUser.objects.current().participants().filter(training=learner.training_id)
    return list(rows.filter(user__memberships__group=group).order_by("user_id"))


def _not_passed(module: Module, learners: Sequence[TrainingUser]) -> Sequence[TrainingUser]:
    """Those who have something to do yet: who came late or began anew takes nothing from the others."""
    passed = assignments.passed(
        module.pk, module.module_group.training_id, [learner.user_id for learner in learners]
    )
    return [learner for learner in learners if learner.user_id not in passed]


# ---------------------------------------------------------------- what is given


def _read(assignment: Assignment, given: Given, by: Actor) -> tuple[str | None, list[Upload]]:
    text, handed = plain_text(given.get("text"), "submission.text", LONGEST_TEXT), given.get("files") or []
    if text and not assignment.accepts_text:
        raise InvalidInput("This assignment accepts files and no text.", field="submission.text")
    if handed and not assignment.accepts_files:
        raise InvalidInput("This assignment accepts text and no files.", field="submission.files")
    if not text and not handed:
        raise InvalidInput("Hand in some text or a file.", field="submission")
    if len(handed) > MOST_FILES:
        raise InvalidInput(f"At most {MOST_FILES} files can be handed in.", field="submission.files")
    return text, [uploads.read(file, f"submission.files.{at}", by=by) for at, file in enumerate(handed)]


def plain_text(given: str | None, field: str, longest: int) -> str | None:
    """Text that is shown as it is, never as HTML; no control characters but the ends of lines and tabs.

    Raises `InvalidInput`.
    """
    text = unicodedata.normalize("NFC", given or "").replace("\r\n", "\n").strip()
    if len(text) > longest:
        name = field.rpartition(".")[2]
        raise InvalidInput(f"{name} has {len(text)} characters; at most {longest} are allowed.", field=field)
    kept = (one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))
    return "".join(kept) or None


# ---------------------------------------------------------------- what is done


def _save(row: Submission, learner: TrainingUser) -> Submission:
    same = Q(user=learner.user_id) | (Q(group=row.group_id) if row.group_id else Q(pk=None))
    last = Submission.objects.filter(same, module=row.module_id).aggregate(last=Max("number"))["last"]
    row.user_id, row.training_id = learner.user_id, learner.training_id
    row.number, row.handed_in_at = (last or 0) + 1, timezone.now()
    row.save(force_insert=True)
    return row


def _store(row: Submission, uploaded: Sequence[Upload]) -> dict[UUID, Upload]:
    stored = {uuid4(): upload for upload in uploaded}
    files.store(stored)
    SubmissionFile.objects.bulk_create(
        SubmissionFile(submission=row, file_id=id, position=at) for at, id in enumerate(stored)
    )
    return stored


def _record(row: Submission, stored: Mapping[UUID, Upload], by: Actor) -> None:
    """Tell of each file, where the training has its webhooks on."""
    group = row.module.module_group
    if not stored or not group.training.sends_webhooks:
        return
    base = public_url.of(Organisation.objects.get(pk=tenancy.active()).slug)
    person = User.objects.get(pk=row.user_id)
    conditions = payloads.conditions(group.conditions.order_by("position", "pk"))
    for id, upload in stored.items():
        events.record(
            EventType.EVENT_FILE_UPLOADED,
            group,
            by=by,
            training=group.training,
            user=person,
            conditions=conditions,
            file=base + path_of(id, upload.name, is_told=True),
            module={"id": str(row.module_id), "ref": row.module.ref, "title": row.module.title},
            submission=str(row.pk),
        )

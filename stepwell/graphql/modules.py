"""Modules: types, queries and mutations. What each kind shows stands in a part of that name."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import files, learning_data
from stepwell.graphql.base import ID_OR_REF, BulkPayload, Info, bulk, find, given, row
from stepwell.graphql.fields import (
    Selector,
    by_key,
    column,
    computed,
    door,
    first_of,
    part,
    reads,
    single,
    to_one,
)
from stepwell.graphql.learning_data import ModuleUserData
from stepwell.graphql.scalars import JSONString
from stepwell.models import ModuleKind
from stepwell.models.expressions import truth
from stepwell.models.module_settings import Setting
from stepwell.models.modules import open_to, reads_all
from stepwell.operations import authoring, modules
from stepwell.plugins.modules.assignment.settings import Assessment
from stepwell.plugins.modules.base import REQUIRED_SHARE
from stepwell.problems import InvalidInput

if TYPE_CHECKING:
    from stepwell.graphql.courses import Course
    from stepwell.graphql.module_groups import ModuleGroup
    from stepwell.graphql.quizzes import Quiz
    from stepwell.graphql.trainings import Training

LazyCourse = Annotated["Course", strawberry.lazy("stepwell.graphql.courses")]
LazyModuleGroup = Annotated["ModuleGroup", strawberry.lazy("stepwell.graphql.module_groups")]
LazyQuiz = Annotated["Quiz", strawberry.lazy("stepwell.graphql.quizzes")]
LazyTraining = Annotated["Training", strawberry.lazy("stepwell.graphql.trainings")]

SCOPE = "trainings.read"
WRITE = "trainings.write"
GROUP = {"moduleGroupId": Selector(UUID, "pk"), "moduleGroupRef": Selector(str, "ref")}

strawberry.enum(ModuleKind, name="ModuleKind", description="What a module shows.")
strawberry.enum(
    Assessment,
    name="AssessmentKind",
    description="Whether a score is given (which may have a pass mark), or only passed and failed.",
)


def shown(kind: ModuleKind) -> Callable[[Actor], Q]:
    """That a module is of this kind, and open to who asks."""
    return lambda actor: Q(kind=kind) & open_to(actor, "module_group")


def _while_open(actor: Actor, column: str) -> Any:
    """A column, null while the module is locked to who asks."""
    if reads_all(actor):
        return F(column)
    return Case(When(open_to(actor, "module_group"), then=F(column)))


def _setting(name: str, type_: type[Any] = str, default: Any = None) -> Any:
    """A setting, or what holds where it was not given."""
    found: Any = Setting(name, type_)
    if default is not None:
        found = Coalesce(found, Value(default, output_field=found.output_field))
    return computed(lambda _: found)


# ---------------------------------------------------------------- types


@reads(scope=SCOPE, description="A text to read.")
class TheoryModule:
    text: str | None = _setting("text")


@reads(scope=SCOPE, description="A video: a file, or one that is embedded.")
class VideoModule:
    url: str | None = _setting("url")
    file: files.File | None = to_one("file", models.StoredFile)
    duration_seconds: int | None = _setting("durationSeconds", int)
    required_share: int = _setting("requiredShare", int, REQUIRED_SHARE)


@reads(scope=SCOPE, description="Something to hand in, which a trainer assesses.")
class AssignmentModule:
    instructions: str | None = _setting("instructions")
    file: files.File | None = to_one("file", models.StoredFile)
    assessment: Assessment = _setting("assessment", str, str(Assessment.SCORE))
    pass_mark: int | None = _setting("passMark", int)
    is_for_groups: bool = _setting("isForGroups", bool, False)
    accepts_files: bool = _setting("acceptsFiles", bool, True)
    accepts_text: bool = _setting("acceptsText", bool, True)


@reads(scope=SCOPE, description="An external tool, by LTI 1.3.")
class LtiModule:
    tool_id: UUID | None = _setting("toolId")
    url: str | None = _setting("url")
    custom: JSONString | None = _setting("custom")
    pass_mark: int | None = _setting("passMark", int)


@reads(
    scope=SCOPE,
    description="One thing to do in a training. What it shows is in the part of its kind; the others are"
    " null, and for a participant all of them, and its description, while the module group is locked.",
)
class Module:
    id: UUID = column()
    ref: str | None = column()
    module_group_id: UUID = column()
    module_group: LazyModuleGroup = to_one("module_group", models.ModuleGroup)
    training_id: UUID = column("module_group__training_id")
    training: LazyTraining | None = to_one("module_group__training", models.Training)
    kind: ModuleKind = column()
    title: str = column()
    description: str | None = computed(
        lambda actor: _while_open(actor, "description"), description="Rich text: clean HTML."
    )
    position: int = column(description="Its place in the module group, from 0.")
    is_required: bool = column(description="Whether it counts for the progress of the training.")
    weight: int = column(description="How much it counts, beside the other required ones.")
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    archived_at: datetime | None = column()
    created_at: datetime = column()
    updated_at: datetime = column()
    is_open: bool = computed(
        lambda actor: truth(open_to(actor, "module_group")),
        description="Whether the caller may see what it shows.",
    )
    user_data: ModuleUserData | None = learning_data.of_module()
    theory: TheoryModule | None = part(shown(ModuleKind.THEORY))
    video: VideoModule | None = part(shown(ModuleKind.VIDEO))
    assignment: AssignmentModule | None = part(shown(ModuleKind.ASSIGNMENT))
    file: files.File | None = to_one("file", models.StoredFile, shown(ModuleKind.FILE))
    lti: LtiModule | None = part(shown(ModuleKind.LTI))
    quiz: LazyQuiz | None = first_of(
        models.Quiz, via="module", order=("id",), description="How the questions of a QUIZ are asked."
    )
    course_id: UUID | None = computed(
        lambda actor: _while_open(actor, "course_id"), description="Of a COURSE."
    )
    course: LazyCourse | None = to_one("course", models.Course, shown(ModuleKind.COURSE))


# ---------------------------------------------------------------- writing


@strawberry.input
class TheoryModuleInput:
    text: str | None = strawberry.field(default=UNSET, description="Rich text; only clean HTML is kept.")


@strawberry.input(description="A video has a file or a url: giving one takes the other away.")
class VideoModuleInput:
    url: str | None = strawberry.field(default=UNSET, description="Of a host that may be embedded.")
    file: files.FileInput | None = UNSET
    duration_seconds: int | None = strawberry.field(default=UNSET, description="A new video needs it.")
    required_share: int | None = strawberry.field(
        default=UNSET, description=f"Percent of it that has to be seen; {REQUIRED_SHARE} if not said."
    )


@strawberry.input
class AssignmentModuleInput:
    instructions: str | None = strawberry.field(default=UNSET, description="Rich text.")
    file: files.FileInput | None = strawberry.field(default=UNSET, description="Instructions.")
    assessment: Assessment | None = UNSET
    pass_mark: int | None = strawberry.field(default=UNSET, description="In percent, of a score.")
    is_for_groups: bool | None = strawberry.field(
        default=UNSET, description="Whether one hands in for a whole group."
    )
    accepts_files: bool | None = UNSET
    accepts_text: bool | None = UNSET


@strawberry.input(description="A course, by its id or its ref.")
class CourseModuleInput:
    id: UUID | None = None
    ref: str | None = None


@strawberry.input
class LtiModuleInput:
    tool_id: UUID | None = strawberry.field(default=UNSET, description="A new module needs it.")
    url: str | None = strawberry.field(default=UNSET, description="What of the tool; else where it begins.")
    custom: JSONString | None = strawberry.field(
        default=UNSET, description="What the tool is told beside: an object of texts."
    )
    pass_mark: int | None = strawberry.field(default=UNSET, description="In percent, of the tool's score.")


@strawberry.input
class ModuleFields:
    """What can be said of a module. What is absent stays; null clears what may be empty."""

    ref: str | None = strawberry.field(default=UNSET, description="One's own key; made when none is given.")
    description: str | None = strawberry.field(default=UNSET, description="Rich text.")
    is_required: bool | None = UNSET
    weight: int | None = strawberry.field(default=UNSET, description="1 to 1,000; 1 if not said.")
    position: int | None = strawberry.field(default=UNSET, description="From 0; a new one comes last.")
    theory: TheoryModuleInput | None = UNSET
    video: VideoModuleInput | None = UNSET
    assignment: AssignmentModuleInput | None = UNSET
    course: CourseModuleInput | None = UNSET
    file: files.FileInput | None = UNSET
    lti: LtiModuleInput | None = UNSET


@strawberry.input(description="Beside title and kind, give the part of the kind: `video` of a VIDEO.")
class CreateModuleInput(ModuleFields):
    title: str
    kind: ModuleKind


@strawberry.input
class UpdateModuleInput(ModuleFields):
    title: str | None = UNSET


@strawberry.type
class ModulePayload:
    module: Module = by_key(models.Module)


@strawberry.type
class DeleteModulePayload:
    ok: bool


@strawberry.type
class Query:
    module: Module | None = single(models.Module, ID_OR_REF, scope=SCOPE)


@strawberry.type
class Mutation:
    @door(WRITE)
    def create_module(
        self,
        info: Info,
        module: CreateModuleInput,
        module_group_id: UUID | None = None,
        module_group_ref: str | None = None,
    ) -> ModulePayload:
        actor = info.context.actor
        named = {"moduleGroupId": module_group_id, "moduleGroupRef": module_group_ref}
        group = find(models.ModuleGroup, actor, GROUP, **named)
        return ModulePayload(module=row(modules.create(group, as_given(module), by=actor)))

    @door(WRITE, description="Its kind stays as it is.")
    def update_module(
        self, info: Info, module: UpdateModuleInput, id: UUID | None = None, ref: str | None = None
    ) -> ModulePayload:
        actor = info.context.actor
        found = find(models.Module, actor, id=id, ref=ref)
        return ModulePayload(module=row(modules.update(found, as_given(module), by=actor)))

    @door(WRITE, description="To another place, also in another module group of the training; without, last.")
    def move_module(
        self,
        info: Info,
        id: UUID | None = None,
        ref: str | None = None,
        module_group_id: UUID | None = None,
        module_group_ref: str | None = None,
        position: int | None = None,
    ) -> ModulePayload:
        actor = info.context.actor
        found = find(models.Module, actor, id=id, ref=ref)
        group = _group(actor, module_group_id, module_group_ref)
        moved = modules.move(found, module_group=group, position=position, by=actor)
        return ModulePayload(module=row(moved))

    @door(WRITE, description="Behind itself, or last in another module group of the training.")
    def copy_module(
        self,
        info: Info,
        id: UUID | None = None,
        ref: str | None = None,
        module_group_id: UUID | None = None,
        module_group_ref: str | None = None,
        position: int | None = None,
        title: str | None = None,
    ) -> ModulePayload:
        actor = info.context.actor
        found = find(models.Module, actor, id=id, ref=ref)
        group = _group(actor, module_group_id, module_group_ref)
        fields = {"title": title, "position": position}
        return ModulePayload(module=row(modules.copy(found, fields, module_group=group, by=actor)))

    @door(WRITE, description="Archives, or brings back. At most 1,000 a call.")
    def archive_modules(
        self, info: Info, archive: bool, ids: list[UUID] | None = None, refs: list[str] | None = None
    ) -> BulkPayload:
        actor = info.context.actor
        found = editable(models.Module, actor, ids, refs, "module_group__training")
        return became(modules.archive(found, archived=archive, by=actor), ids, refs)

    @door(WRITE, description="Only where nobody has results and no condition waits for it.")
    def delete_module(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> DeleteModulePayload:
        actor = info.context.actor
        modules.delete(find(models.Module, actor, id=id, ref=ref), by=actor)
        return DeleteModulePayload(ok=True)


def _group(actor: Actor, id: UUID | None, ref: str | None) -> models.ModuleGroup | None:
    if id is None and ref is None:
        return None
    group: models.ModuleGroup = find(models.ModuleGroup, actor, GROUP, moduleGroupId=id, moduleGroupRef=ref)
    return group


def editable(
    model: Any, actor: Actor, ids: list[UUID] | None, refs: list[str] | None, training: str
) -> list[Any]:
    """Of the rows so named those whose training the actor may change. Raises `InvalidInput`."""
    ids, refs = ids or [], refs or []
    if not 0 < len(ids) + len(refs) <= authoring.MOST_AT_ONCE:
        raise InvalidInput(f"Give between 1 and {authoring.MOST_AT_ONCE:,} ids and refs.", field="ids")
    rows = model.objects.visible_to(actor).filter(Q(pk__in=ids) | Q(ref__in=refs))
    return list(rows.filter(**{f"{training}__in": models.Training.objects.editable_by(actor)}))


def became(done: Sequence[Any], ids: list[UUID] | None, refs: list[str] | None) -> BulkPayload:
    """What became of what these ids and refs name: `done`, or failed."""
    known = {key for one in done for key in (one.pk, one.ref)}
    return bulk(
        [one.pk for one in done],
        [id for id in dict.fromkeys(ids or []) if id not in known],
        [ref for ref in dict.fromkeys(refs or []) if ref not in known],
    )


def as_given(module: ModuleFields) -> dict[str, Any]:
    """The input as `operations/modules.py` reads it."""
    fields = given(module)
    for name in ("theory", "video", "assignment", "course", "lti"):
        if fields.get(name) is not None:
            fields[name] = given(fields[name])
            if fields[name].get("file") is not None:
                fields[name]["file"] = files.as_given(fields[name]["file"])
    if fields.get("file") is not None:
        fields["file"] = {"file": files.as_given(fields["file"])}
    return fields

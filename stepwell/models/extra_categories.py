"""Extra categories: an organisation's own fields on people, groups, trainings and courses."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell.models.courses import Course
from stepwell.models.fields import EnumListField, KeyField, primary_key
from stepwell.models.groups import Group
from stepwell.models.people import User
from stepwell.models.trainings import Training
from stepwell.tenancy import OrganisationModel


class CategoryType(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    SELECT = "SELECT"
    MULTISELECT = "MULTISELECT"
    BOOLEAN = "BOOLEAN"


class ContentType(StrEnum):
    """What an extra category can be put on."""

    USER = "USER"
    GROUP = "GROUP"
    TRAINING = "TRAINING"
    OFFER = "OFFER"
    COURSE = "COURSE"
    VIDEO = "VIDEO"
    OFFER_EVENT = "OFFER_EVENT"


class ExtraCategory(OrganisationModel):
    """A field that the organisation added. `allow_new_options`: an unknown choice is added, not refused."""

    id = primary_key()
    ref = KeyField()
    title = models.TextField()
    category_type = models.CharField(max_length=16)
    for_model_types = EnumListField(default=list)
    allow_new_options = models.BooleanField(default=False)
    filter = models.BooleanField(default=False)
    show_label = models.BooleanField(default=True)
    color = models.CharField(max_length=7, null=True)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="category_ref")]
        indexes = [models.Index(fields=["organisation", "position", "id"], name="category_by_position")]

    def __str__(self) -> str:
        return self.title


class Choice(OrganisationModel):
    """One option of a SELECT or MULTISELECT category."""

    id = primary_key()
    category = models.ForeignKey(ExtraCategory, models.CASCADE, related_name="choices", db_index=False)
    ref = KeyField()
    string_value = models.TextField()
    string_key = KeyField()
    color = models.CharField(max_length=7, null=True)
    position = models.IntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "category", "ref"], name="choice_ref"),
            models.UniqueConstraint(fields=["organisation", "category", "string_key"], name="choice_value"),
        ]

    def __str__(self) -> str:
        return self.string_value


class ExtraValue(OrganisationModel):
    """What one category says of one owner; a multi-select has a row for each choice.

    One of the value columns is set, by the category's type. A number keeps the text as it was given in
    `string_value` and what it says in `number_value`; `string_key` is the text as compared (200 characters).
    """

    id = primary_key()
    category = models.ForeignKey(ExtraCategory, models.CASCADE, related_name="+", db_index=False)
    string_value = models.TextField(null=True)
    string_key = KeyField(null=True)
    number_value = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    datetime_value = models.DateTimeField(null=True)
    boolean_value = models.BooleanField(null=True)
    choice = models.ForeignKey(Choice, models.RESTRICT, null=True, related_name="+", db_index=False)

    class Meta:
        abstract = True
        base_manager_name = "objects"


def value_constraints(name: str) -> list[models.BaseConstraint]:
    """One value a category, or one a choice, for each owner."""
    return [
        models.UniqueConstraint(
            fields=["organisation", "owner", "category"],
            condition=Q(choice=None),
            name=f"{name}_value_once",
        ),
        models.UniqueConstraint(
            fields=["organisation", "owner", "category", "choice"],
            condition=Q(choice__isnull=False),
            name=f"{name}_choice_once",
        ),
    ]


def value_indexes(name: str) -> list[models.Index]:
    """Find the values of an owner, and the owners by a value of a category, whatever its type."""
    columns = ("string_key", "number_value", "datetime_value", "boolean_value", "choice")
    by_value = (
        models.Index(
            fields=["organisation", "category", column, "owner"],
            condition=Q(**{f"{column}__isnull": False}),
            name=f"{name}_value_{column.split('_')[0]}",
        )
        for column in columns
    )
    by_owner = models.Index(fields=["organisation", "owner", "category"], name=f"{name}_value_by_owner")
    return [by_owner, *by_value]


class UserExtraValue(ExtraValue):
    """A value on a person."""

    owner: Any = models.ForeignKey(User, models.CASCADE, related_name="extra_values", db_index=False)

    class Meta(ExtraValue.Meta):
        abstract = False
        constraints = value_constraints("user")
        indexes = value_indexes("user")


class GroupExtraValue(ExtraValue):
    """A value on a group."""

    owner: Any = models.ForeignKey(Group, models.CASCADE, related_name="extra_values", db_index=False)

    class Meta(ExtraValue.Meta):
        abstract = False
        constraints = value_constraints("group")
        indexes = value_indexes("group")


class TrainingExtraValue(ExtraValue):
    """A value on a training."""

    owner: Any = models.ForeignKey(Training, models.CASCADE, related_name="extra_values", db_index=False)

    class Meta(ExtraValue.Meta):
        abstract = False
        constraints = value_constraints("training")
        indexes = value_indexes("training")


class CourseExtraValue(ExtraValue):
    """A value on a course."""

    owner: Any = models.ForeignKey(Course, models.CASCADE, related_name="extra_values", db_index=False)

    class Meta(ExtraValue.Meta):
        abstract = False
        constraints = value_constraints("course")
        indexes = value_indexes("course")


VALUE_MODELS: dict[ContentType, type[ExtraValue]] = {
    ContentType.USER: UserExtraValue,
    ContentType.GROUP: GroupExtraValue,
    ContentType.TRAINING: TrainingExtraValue,
    ContentType.COURSE: CourseExtraValue,
}

OWNERS: dict[ContentType, type[models.Model]] = {
    ContentType.USER: User,
    ContentType.GROUP: Group,
    ContentType.TRAINING: Training,
    ContentType.COURSE: Course,
}

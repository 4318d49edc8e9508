"""Rows that have been trouble: NULLs, equal sort keys, every script, microseconds, empty and full lists."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stepwell.models import (
    CategoryType,
    Choice,
    ContentType,
    ExtraCategory,
    Group,
    GroupExtraValue,
    OutgoingMail,
    Role,
    User,
    UserExtraValue,
    WebhookSubscription,
)
from stepwell.models.extra_filters import key
from stepwell.operations import people
from tests import makers
from tests.graphql.compiler import (
    nasty_content,
    nasty_courses,
    nasty_learning,
    nasty_lti,
    nasty_quizzes,
    nasty_submissions,
    nasty_trainings,
)

NAMES = [
    "Ann", "Ann", "ann", "Änn", "Zoë  de Vries", "İpek Işık", "عائشة", "王小明",
    "O'Neil \"Q\" \\ %s {x}", "😀 Smile", "a" * 200, "%_like_%", "\u200fRTL", "é\u0301",
    "line\u2028separator",
]  # fmt: skip
MOMENTS = [
    None,
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 100_000, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, 0, 123_456, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, 0, 999_999, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999, tzinfo=UTC),
]


def fill(by: Any) -> dict[str, list[Any]]:
    """Make the rows. Out: values that lead to them, by the name of the argument or the scalar."""
    users = [
        makers.user(
            name,
            ref=f"ref {at}",
            email=None if at % 5 == 4 else f"Person{at}@Example.org",
            roles=[[], [Role.TRAINER], [Role.MANAGER, Role.AUTHOR], [Role.OWNER]][at % 4],
            last_login=MOMENTS[at % len(MOMENTS)],
            archived_at=MOMENTS[1] if at % 7 == 6 else None,
            is_active=at % 6 != 5,
            password=["", "!x", "argon2$x"][at % 3],
        )
        for at, name in enumerate(NAMES)
    ]
    groups = [
        makers.group(
            name, ref=f"group {at}", members=users[at : at * 4], managers=users[: at % 3], max_users=at
        )
        for at, name in enumerate(["Empty", "Same", "Same ", "Gröep %", "Big"])
    ]
    categories = _categories()
    _values(users, groups, categories)
    hook = "https://example.org/hook?a=%s"
    WebhookSubscription.objects.create(url=hook, events=["USER_UPDATED"], secret="x" * 20)
    for user in users[:6]:
        people.update(user, {"name": f"{user.name} 2"}, by=by)
    OutgoingMail.objects.all().delete()
    known = _known(users, groups, categories)
    return _with_concepts(known, users, groups, by)


def _with_concepts(
    known: dict[str, list[Any]], users: list[User], groups: list[Group], by: Any
) -> dict[str, list[Any]]:
    """Let each concept make its own rows, and say what leads to them."""
    return _with_more(known, users, groups, by)


def _with_more(
    known: dict[str, list[Any]], users: list[User], groups: list[Group], by: Any
) -> dict[str, list[Any]]:
    """What the concepts of learning add, each from a file of its own."""
    tools = nasty_lti.fill(NAMES[:6], MOMENTS)
    parts = [
        nasty_submissions.fill(users, groups, MOMENTS),
        {"UUID": [str(tool) for tool in tools[:3]]},
        nasty_courses.fill(by, users),
        nasty_content.fill(users, MOMENTS),
        nasty_trainings.fill(users, groups, by),
        nasty_learning.fill(users, MOMENTS),
        {"UUID": [str(row.pk) for row in nasty_quizzes.fill(users)]},
    ]
    for more in parts:
        for name, values in more.items():
            known[name] = [*known.get(name, ()), *values]
    return known


def _categories() -> list[ExtraCategory]:
    made = []
    for at, kind in enumerate(CategoryType):
        category = ExtraCategory.objects.create(
            ref=f"c{at}",
            title=["Title", "Title", 'Tïtle "x"', "%s", "D", "E"][at],
            category_type=kind,
            for_model_types=[ContentType.USER, ContentType.GROUP, ContentType.TRAINING, ContentType.COURSE],
            color=None if at % 2 else "#AABBCC",
            position=at // 2,
            archived_at=None,
        )
        for n in range(3 if kind in (CategoryType.SELECT, CategoryType.MULTISELECT) else 0):
            Choice.objects.create(
                category=category,
                ref=f"o{n}",
                string_value=f"Öption {n}",
                string_key=key(f"Öption {n}"),
                position=n,
            )
        made.append(category)
    return made


def _values(users: list[User], groups: list[Group], categories: list[ExtraCategory]) -> None:
    texts = ["", "Sales", "sales ", "99999999999999999999.5", "naïve %"]
    for model, owners in ((UserExtraValue, users), (GroupExtraValue, groups)):
        for at, owner in enumerate(owners):
            for category in categories[at % 3 :]:
                for columns in _columns(category, at, texts):
                    model._default_manager.create(owner=owner, category=category, **columns)


def _columns(category: ExtraCategory, at: int, texts: list[str]) -> list[dict[str, Any]]:
    match category.category_type:
        case CategoryType.TEXT:
            text = texts[at % len(texts)]
            return [{"string_value": text, "string_key": key(text)}]
        case CategoryType.NUMBER:
            return [{"string_value": "1.50", "string_key": "1.50", "number_value": Decimal("1.50")}]
        case CategoryType.DATE:
            return [{"datetime_value": MOMENTS[1 + at % 5]}]
        case CategoryType.BOOLEAN:
            return [{"boolean_value": at % 2 == 0}]
    choices = list(category.choices.order_by("position"))
    return [{"choice": choice} for choice in choices[: 1 + at % 3]][
        : 1 if category.category_type == "SELECT" else 3
    ]


def _known(users: list[User], groups: list[Group], categories: list[ExtraCategory]) -> dict[str, list[Any]]:
    ids = [str(row.pk) for row in (*users[:4], *groups, *categories)]
    return {
        "UUID": [*ids, "00000000-0000-4000-8000-000000000000"],
        "String": ["Ann", "x", ""],
        "ref": ["ref 1", "ref 2", "group 1", "c0", "c3", "nobody"],
        "email": ["person1@example.org", "PERSON2@EXAMPLE.ORG", "nobody@example.org"],
        "q": ["ann", "a", "ref 1", "İpek", "%", "王", "zoe vries", ""],
        "first": [0, *[1, 2, 3, 5, 50, 1000] * 6, -1, 1001],
        "last": [0, *[1, 3] * 9, -1],
        "offset": [0, *[1, 4, 100] * 6, -1],
        "after": ["nonsense"],
        "before": ["nonsense"],
        "Int": [0, 1, 2],
        "Boolean": [True, False],
        "Color": ["#AABBCC"],
        "url": ["https://example.org/hook", "http://127.0.0.1/", "nonsense"],
        "DateTime": [
            "2026-01-01T00:00:00Z",
            "1999-12-31T23:59:59.000999Z",
            "2026-10-25T01:30:00.999999+01:00",
        ],
        "categoryRef": ["c0", "c1", "c2", "c3", "c4", "c5", "no"],
        "value": ["Sales", "1.5", "true", "2026-01-01", "Öption 1", "a"],
        "values": ["Sales", "1.5", "öption 2"],
        "JSONString": [
            '{"role": "TRAINER"}',
            '{"all": [{"role": "OWNER"}, {"not": {"role": "AUTHOR"}}]}',
            "{}",
        ],
    }

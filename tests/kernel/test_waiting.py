"""What waits for each other in a circle: a table of such circles, and what opens when somebody does all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import conditions, waiting
from stepwell.kernel.conditions import Condition, Known, Outcome, Part

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
SPACE = UUID("0c3ff0e9-6d0f-4a64-8cf1-4cc1ef3a1c57")


def key(name: str) -> UUID:
    return uuid5(SPACE, name)


def done(name: str, effect: str = "OPEN") -> Condition:
    return Condition("LESSON_COMPLETED", effect, needed=key(name))


def there(name: str) -> Condition:
    return Condition("LESSON_AVAILABLE", needed=key(name))


DATE = Condition("DATE", at=NOW)


def course(**lessons: Part | list[Condition]) -> list[Part]:
    """Sections S and T; lessons of S by their names, with their conditions."""
    parts = [one for name in "ST" if isinstance(one := lessons.pop(name, section(name)), Part)]
    for name, one in lessons.items():
        part = lesson(*one) if isinstance(one, list) else one
        parts.append(replace(part, key=key(name)))
    return parts


def lesson(*given: Condition, match: str = "ALL", section: str = "S") -> Part:
    return Part(key(""), match, given, key(section))


def section(name: str, *given: Condition, match: str = "ALL") -> Part:
    return Part(key(name), match, given)


TABLE: dict[str, tuple[list[Part], str]] = {
    "nothing": ([], ""),
    "no conditions": (course(a=[], b=[]), ""),
    "one after the other": (course(a=[], b=[done("a")], c=[there("b"), DATE]), ""),
    "for itself": (course(a=[done("a")], b=[]), "a"),
    "for each other": (course(a=[done("b")], b=[there("a")], c=[]), "ab"),
    "three in a circle": (course(a=[done("b")], b=[done("c")], c=[done("a")]), "abc"),
    "behind a circle": (course(a=[done("a")], b=[done("a")], c=[done("b")]), "abc"),
    "all, one of them in a circle": (course(a=[DATE, done("b")], b=[done("a")]), "ab"),
    "any, with a way out": (course(a=lesson(DATE, done("b"), match="ANY"), b=[done("a")]), ""),
    "any, all ways in the circle": (course(a=lesson(done("a"), done("b"), match="ANY"), b=[done("a")]), "ab"),
    "a circle that closes only": (course(a=[done("b", "CLOSE")], b=[done("a", "CLOSE")]), ""),
    "closes and waits": (course(a=[done("b", "CLOSE"), done("b")], b=[done("a")]), "ab"),
    "for one that is not there": (course(a=[done("gone")], b=lesson(done("gone"), match="ANY")), ""),
    "any, the way out archived": (
        course(a=lesson(done("b"), replace(done("c"), needs_archived=True), match="ANY"), b=[done("a")]),
        "ab",
    ),
    "for what is archived": (course(a=[replace(done("b"), needs_archived=True)], b=[done("a")]), ""),
    "a section for its own lesson": (course(S=section("S", done("a")), a=[], b=[]), "Sab"),
    "a section for another's": (course(S=section("S", done("b")), a=[], b=lesson(section="T")), ""),
    "two sections for each other": (
        course(S=section("S", done("b")), T=section("T", there("a")), a=[], b=lesson(section="T")),
        "STab",
    ),
    "a section by one of two": (
        course(S=section("S", done("b"), done("a"), match="ANY"), a=[], b=lesson(section="T")),
        "",
    ),
}


@pytest.mark.parametrize(("parts", "never"), TABLE.values(), ids=TABLE)
def test_what_never_opens(parts: list[Part], never: str) -> None:
    for order in (parts, parts[::-1]):
        assert waiting.never_open(order) == {key(name) for name in never}


@pytest.mark.parametrize(
    ("name", "start", "found"),
    [
        ("for itself", "a", "a"),
        ("for each other", "a", "ab"),
        ("for each other", "b", "ba"),
        ("three in a circle", "b", "bca"),
        ("behind a circle", "c", "a"),
        ("a section for its own lesson", "b", "Sa"),
        ("two sections for each other", "a", "aSbT"),
    ],
)
def test_the_circle_is_found(name: str, start: str, found: str) -> None:
    parts, _ = TABLE[name]
    names = [part.key for part in waiting.circle(parts, key(start))]
    turned = [[*names[at:], *names[:at]] for at in range(len(names))]
    assert [key(one) for one in found] in turned


# ---------------------------------------------------------------- whoever does all that can be done

NAMES = "abcde"
needs = st.builds(
    Condition,
    st.sampled_from(["DATE", "LESSON_COMPLETED", "LESSON_SCORE", "LESSON_AVAILABLE"]),
    st.sampled_from(["OPEN", "OPEN", "CLOSE"]),
    st.just(NOW),
    st.integers(0, 5),
    st.sampled_from([key(name) for name in NAMES]),
)
judged = needs.map(lambda one: replace(one, needed=None) if one.kind == "DATE" else replace(one, at=None))
owned = st.tuples(st.sampled_from(["ALL", "ANY"]), st.lists(judged, max_size=3).map(tuple))


@given(st.lists(owned, min_size=2, max_size=2), st.lists(owned, min_size=5, max_size=5))
def test_all_the_others_open_for_who_does_what_can_be_done(sections: list[Any], lessons: list[Any]) -> None:
    parts = [Part(key(name), *one) for name, one in zip("ST", sections, strict=True)]
    parts += [
        Part(key(name), one[0], one[1], key("ST"[at % 2]))
        for at, (name, one) in enumerate(zip(NAMES, lessons, strict=True))
    ]
    # What closes again is not looked at.
    open_only = [
        replace(part, conditions=tuple(one for one in part.conditions if one.effect == "OPEN"))
        for part in parts
    ]
    opened: set[UUID] = set()
    later = NOW + timedelta(days=1)
    while True:
        outcome = Outcome(NOW, 10_000, NOW)
        trees = conditions.evaluate_course(open_only, Known(lessons=dict.fromkeys(opened, outcome)), later)
        found = {part.key for part in parts if part.section and conditions.is_lesson_open(part, trees)}
        if found == opened:
            break
        opened = found
    never = waiting.never_open(parts)
    assert opened == {key(name) for name in NAMES} - never
    for start in never:
        around = waiting.circle(parts, start)
        for one, ahead in zip(around, [*around[1:], around[0]], strict=True):
            waits_for = {condition.needed for condition in one.conditions if condition.effect == "OPEN"}
            assert ahead.key in waits_for | {one.section}
            assert ahead.key in never

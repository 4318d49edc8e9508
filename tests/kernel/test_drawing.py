"""What an attempt asks is drawn: fairly, whole, and the same from the same seed."""

from collections import Counter
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel.drawing import Drawable, Drawn, arranged, draw

POOL, OTHER = UUID(int=1), UUID(int=2)
BODY = {"options": [{"id": id, "text": id} for id in "abcd"]}
MATCHING = {"left": [{"id": id} for id in "abc"], "right": [{"id": id} for id in "defg"]}


def questions(pools: list[UUID | None]) -> list[Drawable]:
    return [Drawable(UUID(int=100 + at), BODY, pool) for at, pool in enumerate(pools)]


def drawn(asked: list[Drawable], seed: int, *, mixes: bool = False, answers: bool = False) -> list[Drawn]:
    takes = {POOL: 2, OTHER: 1}
    return draw(asked, takes, shuffles_questions=mixes, shuffles_answers=answers, random=Random(seed))


@given(
    st.lists(st.sampled_from([None, POOL, OTHER]), max_size=12), st.integers(), st.booleans(), st.booleans()
)
def test_each_pool_gives_what_it_says_and_nothing_comes_twice(
    pools: list[UUID | None], seed: int, mixes: bool, answers: bool
) -> None:
    asked = questions(pools)
    found = drawn(asked, seed, mixes=mixes, answers=answers)
    assert found == drawn(asked, seed, mixes=mixes, answers=answers)
    ids = [one.id for one in found]
    assert len(set(ids)) == len(ids)
    of = {one.id: one.pool for one in asked}
    counted = Counter(of[id] for id in ids)
    there = Counter(pools)
    assert counted == Counter({None: there[None]}) + Counter(
        {POOL: min(2, there[POOL]), OTHER: min(1, there[OTHER])}
    )
    if not mixes:
        assert ids == [one.id for one in asked if one.id in set(ids)]
    for one in found:
        assert sorted(one.order["options"]) == list("abcd")
        assert answers or one.order["options"] == list("abcd")


def test_every_question_of_a_pool_has_its_turn() -> None:
    asked = questions([POOL] * 6)
    met = Counter(one.id for seed in range(300) for one in drawn(asked, seed))
    assert len(met) == 6
    assert min(met.values()) > 60


def test_a_pool_without_a_number_gives_nothing() -> None:
    asked = questions([UUID(int=9), None])
    assert [one.id for one in drawn(asked, 0)] == [asked[1].id]


def test_what_is_matched_or_ordered_is_always_mixed() -> None:
    asked = [Drawable(POOL, MATCHING), Drawable(OTHER, {"items": [{"id": id} for id in "abcdef"]})]
    found = [drawn(asked, seed) for seed in range(20)]
    assert all(one[0].order["left"] == list("abc") for one in found)
    assert len({tuple(one[0].order["right"]) for one in found}) > 5
    assert len({tuple(one[1].order["items"]) for one in found}) > 5


def test_parts_are_shown_as_they_were_drawn_and_new_ones_last() -> None:
    assert [row["id"] for row in arranged(BODY, {"options": ["c", "gone", "a"]}, "options")] == list("cabd")
    assert arranged({}, {}, "options") == []

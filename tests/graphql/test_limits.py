"""Documents that are too large, and the classic attacks: each is refused, and soon."""

import contextlib
import time
from collections.abc import Iterator

import pytest
from graphql import get_introspection_query

from stepwell.graphql import limits
from stepwell.graphql.documents import Documents
from stepwell.graphql.errors import Refused
from stepwell.graphql.schema import schema

# Far above what any of these takes (well below a second), far below what the attack would take.
SECONDS = 20

PEOPLE = "paginatedUsers { edges { node { %s } } }"
MEMBERS = "participantGroups { users { edges { node { %s } } } }"  # four levels, from a person to a person


@pytest.fixture(autouse=True)
def _ends_soon() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SECONDS


def refusal(text: str) -> tuple[str, str]:
    """Code and message of the first error of a document."""
    with pytest.raises(Refused) as caught:
        Documents(schema).read(text).operation(None)
    error = caught.value.errors[0]
    assert error.extensions
    return error.extensions["code"], error.message


def accepted(text: str) -> None:
    Documents(schema).read(text).operation(None)


# ---------------------------------------------------------------- size


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("{" + " __typename" * 10_000 + "}", "tokens", id="tokens"),
        pytest.param("#\n" * 1_001 + "{ __typename }", "comments", id="comments"),
        pytest.param("{ __typename }" + "," * 1_000_000, "source", id="white space"),
        pytest.param("{" + " __typename" * 2_001 + "}", "2001 fields", id="__typename flood"),
        pytest.param(
            "{" + " ".join(f"a{n}: __typename" for n in range(101)) + "}", "101 aliases", id="alias flood"
        ),
        pytest.param(
            "{" + " ".join(f'a{n}: user(ref: "{n}") {{ id }}' for n in range(900)) + "}",
            "900 aliases",
            id="guessing by alias",
        ),
        pytest.param("{ __typename" + " @skip(if: true)" * 101 + "}", "101 directives", id="directives"),
        pytest.param("{ __typename" + " @a" * 4_000 + "}", "4000 directives", id="unknown directives"),
        pytest.param(
            "".join(f"query Q{n} {{ __typename }}" for n in range(51)), "51 operations", id="operations"
        ),
        pytest.param(
            "{ ...F0 }" + "".join(f"fragment F{n} on Query {{ __typename }}" for n in range(101)),
            "101 fragments",
            id="fragments",
        ),
        pytest.param(
            "{" + "...F " * 501 + "} fragment F on Query { __typename }", "501 fragment spreads", id="spreads"
        ),
    ],
)
def test_too_large_a_document(text: str, words: str) -> None:
    code, message = refusal(text)
    assert code == "QueryTooComplex"
    assert words in message.lower()


def test_limits_are_reached_not_only_approached() -> None:
    accepted("{" + " ".join(f"a{n}: __typename" for n in range(100)) + "}")
    accepted("{" + "...F " * 500 + "} fragment F on Query { __typename }")
    accepted("{ __typename " + "# why\n" * 1_000 + "}")


# ---------------------------------------------------------------- depth


def test_depth_is_bounded() -> None:
    eight = PEOPLE % (MEMBERS % "id")
    twelve = PEOPLE % (MEMBERS % (MEMBERS % "id"))
    accepted("{" + eight + "}")
    accepted("{" + twelve + "}")
    code, message = refusal("{" + PEOPLE % (MEMBERS % (MEMBERS % "participantGroups { id }")) + "}")
    assert (code, message) == ("QueryTooComplex", "The document is 13 levels deep; 12 are allowed.")
    assert refusal("{" + PEOPLE % (MEMBERS % (MEMBERS % (MEMBERS % "id"))) + "}")[0] == "QueryTooComplex"


def test_fragments_do_not_hide_depth() -> None:
    text = "{" + PEOPLE % "...P0" + "}"
    for n in range(10):
        text += f"fragment P{n} on User {{ {MEMBERS % f'...P{n + 1}'} }}"
    assert refusal(text + "fragment P10 on User { id }") == (
        "QueryTooComplex",
        "The document is 44 levels deep; 12 are allowed.",
    )


@pytest.mark.parametrize(
    ("start", "again"), [("", "{ a"), ("", "{ ... on Query "), ("{ user(id: ", "["), ("{ user(id: ", "{a: ")]
)
def test_nesting_does_not_break_the_parser(start: str, again: str) -> None:
    assert refusal(start + again * 3_000)[0] == "QueryTooComplex"


# ---------------------------------------------------------------- fragments


def test_a_fragment_bomb() -> None:
    text = "{ ...F0 }"
    for n in range(99):
        text += f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} __typename }}"
    code, message = refusal(text + "fragment F99 on Query { __typename }")
    assert code == "QueryTooComplex"
    assert "when its fragments are spread" in message


def test_a_fragment_bomb_in_fields() -> None:
    text = "{ ...F0 }"
    for n in range(40):
        text += f'fragment F{n} on Query {{ user(ref: "a") {{ id }} ...F{n + 1} ...F{n + 1} }}'
    assert refusal(text + "fragment F40 on Query { __typename }")[0] == "QueryTooComplex"


def test_many_fragments_of_many_fields() -> None:
    """Each is compared with each other: refused when that takes too many comparisons."""
    text = "{" + " ".join(f"...F{n}" for n in range(100)) + "}"
    fields = " ".join(PEOPLE % "id" for _ in range(4))
    text += " ".join(f"fragment F{n} on Query {{ {fields} }}" for n in range(100))
    assert refusal(text) == (
        "QueryTooComplex",
        "The document is too complex: too many fields have the same name.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ user { ...A } } fragment A on User { managerGroups { users { edges { node { ...A } } } } }",
        "{ ...F0 }"
        + "".join(
            f"fragment F{n} on Query {{ {' '.join(f'...F{m}' for m in range(20))} }}" for n in range(20)
        ),
    ],
)
def test_circular_fragments(text: str) -> None:
    code, message = refusal(text)
    assert code == "InvalidInput"
    assert "within itself" in message


# ---------------------------------------------------------------- fields of one name


@pytest.mark.parametrize(
    "text",
    [
        "{ paginatedUsers { count" + " edges { cursor }" * 1_999 + "} }",
        "{" + " paginatedUsers { count }" * 999 + "}",
        '{ user(ref: "a") {' + " id" * 1_999 + "} }",
        "{" + "".join(f" user(ref: $v{n}) {{ id }}" for n in range(900)) + "}",
    ],
)
def test_a_field_many_times(text: str) -> None:
    """Comparing them all with each other is quadratic: refused, or done within its bounds."""
    with contextlib.suppress(Refused):
        accepted(text)


# ---------------------------------------------------------------- introspection


def test_the_usual_introspection_is_accepted() -> None:
    accepted(
        get_introspection_query(
            specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
        )
    )
    accepted(get_introspection_query(schema_description=True, one_of=True, type_depth=15))


def test_deep_introspection() -> None:
    types = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    assert refusal(types)[0] == "QueryTooComplex"
    kinds = '{ __type(name: "User") {' + "ofType {" * 20 + "name" + "}" * 20 + "} }"
    assert refusal(kinds)[1] == "__type is asked 21 levels deep; 20 are allowed."


def test_introspection_in_fragments() -> None:
    text = '{ __type(name: "User") { ...T0 } }'
    for n in range(30):
        text += f"fragment T{n} on __Type {{ ofType {{ ...T{n + 1} }} }}"
    assert refusal(text + "fragment T30 on __Type { name }")[0] == "QueryTooComplex"


# ---------------------------------------------------------------- errors do not flood either


def test_a_thousand_mistakes_are_not_all_told() -> None:
    with pytest.raises(Refused) as caught:
        accepted("{" + " ".join(f"wrong{n}" for n in range(1_900)) + "}")
    assert len(caught.value.errors) <= 21
    assert {(e.extensions or {})["code"] for e in caught.value.errors} == {"InvalidInput"}


def test_the_limits_are_the_documented_ones() -> None:
    assert limits.__doc__
    for number in (
        *limits.MAXIMA.values(),
        limits.MAXIMUM_TOKENS,
        limits.MAXIMUM_DEPTH,
        limits.MAXIMUM_LENGTH,
    ):
        assert f"{number:,}" in limits.__doc__

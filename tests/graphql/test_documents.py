"""Documents are read once and kept, within bounds."""

import threading

import pytest
from graphql import OperationDefinitionNode

from stepwell.graphql import documents
from stepwell.graphql.documents import Documents
from stepwell.graphql.errors import Refused
from stepwell.graphql.schema import schema


@pytest.fixture
def kept() -> Documents:
    return Documents(schema)


def test_a_document_is_read_once(kept: Documents) -> None:
    assert kept.read("{ __typename }") is kept.read("{ __typename }")
    assert kept.read("{ __typename }").operation(None) is kept.read("{ __typename }").operation(None)


def test_they_are_bounded_in_number(kept: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAXIMUM_KEPT", 2)
    first = kept.read("{ __typename } # 0")
    second = kept.read("{ __typename } # 1")
    assert kept.read("{ __typename } # 0") is first
    kept.read("{ __typename } # 2")
    assert kept.read("{ __typename } # 0") is first
    assert kept.read("{ __typename } # 1") is not second


def test_they_are_bounded_in_size(kept: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAXIMUM_CHARACTERS", 100)
    first = kept.read("{ __typename }" + " " * 60)
    assert kept.read("{ __typename }" + " " * 60) is first
    kept.read("{ __typename }" + " " * 61)
    assert kept.read("{ __typename }" + " " * 60) is not first


def test_a_very_long_one_is_not_kept(kept: Documents) -> None:
    short = kept.read("{ __typename }")
    long = "{ __typename }" + " " * documents.LONGEST_KEPT
    assert kept.read(long) is not kept.read(long)
    assert kept.read("{ __typename }") is short


def test_a_refused_one_is_not_kept(kept: Documents) -> None:
    for _ in range(2):
        with pytest.raises(Refused):
            kept.read("{ wrong }")
    assert not kept._kept


def test_threads_may_read_at_the_same_time(kept: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAXIMUM_KEPT", 5)
    failures: list[Exception] = []

    def read() -> None:
        try:
            for n in range(100):
                kept.read(f"{{ __typename }} # {n % 10}").operation(None)
        except Exception as failure:  # noqa: BLE001  # a thread would keep it to itself
            failures.append(failure)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(kept._kept) <= 5
    assert kept._size == sum(map(len, kept._kept))


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (
            "query A { __typename } query B { __typename }",
            None,
            "Give operationName: the document has the operations A, B.",
        ),
        ("query A { __typename }", "B", "There is no operation named B. There is: A."),
        ("{ __typename }", "B", "There is no operation named B. There is: one without a name."),
    ],
)
def test_no_operation_is_chosen(kept: Documents, text: str, name: str | None, message: str) -> None:
    with pytest.raises(Refused) as caught:
        kept.read(text).operation(name)
    assert caught.value.errors[0].message == message
    assert caught.value.errors[0].extensions == {"code": "InvalidInput", "field": "operationName"}


def test_an_operation_is_chosen_by_name(kept: Documents) -> None:
    document = kept.read("query A { __typename } mutation B { __typename }")
    found = [document.operation(name).node for name in ("A", "B")]
    assert found == [d for d in document.ast.definitions if isinstance(d, OperationDefinitionNode)]
    assert [document.operation(name).is_mutation for name in ("A", "B")] == [False, True]


def test_what_only_introspects(kept: Documents) -> None:
    assert kept.read("{ __schema { queryType { name } } __typename }").operation(None).only_introspects
    assert not kept.read('{ __typename user(ref: "a") { id } }').operation(None).only_introspects
    assert not kept.read("{ ...F } fragment F on Query { __typename }").operation(None).only_introspects

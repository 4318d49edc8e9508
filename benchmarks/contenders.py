"""Who is asked: for each peer, where its requests go, in what bodies, and how its answers are read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from benchmarks import documents
from benchmarks.documents import Canonical, Question
from benchmarks.installation import HOST
from benchmarks.load import Target

BODIES = 200


@dataclass(frozen=True)
class Contender:
    """One server as it is asked. `body(question, after)` is a request's; `read` its answer's people."""

    name: str
    port: int
    path: Callable[[Question], str]
    body: Callable[[Question, str | None], str]
    read: Callable[[Any], tuple[Canonical, Any]]
    edges: Callable[[Any], list[Any]]
    authorization: str = ""

    def target(self, question: Question) -> Target:
        """Where the load goes."""
        return Target(self.port, self.path(question), self.authorization)

    def ask(self, question: Question, after: str | None) -> Any:
        """One answer."""
        return post(self.target(question), self.body(question, after))

    def bodies(self, question: Question, people: int) -> list[str]:
        """Requests that begin after 200 people in a row, so that no page is asked for twice in a row."""
        after, left = None, int(people * 0.99 * question.depth)
        while left > 0:
            step = Question("walk", min(left, 1000))
            after = self.edges(self.ask(step, after))[-1]["cursor"]
            left -= step.size
        edges = self.edges(self.ask(Question("walk", BODIES), after))
        return [self.body(question, edge["cursor"]) for edge in edges]


def compact(body: Any) -> str:
    """JSON on one line."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def post(target: Target, body: str) -> Any:
    """The JSON of one answer."""
    connection = HTTPConnection(HOST, target.port, timeout=60)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if target.authorization:
        headers["Authorization"] = target.authorization
    connection.request("POST", target.path, body.encode(), headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{target} answered {response.status}: {text[:500]!r}")
    answer = json.loads(text)
    if "errors" in answer:
        raise RuntimeError(f"{target} answered with errors: {answer['errors'][:3]}")
    return answer


def stepwell(name: str, port: int, token: str) -> Contender:
    """The product."""

    def body(question: Question, after: str | None) -> str:
        variables = {"first": question.size, "after": after}
        return compact({"query": question.stepwell(), "variables": variables})

    def edges(answer: Any) -> list[Any]:
        found: list[Any] = answer["data"]["paginatedUsers"]["edges"]
        return found

    return Contender(
        name, port, lambda _: "/graphql/", body, documents.of_stepwell, edges, authorization=f"Bearer {token}"
    )


def bare(port: int) -> Contender:
    """The bare handler: the question is its path."""

    def body(question: Question, after: str | None) -> str:
        return compact({"first": question.size, "after": after})

    def path(question: Question) -> str:
        return "/Q1" if question.name == "walk" else f"/{question.name}"

    def edges(answer: Any) -> list[Any]:
        found: list[Any] = answer["data"]["paginatedUsers"]["edges"]
        return found

    return Contender("bare", port, path, body, documents.of_stepwell, edges)


def postgraphile(port: int, organisation: str) -> Contender:
    """PostGraphile."""

    def body(question: Question, after: str | None) -> str:
        variables = {"first": question.size, "after": after, "organisation": organisation}
        return compact({"query": question.postgraphile(), "variables": variables})

    def edges(answer: Any) -> list[Any]:
        found: list[Any] = answer["data"]["allStepwellUsers"]["edges"]
        return found

    return Contender("PostGraphile", port, lambda _: "/graphql/", body, documents.of_postgraphile, edges)


def compare(question: Question, contenders: list[Contender], people: int) -> None:
    """Ask everybody for the same two pages. Raises `RuntimeError` when the answers differ."""
    for at in (None, 7):
        answers = []
        for one in contenders:
            after = None
            if at:
                after = one.edges(one.ask(Question("walk", at), None))[-1]["cursor"]
            answers.append((one.name, one.read(one.ask(question, after))))
        first, (rows, count) = answers[0]
        expected = int(people * 0.99) if question.counts else None
        if len(rows) != question.size or count != expected:
            raise RuntimeError(
                f"{first} answered {len(rows)} people and the count {count} to {question.name}."
            )
        for name, answer in answers[1:]:
            if answer != (rows, count):
                raise RuntimeError(f"{name} and {first} answered {question.name} differently.")

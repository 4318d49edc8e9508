"""What is asked, in each peer's own words, and what the answers have in common.

Q1 a page of people, Q1c the same with their exact count, Q2 with groups and custom values, Q4 a page of
1,000, deep a page after nine tenths of all. Q3, the filtered report, comes with reports.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PLAIN = "id ref name email isActive createdAt"
PAGE_INFO = "pageInfo { hasNextPage endCursor }"
VALUES = (
    "extraCategoryValues { __typename"
    " ... on ExtraCategoryStringValue { category { id title } stringValue }"
    " ... on ExtraCategoryDatetimeValue { category { id title } datetimeValue }"
    " ... on ExtraCategoryChoiceValue { category { id title } choiceValue { id stringValue } }"
    " ... on ExtraCategoryBooleanValue { category { id title } booleanValue } }"
)
RELATED = f"{PLAIN} participantGroups {{ id name }} {VALUES}"

P_PLAIN = "rowId ref name email isActive createdAt"
P_RELATED = (
    f"{P_PLAIN} stepwellMembershipsByOrganisationIdAndUserId {{ nodes {{"
    " stepwellGroupByOrganisationIdAndGroupId { rowId name } } }"
    " stepwellUserextravaluesByOrganisationIdAndOwnerId { nodes {"
    " stepwellExtracategoryByOrganisationIdAndCategoryId { rowId title } stringValue datetimeValue"
    " stepwellChoiceByOrganisationIdAndChoiceId { rowId stringValue } } }"
)


@dataclass(frozen=True)
class Question:
    """One reading question; `depth` is the share of the people before its pages."""

    name: str
    size: int
    related: bool = False
    counts: bool = False
    depth: float = 0.0

    def stepwell(self) -> str:
        """The product's document."""
        node, count = RELATED if self.related else PLAIN, " count" if self.counts else ""
        return (
            f"query {self.name}($first: Int, $after: String) {{ paginatedUsers(first: $first, after: $after)"
            f" {{ edges {{ cursor node {{ {node} }} }} {PAGE_INFO}{count} }} }}"
        )

    def postgraphile(self) -> str:
        """PostGraphile's: the same people in the same order."""
        node, count = P_RELATED if self.related else P_PLAIN, " totalCount" if self.counts else ""
        return (
            f"query {self.name}($first: Int, $after: Cursor, $organisation: UUID!)"
            " { allStepwellUsers(first: $first, after: $after, orderBy: [NAME_KEY_ASC, ROW_ID_ASC],"
            " condition: {organisationId: $organisation, archivedAt: null})"
            f" {{ edges {{ cursor node {{ {node} }} }} {PAGE_INFO}{count} }} }}"
        )


QUESTIONS = (
    Question("Q1", 50),
    Question("Q1c", 50, counts=True),
    Question("Q2", 50, related=True),
    Question("Q4", 1000),
    Question("deep", 50, depth=0.9),
)

UPSERT = (
    "mutation M1($ref: String!, $name: String!) { updateOrCreateUser(ref: $ref, sendInvite: false,"
    " user: {name: $name}) { user { id ref name } created } }"
)
BULK = (
    "mutation Bulk($users: [BulkUserInput!]!) { updateOrCreateUsers(users: $users)"
    " { results { index status error { code message } } created updated unchanged failed } }"
)

type Canonical = list[tuple[Any, ...]]


def of_stepwell(answer: Any) -> tuple[Canonical, Any]:
    """The people of an answer of the product or the bare handler, and the count."""
    page = answer["data"]["paginatedUsers"]
    return [_person(edge["node"], "id", _groups, _values) for edge in page["edges"]], page.get("count")


def of_postgraphile(answer: Any) -> tuple[Canonical, Any]:
    """The same of an answer of PostGraphile."""
    page = answer["data"]["allStepwellUsers"]
    people = [_person(edge["node"], "rowId", _p_groups, _p_values) for edge in page["edges"]]
    return people, page.get("totalCount")


type Reader = Callable[[Any], list[Any]]


def _person(node: Any, id: str, groups: Reader, values: Reader) -> tuple[Any, ...]:
    """Instants to the second: each has its own way to write the rest. Related rows in any order."""
    plain = tuple(node[name] for name in (id, "ref", "name", "email", "isActive"))
    return (*plain, node["createdAt"][:19], sorted(groups(node)), sorted(values(node)))


def _groups(node: Any) -> list[Any]:
    return [(group["id"], group["name"]) for group in node.get("participantGroups", ())]


def _values(node: Any) -> list[Any]:
    found = []
    for value in node.get("extraCategoryValues", ()):
        choice = value.get("choiceValue") or {}
        said = value.get("stringValue"), value.get("datetimeValue"), choice.get("stringValue")
        found.append((value["category"]["title"], *_said(*said)))
    return found


def _p_groups(node: Any) -> list[Any]:
    rows = node.get("stepwellMembershipsByOrganisationIdAndUserId", {}).get("nodes", ())
    groups = [row["stepwellGroupByOrganisationIdAndGroupId"] for row in rows]
    return [(group["rowId"], group["name"]) for group in groups]


def _p_values(node: Any) -> list[Any]:
    found = []
    for row in node.get("stepwellUserextravaluesByOrganisationIdAndOwnerId", {}).get("nodes", ()):
        choice = row["stepwellChoiceByOrganisationIdAndChoiceId"] or {}
        said = row["stringValue"], row["datetimeValue"], choice.get("stringValue")
        found.append((row["stepwellExtracategoryByOrganisationIdAndCategoryId"]["title"], *_said(*said)))
    return found


def _said(text: str | None, moment: str | None, choice: str | None) -> tuple[str, str, str]:
    return text or "", (moment or "")[:19], choice or ""

"""A stand-in for the server: the part of the API that the examples use, in memory, with trouble on demand."""

import dataclasses
import http.server
import json
import pathlib
import threading
import urllib.parse
import uuid
from collections.abc import Callable
from typing import Any, Self

import graphql

SCHEMA = graphql.build_schema(pathlib.Path(__file__).with_name("contract.graphql").read_text())
LARGEST = 1_000

type Json = dict[str, Any]


@dataclasses.dataclass
class Trouble:
    """How one request goes wrong: the first whose path or body contains `on`.

    `after` does the work first, as when only the answer is lost.
    """

    on: str
    status: int = 0  # 0: the connection is cut
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: Json = dataclasses.field(default_factory=dict)
    after: bool = False


@dataclasses.dataclass
class Person:
    """One user."""

    ref: str
    name: str = ""
    email: str = ""
    language: str | None = None
    active: bool = True
    archived: bool = False
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    groups: set[str] = dataclasses.field(default_factory=set)
    managed: set[str] = dataclasses.field(default_factory=set)


class Refusal(graphql.GraphQLError):
    """An error with a code and a field."""

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, extensions={"code": code, "field": field})
        self.code = code
        self.field = field


class Front(http.server.ThreadingHTTPServer):
    """Listens on a free port."""

    daemon_threads = True

    def __init__(self, stand_in: "StandIn") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stand_in = stand_in


class StandIn:
    """The state, what was asked, and the trouble still to come."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.owners: dict[str, str] = {}  # of e-mail addresses, for good
        self.groups: dict[str, str] = {}
        self.categories: dict[str, str] = {}
        self.updated: list[str] = []
        self.calls: list[tuple[str, int]] = []
        self.token_requests: list[dict[str, str]] = []
        self.tokens: set[str] = set()
        self.trouble: list[Trouble] = []
        self.http = Front(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    # ---- OAuth and GraphQL

    def token(self, body: bytes) -> tuple[int, Json]:
        form = dict(urllib.parse.parse_qsl(body.decode()))
        self.token_requests.append(form)
        if (form.get("client_id"), form.get("client_secret")) != ("hr", "s3cret"):
            return 401, {"error": "invalid_client", "error_description": "The client is not known."}
        token = uuid.uuid4().hex
        self.tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 86400}

    def execute(self, body: bytes, token: str) -> tuple[int, Json]:
        if token not in self.tokens:
            return 401, error("AuthenticationExpired", "The token has expired.")
        request = json.loads(body)
        root: dict[str, Callable[..., Any]] = {
            "extraCategories": self._extra_categories,
            "paginatedUsers": self._paginated_users,
            "paginatedGroups": self._paginated_groups,
            "createExtraCategory": self._create_category,
            "createGroup": self._create_group,
            "updateOrCreateUsers": self._bulk,
            "archiveUsers": self._archive,
        }
        result = graphql.graphql_sync(SCHEMA, request["query"], root, variable_values=request["variables"])
        return (400 if result.data is None else 200), dict(result.formatted)

    def _extra_categories(self, _: Any, **__: str) -> list[Json]:
        return [{"id": ref, "ref": ref, "title": title} for ref, title in self.categories.items()]

    def _paginated_users(self, _: Any, archived: bool, first: int, after: str | None = None) -> Json:
        nodes = [
            {
                "id": person.ref,
                "ref": person.ref,
                "participantGroups": [{"ref": ref} for ref in person.groups],
                "managerGroups": [{"ref": ref} for ref in person.managed],
            }
            for person in self.people.values()
            if person.archived is archived
        ]
        return page(nodes, first=first, after=after)

    def _paginated_groups(self, _: Any, first: int, after: str | None = None) -> Json:
        nodes = [{"id": ref, "ref": ref, "name": name} for ref, name in self.groups.items()]
        return page(nodes, first=first, after=after)

    def _create_category(self, _: Any, **arguments: Json) -> Json:
        ref, title = (arguments["extraCategoryInput"][key] for key in ("ref", "title"))
        if ref in self.categories:
            raise Refusal("This ref is taken.", code="AlreadyExists", field="ref")
        self.calls.append(("category", 1))
        self.categories[ref] = title
        return {"extraCategory": {"id": ref, "ref": ref, "title": title}}

    def _create_group(self, _: Any, group: Json) -> Json:
        if group["ref"] in self.groups:
            raise Refusal("This ref is taken.", code="AlreadyExists", field="ref")
        self.calls.append(("group", 1))
        self.groups[group["ref"]] = group["name"]
        return {"group": {"id": group["ref"], **group}}

    def _archive(self, _: Any, archive: bool, refs: list[str]) -> Json:
        if len(refs) > LARGEST:
            raise Refusal("At most 1000 people a call.", code="InvalidInput", field="refs")
        self.calls.append(("archive", len(refs)))
        known = [ref for ref in refs if ref in self.people]
        for ref in known:
            self.people[ref].archived = archive
        return {"response": {"succeededIds": known, "failedIds": sorted(set(refs) - set(known))}}

    def _bulk(self, _: Any, users: list[Json], **arguments: bool) -> Json:
        if len(users) > LARGEST or arguments["sendInvites"]:
            raise Refusal("At most 1000 people a call, and no mail.", code="InvalidInput", field="users")
        self.calls.append(("bulk", len(users)))
        results = [{"index": index, **self._upsert(row)} for index, row in enumerate(users)]
        statuses = [result["status"] for result in results]
        names = ("created", "updated", "unchanged", "failed")
        return {"results": results, **{name: statuses.count(name.upper()) for name in names}}

    def _upsert(self, row: Json) -> Json:
        try:
            changed = self._changed(row)
        except Refusal as refusal:
            problem = {"code": refusal.code, "message": refusal.message, "field": refusal.field}
            return {"status": "FAILED", "error": problem}
        before = self.people.get(row["ref"])
        self.people[row["ref"]] = changed
        status = "CREATED" if before is None else "UNCHANGED" if before == changed else "UPDATED"
        if status == "UPDATED":
            self.updated.append(row["ref"])
        return {"status": status}

    def _changed(self, row: Json) -> Person:
        """The person after the change. Raises Refusal."""
        before = self.people.get(row["ref"])
        if before is None and not row.get("name"):
            raise Refusal("A new person needs a name.", code="InvalidInput", field="name")
        if (before is None or "email" in row) and "@" not in row.get("email", ""):
            raise Refusal("A new person needs an e-mail address.", code="InvalidInput", field="email")
        if "email" in row and self.owners.setdefault(row["email"].lower(), row["ref"]) != row["ref"]:
            raise Refusal("Another person has this e-mail address.", code="Conflict", field="email")
        person = before or Person(row["ref"])
        moves = {kind: set(row.get(f"{kind}GroupRefs", ())) for kind in MOVES}
        if unknown := set().union(*moves.values()) - self.groups.keys():
            raise Refusal(f"There is no group {sorted(unknown)}.", code="NotFound", field="groups")
        return dataclasses.replace(
            person,
            name=row.get("name", person.name),
            email=row.get("email", person.email),
            language=row.get("language", person.language),
            active=row["isActive"],
            archived=row.get("archived", person.archived),
            values={value["categoryRef"]: value["stringValue"] for value in row["extraCategoryValues"]},
            groups=person.groups - moves["removeParticipant"] | moves["addParticipant"],
            managed=person.managed - moves["removeManager"] | moves["addManager"],
        )


MOVES = ("addParticipant", "removeParticipant", "addManager", "removeManager")


def page(nodes: list[Json], *, first: int, after: str | None) -> Json:
    """One page of the nodes; the cursor is a position."""
    if first > LARGEST:
        raise Refusal("first is at most 1000.", code="InvalidInput", field="first")
    start = int(after or 0)
    edges = [
        {"node": node, "cursor": str(start + index + 1)}
        for index, node in enumerate(nodes[start : start + first])
    ]
    info = {"hasNextPage": start + first < len(nodes), "endCursor": str(start + first)}
    return {"edges": edges, "pageInfo": info, "count": len(nodes)}


def error(code: str, message: str) -> Json:
    """A GraphQL answer that is nothing but one error."""
    return {"errors": [{"message": message, "extensions": {"code": code}}], "data": None}


class Handler(http.server.BaseHTTPRequestHandler):
    """The HTTP side: does the work, or the trouble that was ordered."""

    server: Front
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        trouble = self._trouble(f"{self.path} {body.decode()}")
        if trouble is None:
            self._answer(*self._work(body), headers={})
            return
        if trouble.after:
            self._work(body)
        if trouble.status:
            self._answer(trouble.status, trouble.body, headers=trouble.headers)
        else:
            self.close_connection = True

    def _trouble(self, request: str) -> Trouble | None:
        ordered = self.server.stand_in.trouble
        for index, trouble in enumerate(ordered):
            if trouble.on in request:
                return ordered.pop(index)
        return None

    def _work(self, body: bytes) -> tuple[int, Json]:
        if self.path == "/oauth/token/":
            return self.server.stand_in.token(body)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.server.stand_in.execute(body, token)

    def _answer(self, status: int, body: Json, *, headers: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass

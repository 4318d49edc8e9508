"""The ceiling: a bare WSGI handler with hand-written SQL, and nothing of a product around it.

No middleware, no tokens, no limits, no GraphQL; a connection for each thread, prepared statements, JSON built
by the database and spliced. The body is the question's variables, the path is its name; the answers are the
product's, byte for byte. `upsert` changes or makes one person and writes the event, in one statement.
"""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import psycopg

URL = os.environ["BENCH_DATABASE_URL"]
ORGANISATION = os.environ["BENCH_ORGANISATION"]

INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
PLAIN = f"""
    'id', u.id, 'ref', u.ref, 'name', u.name, 'email', u.email, 'isActive', u.is_active,
    'createdAt', {INSTANT.format("u.created_at")}
"""
RELATED = f"""
    {PLAIN},
    'participantGroups', (
        SELECT coalesce(
            json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY g.name_key, g.id), '[]')
        FROM stepwell_membership m JOIN stepwell_group g USING (organisation_id)
        WHERE m.organisation_id = u.organisation_id AND m.user_id = u.id AND g.id = m.group_id
    ),
    'extraCategoryValues', (
        SELECT coalesce(json_agg(CASE c.category_type
            WHEN 'TEXT' THEN json_build_object('__typename', 'ExtraCategoryStringValue', 'category',
                json_build_object('id', c.id, 'title', c.title), 'stringValue', v.string_value)
            WHEN 'DATE' THEN json_build_object('__typename', 'ExtraCategoryDatetimeValue', 'category',
                json_build_object('id', c.id, 'title', c.title),
                'datetimeValue', {INSTANT.format("v.datetime_value")})
            WHEN 'SELECT' THEN json_build_object('__typename', 'ExtraCategoryChoiceValue', 'category',
                json_build_object('id', c.id, 'title', c.title),
                'choiceValue', json_build_object('id', o.id, 'stringValue', o.string_value))
        END ORDER BY c.position, c.title, o.position, v.id), '[]')
        FROM stepwell_userextravalue v
        JOIN stepwell_extracategory c ON c.organisation_id = v.organisation_id AND c.id = v.category_id
        LEFT JOIN stepwell_choice o ON o.organisation_id = v.organisation_id AND o.id = v.choice_id
        WHERE v.organisation_id = u.organisation_id AND v.owner_id = u.id AND c.archived_at IS NULL
    )
"""
CURSOR = (
    """encode(convert_to('["NAME",' || to_json(u.name_key)::text || ',"' || u.id || '"]', 'UTF8'), 'hex')"""
)
FROM = "FROM stepwell_user u WHERE u.organisation_id = %(organisation)s AND u.archived_at IS NULL"
PAGE = f"""
    SELECT json_build_object({{columns}})::text, {CURSOR} {FROM} {{after}}
    ORDER BY u.name_key, u.id LIMIT %(limit)s
"""
COUNT = f"SELECT count(*) {FROM}"
UPSERT = f"""
    WITH place AS (
        UPDATE stepwell_organisation SET event_count = event_count + 1 WHERE id = %(organisation)s
        RETURNING event_count
    ), person AS (
        INSERT INTO stepwell_user AS u (id, organisation_id, ref, name, name_key, search_key, roles, password,
            language, is_active, created_at, updated_at)
        VALUES (gen_random_uuid(), %(organisation)s, %(ref)s, %(name)s, lower(%(name)s),
            lower(%(name)s || ' ' || %(ref)s), '["PARTICIPANT"]', '!', 'EN', true, now(), now())
        ON CONFLICT (organisation_id, ref) DO UPDATE SET name = EXCLUDED.name, name_key = EXCLUDED.name_key,
            search_key = lower(EXCLUDED.name || ' ' || coalesce(u.email, '') || ' ' || u.ref),
            updated_at = now()
        RETURNING u.*, (xmax = 0) AS created
    ), told AS (
        INSERT INTO stepwell_event (id, organisation_id, sequence, type, subject_id, subject_ref, actor_kind,
            actor_name, payload, occurred_at)
        SELECT gen_random_uuid(), %(organisation)s, event_count, 'USER_UPDATED', id, ref, 'CLIENT', 'Bench',
            json_build_object('id', id, 'ref', ref, 'event', 'USER_UPDATED', 'name', name, 'email', email,
                'isActive', is_active, 'extraFields', (
                    SELECT json_object_agg(c.title, coalesce(v.string_value, o.string_value,
                        {INSTANT.format("v.datetime_value")}))
                    FROM stepwell_userextravalue v
                    JOIN stepwell_extracategory c
                        ON c.organisation_id = v.organisation_id AND c.id = v.category_id
                    LEFT JOIN stepwell_choice o
                        ON o.organisation_id = v.organisation_id AND o.id = v.choice_id
                    WHERE v.organisation_id = %(organisation)s AND v.owner_id = person.id),
                'changed', '["name"]'::json, 'sentDate', {INSTANT.format("now()")})::text, now()
        FROM person, place
    )
    SELECT json_build_object('user', json_build_object('id', id, 'ref', ref, 'name', name),
        'created', created)::text FROM person
"""

threads = threading.local()


def run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement, prepared at its first use by a thread."""
    if not hasattr(threads, "connection"):
        threads.connection = psycopg.connect(URL, autocommit=True)
    cursor = threads.connection.execute(statement, {"organisation": ORGANISATION} | values, prepare=True)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def page(columns: str, *, counts: bool = False) -> Callable[[Any], str]:
    """What answers a page of people."""
    first = PAGE.format(columns=columns, after="")
    later = PAGE.format(columns=columns, after="AND (u.name_key, u.id) > (%(name)s, %(id)s)")

    def answer(asked: Any) -> str:
        size, after = asked["first"], asked.get("after")
        if after:
            _, name, id = orjson.loads(bytes.fromhex(after))
            rows = run(later, limit=size + 1, name=name, id=id)
        else:
            rows = run(first, limit=size + 1)
        more = "true" if len(rows) > size else "false"
        del rows[size:]
        edges = ",".join([f'{{"cursor":"{cursor}","node":{node}}}' for node, cursor in rows])
        end = f'"{rows[-1][1]}"' if rows else "null"
        count = f',"count":{run(COUNT)[0][0]}' if counts else ""
        return (
            f'{{"data":{{"paginatedUsers":{{"edges":[{edges}],'
            f'"pageInfo":{{"hasNextPage":{more},"endCursor":{end}}}{count}}}}}}}'
        )

    return answer


def upsert(asked: Any) -> str:
    """Change or make one person."""
    [(made,)] = run(UPSERT, ref=asked["ref"], name=asked["name"])
    return f'{{"data":{{"updateOrCreateUser":{made}}}}}'


ANSWERS: dict[str, Callable[[Any], str]] = {
    "/Q1": page(PLAIN),
    "/Q1c": page(PLAIN, counts=True),
    "/Q2": page(RELATED),
    "/Q4": page(PLAIN),
    "/deep": page(PLAIN),
    "/M1": upsert,
}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    asked = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    body = ANSWERS[environ["PATH_INFO"]](asked).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]

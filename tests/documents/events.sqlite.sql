SELECT json_object('id', "stepwell_event"."id", 'sequence', "stepwell_event"."sequence", 'type', "stepwell_event"."type", 'subjectId', "stepwell_event"."subject_id", 'subjectRef', "stepwell_event"."subject_ref", 'occurredAt', substr("stepwell_event"."occurred_at", 1, 10) || 'T' || substr("stepwell_event"."occurred_at", 12, 8) || '.' || substr(substr("stepwell_event"."occurred_at", 21, 3) || '000', 1, 3) || 'Z', 'actor', json_object('kind', "stepwell_event"."actor_kind", 'id', "stepwell_event"."actor_id", 'name', "stepwell_event"."actor_name"), 'payload', "stepwell_event"."payload") AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "U0"."id" AS "pk"
    FROM "stepwell_event" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."type" IN (%s))) _c) AS "_n"
FROM "stepwell_event"
WHERE ("stepwell_event"."organisation_id" = %s AND "stepwell_event"."type" IN (%s))
ORDER BY "stepwell_event"."sequence" ASC, "stepwell_event"."id" ASC
LIMIT 3

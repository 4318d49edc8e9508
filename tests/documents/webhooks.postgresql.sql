SELECT (json_build_object('id', "stepwell_webhooksubscription"."id", 'url', "stepwell_webhooksubscription"."url", 'events', ("stepwell_webhooksubscription"."events")::json, 'active', "stepwell_webhooksubscription"."active", 'pendingCount', (COALESCE((
  SELECT COUNT("U0"."id") AS "n"
  FROM "stepwell_webhookdelivery" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."finished_at" IS NULL AND "U0"."subscription_id" = ("stepwell_webhooksubscription"."id"))
  GROUP BY "U0"."subscription_id"), %s))::bigint))::text AS "_j"
FROM "stepwell_webhooksubscription"
WHERE "stepwell_webhooksubscription"."organisation_id" = %s
ORDER BY "stepwell_webhooksubscription"."created_at" ASC, "stepwell_webhooksubscription"."id" ASC
LIMIT 10001

SELECT (json_build_object('id', "stepwell_webhookdelivery"."id", 'status', "stepwell_webhookdelivery"."status", 'attemptCount', "stepwell_webhookdelivery"."attempt_count", 'url', (COALESCE("stepwell_webhookdelivery"."url", "stepwell_webhooksubscription"."url"))::text, 'createdAt', to_char("stepwell_webhookdelivery"."created_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'finishedAt', to_char("stepwell_webhookdelivery"."finished_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'event', (
  SELECT json_build_object('type', "U0"."type", 'sequence', "U0"."sequence", 'subjectRef', "U0"."subject_ref") AS "_j"
  FROM "stepwell_event" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."id" = ("stepwell_webhookdelivery"."event_id"))), 'subscription', (
  SELECT json_build_object('url', "U0"."url") AS "_j"
  FROM "stepwell_webhooksubscription" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."id" = ("stepwell_webhookdelivery"."subscription_id"))), 'attempts', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('attemptedAt', to_char("U0"."attempted_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'statusCode', "U0"."status_code", 'error', "U0"."error", 'durationMs', "U0"."duration_ms") AS "_j"
    FROM "stepwell_webhookattempt" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."delivery_id" = ("stepwell_webhookdelivery"."id"))
    ORDER BY "U0"."attempted_at" ASC, "U0"."id" ASC) _s)))::text AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "U0"."id" AS "pk"
    FROM "stepwell_webhookdelivery" "U0"
    WHERE "U0"."organisation_id" = %s) _c) AS "_n"
FROM "stepwell_webhookdelivery"
INNER JOIN "stepwell_webhooksubscription" ON ("stepwell_webhookdelivery"."subscription_id" = "stepwell_webhooksubscription"."id")
WHERE "stepwell_webhookdelivery"."organisation_id" = %s
ORDER BY "stepwell_webhookdelivery"."created_at" DESC, "stepwell_webhookdelivery"."id" DESC
LIMIT 11

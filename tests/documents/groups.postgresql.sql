SELECT (json_build_object('id', "stepwell_group"."id", 'ref', "stepwell_group"."ref", 'name', "stepwell_group"."name", 'userCount', (COALESCE((
  SELECT COUNT("U0"."id") AS "n"
  FROM "stepwell_membership" "U0"
  INNER JOIN "stepwell_user" "U3" ON ("U0"."user_id" = "U3"."id")
  WHERE ("U0"."organisation_id" = %s AND "U0"."group_id" = ("stepwell_group"."id") AND "U3"."archived_at" IS NULL)
  GROUP BY "U0"."group_id"), %s))::bigint, 'managerCount', (COALESCE((
  SELECT COUNT("U0"."id") AS "n"
  FROM "stepwell_managership" "U0"
  INNER JOIN "stepwell_user" "U3" ON ("U0"."user_id" = "U3"."id")
  WHERE ("U0"."organisation_id" = %s AND "U0"."group_id" = ("stepwell_group"."id") AND "U3"."archived_at" IS NULL)
  GROUP BY "U0"."group_id"), %s))::bigint, 'users', (
  SELECT CASE WHEN count(*) >= 0 THEN json_build_object('count', (
    SELECT count(*)
    FROM (
      SELECT "U0"."id" AS "pk"
      FROM "stepwell_user" "U0"
      INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."user_id")
      WHERE ("U0"."organisation_id" = %s AND "U0"."archived_at" IS NULL AND "U2"."group_id" = ("stepwell_group"."id") AND "U2"."organisation_id" = ("stepwell_group"."organisation_id"))) _c), 'edges', coalesce(json_agg(json_build_object('node', _p._j) ORDER BY _p._r ) FILTER (WHERE _p._r <= 3), '[]'::json), 'pageInfo', json_build_object('hasNextPage', (coalesce(max(_p._n), 0) > 3))) END
  FROM (
    SELECT _q.*, row_number() OVER () AS _r, count(*) OVER () AS _n
    FROM (
      SELECT json_build_object('name', "V0"."name", 'groupCount', (COALESCE((
        SELECT COUNT("U0"."id") AS "n"
        FROM "stepwell_membership" "U0"
        WHERE ("U0"."organisation_id" = %s AND "U0"."user_id" = ("V0"."id"))
        GROUP BY "U0"."user_id"), %s))::bigint) AS "_j"
      FROM "stepwell_user" "V0"
      INNER JOIN "stepwell_membership" "V2" ON ("V0"."id" = "V2"."user_id")
      WHERE ("V0"."organisation_id" = %s AND "V0"."archived_at" IS NULL AND "V2"."group_id" = ("stepwell_group"."id") AND "V2"."organisation_id" = ("stepwell_group"."organisation_id"))
      ORDER BY "V0"."name_key" ASC, "V0"."id" ASC
      LIMIT 4) _q) _p), 'managers', (
  SELECT CASE WHEN count(*) >= 0 THEN json_build_object('edges', coalesce(json_agg(json_build_object('node', _p._j) ORDER BY _p._r ) FILTER (WHERE _p._r <= 3), '[]'::json)) END
  FROM (
    SELECT _q.*, row_number() OVER () AS _r, count(*) OVER () AS _n
    FROM (
      SELECT json_build_object('name', "U0"."name") AS "_j"
      FROM "stepwell_user" "U0"
      INNER JOIN "stepwell_managership" "U2" ON ("U0"."id" = "U2"."user_id")
      WHERE ("U0"."organisation_id" = %s AND "U0"."archived_at" IS NULL AND "U2"."group_id" = ("stepwell_group"."id") AND "U2"."organisation_id" = ("stepwell_group"."organisation_id"))
      ORDER BY "U0"."name_key" ASC, "U0"."id" ASC
      LIMIT 4) _q) _p)))::text AS "_j"
FROM "stepwell_group"
WHERE "stepwell_group"."organisation_id" = %s
ORDER BY "stepwell_group"."name_key" ASC, "stepwell_group"."id" ASC
LIMIT 11

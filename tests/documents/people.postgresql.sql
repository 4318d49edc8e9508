SELECT (json_build_object('id', "stepwell_user"."id", 'ref', "stepwell_user"."ref", 'name', "stepwell_user"."name", 'roles', ("stepwell_user"."roles")::json, 'groupCount', (COALESCE((
  SELECT COUNT("U0"."id") AS "n"
  FROM "stepwell_membership" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."user_id" = ("stepwell_user"."id"))
  GROUP BY "U0"."user_id"), %s))::bigint, 'participantGroups', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('name', "U0"."name") AS "_j"
    FROM "stepwell_group" "U0"
    INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."group_id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."organisation_id" = ("stepwell_user"."organisation_id") AND "U2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "U0"."name_key" ASC, "U0"."id" ASC) _s), 'managerGroups', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('name', "U0"."name") AS "_j"
    FROM "stepwell_group" "U0"
    INNER JOIN "stepwell_managership" "U2" ON ("U0"."id" = "U2"."group_id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."organisation_id" = ("stepwell_user"."organisation_id") AND "U2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "U0"."name_key" ASC, "U0"."id" ASC) _s), 'extraCategoryValues', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT CASE WHEN ("U2"."category_type" IN (%s, %s)) THEN json_build_object('category', CASE WHEN ("U0"."category_id" IS NOT NULL) THEN json_build_object('ref', "U2"."ref") ELSE NULL END, 'stringValue', "U0"."string_value") WHEN ("U2"."category_type" IN (%s)) THEN json_build_object() WHEN ("U2"."category_type" IN (%s, %s)) THEN json_build_object('category', CASE WHEN ("U0"."category_id" IS NOT NULL) THEN json_build_object('ref', "U2"."ref") ELSE NULL END, 'choiceValue', CASE WHEN ("U0"."choice_id" IS NOT NULL) THEN json_build_object('ref', "U4"."ref") ELSE NULL END) WHEN ("U2"."category_type" IN (%s)) THEN json_build_object() ELSE NULL END AS "_j"
    FROM "stepwell_userextravalue" "U0"
    INNER JOIN "stepwell_extracategory" "U2" ON ("U0"."category_id" = "U2"."id")
    LEFT OUTER JOIN "stepwell_choice" "U4" ON ("U0"."choice_id" = "U4"."id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."archived_at" IS NULL AND "U0"."owner_id" = ("stepwell_user"."id"))
    ORDER BY "U2"."position" ASC, "U2"."title" ASC, "U4"."position" ASC, "U0"."id" ASC) _s)))::text AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "U0"."id" AS "pk"
    FROM "stepwell_user" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."archived_at" IS NULL)) _c) AS "_n"
FROM "stepwell_user"
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."archived_at" IS NULL)
ORDER BY "stepwell_user"."name_key" ASC, "stepwell_user"."id" ASC
LIMIT 4

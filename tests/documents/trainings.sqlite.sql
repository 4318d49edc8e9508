SELECT "stepwell_extracategory"."organisation_id", "stepwell_extracategory"."id", "stepwell_extracategory"."ref", "stepwell_extracategory"."title", "stepwell_extracategory"."category_type", "stepwell_extracategory"."for_model_types", "stepwell_extracategory"."allow_new_options", "stepwell_extracategory"."filter", "stepwell_extracategory"."show_label", "stepwell_extracategory"."color", "stepwell_extracategory"."position", "stepwell_extracategory"."archived_at", "stepwell_extracategory"."created_at", "stepwell_extracategory"."updated_at"
FROM "stepwell_extracategory"
WHERE ("stepwell_extracategory"."organisation_id" = %s AND "stepwell_extracategory"."archived_at" IS NULL AND "stepwell_extracategory"."ref" = %s)
ORDER BY "stepwell_extracategory"."id" ASC
LIMIT 1

SELECT json_object('id', "stepwell_training"."id", 'ref', "stepwell_training"."ref", 'title', "stepwell_training"."title", 'isEditable', json(CASE %s WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'participants', (
  SELECT CASE WHEN count(*) >= 0 THEN json_object('count', (
    SELECT count(*)
    FROM (
      SELECT "U0"."id" AS "pk"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_user" "U2" ON ("U0"."user_id" = "U2"."id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."role" = %s AND "U2"."archived_at" IS NULL AND "U0"."training_id" = ("stepwell_training"."id"))) _c), 'edges', json_group_array(json_object('node', json(_p._j))) FILTER (WHERE _p._r <= 2)) END
  FROM (
    SELECT _q.*, row_number() OVER () AS _r, count(*) OVER () AS _n
    FROM (
      SELECT json_object('name', "U2"."name", 'progress', "U0"."progress", 'status', "U0"."status") AS "_j"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_user" "U2" ON ("U0"."user_id" = "U2"."id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."role" = %s AND "U2"."archived_at" IS NULL AND "U0"."training_id" = ("stepwell_training"."id"))
      ORDER BY "U2"."name_key" ASC, "U0"."id" ASC
      LIMIT 3) _q) _p), 'trainers', (
  SELECT CASE WHEN count(*) >= 0 THEN json_object('edges', json_group_array(json_object('node', json(_p._j))) FILTER (WHERE _p._r <= 2)) END
  FROM (
    SELECT _q.*, row_number() OVER () AS _r, count(*) OVER () AS _n
    FROM (
      SELECT json_object('name', "U2"."name") AS "_j"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_user" "U2" ON ("U0"."user_id" = "U2"."id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."role" = %s AND "U2"."archived_at" IS NULL AND "U0"."training_id" = ("stepwell_training"."id"))
      ORDER BY "U2"."name_key" ASC, "U0"."id" ASC
      LIMIT 3) _q) _p)) AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "V0"."id" AS "pk"
    FROM "stepwell_training" "V0"
    WHERE ("V0"."organisation_id" = %s AND "V0"."search_key" LIKE '%%' || REPLACE(REPLACE(REPLACE(%s, '\', '\\'), '%%', '\%%'), '_', '\_') || '%%' ESCAPE '\' AND "V0"."is_active" = %s AND "V0"."archived_at" IS NULL AND "V0"."id" IN (
      SELECT "U0"."owner_id" AS "owner"
      FROM "stepwell_trainingextravalue" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."category_id" = %s AND "U0"."string_key" IN (%s))))) _c) AS "_n"
FROM "stepwell_training"
WHERE ("stepwell_training"."organisation_id" = %s AND "stepwell_training"."search_key" LIKE '%%' || REPLACE(REPLACE(REPLACE(%s, '\', '\\'), '%%', '\%%'), '_', '\_') || '%%' ESCAPE '\' AND "stepwell_training"."is_active" = %s AND "stepwell_training"."archived_at" IS NULL AND "stepwell_training"."id" IN (
  SELECT "U0"."owner_id" AS "owner"
  FROM "stepwell_trainingextravalue" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."category_id" = %s AND "U0"."string_key" IN (%s))))
ORDER BY "stepwell_training"."created_at" DESC, "stepwell_training"."id" DESC
LIMIT 11

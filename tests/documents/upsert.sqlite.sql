SAVEPOINT savepoint

SAVEPOINT savepoint

SELECT "stepwell_user"."password", "stepwell_user"."last_login", "stepwell_user"."organisation_id", "stepwell_user"."id", "stepwell_user"."ref", "stepwell_user"."email", "stepwell_user"."email_key", "stepwell_user"."name", "stepwell_user"."name_key", "stepwell_user"."search_key", "stepwell_user"."roles", "stepwell_user"."language", "stepwell_user"."is_active", "stepwell_user"."archived_at", "stepwell_user"."invited_at", "stepwell_user"."profile_image_id", "stepwell_user"."created_at", "stepwell_user"."updated_at"
FROM "stepwell_user"
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."email_key" IN (%s))
ORDER BY "stepwell_user"."id" ASC

SELECT "stepwell_group"."organisation_id", "stepwell_group"."id", "stepwell_group"."ref", "stepwell_group"."name", "stepwell_group"."name_key", "stepwell_group"."search_key", "stepwell_group"."max_users", "stepwell_group"."enable_chat", "stepwell_group"."is_editable", "stepwell_group"."rule", "stepwell_group"."created_at", "stepwell_group"."updated_at"
FROM "stepwell_group"
WHERE ("stepwell_group"."organisation_id" = %s AND "stepwell_group"."ref" IN (%s))

UPDATE "stepwell_user"
SET "ref" = %s, "email" = %s, "email_key" = %s, "name" = %s, "name_key" = %s, "search_key" = %s, "roles" = %s, "language" = %s, "is_active" = %s, "archived_at" = %s, "profile_image_id" = %s, "updated_at" = %s
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."id" = %s)

SELECT "stepwell_membership"."group_id" AS "group_id", "stepwell_membership"."user_id" AS "user_id", "stepwell_membership"."id" AS "pk", "stepwell_membership"."by_hand" AS "by_hand", "stepwell_membership"."by_rule" AS "by_rule"
FROM "stepwell_membership"
WHERE ("stepwell_membership"."organisation_id" = %s AND "stepwell_membership"."group_id" IN (
  SELECT value
  FROM json_each(%s)) AND "stepwell_membership"."user_id" >= %s AND "stepwell_membership"."user_id" <= %s AND "stepwell_membership"."user_id" IN (
  SELECT value
  FROM json_each(%s)))

SELECT "stepwell_group"."organisation_id", "stepwell_group"."id", "stepwell_group"."ref", "stepwell_group"."name", "stepwell_group"."name_key", "stepwell_group"."search_key", "stepwell_group"."max_users", "stepwell_group"."enable_chat", "stepwell_group"."is_editable", "stepwell_group"."rule", "stepwell_group"."created_at", "stepwell_group"."updated_at"
FROM "stepwell_group"
WHERE ("stepwell_group"."organisation_id" = %s AND "stepwell_group"."id" IN (%s))
ORDER BY "stepwell_group"."id" ASC

SELECT "stepwell_membership"."group_id" AS "group_id", "stepwell_membership"."user_id" AS "user_id", "stepwell_membership"."id" AS "pk", "stepwell_membership"."by_hand" AS "by_hand", "stepwell_membership"."by_rule" AS "by_rule"
FROM "stepwell_membership"
WHERE ("stepwell_membership"."organisation_id" = %s AND "stepwell_membership"."group_id" IN (
  SELECT value
  FROM json_each(%s)) AND "stepwell_membership"."user_id" >= %s AND "stepwell_membership"."user_id" <= %s AND "stepwell_membership"."user_id" IN (
  SELECT value
  FROM json_each(%s)))

SELECT "stepwell_user"."id" AS "pk", "stepwell_user"."ref" AS "ref", "stepwell_user"."name" AS "name", "stepwell_user"."archived_at" AS "archived_at", "stepwell_user"."created_at" AS "created_at"
FROM "stepwell_user"
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."id" >= %s AND "stepwell_user"."id" <= %s AND "stepwell_user"."id" IN (
  SELECT value
  FROM json_each(%s)))

INSERT INTO "stepwell_membership" ("organisation_id", "id", "group_id", "user_id", "by_hand", "by_rule", "created_at")
VALUES (%s, %s, %s, %s, %s, %s, %s)

SELECT "stepwell_traininggroup"."training_id" AS "training_id"
FROM "stepwell_traininggroup"
WHERE ("stepwell_traininggroup"."organisation_id" = %s AND "stepwell_traininggroup"."group_id" IN (
  SELECT value
  FROM json_each(%s)))

RELEASE SAVEPOINT savepoint

SELECT "stepwell_userextravalue"."owner_id" AS "owner", "stepwell_userextravalue"."category_id" AS "category", "stepwell_extracategory"."title" AS "category__title", "stepwell_extracategory"."ref" AS "category__ref", "stepwell_extracategory"."category_type" AS "category__category_type", "stepwell_userextravalue"."string_value" AS "string_value", "stepwell_userextravalue"."datetime_value" AS "datetime_value", "stepwell_userextravalue"."boolean_value" AS "boolean_value", "stepwell_choice"."string_value" AS "choice__string_value"
FROM "stepwell_userextravalue"
INNER JOIN "stepwell_extracategory" ON ("stepwell_userextravalue"."category_id" = "stepwell_extracategory"."id")
LEFT OUTER JOIN "stepwell_choice" ON ("stepwell_userextravalue"."choice_id" = "stepwell_choice"."id")
WHERE ("stepwell_userextravalue"."organisation_id" = %s AND "stepwell_extracategory"."archived_at" IS NULL AND "stepwell_userextravalue"."owner_id" IN (%s))
ORDER BY "stepwell_extracategory"."position" ASC, 3 ASC, 2 ASC, "stepwell_choice"."position" ASC, "stepwell_userextravalue"."id" ASC

UPDATE stepwell_organisation
SET event_count = event_count + %s
WHERE id = %s
RETURNING event_count

INSERT INTO "stepwell_event" ("organisation_id", "id", "sequence", "type", "subject_id", "subject_ref", "actor_kind", "actor_id", "actor_name", "payload", "occurred_at", "told_at")
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s), (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

RELEASE SAVEPOINT savepoint

SELECT "stepwell_user"."id" AS "pk", json_object('id', "stepwell_user"."id", 'ref', "stepwell_user"."ref", 'name', "stepwell_user"."name", 'updatedAt', substr("stepwell_user"."updated_at", 1, 10) || 'T' || substr("stepwell_user"."updated_at", 12, 8) || '.' || substr(substr("stepwell_user"."updated_at", 21, 3) || '000', 1, 3) || 'Z', 'groupCount', COALESCE((
  SELECT COUNT("U0"."id") AS "n"
  FROM "stepwell_membership" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."user_id" = ("stepwell_user"."id"))
  GROUP BY "U0"."user_id"), %s), 'participantGroups', (
  SELECT json_group_array(json(_s._j))
  FROM (
    SELECT json_object('ref', "V0"."ref", 'name', "V0"."name", 'userCount', COALESCE((
      SELECT COUNT("U0"."id") AS "n"
      FROM "stepwell_membership" "U0"
      INNER JOIN "stepwell_user" "U3" ON ("U0"."user_id" = "U3"."id")
      WHERE ("U0"."organisation_id" = %s AND "U0"."group_id" = ("V0"."id") AND "U3"."archived_at" IS NULL)
      GROUP BY "U0"."group_id"), %s)) AS "_j"
    FROM "stepwell_group" "V0"
    INNER JOIN "stepwell_membership" "V2" ON ("V0"."id" = "V2"."group_id")
    WHERE ("V0"."organisation_id" = %s AND "V2"."organisation_id" = ("stepwell_user"."organisation_id") AND "V2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "V0"."name_key" ASC, "V0"."id" ASC) _s)) AS "_j"
FROM "stepwell_user"
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."id" IN (
  SELECT value
  FROM json_each(%s)))

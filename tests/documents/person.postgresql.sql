SELECT (json_build_object('id', "stepwell_user"."id", 'ref', "stepwell_user"."ref", 'email', "stepwell_user"."email", 'name', "stepwell_user"."name", 'archived', ("stepwell_user"."archived_at" IS NOT NULL)::boolean, 'isActive', "stepwell_user"."is_active", 'roles', ("stepwell_user"."roles")::json, 'language', "stepwell_user"."language", 'lastLogin', to_char("stepwell_user"."last_login" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'createdAt', to_char("stepwell_user"."created_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'hasPassword', ((NOT ("stepwell_user"."password" = %s) AND NOT ("stepwell_user"."password"::text LIKE %s)))::boolean, 'profileImage', CASE WHEN "stepwell_user"."profile_image_id" IS NOT NULL THEN json_build_object('name', "stepwell_storedfile"."name") ELSE NULL END, 'participantGroups', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('ref', "U0"."ref") AS "_j"
    FROM "stepwell_group" "U0"
    INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."group_id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."organisation_id" = ("stepwell_user"."organisation_id") AND "U2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "U0"."name_key" ASC, "U0"."id" ASC) _s), 'trainings', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('ref', "U0"."ref", 'isActive', "U0"."is_active") AS "_j"
    FROM "stepwell_training" "U0"
    INNER JOIN "stepwell_traininguser" "U2" ON ("U0"."id" = "U2"."training_id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."role" = %s AND ("U2"."by_hand" OR "U2"."by_group" OR "U2"."by_enrollment") AND "U2"."organisation_id" = ("stepwell_user"."organisation_id") AND "U2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "U0"."title_key" ASC, "U0"."id" ASC) _s)))::text AS "_j"
FROM "stepwell_user"
LEFT OUTER JOIN "stepwell_storedfile" ON ("stepwell_user"."profile_image_id" = "stepwell_storedfile"."id")
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."ref" = %s)

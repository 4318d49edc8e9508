SELECT json_object('id', "stepwell_user"."id", 'ref', "stepwell_user"."ref", 'email', "stepwell_user"."email", 'name', "stepwell_user"."name", 'archived', json(CASE "stepwell_user"."archived_at" IS NOT NULL WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'isActive', json(CASE "stepwell_user"."is_active" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'roles', json("stepwell_user"."roles"), 'language', "stepwell_user"."language", 'lastLogin', substr("stepwell_user"."last_login", 1, 10) || 'T' || substr("stepwell_user"."last_login", 12, 8) || '.' || substr(substr("stepwell_user"."last_login", 21, 3) || '000', 1, 3) || 'Z', 'createdAt', substr("stepwell_user"."created_at", 1, 10) || 'T' || substr("stepwell_user"."created_at", 12, 8) || '.' || substr(substr("stepwell_user"."created_at", 21, 3) || '000', 1, 3) || 'Z', 'hasPassword', json(CASE (NOT ("stepwell_user"."password" = %s) AND NOT ("stepwell_user"."password" LIKE %s ESCAPE '\')) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'profileImage', CASE WHEN "stepwell_user"."profile_image_id" IS NOT NULL THEN json_object('name', "stepwell_storedfile"."name") ELSE NULL END, 'participantGroups', (
  SELECT json_group_array(json(_s._j))
  FROM (
    SELECT json_object('ref', "U0"."ref") AS "_j"
    FROM "stepwell_group" "U0"
    INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."group_id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."organisation_id" = ("stepwell_user"."organisation_id") AND "U2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "U0"."name_key" ASC, "U0"."id" ASC) _s), 'trainings', (
  SELECT json_group_array(json(_s._j))
  FROM (
    SELECT json_object('ref', "U0"."ref", 'isActive', json(CASE "U0"."is_active" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)) AS "_j"
    FROM "stepwell_training" "U0"
    INNER JOIN "stepwell_traininguser" "U2" ON ("U0"."id" = "U2"."training_id")
    WHERE ("U0"."organisation_id" = %s AND "U2"."role" = %s AND ("U2"."by_hand" = %s OR "U2"."by_group" = %s OR "U2"."by_enrollment" = %s) AND "U2"."organisation_id" = ("stepwell_user"."organisation_id") AND "U2"."user_id" = ("stepwell_user"."id"))
    ORDER BY "U0"."title_key" ASC, "U0"."id" ASC) _s)) AS "_j"
FROM "stepwell_user"
LEFT OUTER JOIN "stepwell_storedfile" ON ("stepwell_user"."profile_image_id" = "stepwell_storedfile"."id")
WHERE ("stepwell_user"."organisation_id" = %s AND "stepwell_user"."ref" = %s)

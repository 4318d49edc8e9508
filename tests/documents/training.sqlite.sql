WITH trainings_learnt_in(_v) AS NOT MATERIALIZED (
  SELECT "stepwell_traininguser"."training_id" AS "training"
  FROM "stepwell_traininguser"
  WHERE ("stepwell_traininguser"."organisation_id" = %s AND ("stepwell_traininguser"."by_hand" = %s OR "stepwell_traininguser"."by_group" = %s OR "stepwell_traininguser"."by_enrollment" = %s) AND "stepwell_traininguser"."role" = %s AND "stepwell_traininguser"."user_id" = %s)), trainings_taught_in(_v) AS NOT MATERIALIZED (
  SELECT "stepwell_traininguser"."training_id" AS "training"
  FROM "stepwell_traininguser"
  WHERE ("stepwell_traininguser"."organisation_id" = %s AND ("stepwell_traininguser"."by_hand" = %s OR "stepwell_traininguser"."by_group" = %s OR "stepwell_traininguser"."by_enrollment" = %s) AND "stepwell_traininguser"."role" IN (%s, %s) AND "stepwell_traininguser"."user_id" = %s)), closed_to(_v) AS NOT MATERIALIZED (
  SELECT "stepwell_modulegroup"."id" AS "pk"
  FROM "stepwell_modulegroup"
  WHERE ("stepwell_modulegroup"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM trainings_learnt_in
    WHERE trainings_learnt_in._v = "stepwell_modulegroup"."training_id") AND NOT (NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND (("U0"."effect" = %s AND COALESCE(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END, %s) > (STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')) AND "U2"."match" = %s) OR ("U0"."effect" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END <= (STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')))))
    LIMIT 1) AND (NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s)
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END <= (STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')))
    LIMIT 1))) AND NOT (EXISTS (
    SELECT 1
    FROM trainings_taught_in
    WHERE trainings_taught_in._v = "stepwell_modulegroup"."training_id"))))
SELECT json_object('id', "stepwell_training"."id", 'title', "stepwell_training"."title", 'userData', json((
  SELECT json_object('progress', "V0"."progress", 'score', ("V0"."score_hundredths" / %s), 'status', "V0"."status", 'startedAt', substr("V0"."started_at", 1, 10) || 'T' || substr("V0"."started_at", 12, 8) || '.' || substr(substr("V0"."started_at", 21, 3) || '000', 1, 3) || 'Z', 'completedAt', substr("V0"."completed_at", 1, 10) || 'T' || substr("V0"."completed_at", 12, 8) || '.' || substr(substr("V0"."completed_at", 21, 3) || '000', 1, 3) || 'Z', 'timeSpent', json_object('days', ("V0"."seconds_spent" / %s), 'seconds', ("V0"."seconds_spent" %% %s))) AS "_j"
  FROM "stepwell_traininguser" "V0"
  INNER JOIN "stepwell_training" "V3" ON ("V0"."training_id" = "V3"."id")
  WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = %s)
    LIMIT 1) AND ("V0"."by_hand" = %s OR "V0"."by_group" = %s OR "V0"."by_enrollment" = %s) AND ("V0"."role" = %s OR ("V0"."role" = %s AND "V3"."show_participants" = %s)))) AND "V0"."role" = %s AND "V0"."user_id" = %s AND "V0"."training_id" = ("stepwell_training"."id") AND "V0"."user_id" = %s))), 'moduleGroups', (
  SELECT json_group_array(json(_s._j))
  FROM (
    SELECT json_object('ref', "X0"."ref", 'title', "X0"."title", 'match', "X0"."match", 'isOpen', json(CASE (NOT (EXISTS (
      SELECT 1
      FROM closed_to
      WHERE closed_to._v = "X0"."id"))) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'lockState', json((
      SELECT json_object('isOpen', json(CASE (NOT EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_condition" "U0"
        INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND (("U0"."effect" = %s AND COALESCE(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END, %s) > (STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')) AND "U2"."match" = %s) OR ("U0"."effect" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END <= (STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')))))
        LIMIT 1) AND (NOT EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_condition" "U0"
        INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s)
        LIMIT 1) OR EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_condition" "U0"
        INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END <= (STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')))
        LIMIT 1))) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'opensAt', substr((
        SELECT CASE WHEN ("U2"."match" = %s) THEN MIN(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) WHEN (COUNT(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) = (COUNT("U0"."id"))) THEN MAX(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) ELSE NULL END AS "opens"
        FROM "stepwell_condition" "U0"
        LEFT OUTER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        LEFT OUTER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s)
        GROUP BY "U0"."module_group_id", "U2"."match"), 1, 10) || 'T' || substr((
        SELECT CASE WHEN ("U2"."match" = %s) THEN MIN(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) WHEN (COUNT(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) = (COUNT("U0"."id"))) THEN MAX(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) ELSE NULL END AS "opens"
        FROM "stepwell_condition" "U0"
        LEFT OUTER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        LEFT OUTER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s)
        GROUP BY "U0"."module_group_id", "U2"."match"), 12, 8) || '.' || substr(substr((
        SELECT CASE WHEN ("U2"."match" = %s) THEN MIN(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) WHEN (COUNT(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) = (COUNT("U0"."id"))) THEN MAX(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) ELSE NULL END AS "opens"
        FROM "stepwell_condition" "U0"
        LEFT OUTER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        LEFT OUTER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s)
        GROUP BY "U0"."module_group_id", "U2"."match"), 21, 3) || '000', 1, 3) || 'Z', 'closesAt', substr((
        SELECT MIN(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) AS "first"
        FROM "stepwell_condition" "U0"
        INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s)
        GROUP BY "U0"."module_group_id"), 1, 10) || 'T' || substr((
        SELECT MIN(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) AS "first"
        FROM "stepwell_condition" "U0"
        INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s)
        GROUP BY "U0"."module_group_id"), 12, 8) || '.' || substr(substr((
        SELECT MIN(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END) AS "first"
        FROM "stepwell_condition" "U0"
        INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
        INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
        LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
        LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
        LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("V4"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U6"."started_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U6"."started_at", 20)) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr("U10"."completed_at", 1, 19), "U0"."delay_hours" || ' hours') || substr("U10"."completed_at", 20)) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s)
        GROUP BY "U0"."module_group_id"), 21, 3) || '000', 1, 3) || 'Z') AS "_j"
      FROM "stepwell_traininguser" "V0"
      INNER JOIN "stepwell_training" "V3" ON ("V0"."training_id" = "V3"."id")
      INNER JOIN "stepwell_modulegroup" "V4" ON ("V3"."id" = "V4"."training_id")
      WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR (EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_traininguser" "U0"
        WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = %s)
        LIMIT 1) AND ("V0"."by_hand" = %s OR "V0"."by_group" = %s OR "V0"."by_enrollment" = %s) AND ("V0"."role" = %s OR ("V0"."role" = %s AND "V3"."show_participants" = %s)))) AND "V0"."role" = %s AND "V0"."user_id" = %s AND "V4"."id" = ("X0"."id") AND "V3"."organisation_id" = ("X0"."organisation_id") AND "V0"."user_id" = %s))), 'conditions', (
      SELECT json_group_array(json(_s._j))
      FROM (
        SELECT json_object('kind', "W0"."kind", 'effect', "W0"."effect", 'delayHours', "W0"."delay_hours", 'neededModule', json((
          SELECT json_object('title', "V0"."title") AS "_j"
          FROM "stepwell_module" "V0"
          INNER JOIN "stepwell_modulegroup" "V2" ON ("V0"."module_group_id" = "V2"."id")
          WHERE ("V0"."organisation_id" = %s AND (EXISTS(
            SELECT %s AS "a"
            FROM "stepwell_traininguser" "U0"
            INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
            WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("V2"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
            LIMIT 1) OR EXISTS(
            SELECT %s AS "a"
            FROM "stepwell_trainingauthor" "U0"
            WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = %s)
            LIMIT 1)) AND "V2"."archived_at" IS NULL AND ("V2"."closed_display" = %s OR NOT (EXISTS (
            SELECT 1
            FROM closed_to
            WHERE closed_to._v = "V0"."module_group_id"))) AND "V0"."archived_at" IS NULL AND "V0"."id" = ("W0"."needed_module_id"))))) AS "_j"
        FROM "stepwell_condition" "W0"
        WHERE ("W0"."organisation_id" = %s AND "W0"."module_group_id" = ("X0"."id"))
        ORDER BY "W0"."position" ASC, "W0"."id" ASC) _s), 'modules', (
      SELECT json_group_array(json(_s._j))
      FROM (
        SELECT json_object('ref', "W0"."ref", 'kind', "W0"."kind", 'title', "W0"."title", 'isOpen', json(CASE (NOT (EXISTS (
          SELECT 1
          FROM closed_to
          WHERE closed_to._v = "W0"."module_group_id"))) WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'isRequired', json(CASE "W0"."is_required" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'userData', json((
          SELECT json_object('progress', "V0"."progress", 'score', ("V0"."score_hundredths" / %s), 'status', "V0"."status", 'passed', json(CASE "V0"."passed" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END), 'timeSpent', json_object('seconds', ("V0"."seconds_spent" %% %s))) AS "_j"
          FROM "stepwell_moduleprogress" "V0"
          WHERE ("V0"."organisation_id" = %s AND EXISTS(
            SELECT %s AS "a"
            FROM "stepwell_traininguser" "U0"
            WHERE ("U0"."organisation_id" = %s AND "U0"."user_id" = %s AND "U0"."role" = %s AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
            LIMIT 1) AND "V0"."module_id" = ("W0"."id") AND "V0"."user_id" = %s)))) AS "_j"
        FROM "stepwell_module" "W0"
        WHERE ("W0"."organisation_id" = %s AND "W0"."archived_at" IS NULL AND "W0"."module_group_id" = ("X0"."id"))
        ORDER BY "W0"."position" ASC, "W0"."id" ASC) _s)) AS "_j"
    FROM "stepwell_modulegroup" "X0"
    WHERE ("X0"."organisation_id" = %s AND (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("X0"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
      LIMIT 1) OR EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_trainingauthor" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("X0"."training_id") AND "U0"."user_id" = %s)
      LIMIT 1)) AND "X0"."archived_at" IS NULL AND ("X0"."closed_display" = %s OR NOT (EXISTS (
      SELECT 1
      FROM closed_to
      WHERE closed_to._v = "X0"."id"))) AND "X0"."training_id" = ("stepwell_training"."id"))
    ORDER BY "X0"."position" ASC, "X0"."id" ASC) _s)) AS "_j"
FROM "stepwell_training"
WHERE ("stepwell_training"."organisation_id" = %s AND (EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_traininguser" "U0"
  INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
  WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("stepwell_training"."id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_trainingauthor" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("stepwell_training"."id") AND "U0"."user_id" = %s)
  LIMIT 1)) AND "stepwell_training"."ref" = %s)

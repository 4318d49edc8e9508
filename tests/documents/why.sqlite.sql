SELECT "stepwell_traininguser"."organisation_id", "stepwell_traininguser"."id", "stepwell_traininguser"."training_id", "stepwell_traininguser"."user_id", "stepwell_traininguser"."role", "stepwell_traininguser"."by_hand", "stepwell_traininguser"."by_group", "stepwell_traininguser"."by_enrollment", "stepwell_traininguser"."progress", "stepwell_traininguser"."score_hundredths", "stepwell_traininguser"."status", "stepwell_traininguser"."seconds_spent", "stepwell_traininguser"."started_at", "stepwell_traininguser"."completed_at", "stepwell_traininguser"."last_activity_at", "stepwell_traininguser"."wakes_at", "stepwell_traininguser"."created_at"
FROM "stepwell_traininguser"
WHERE ("stepwell_traininguser"."organisation_id" = %s AND "stepwell_traininguser"."role" = %s AND "stepwell_traininguser"."user_id" = %s AND EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_training" "V0"
  WHERE ("V0"."organisation_id" = %s AND (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("V0"."id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_trainingauthor" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("V0"."id") AND "U0"."user_id" = %s)
    LIMIT 1)) AND "V0"."id" = ("stepwell_traininguser"."training_id"))
  LIMIT 1) AND "stepwell_traininguser"."training_id" = %s AND "stepwell_traininguser"."user_id" = %s)
ORDER BY "stepwell_traininguser"."id" ASC
LIMIT 1

SELECT "stepwell_moduleprogress"."organisation_id", "stepwell_moduleprogress"."id", "stepwell_moduleprogress"."user_id", "stepwell_moduleprogress"."training_id", "stepwell_moduleprogress"."module_id", "stepwell_moduleprogress"."course_version_id", "stepwell_moduleprogress"."progress", "stepwell_moduleprogress"."score_hundredths", "stepwell_moduleprogress"."passed", "stepwell_moduleprogress"."status", "stepwell_moduleprogress"."seconds_spent", "stepwell_moduleprogress"."started_at", "stepwell_moduleprogress"."completed_at", "stepwell_moduleprogress"."last_activity_at", "stepwell_moduleprogress"."state", "stepwell_courseversion"."organisation_id", "stepwell_courseversion"."id", "stepwell_courseversion"."course_id", "stepwell_courseversion"."number", "stepwell_courseversion"."published_at", "stepwell_courseversion"."created_at"
FROM "stepwell_moduleprogress"
LEFT OUTER JOIN "stepwell_courseversion" ON ("stepwell_moduleprogress"."course_version_id" = "stepwell_courseversion"."id")
WHERE ("stepwell_moduleprogress"."organisation_id" = %s AND "stepwell_moduleprogress"."training_id" = %s AND "stepwell_moduleprogress"."user_id" = %s)

SELECT "stepwell_module"."id" AS "pk"
FROM "stepwell_module"
INNER JOIN "stepwell_modulegroup" ON ("stepwell_module"."module_group_id" = "stepwell_modulegroup"."id")
WHERE ("stepwell_module"."organisation_id" = %s AND "stepwell_module"."archived_at" IS NULL AND "stepwell_module"."is_required" = %s AND "stepwell_modulegroup"."archived_at" IS NULL AND "stepwell_modulegroup"."training_id" = %s AND (EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_traininguser" "U0"
  INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
  WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_trainingauthor" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND "U0"."user_id" = %s)
  LIMIT 1)) AND "stepwell_modulegroup"."archived_at" IS NULL AND ("stepwell_modulegroup"."closed_display" = %s OR NOT (EXISTS (WITH trainings_learnt_in(_v) AS NOT MATERIALIZED (
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
  SELECT 1
  FROM closed_to
  WHERE closed_to._v = "stepwell_module"."module_group_id"))) AND "stepwell_module"."archived_at" IS NULL)
ORDER BY "stepwell_modulegroup"."position" ASC, "stepwell_module"."module_group_id" ASC, "stepwell_module"."position" ASC, 1 ASC

SELECT "stepwell_module"."organisation_id", "stepwell_module"."id", "stepwell_module"."module_group_id", "stepwell_module"."ref", "stepwell_module"."kind", "stepwell_module"."title", "stepwell_module"."description", "stepwell_module"."position", "stepwell_module"."is_required", "stepwell_module"."required_since", "stepwell_module"."weight", "stepwell_module"."settings", "stepwell_module"."course_id", "stepwell_module"."file_id", "stepwell_module"."archived_at", "stepwell_module"."created_at", "stepwell_module"."updated_at"
FROM "stepwell_module"
INNER JOIN "stepwell_modulegroup" ON ("stepwell_module"."module_group_id" = "stepwell_modulegroup"."id")
WHERE ("stepwell_module"."organisation_id" = %s AND "stepwell_module"."archived_at" IS NULL AND "stepwell_module"."is_required" = %s AND "stepwell_modulegroup"."archived_at" IS NULL AND "stepwell_modulegroup"."training_id" = %s)
ORDER BY "stepwell_modulegroup"."position" ASC, "stepwell_module"."module_group_id" ASC, "stepwell_module"."position" ASC, "stepwell_module"."id" ASC

SELECT "stepwell_modulegroup"."organisation_id", "stepwell_modulegroup"."id", "stepwell_modulegroup"."training_id", "stepwell_modulegroup"."ref", "stepwell_modulegroup"."title", "stepwell_modulegroup"."description", "stepwell_modulegroup"."position", "stepwell_modulegroup"."match", "stepwell_modulegroup"."closed_display", "stepwell_modulegroup"."mails", "stepwell_modulegroup"."archived_at", "stepwell_modulegroup"."created_at", "stepwell_modulegroup"."updated_at"
FROM "stepwell_modulegroup"
WHERE ("stepwell_modulegroup"."organisation_id" = %s AND (EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_traininguser" "U0"
  INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
  WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_trainingauthor" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND "U0"."user_id" = %s)
  LIMIT 1)) AND "stepwell_modulegroup"."archived_at" IS NULL AND ("stepwell_modulegroup"."closed_display" = %s OR NOT (EXISTS (WITH trainings_learnt_in(_v) AS NOT MATERIALIZED (
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
  SELECT 1
  FROM closed_to
  WHERE closed_to._v = "stepwell_modulegroup"."id"))) AND "stepwell_modulegroup"."ref" = %s)
ORDER BY "stepwell_modulegroup"."id" ASC
LIMIT 1

SELECT "stepwell_traininguser"."organisation_id", "stepwell_traininguser"."id", "stepwell_traininguser"."training_id", "stepwell_traininguser"."user_id", "stepwell_traininguser"."role", "stepwell_traininguser"."by_hand", "stepwell_traininguser"."by_group", "stepwell_traininguser"."by_enrollment", "stepwell_traininguser"."progress", "stepwell_traininguser"."score_hundredths", "stepwell_traininguser"."status", "stepwell_traininguser"."seconds_spent", "stepwell_traininguser"."started_at", "stepwell_traininguser"."completed_at", "stepwell_traininguser"."last_activity_at", "stepwell_traininguser"."wakes_at", "stepwell_traininguser"."created_at"
FROM "stepwell_traininguser"
WHERE ("stepwell_traininguser"."organisation_id" = %s AND "stepwell_traininguser"."user_id" = %s AND ("stepwell_traininguser"."by_hand" = %s OR "stepwell_traininguser"."by_group" = %s OR "stepwell_traininguser"."by_enrollment" = %s) AND "stepwell_traininguser"."role" = %s AND "stepwell_traininguser"."training_id" = %s AND "stepwell_traininguser"."user_id" = %s)
ORDER BY "stepwell_traininguser"."id" ASC
LIMIT 1

SELECT "stepwell_condition"."module_group_id" AS "module_group_id", "stepwell_condition"."kind" AS "kind", "stepwell_condition"."effect" AS "effect", "stepwell_condition"."at" AS "at", "stepwell_condition"."delay_hours" AS "delay_hours", "stepwell_condition"."needed_module_id" AS "needed_module_id", "stepwell_lesson"."key" AS "needed_lesson__key", "stepwell_condition"."min_score" AS "min_score", "stepwell_condition"."max_score" AS "max_score", "stepwell_module"."archived_at" AS "needed_module__archived_at", "T6"."archived_at" AS "needed_module__module_group__archived_at", "stepwell_lesson"."archived_at" AS "needed_lesson__archived_at", "stepwell_section"."archived_at" AS "needed_lesson__section__archived_at"
FROM "stepwell_condition"
LEFT OUTER JOIN "stepwell_module" ON ("stepwell_condition"."needed_module_id" = "stepwell_module"."id")
LEFT OUTER JOIN "stepwell_lesson" ON ("stepwell_condition"."needed_lesson_id" = "stepwell_lesson"."id")
LEFT OUTER JOIN "stepwell_modulegroup" "T6" ON ("stepwell_module"."module_group_id" = "T6"."id")
LEFT OUTER JOIN "stepwell_section" ON ("stepwell_lesson"."section_id" = "stepwell_section"."id")
WHERE ("stepwell_condition"."organisation_id" = %s AND "stepwell_condition"."module_group_id" IN (%s))
ORDER BY "stepwell_condition"."position" ASC, "stepwell_condition"."id" ASC

SELECT "stepwell_moduleprogress"."module_id" AS "module_id", "stepwell_moduleprogress"."completed_at" AS "completed_at", "stepwell_moduleprogress"."score_hundredths" AS "score_hundredths"
FROM "stepwell_moduleprogress"
WHERE ("stepwell_moduleprogress"."organisation_id" = %s AND "stepwell_moduleprogress"."training_id" = %s AND "stepwell_moduleprogress"."user_id" = %s)

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
SELECT "stepwell_module"."id" AS "pk", json_object('title', "stepwell_module"."title") AS "_j"
FROM "stepwell_module"
INNER JOIN "stepwell_modulegroup" ON ("stepwell_module"."module_group_id" = "stepwell_modulegroup"."id")
WHERE ("stepwell_module"."organisation_id" = %s AND (EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_traininguser" "U0"
  INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
  WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_trainingauthor" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND "U0"."user_id" = %s)
  LIMIT 1)) AND "stepwell_modulegroup"."archived_at" IS NULL AND ("stepwell_modulegroup"."closed_display" = %s OR NOT (EXISTS (
  SELECT 1
  FROM closed_to
  WHERE closed_to._v = "stepwell_module"."module_group_id"))) AND "stepwell_module"."archived_at" IS NULL AND "stepwell_module"."id" IN (
  SELECT value
  FROM json_each(%s)))

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
SELECT "stepwell_modulegroup"."id" AS "pk", json_object('title', "stepwell_modulegroup"."title") AS "_j"
FROM "stepwell_modulegroup"
WHERE ("stepwell_modulegroup"."organisation_id" = %s AND (EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_traininguser" "U0"
  INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
  WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" = %s OR "U0"."by_group" = %s OR "U0"."by_enrollment" = %s) AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" = %s AND "U0"."user_id" = %s)))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_trainingauthor" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("stepwell_modulegroup"."training_id") AND "U0"."user_id" = %s)
  LIMIT 1)) AND "stepwell_modulegroup"."archived_at" IS NULL AND ("stepwell_modulegroup"."closed_display" = %s OR NOT (EXISTS (
  SELECT 1
  FROM closed_to
  WHERE closed_to._v = "stepwell_modulegroup"."id"))) AND "stepwell_modulegroup"."id" IN (
  SELECT value
  FROM json_each(%s)))

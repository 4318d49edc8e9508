WITH trainings_learnt_in(_v) AS MATERIALIZED (
  SELECT "stepwell_traininguser"."training_id" AS "training"
  FROM "stepwell_traininguser"
  WHERE ("stepwell_traininguser"."organisation_id" = %s AND ("stepwell_traininguser"."by_hand" OR "stepwell_traininguser"."by_group" OR "stepwell_traininguser"."by_enrollment") AND "stepwell_traininguser"."role" = %s AND "stepwell_traininguser"."user_id" = %s)), trainings_taught_in(_v) AS MATERIALIZED (
  SELECT "stepwell_traininguser"."training_id" AS "training"
  FROM "stepwell_traininguser"
  WHERE ("stepwell_traininguser"."organisation_id" = %s AND ("stepwell_traininguser"."by_hand" OR "stepwell_traininguser"."by_group" OR "stepwell_traininguser"."by_enrollment") AND "stepwell_traininguser"."role" IN (%s, %s) AND "stepwell_traininguser"."user_id" = %s)), closed_to(_v) AS MATERIALIZED (
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
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END IS NOT NULL) AND (("U0"."effect" = %s AND COALESCE(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END, %s) > (STATEMENT_TIMESTAMP()) AND "U2"."match" = %s) OR ("U0"."effect" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END <= (STATEMENT_TIMESTAMP()))))
    LIMIT 1) AND (NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s)
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END <= (STATEMENT_TIMESTAMP()))
    LIMIT 1))) AND NOT (EXISTS (
    SELECT 1
    FROM trainings_taught_in
    WHERE trainings_taught_in._v = "stepwell_modulegroup"."training_id")))), groups_taught_by(_v) AS MATERIALIZED (
  SELECT "stepwell_modulegroup"."id" AS "pk"
  FROM "stepwell_modulegroup"
  WHERE ("stepwell_modulegroup"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM trainings_taught_in
    WHERE trainings_taught_in._v = "stepwell_modulegroup"."training_id"))), courses_taught_by(_v) AS MATERIALIZED (
  SELECT "stepwell_module"."course_id" AS "course"
  FROM "stepwell_module"
  WHERE ("stepwell_module"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM groups_taught_by
    WHERE groups_taught_by._v = "stepwell_module"."module_group_id") AND "stepwell_module"."course_id" IS NOT NULL)), groups_learnt_by(_v) AS MATERIALIZED (
  SELECT "stepwell_modulegroup"."id" AS "pk"
  FROM "stepwell_modulegroup"
  INNER JOIN "stepwell_training" ON ("stepwell_modulegroup"."training_id" = "stepwell_training"."id")
  WHERE ("stepwell_modulegroup"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM trainings_learnt_in
    WHERE trainings_learnt_in._v = "stepwell_modulegroup"."training_id") AND NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END IS NOT NULL) AND (("U0"."effect" = %s AND COALESCE(CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END, %s) > (STATEMENT_TIMESTAMP()) AND "U2"."match" = %s) OR ("U0"."effect" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END <= (STATEMENT_TIMESTAMP()))))
    LIMIT 1) AND (NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s)
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_condition" "U0"
    INNER JOIN "stepwell_modulegroup" "U2" ON ("U0"."module_group_id" = "U2"."id")
    INNER JOIN "stepwell_training" "U3" ON ("U2"."training_id" = "U3"."id")
    LEFT OUTER JOIN "stepwell_traininguser" "U6" ON ("U3"."id" = "U6"."training_id" AND (("U6"."organisation_id" = ("U0"."organisation_id") AND "U6"."role" = %s AND "U6"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_module" "U7" ON ("U0"."needed_module_id" = "U7"."id")
    LEFT OUTER JOIN "stepwell_moduleprogress" "U10" ON ("U7"."id" = "U10"."module_id" AND (("U10"."organisation_id" = ("U0"."organisation_id") AND "U10"."user_id" = %s)))
    LEFT OUTER JOIN "stepwell_modulegroup" "U11" ON ("U7"."module_group_id" = "U11"."id")
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_group_id" = ("stepwell_modulegroup"."id") AND (("U7"."archived_at" IS NULL AND "U11"."archived_at" IS NULL) OR CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END IS NOT NULL) AND "U0"."effect" = %s AND "U2"."match" = %s AND CASE WHEN ("U0"."kind" = %s) THEN "U0"."at" WHEN ("U0"."kind" = %s) THEN (CASE WHEN ("U6"."started_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U6"."started_at") + make_interval(hours => "U0"."delay_hours") END) WHEN (COALESCE("U10"."score_hundredths", %s) >= (COALESCE("U0"."min_score", ("U0"."max_score" * %s), %s) * %s) AND COALESCE("U10"."score_hundredths", %s) <= (COALESCE("U0"."max_score", %s) * %s) AND "U0"."kind" = %s) THEN (CASE WHEN ("U10"."completed_at") < timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => "U0"."delay_hours") THEN ("U10"."completed_at") + make_interval(hours => "U0"."delay_hours") END) ELSE NULL END <= (STATEMENT_TIMESTAMP()))
    LIMIT 1)) AND "stepwell_modulegroup"."archived_at" IS NULL AND "stepwell_training"."archived_at" IS NULL AND "stepwell_training"."is_active")), modules_learnt_by(_v) AS MATERIALIZED (
  SELECT "stepwell_module"."id" AS "pk"
  FROM "stepwell_module"
  WHERE ("stepwell_module"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM groups_learnt_by
    WHERE groups_learnt_by._v = "stepwell_module"."module_group_id") AND "stepwell_module"."archived_at" IS NULL AND "stepwell_module"."course_id" IS NOT NULL)), lessons_open_to(_v) AS MATERIALIZED (
  SELECT "stepwell_lessonaccess"."lesson_id" AS "lesson"
  FROM "stepwell_lessonaccess"
  WHERE ("stepwell_lessonaccess"."organisation_id" = %s AND ("stepwell_lessonaccess"."opens_at" IS NULL OR "stepwell_lessonaccess"."opens_at" <= (STATEMENT_TIMESTAMP())) AND ("stepwell_lessonaccess"."closes_at" IS NULL OR "stepwell_lessonaccess"."closes_at" > (STATEMENT_TIMESTAMP())) AND EXISTS (
    SELECT 1
    FROM modules_learnt_by
    WHERE modules_learnt_by._v = "stepwell_lessonaccess"."module_id") AND "stepwell_lessonaccess"."user_id" = %s)), versions_begun_by(_v) AS MATERIALIZED (
  SELECT "stepwell_moduleprogress"."course_version_id" AS "course_version"
  FROM "stepwell_moduleprogress"
  WHERE ("stepwell_moduleprogress"."organisation_id" = %s AND "stepwell_moduleprogress"."course_version_id" IS NOT NULL AND "stepwell_moduleprogress"."user_id" = %s AND EXISTS (
    SELECT 1
    FROM modules_learnt_by
    WHERE modules_learnt_by._v = "stepwell_moduleprogress"."module_id"))), courses_to_begin(_v) AS MATERIALIZED (
  SELECT "stepwell_module"."course_id" AS "course"
  FROM "stepwell_module"
  WHERE ("stepwell_module"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM modules_learnt_by
    WHERE modules_learnt_by._v = "stepwell_module"."id") AND NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_moduleprogress" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."course_version_id" IS NOT NULL AND "U0"."user_id" = %s AND "U0"."module_id" = ("stepwell_module"."id"))
    LIMIT 1))), courses_learnt_by(_v) AS MATERIALIZED (
  SELECT "stepwell_module"."course_id" AS "course"
  FROM "stepwell_module"
  WHERE ("stepwell_module"."organisation_id" = %s AND EXISTS (
    SELECT 1
    FROM modules_learnt_by
    WHERE modules_learnt_by._v = "stepwell_module"."id")))
SELECT (json_build_object('title', "stepwell_course"."title", 'authors', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('name', "V3"."name") AS "_j"
    FROM "stepwell_courseauthor" "V0"
    INNER JOIN "stepwell_user" "V3" ON ("V0"."user_id" = "V3"."id")
    WHERE ("V0"."organisation_id" = %s AND %s AND "V0"."course_id" = ("stepwell_course"."id"))
    ORDER BY "V3"."name_key" ASC, "V0"."id" ASC) _s), 'modules', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('id', "V0"."id", 'trainingId', "V2"."training_id", 'title', "V0"."title") AS "_j"
    FROM "stepwell_module" "V0"
    INNER JOIN "stepwell_modulegroup" "V2" ON ("V0"."module_group_id" = "V2"."id")
    INNER JOIN "stepwell_training" "V3" ON ("V2"."training_id" = "V3"."id")
    WHERE ("V0"."organisation_id" = %s AND (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."training_id" = ("V2"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" AND "U0"."user_id" = %s)))
      LIMIT 1) OR EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_trainingauthor" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = %s)
      LIMIT 1)) AND "V2"."archived_at" IS NULL AND ("V2"."closed_display" = %s OR NOT (EXISTS (
      SELECT 1
      FROM closed_to
      WHERE closed_to._v = "V0"."module_group_id"))) AND "V0"."archived_at" IS NULL AND "V0"."course_id" = ("stepwell_course"."id"))
    ORDER BY "V3"."title_key" ASC, "V2"."position" ASC, "V0"."position" ASC, "V0"."id" ASC) _s), 'trainings', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('title', "W0"."title") AS "_j"
    FROM "stepwell_training" "W0"
    WHERE ("W0"."organisation_id" = %s AND (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."training_id" = ("W0"."id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" AND "U0"."user_id" = %s)))
      LIMIT 1) OR EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_trainingauthor" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("W0"."id") AND "U0"."user_id" = %s)
      LIMIT 1)) AND EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_module" "V0"
      INNER JOIN "stepwell_modulegroup" "V2" ON ("V0"."module_group_id" = "V2"."id")
      WHERE ("V0"."organisation_id" = %s AND (EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_traininguser" "U0"
        INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
        WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."training_id" = ("V2"."training_id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" AND "U0"."user_id" = %s)))
        LIMIT 1) OR EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_trainingauthor" "U0"
        WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = %s)
        LIMIT 1)) AND "V2"."archived_at" IS NULL AND ("V2"."closed_display" = %s OR NOT (EXISTS (
        SELECT 1
        FROM closed_to
        WHERE closed_to._v = "V0"."module_group_id"))) AND "V0"."archived_at" IS NULL AND "V0"."course_id" = ("stepwell_course"."id") AND "V2"."training_id" = ("W0"."id"))
      LIMIT 1))
    ORDER BY "W0"."title_key" ASC, "W0"."id" ASC) _s), 'versions', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('number', "X0"."number", 'publishedAt', to_char("X0"."published_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'sections', (
      SELECT coalesce(json_agg(_s._j), '[]'::json)
      FROM (
        SELECT json_build_object('title', "W0"."title", 'lessons', (
          SELECT coalesce(json_agg(_s._j), '[]'::json)
          FROM (
            SELECT json_build_object('title', "V0"."title", 'isOpen', (((EXISTS(
              SELECT %s AS "a"
              FROM "stepwell_courseauthor" "U0"
              WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("V3"."course_id") AND "U0"."user_id" = %s)
              LIMIT 1) OR EXISTS (
              SELECT 1
              FROM courses_taught_by
              WHERE courses_taught_by._v = "V3"."course_id") OR EXISTS (
              SELECT 1
              FROM lessons_open_to
              WHERE lessons_open_to._v = "V0"."id"))))::boolean, 'conditions', (
              SELECT coalesce(json_agg(_s._j), '[]'::json)
              FROM (
                SELECT json_build_object('kind', "U0"."kind", 'neededLessonTitle', "U3"."title") AS "_j"
                FROM "stepwell_condition" "U0"
                LEFT OUTER JOIN "stepwell_lesson" "U3" ON ("U0"."needed_lesson_id" = "U3"."id")
                WHERE ("U0"."organisation_id" = %s AND "U0"."lesson_id" = ("V0"."id"))
                ORDER BY "U0"."position" ASC, "U0"."id" ASC) _s)) AS "_j"
            FROM "stepwell_lesson" "V0"
            INNER JOIN "stepwell_section" "V2" ON ("V0"."section_id" = "V2"."id")
            INNER JOIN "stepwell_courseversion" "V3" ON ("V2"."version_id" = "V3"."id")
            WHERE ("V0"."organisation_id" = %s AND (("V0"."archived_at" IS NULL AND "V2"."archived_at" IS NULL) OR EXISTS(
              SELECT %s AS "a"
              FROM "stepwell_courseauthor" "U0"
              WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("V3"."course_id") AND "U0"."user_id" = %s)
              LIMIT 1)) AND "V0"."section_id" = ("W0"."id"))
            ORDER BY "V0"."position" ASC, "V0"."id" ASC) _s)) AS "_j"
        FROM "stepwell_section" "W0"
        INNER JOIN "stepwell_courseversion" "W2" ON ("W0"."version_id" = "W2"."id")
        WHERE ("W0"."organisation_id" = %s AND ("W0"."archived_at" IS NULL OR EXISTS(
          SELECT %s AS "a"
          FROM "stepwell_courseauthor" "U0"
          WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("W2"."course_id") AND "U0"."user_id" = %s)
          LIMIT 1)) AND "W0"."version_id" = ("X0"."id"))
        ORDER BY "W0"."position" ASC, "W0"."id" ASC) _s)) AS "_j"
    FROM "stepwell_courseversion" "X0"
    WHERE ("X0"."organisation_id" = %s AND (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_courseauthor" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("X0"."course_id") AND "U0"."user_id" = %s)
      LIMIT 1) OR ("X0"."published_at" IS NOT NULL AND (EXISTS (
      SELECT 1
      FROM versions_begun_by
      WHERE versions_begun_by._v = "X0"."id") OR (EXISTS (
      SELECT 1
      FROM courses_to_begin
      WHERE courses_to_begin._v = "X0"."course_id") AND NOT (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_courseversion" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."published_at" IS NOT NULL AND "U0"."course_id" = ("X0"."course_id") AND "U0"."number" > ("X0"."number"))
      LIMIT 1))) OR EXISTS (
      SELECT 1
      FROM courses_taught_by
      WHERE courses_taught_by._v = "X0"."course_id")))) AND "X0"."course_id" = ("stepwell_course"."id"))
    ORDER BY "X0"."number" DESC) _s)))::text AS "_j"
FROM "stepwell_course"
WHERE ("stepwell_course"."organisation_id" = %s AND (EXISTS (
  SELECT 1
  FROM courses_learnt_by
  WHERE courses_learnt_by._v = "stepwell_course"."id") OR EXISTS (
  SELECT 1
  FROM courses_taught_by
  WHERE courses_taught_by._v = "stepwell_course"."id") OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_courseauthor" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("stepwell_course"."id") AND "U0"."user_id" = %s)
  LIMIT 1)) AND "stepwell_course"."ref" = %s)

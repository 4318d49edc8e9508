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
    WHERE trainings_taught_in._v = "stepwell_modulegroup"."training_id")))), groups_learnt_by(_v) AS MATERIALIZED (
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
    WHERE groups_learnt_by._v = "stepwell_module"."module_group_id") AND "stepwell_module"."archived_at" IS NULL AND "stepwell_module"."course_id" IS NOT NULL)), versions_begun_by(_v) AS MATERIALIZED (
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
    LIMIT 1))), groups_taught_by(_v) AS MATERIALIZED (
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
    WHERE groups_taught_by._v = "stepwell_module"."module_group_id") AND "stepwell_module"."course_id" IS NOT NULL))
SELECT (json_build_object('id', "stepwell_quizattempt"."id", 'userName', "stepwell_user"."name", 'moduleTitle', "stepwell_module"."title", 'number', "stepwell_quizattempt"."number", 'startedAt', to_char("stepwell_quizattempt"."started_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'finishedAt', to_char("stepwell_quizattempt"."finished_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'isOver', (CASE WHEN ("stepwell_quizattempt"."finished_at" IS NOT NULL OR "stepwell_quizattempt"."due_at" <= (STATEMENT_TIMESTAMP())) THEN %s ELSE %s END)::boolean, 'waitingCount', (COALESCE((
  SELECT COUNT("V0"."id") AS "n"
  FROM "stepwell_answer" "V0"
  INNER JOIN "stepwell_quizattempt" "V2" ON ("V0"."attempt_id" = "V2"."id")
  WHERE ("V0"."organisation_id" = %s AND "V2"."finished_at" IS NOT NULL AND "V0"."points" IS NULL AND "V0"."response" IS NOT NULL AND NOT (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("V2"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("V2"."started_at") AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = ("V2"."user_id"))
    LIMIT 1)) AND "V0"."attempt_id" = ("stepwell_quizattempt"."id"))
  GROUP BY "V0"."attempt_id"), %s))::bigint, 'points', json_build_object('$step', '0'::text, '0', "stepwell_quizattempt"."points"), 'possible', json_build_object('$step', '1'::text, '0', CASE WHEN "stepwell_quizattempt"."finished_at" IS NOT NULL THEN "stepwell_quizattempt"."possible" ELSE NULL END), 'score', json_build_object('$step', '2'::text, '0', "stepwell_quizattempt"."points", '1', CASE WHEN "stepwell_quizattempt"."finished_at" IS NOT NULL THEN "stepwell_quizattempt"."possible" ELSE NULL END), 'passed', "stepwell_quizattempt"."passed", 'quiz', (
  SELECT json_build_object('passMark', "W0"."pass_mark") AS "_j"
  FROM "stepwell_quiz" "W0"
  WHERE ("W0"."organisation_id" = %s AND (EXISTS(
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
      LIMIT 1) OR EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_traininguser" "U0"
      INNER JOIN "stepwell_user" "U3" ON ("U0"."user_id" = "U3"."id")
      INNER JOIN "stepwell_membership" "U4" ON ("U3"."id" = "U4"."user_id")
      INNER JOIN "stepwell_group" "U5" ON ("U4"."group_id" = "U5"."id")
      INNER JOIN "stepwell_managership" "U6" ON ("U5"."id" = "U6"."group_id")
      WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."training_id" = ("V2"."training_id") AND "U6"."user_id" = %s)
      LIMIT 1)) AND "V2"."archived_at" IS NULL AND ("V2"."closed_display" = %s OR NOT (EXISTS (
      SELECT 1
      FROM closed_to
      WHERE closed_to._v = "V0"."module_group_id"))) AND "V0"."archived_at" IS NULL AND NOT (EXISTS (
      SELECT 1
      FROM closed_to
      WHERE closed_to._v = "V0"."module_group_id")) AND "V0"."id" = ("W0"."module_id"))
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_lesson" "V0"
    INNER JOIN "stepwell_section" "V2" ON ("V0"."section_id" = "V2"."id")
    INNER JOIN "stepwell_courseversion" "V3" ON ("V2"."version_id" = "V3"."id")
    WHERE ("V0"."organisation_id" = %s AND (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_courseauthor" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("V3"."course_id") AND "U0"."user_id" = %s)
      LIMIT 1) OR ("V3"."published_at" IS NOT NULL AND (EXISTS (
      SELECT 1
      FROM versions_begun_by
      WHERE versions_begun_by._v = "V2"."version_id") OR (EXISTS (
      SELECT 1
      FROM courses_to_begin
      WHERE courses_to_begin._v = "V3"."course_id") AND NOT (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_courseversion" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."published_at" IS NOT NULL AND "U0"."course_id" = ("V3"."course_id") AND "U0"."number" > ("V3"."number"))
      LIMIT 1))) OR EXISTS (
      SELECT 1
      FROM courses_taught_by
      WHERE courses_taught_by._v = "V3"."course_id")))) AND (("V0"."archived_at" IS NULL AND "V2"."archived_at" IS NULL) OR EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_courseauthor" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."course_id" = ("V3"."course_id") AND "U0"."user_id" = %s)
      LIMIT 1)) AND "V0"."id" = ("W0"."lesson_id"))
    LIMIT 1)) AND "W0"."id" = ("stepwell_quizattempt"."quiz_id"))), 'questions', (
  SELECT coalesce(json_agg(_s._j), '[]'::json)
  FROM (
    SELECT json_build_object('kind', "X3"."kind", 'text', "X3"."text", 'response', json_build_object('$step', '3'::text, '0', "X0"."response"), 'answeredAt', to_char("X0"."answered_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'points', json_build_object('$step', '4'::text, '0', CASE WHEN (("X2"."finished_at" IS NOT NULL AND NOT ("X2"."user_id" = %s)) OR (NOT EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_quizattempt" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."finished_at" IS NULL AND "U0"."quiz_id" = ("X2"."quiz_id") AND "U0"."user_id" = %s)
      LIMIT 1) AND "X2"."finished_at" IS NOT NULL AND "X5"."shows_solutions" AND "X2"."user_id" = %s)) THEN "X0"."points" ELSE NULL END), 'possible', json_build_object('$step', '5'::text, '0', CASE WHEN (("X2"."finished_at" IS NOT NULL AND NOT ("X2"."user_id" = %s)) OR (NOT EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_quizattempt" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."finished_at" IS NULL AND "U0"."quiz_id" = ("X2"."quiz_id") AND "U0"."user_id" = %s)
      LIMIT 1) AND "X2"."finished_at" IS NOT NULL AND "X5"."shows_solutions" AND "X2"."user_id" = %s)) THEN "X0"."possible" ELSE NULL END), 'solution', json_build_object('$step', '6'::text, '0', CASE WHEN (%s OR %s OR (NOT EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_quizattempt" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."finished_at" IS NULL AND "U0"."quiz_id" = ("X2"."quiz_id") AND "U0"."user_id" = %s)
      LIMIT 1) AND "X2"."finished_at" IS NOT NULL AND "X5"."shows_solutions" AND "X2"."user_id" = %s)) THEN "X3"."solution" ELSE NULL END), 'feedback', "X0"."feedback") AS "_j"
    FROM "stepwell_answer" "X0"
    INNER JOIN "stepwell_quizattempt" "X2" ON ("X0"."attempt_id" = "X2"."id")
    INNER JOIN "stepwell_question" "X3" ON ("X0"."question_id" = "X3"."id")
    INNER JOIN "stepwell_quiz" "X5" ON ("X2"."quiz_id" = "X5"."id")
    LEFT OUTER JOIN "stepwell_module" "X6" ON ("X5"."module_id" = "X6"."id")
    LEFT OUTER JOIN "stepwell_modulegroup" "X7" ON ("X6"."module_group_id" = "X7"."id")
    LEFT OUTER JOIN "stepwell_lesson" "X9" ON ("X5"."lesson_id" = "X9"."id")
    LEFT OUTER JOIN "stepwell_section" "X10" ON ("X9"."section_id" = "X10"."id")
    LEFT OUTER JOIN "stepwell_courseversion" "X11" ON ("X10"."version_id" = "X11"."id")
    WHERE ("X0"."organisation_id" = %s AND EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_quizattempt" "W0"
      WHERE ("W0"."organisation_id" = %s AND EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_traininguser" "V0"
        WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR "V0"."user_id" IN (
          SELECT "U0"."id" AS "pk"
          FROM "stepwell_user" "U0"
          INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."user_id")
          INNER JOIN "stepwell_group" "U3" ON ("U2"."group_id" = "U3"."id")
          INNER JOIN "stepwell_managership" "U4" ON ("U3"."id" = "U4"."group_id")
          WHERE ("U0"."organisation_id" = %s AND "U4"."user_id" = %s)) OR EXISTS(
          SELECT %s AS "a"
          FROM "stepwell_traininguser" "U0"
          WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = %s)
          LIMIT 1)) AND "V0"."role" = %s AND "V0"."training_id" = ("W0"."training_id") AND "V0"."user_id" = ("W0"."user_id"))
        LIMIT 1) AND "W0"."id" = ("X0"."attempt_id"))
      LIMIT 1) AND "X0"."attempt_id" = ("stepwell_quizattempt"."id"))
    ORDER BY "X0"."position" ASC, "X0"."id" ASC) _s)))::text AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "W0"."id" AS "pk"
    FROM "stepwell_quizattempt" "W0"
    WHERE ("W0"."organisation_id" = %s AND EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_traininguser" "V0"
      WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR "V0"."user_id" IN (
        SELECT "U0"."id" AS "pk"
        FROM "stepwell_user" "U0"
        INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."user_id")
        INNER JOIN "stepwell_group" "U3" ON ("U2"."group_id" = "U3"."id")
        INNER JOIN "stepwell_managership" "U4" ON ("U3"."id" = "U4"."group_id")
        WHERE ("U0"."organisation_id" = %s AND "U4"."user_id" = %s)) OR EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_traininguser" "U0"
        WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = %s)
        LIMIT 1)) AND "V0"."role" = %s AND "V0"."training_id" = ("W0"."training_id") AND "V0"."user_id" = ("W0"."user_id"))
      LIMIT 1) AND "W0"."finished_at" IS NOT NULL)) _c) AS "_n"
FROM "stepwell_quizattempt"
INNER JOIN "stepwell_user" ON ("stepwell_quizattempt"."user_id" = "stepwell_user"."id")
INNER JOIN "stepwell_module" ON ("stepwell_quizattempt"."module_id" = "stepwell_module"."id")
WHERE ("stepwell_quizattempt"."organisation_id" = %s AND EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_traininguser" "V0"
  WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR "V0"."user_id" IN (
    SELECT "U0"."id" AS "pk"
    FROM "stepwell_user" "U0"
    INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."user_id")
    INNER JOIN "stepwell_group" "U3" ON ("U2"."group_id" = "U3"."id")
    INNER JOIN "stepwell_managership" "U4" ON ("U3"."id" = "U4"."group_id")
    WHERE ("U0"."organisation_id" = %s AND "U4"."user_id" = %s)) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = %s)
    LIMIT 1)) AND "V0"."role" = %s AND "V0"."training_id" = ("stepwell_quizattempt"."training_id") AND "V0"."user_id" = ("stepwell_quizattempt"."user_id"))
  LIMIT 1) AND "stepwell_quizattempt"."finished_at" IS NOT NULL)
ORDER BY "stepwell_quizattempt"."started_at" DESC, "stepwell_quizattempt"."id" DESC
LIMIT 11

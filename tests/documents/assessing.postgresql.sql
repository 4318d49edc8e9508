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
    WHERE trainings_taught_in._v = "stepwell_modulegroup"."training_id"))))
SELECT (json_build_object('id', "stepwell_submission"."id", 'number', "stepwell_submission"."number", 'status', (CASE WHEN "stepwell_submission"."passed" THEN %s WHEN NOT "stepwell_submission"."passed" THEN %s WHEN (("stepwell_submission"."group_id" IS NULL AND (EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_submission" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."module_id" = ("stepwell_submission"."module_id") AND "U0"."number" > ("stepwell_submission"."number") AND "U0"."user_id" = ("stepwell_submission"."user_id"))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_learningfact" "U0"
  WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("stepwell_submission"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("stepwell_submission"."handed_in_at") AND "U0"."training_id" = ("stepwell_submission"."training_id") AND "U0"."user_id" = ("stepwell_submission"."user_id"))
  LIMIT 1))) OR (NOT EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_learningfact" "V0"
  WHERE ("V0"."organisation_id" = %s AND NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."kind" = %s AND "U0"."module_id" = ("V0"."module_id") AND "U0"."occurred_at" > ("V0"."occurred_at") AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
    LIMIT 1) AND NOT (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("V0"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("V0"."occurred_at") AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
    LIMIT 1)) AND "V0"."attempt" = ("stepwell_submission"."id") AND "V0"."kind" = %s)
  LIMIT 1) AND "stepwell_submission"."group_id" IS NOT NULL)) THEN %s ELSE %s END)::text, 'name', "stepwell_user"."name", 'text', "stepwell_submission"."text", 'handedInAt', to_char("stepwell_submission"."handed_in_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'groupName', "stepwell_group"."name", 'training', (
  SELECT json_build_object('title', "V0"."title") AS "_j"
  FROM "stepwell_training" "V0"
  WHERE ("V0"."organisation_id" = %s AND (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    INNER JOIN "stepwell_training" "U2" ON ("U0"."training_id" = "U2"."id")
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."training_id" = ("V0"."id") AND (("U0"."role" IN (%s, %s) AND "U0"."user_id" = %s) OR ("U2"."archived_at" IS NULL AND "U2"."is_active" AND "U0"."user_id" = %s)))
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_trainingauthor" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."training_id" = ("V0"."id") AND "U0"."user_id" = %s)
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    INNER JOIN "stepwell_user" "U3" ON ("U0"."user_id" = "U3"."id")
    INNER JOIN "stepwell_membership" "U4" ON ("U3"."id" = "U4"."user_id")
    INNER JOIN "stepwell_group" "U5" ON ("U4"."group_id" = "U5"."id")
    INNER JOIN "stepwell_managership" "U6" ON ("U5"."id" = "U6"."group_id")
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."training_id" = ("V0"."id") AND "U6"."user_id" = %s)
    LIMIT 1)) AND "V0"."id" = ("stepwell_submission"."training_id"))), 'module', (
  SELECT json_build_object('title', "V0"."title") AS "_j"
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
    WHERE closed_to._v = "V0"."module_group_id"))) AND "V0"."archived_at" IS NULL AND "V0"."id" = ("stepwell_submission"."module_id"))), 'user', (
  SELECT json_build_object('ref', "U0"."ref") AS "_j"
  FROM "stepwell_user" "U0"
  WHERE ("U0"."organisation_id" = %s AND "U0"."id" = %s AND "U0"."id" = ("stepwell_submission"."user_id")))))::text AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "X0"."id" AS "pk"
    FROM "stepwell_submission" "X0"
    WHERE ("X0"."organisation_id" = %s AND (EXISTS(
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
        LIMIT 1)) AND "V0"."role" = %s AND "V0"."training_id" = ("X0"."training_id") AND "V0"."user_id" = ("X0"."user_id"))
      LIMIT 1) OR EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_learningfact" "V0"
      WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR "V0"."user_id" IN (
        SELECT "U0"."id" AS "pk"
        FROM "stepwell_user" "U0"
        INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."user_id")
        INNER JOIN "stepwell_group" "U3" ON ("U2"."group_id" = "U3"."id")
        INNER JOIN "stepwell_managership" "U4" ON ("U3"."id" = "U4"."group_id")
        WHERE ("U0"."organisation_id" = %s AND "U4"."user_id" = %s))) AND "V0"."attempt" = ("X0"."id") AND "V0"."kind" = %s AND "V0"."module_id" = ("X0"."module_id") AND "V0"."training_id" = ("X0"."training_id"))
      LIMIT 1)) AND "X0"."id" IN (
      SELECT "W0"."id" AS "pk"
      FROM "stepwell_submission" "W0"
      INNER JOIN "stepwell_training" "W2" ON ("W0"."training_id" = "W2"."id")
      WHERE ("W0"."organisation_id" = %s AND EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_traininguser" "U0"
        WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("W0"."training_id") AND "U0"."user_id" = %s)
        LIMIT 1) AND NOT ("W0"."user_id" = %s) AND NOT (EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_learningfact" "U0"
        WHERE ("U0"."organisation_id" = %s AND "U0"."attempt" = ("W0"."id") AND "U0"."kind" = %s AND "U0"."module_id" = ("W0"."module_id") AND "U0"."training_id" = ("W0"."training_id") AND "U0"."user_id" = %s)
        LIMIT 1)) AND NOT (("W0"."group_id" IS NULL AND (EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_submission" "U0"
        WHERE ("U0"."organisation_id" = %s AND "U0"."module_id" = ("W0"."module_id") AND "U0"."number" > ("W0"."number") AND "U0"."user_id" = ("W0"."user_id"))
        LIMIT 1) OR EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_learningfact" "U0"
        WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("W0"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("W0"."handed_in_at") AND "U0"."training_id" = ("W0"."training_id") AND "U0"."user_id" = ("W0"."user_id"))
        LIMIT 1))) OR (NOT EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_learningfact" "V0"
        WHERE ("V0"."organisation_id" = %s AND NOT EXISTS(
          SELECT %s AS "a"
          FROM "stepwell_learningfact" "U0"
          WHERE ("U0"."organisation_id" = %s AND "U0"."kind" = %s AND "U0"."module_id" = ("V0"."module_id") AND "U0"."occurred_at" > ("V0"."occurred_at") AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
          LIMIT 1) AND NOT (EXISTS(
          SELECT %s AS "a"
          FROM "stepwell_learningfact" "U0"
          WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("V0"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("V0"."occurred_at") AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
          LIMIT 1)) AND "V0"."attempt" = ("W0"."id") AND "V0"."kind" = %s)
        LIMIT 1) AND "W0"."group_id" IS NOT NULL)) AND "W0"."assessed_at" IS NULL AND "W2"."archived_at" IS NULL)))) _c) AS "_n"
FROM "stepwell_submission"
INNER JOIN "stepwell_user" ON ("stepwell_submission"."user_id" = "stepwell_user"."id")
LEFT OUTER JOIN "stepwell_group" ON ("stepwell_submission"."group_id" = "stepwell_group"."id")
WHERE ("stepwell_submission"."organisation_id" = %s AND (EXISTS(
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
    LIMIT 1)) AND "V0"."role" = %s AND "V0"."training_id" = ("stepwell_submission"."training_id") AND "V0"."user_id" = ("stepwell_submission"."user_id"))
  LIMIT 1) OR EXISTS(
  SELECT %s AS "a"
  FROM "stepwell_learningfact" "V0"
  WHERE ("V0"."organisation_id" = %s AND ("V0"."user_id" = %s OR "V0"."user_id" IN (
    SELECT "U0"."id" AS "pk"
    FROM "stepwell_user" "U0"
    INNER JOIN "stepwell_membership" "U2" ON ("U0"."id" = "U2"."user_id")
    INNER JOIN "stepwell_group" "U3" ON ("U2"."group_id" = "U3"."id")
    INNER JOIN "stepwell_managership" "U4" ON ("U3"."id" = "U4"."group_id")
    WHERE ("U0"."organisation_id" = %s AND "U4"."user_id" = %s))) AND "V0"."attempt" = ("stepwell_submission"."id") AND "V0"."kind" = %s AND "V0"."module_id" = ("stepwell_submission"."module_id") AND "V0"."training_id" = ("stepwell_submission"."training_id"))
  LIMIT 1)) AND "stepwell_submission"."id" IN (
  SELECT "W0"."id" AS "pk"
  FROM "stepwell_submission" "W0"
  INNER JOIN "stepwell_training" "W2" ON ("W0"."training_id" = "W2"."id")
  WHERE ("W0"."organisation_id" = %s AND EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("W0"."training_id") AND "U0"."user_id" = %s)
    LIMIT 1) AND NOT ("W0"."user_id" = %s) AND NOT (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."attempt" = ("W0"."id") AND "U0"."kind" = %s AND "U0"."module_id" = ("W0"."module_id") AND "U0"."training_id" = ("W0"."training_id") AND "U0"."user_id" = %s)
    LIMIT 1)) AND NOT (("W0"."group_id" IS NULL AND (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_submission" "U0"
    WHERE ("U0"."organisation_id" = %s AND "U0"."module_id" = ("W0"."module_id") AND "U0"."number" > ("W0"."number") AND "U0"."user_id" = ("W0"."user_id"))
    LIMIT 1) OR EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("W0"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("W0"."handed_in_at") AND "U0"."training_id" = ("W0"."training_id") AND "U0"."user_id" = ("W0"."user_id"))
    LIMIT 1))) OR (NOT EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "V0"
    WHERE ("V0"."organisation_id" = %s AND NOT EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_learningfact" "U0"
      WHERE ("U0"."organisation_id" = %s AND "U0"."kind" = %s AND "U0"."module_id" = ("V0"."module_id") AND "U0"."occurred_at" > ("V0"."occurred_at") AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
      LIMIT 1) AND NOT (EXISTS(
      SELECT %s AS "a"
      FROM "stepwell_learningfact" "U0"
      WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("V0"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("V0"."occurred_at") AND "U0"."training_id" = ("V0"."training_id") AND "U0"."user_id" = ("V0"."user_id"))
      LIMIT 1)) AND "V0"."attempt" = ("W0"."id") AND "V0"."kind" = %s)
    LIMIT 1) AND "W0"."group_id" IS NOT NULL)) AND "W0"."assessed_at" IS NULL AND "W2"."archived_at" IS NULL)))
ORDER BY "stepwell_submission"."handed_in_at" ASC, "stepwell_submission"."id" ASC
LIMIT 11

SELECT (json_build_object('id', "stepwell_answer"."id", 'userName', "stepwell_user"."name", 'moduleTitle', "stepwell_module"."title", 'text', "stepwell_question"."text", 'response', json_build_object('$step', '0'::text, '0', "stepwell_answer"."response"), 'guidance', json_build_object('$step', '1'::text, '0', CASE WHEN ("stepwell_question"."kind" = %s AND NOT ("stepwell_quizattempt"."user_id" = %s)) THEN "stepwell_question"."solution" ELSE NULL END), 'answeredAt', to_char("stepwell_answer"."answered_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text AS "_j", (
  SELECT count(*)
  FROM (
    SELECT "X0"."id" AS "pk"
    FROM "stepwell_answer" "X0"
    INNER JOIN "stepwell_question" "X3" ON ("X0"."question_id" = "X3"."id")
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
      LIMIT 1) AND "X3"."kind" = %s AND "X0"."id" IN (
      SELECT "V0"."id" AS "pk"
      FROM "stepwell_answer" "V0"
      INNER JOIN "stepwell_quizattempt" "V2" ON ("V0"."attempt_id" = "V2"."id")
      INNER JOIN "stepwell_training" "V4" ON ("V2"."training_id" = "V4"."id")
      WHERE ("V0"."organisation_id" = %s AND "V2"."finished_at" IS NOT NULL AND "V0"."points" IS NULL AND "V0"."response" IS NOT NULL AND NOT (EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_learningfact" "U0"
        WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("V2"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("V2"."started_at") AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = ("V2"."user_id"))
        LIMIT 1)) AND "V4"."archived_at" IS NULL AND EXISTS(
        SELECT %s AS "a"
        FROM "stepwell_traininguser" "U0"
        WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = %s)
        LIMIT 1) AND NOT ("V2"."user_id" = %s))))) _c) AS "_n"
FROM "stepwell_answer"
INNER JOIN "stepwell_quizattempt" ON ("stepwell_answer"."attempt_id" = "stepwell_quizattempt"."id")
INNER JOIN "stepwell_question" ON ("stepwell_answer"."question_id" = "stepwell_question"."id")
INNER JOIN "stepwell_user" ON ("stepwell_quizattempt"."user_id" = "stepwell_user"."id")
INNER JOIN "stepwell_module" ON ("stepwell_quizattempt"."module_id" = "stepwell_module"."id")
WHERE ("stepwell_answer"."organisation_id" = %s AND EXISTS(
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
    LIMIT 1) AND "W0"."id" = ("stepwell_answer"."attempt_id"))
  LIMIT 1) AND "stepwell_question"."kind" = %s AND "stepwell_answer"."id" IN (
  SELECT "V0"."id" AS "pk"
  FROM "stepwell_answer" "V0"
  INNER JOIN "stepwell_quizattempt" "V2" ON ("V0"."attempt_id" = "V2"."id")
  INNER JOIN "stepwell_training" "V4" ON ("V2"."training_id" = "V4"."id")
  WHERE ("V0"."organisation_id" = %s AND "V2"."finished_at" IS NOT NULL AND "V0"."points" IS NULL AND "V0"."response" IS NOT NULL AND NOT (EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_learningfact" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."module_id" IS NULL OR "U0"."module_id" = ("V2"."module_id")) AND "U0"."kind" = %s AND "U0"."occurred_at" > ("V2"."started_at") AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = ("V2"."user_id"))
    LIMIT 1)) AND "V4"."archived_at" IS NULL AND EXISTS(
    SELECT %s AS "a"
    FROM "stepwell_traininguser" "U0"
    WHERE ("U0"."organisation_id" = %s AND ("U0"."by_hand" OR "U0"."by_group" OR "U0"."by_enrollment") AND "U0"."role" IN (%s, %s) AND "U0"."training_id" = ("V2"."training_id") AND "U0"."user_id" = %s)
    LIMIT 1) AND NOT ("V2"."user_id" = %s))))
ORDER BY COALESCE("stepwell_answer"."answered_at", '0001-01-01 00:00:00+00'::timestamptz) ASC, "stepwell_answer"."id" ASC
LIMIT 11

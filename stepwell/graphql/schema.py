"""The schema: every concept's queries and mutations put together."""

from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from stepwell.graphql import (
    answers,
    attempts,
    blocks,
    course_versions,
    courses,
    events,
    extra_categories,
    extra_values,
    group_people,
    groups,
    inputs,
    learning,
    lessons,
    lti_tools,
    module_groups,
    modules,
    people,
    questions,
    quizzes,
    resolvers,
    sections,
    submissions,
    training_copies,
    training_users,
    trainings,
    webhook_traffic,
    webhooks,
)
from stepwell.graphql.scalars import SCALARS

CONCEPTS: tuple[Any, ...] = (
    extra_categories,
    extra_values,
    people,
    groups,
    group_people,
    trainings,
    training_users,
    training_copies,
    modules,
    module_groups,
    quizzes,
    questions,
    attempts,
    events,
    webhooks,
    webhook_traffic,
    submissions,
    lti_tools,
    courses,
    course_versions,
    sections,
    lessons,
    blocks,
    answers,
    learning,
)

_queries = tuple(concept.Query for concept in CONCEPTS if hasattr(concept, "Query"))
Query = merge_types("Query", _queries)
_mutations = tuple(concept.Mutation for concept in CONCEPTS if hasattr(concept, "Mutation"))
Mutation = merge_types("Mutation", _mutations) if _mutations else None

strawberry_schema = strawberry.Schema(Query, Mutation, config=StrawberryConfig(scalar_map=SCALARS))
schema: GraphQLSchema = strawberry_schema._schema
resolvers.install(schema)
inputs.install(strawberry_schema)


def sdl() -> str:
    """The schema as text: what `schema.graphql` holds."""
    return strawberry_schema.as_str() + "\n"

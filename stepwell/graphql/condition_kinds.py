"""What conditions of module groups, sections and lessons have in common: their kinds and effects."""

import strawberry

from stepwell.models import ConditionKind, Effect, Match

__all__ = ["ConditionKind", "Effect", "Match"]

strawberry.enum(
    ConditionKind,
    name="ConditionKind",
    description="What a condition looks at. Module groups have ENTRY, DATE and MODULE_COMPLETED; sections and"
    " lessons DATE and the others.",
)
strawberry.enum(Effect, name="ConditionEffect", description="What a condition does when it comes true.")
strawberry.enum(Match, name="ConditionMatch", description="Whether all conditions have to hold, or any.")

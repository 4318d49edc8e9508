"""Every type of event (webhooks.md, "Catalogue")."""

from enum import StrEnum


class EventType(StrEnum):
    """What can happen. The names are a promise to receivers."""

    USER_CREATED = "USER_CREATED"
    USER_UPDATED = "USER_UPDATED"
    USER_DELETED = "USER_DELETED"
    USER_INVITED = "USER_INVITED"
    USER_SIGNED_IN = "USER_SIGNED_IN"
    GROUP_CREATED = "GROUP_CREATED"
    GROUP_UPDATED = "GROUP_UPDATED"
    GROUP_DELETED = "GROUP_DELETED"
    EXTRA_CATEGORY_VALUES_UPDATED = "EXTRA_CATEGORY_VALUES_UPDATED"
    WEBHOOK_TEST = "WEBHOOK_TEST"

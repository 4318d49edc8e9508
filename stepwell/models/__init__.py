"""Tables, constraints and reading rules. Import models from here."""

from stepwell.models.clients import AccessToken, Client
from stepwell.models.events import Event
from stepwell.models.extra_categories import (
    OWNERS,
    VALUE_MODELS,
    CategoryType,
    Choice,
    ContentType,
    ExtraCategory,
    ExtraValue,
    GroupExtraValue,
    UserExtraValue,
)
from stepwell.models.files import StoredFile
from stepwell.models.groups import Group, Managership, Membership
from stepwell.models.mail import OutgoingMail
from stepwell.models.organisations import Organisation
from stepwell.models.people import Role, User
from stepwell.models.webhooks import (
    DeliveryStatus,
    SignatureAlphabet,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.models.workers import WorkerBeat

__all__ = [
    "OWNERS",
    "VALUE_MODELS",
    "AccessToken",
    "CategoryType",
    "Choice",
    "Client",
    "ContentType",
    "DeliveryStatus",
    "Event",
    "ExtraCategory",
    "ExtraValue",
    "Group",
    "GroupExtraValue",
    "Managership",
    "Membership",
    "Organisation",
    "OutgoingMail",
    "Role",
    "SignatureAlphabet",
    "StoredFile",
    "User",
    "UserExtraValue",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookSubscription",
    "WorkerBeat",
]

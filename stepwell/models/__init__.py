"""Tables, constraints and reading rules. Import models from here."""

from stepwell.models.clients import AccessToken, Client
from stepwell.models.conditions import Condition, ConditionKind, Effect
from stepwell.models.courses import (
    Block,
    BlockKind,
    Course,
    CourseAuthor,
    CourseVersion,
    Lesson,
    Section,
)
from stepwell.models.events import Event
from stepwell.models.extra_categories import (
    OWNERS,
    VALUE_MODELS,
    CategoryType,
    Choice,
    ContentType,
    CourseExtraValue,
    ExtraCategory,
    ExtraValue,
    GroupExtraValue,
    TrainingExtraValue,
    UserExtraValue,
)
from stepwell.models.files import StoredFile
from stepwell.models.groups import Group, Managership, Membership
from stepwell.models.learning import FactKind, LearningFact, ModuleGroupOpening, ModuleProgress, Presence
from stepwell.models.lesson_access import LessonAccess
from stepwell.models.lti import LtiKey, LtiNonce, LtiTool
from stepwell.models.mail import OutgoingMail
from stepwell.models.modules import ClosedDisplay, Match, Module, ModuleGroup, ModuleKind
from stepwell.models.organisations import Organisation
from stepwell.models.people import Role, User
from stepwell.models.questions import Question, QuestionKind, QuestionPool, Quiz
from stepwell.models.trainings import (
    TEACHING,
    ProgressStatus,
    Training,
    TrainingAuthor,
    TrainingGroup,
    TrainingRole,
    TrainingUser,
)
from stepwell.models.webhooks import (
    DeliveryStatus,
    SignatureAlphabet,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.models.work import Answer, QuizAttempt, Submission, SubmissionFile
from stepwell.models.workers import WorkerBeat

__all__ = [
    "OWNERS",
    "TEACHING",
    "VALUE_MODELS",
    "AccessToken",
    "Answer",
    "Block",
    "BlockKind",
    "CategoryType",
    "Choice",
    "Client",
    "ClosedDisplay",
    "Condition",
    "ConditionKind",
    "ContentType",
    "Course",
    "CourseAuthor",
    "CourseExtraValue",
    "CourseVersion",
    "DeliveryStatus",
    "Effect",
    "Event",
    "ExtraCategory",
    "ExtraValue",
    "FactKind",
    "Group",
    "GroupExtraValue",
    "LearningFact",
    "Lesson",
    "LessonAccess",
    "LtiKey",
    "LtiNonce",
    "LtiTool",
    "Managership",
    "Match",
    "Membership",
    "Module",
    "ModuleGroup",
    "ModuleGroupOpening",
    "ModuleKind",
    "ModuleProgress",
    "Organisation",
    "OutgoingMail",
    "Presence",
    "ProgressStatus",
    "Question",
    "QuestionKind",
    "QuestionPool",
    "Quiz",
    "QuizAttempt",
    "Role",
    "Section",
    "SignatureAlphabet",
    "StoredFile",
    "Submission",
    "SubmissionFile",
    "Training",
    "TrainingAuthor",
    "TrainingExtraValue",
    "TrainingGroup",
    "TrainingRole",
    "TrainingUser",
    "User",
    "UserExtraValue",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookSubscription",
    "WorkerBeat",
]

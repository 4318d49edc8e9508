"""The addresses of pages."""

from django.urls import path
from django.views.i18n import set_language

from stepwell.events import EventType
from stepwell.models import DeliveryStatus, Role
from stepwell.web import files, uploads
from stepwell.web.answers import views as answers
from stepwell.web.attempts import views as attempts
from stepwell.web.home import views as home
from stepwell.web.layout import ASSESSING, GROUPS, PEOPLE, TRAININGS, WEBHOOKS
from stepwell.web.lessons import views as lessons
from stepwell.web.lti import endpoints as lti_endpoints
from stepwell.web.lti import launches as lti
from stepwell.web.modules import views as modules
from stepwell.web.page import page
from stepwell.web.sign_in import views as sign_in
from stepwell.web.submissions import views as submissions
from stepwell.web.trainings import views as trainings
from stepwell.web.webhooks import views as webhooks

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("forgotten/", sign_in.forgotten, name="forgotten"),
    path("accept/<uuid:user_id>/new/", sign_in.new_link, name="new-link"),
    path("accept/<uuid:user_id>/<str:token>/", sign_in.accept, name="accept"),
    path(
        "trainings/<uuid:training_id>/invitation/<uuid:user_id>/new/",
        sign_in.new_training_link,
        name="new-training-link",
    ),
    path(
        "trainings/<uuid:training_id>/invitation/<uuid:user_id>/<str:token>/",
        sign_in.accept_training,
        name="accept-training",
    ),
    path("language/", set_language, name="language"),
    path("files/<uuid:id>/<str:signature>/<str:name>", files.serve, name="file"),
    path("uploads/", uploads.take, name="upload"),
    path("people/", page("people/list", least=PEOPLE, roles=tuple(Role)), name="people"),
    path("people/<uuid:id>/", page("people/one"), name="person"),
    path("groups/", page("groups/list", least=GROUPS), name="groups"),
    path("groups/<uuid:id>/", page("groups/one", least=GROUPS), name="group"),
    path("trainings/", page("trainings/list", least=TRAININGS), name="trainings"),
    path("trainings/<uuid:id>/", trainings.one, name="training"),
    path("trainings/<uuid:id>/begin/", trainings.begin, name="training-begin"),
    path("trainings/<uuid:id>/people/", trainings.people, name="training-people"),
    path("trainings/<uuid:id>/people/<uuid:user>/", trainings.person, name="training-person"),
    path("trainings/<uuid:id>/why/", trainings.why, name="training-why"),
    path("modules/<uuid:id>/", modules.one, name="module"),
    path("modules/<uuid:id>/begin/", modules.begin, name="module-begin"),
    path("modules/<uuid:id>/read/", modules.read, name="module-read"),
    path("modules/<uuid:id>/beat/", modules.beat, name="module-beat"),
    path("modules/<uuid:id>/file/", modules.file, name="module-file"),
    path("modules/<uuid:id>/attempt/", modules.attempt, name="module-attempt"),
    path("modules/<uuid:id>/hand-in/", modules.hand_in, name="module-hand-in"),
    path("modules/<uuid:id>/lessons/<uuid:lesson>/", lessons.one, name="lesson"),
    path("modules/<uuid:id>/lessons/<uuid:lesson>/read/", lessons.read, name="lesson-read"),
    path("modules/<uuid:id>/lessons/<uuid:lesson>/attempt/", lessons.attempt, name="lesson-attempt"),
    path("attempts/<uuid:id>/", attempts.one, name="attempt"),
    path("attempts/<uuid:id>/finish/", attempts.finish, name="attempt-finish"),
    path("answers/<uuid:id>/", answers.one, name="answer"),
    path("assess/", page("submissions/list", least=ASSESSING), name="assess"),
    path("submissions/<uuid:id>/", submissions.one, name="submission"),
    path("webhooks/", page("webhooks/list", least=WEBHOOKS), name="webhooks"),
    path("webhooks/new/", webhooks.new, name="webhook-new"),
    path("webhooks/verify/", webhooks.verify("webhooks/verify"), name="webhooks-verify"),
    path("webhooks/deliveries/<uuid:id>/", page("webhooks/delivery", least=WEBHOOKS), name="delivery"),
    path(
        "webhooks/<uuid:id>/",
        page("webhooks/one", least=WEBHOOKS, statuses=tuple(DeliveryStatus), types=tuple(EventType)),
        name="webhook",
    ),
    path("webhooks/<uuid:id>/edit/", webhooks.edit, name="webhook-edit"),
    path("webhooks/<uuid:id>/secret/", webhooks.secret, name="webhook-secret"),
    path("webhooks/<uuid:id>/delete/", webhooks.delete, name="webhook-delete"),
    path("webhooks/<uuid:id>/test/", webhooks.test, name="webhook-test"),
    path("webhooks/<uuid:id>/send-again/", webhooks.again, name="webhook-again"),
    path("lti/modules/<uuid:id>/", lti.launch, name="lti-launch"),
    path("lti/modules/<uuid:id>/choose/", lti.choose, name="lti-choose"),
    path("lti/modules/<uuid:id>/back/", lti.back, name="lti-back"),
    path("lti/authorize/", lti.authorize, name="lti-authorize"),
    path("lti/choices/<uuid:id>/", lti.chosen, name="lti-chosen"),
    path("lti/keys/", lti_endpoints.keys, name="lti-keys"),
    path("lti/token/", lti_endpoints.token, name="lti-token"),
    path("lti/line-items/<uuid:id>", lti_endpoints.line_item, name="lti-line-item"),
    path("lti/line-items/<uuid:id>/scores", lti_endpoints.scores, name="lti-scores"),
    path("lti/line-items/<uuid:id>/results", lti_endpoints.results, name="lti-results"),
]

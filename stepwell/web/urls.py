"""The addresses of pages."""

from django.urls import path
from django.views.i18n import set_language

from stepwell.models import Role
from stepwell.web import files
from stepwell.web.home import views as home
from stepwell.web.layout import GROUPS, PEOPLE
from stepwell.web.page import page
from stepwell.web.sign_in import views as sign_in

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("forgotten/", sign_in.forgotten, name="forgotten"),
    path("accept/<uuid:user_id>/new/", sign_in.new_link, name="new-link"),
    path("accept/<uuid:user_id>/<str:token>/", sign_in.accept, name="accept"),
    path("language/", set_language, name="language"),
    path("files/<uuid:id>/<str:signature>/<str:name>", files.serve, name="file"),
    path("people/", page("people/list", least=PEOPLE, roles=tuple(Role)), name="people"),
    path("people/<uuid:id>/", page("people/one"), name="person"),
    path("groups/", page("groups/list", least=GROUPS), name="groups"),
    path("groups/<uuid:id>/", page("groups/one", least=GROUPS), name="group"),
]

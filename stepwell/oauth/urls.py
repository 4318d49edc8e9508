"""The addresses under `/oauth/`."""

from django.urls import path

from stepwell.oauth import views

urlpatterns = [
    path("token/", views.TokenView.as_view(), name="oauth-token"),
    path("revoke/", views.RevokeView.as_view(), name="oauth-revoke"),
    path("introspect/", views.IntrospectView.as_view(), name="oauth-introspect"),
]

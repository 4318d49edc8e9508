"""Addresses. Wiring only."""

from django.urls import include, path, re_path

from stepwell.graphql import http as graphql

urlpatterns = [
    path("graphql/", graphql.endpoint, name="graphql"),
    path("graphql", graphql.with_slash),
    re_path("^oauth/(?:token|revoke|introspect)$", graphql.with_slash),
    path("oauth/", include("stepwell.oauth.urls")),
    path("", include("stepwell.web.urls")),
]
handler400 = "stepwell.web.errors.bad_request"
handler403 = "stepwell.web.errors.denied"
handler404 = "stepwell.web.errors.not_found"
handler500 = "stepwell.web.errors.failed"

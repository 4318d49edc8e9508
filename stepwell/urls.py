"""Addresses. Wiring only."""

urlpatterns: list[object] = []

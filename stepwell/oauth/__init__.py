"""Tokens for clients: the token endpoint, revocation, introspection, and from a token to an `Actor`.

Only this folder, with `models/clients.py`, knows django-oauth-toolkit.
"""

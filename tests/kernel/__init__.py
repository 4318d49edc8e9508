"""Tests of the plain rules: no database, no Django."""

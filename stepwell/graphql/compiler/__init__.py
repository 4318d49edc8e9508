"""Reads compiled to one SQL statement.

A selection becomes SQL that builds the JSON in the database (`nodes.py`, `sql.py`); the statement is kept
with its document (`plans.py`, `arguments.py`) and executed by `statements.py`; payloads of mutations read
their rows by key through the same compiler (`payloads.py`). `answers.py` is the way in. What the compiler
does not know it refuses, and ordinary execution (`graphql/ordinary.py`) answers from the same declarations.
"""

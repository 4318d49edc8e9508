"""Plain Python: rules that need neither Django nor a database."""

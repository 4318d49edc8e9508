"""The product as it runs in earnest: its own processes, its own database, real kills."""

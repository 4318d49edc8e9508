"""Everything that meets the outside world later: webhooks, mail, and what becomes true with time."""

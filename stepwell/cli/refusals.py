"""What a command says when it cannot do what was asked."""


class Refusal(Exception):
    """A sentence for whoever typed the command; nothing has been changed."""

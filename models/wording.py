"""How a text goes on from the one before it."""


def continued(text: str) -> str:
    """A text that goes on after a semicolon: its first letter small. Not for names."""
    return text[:1].lower() + text[1:]

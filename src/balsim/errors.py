"""Errors that are nobody's mistake."""


class Unfinished(RuntimeError):
    """A run stopped for a reason outside the model (a full disk, a lost cluster). What was finished is kept."""

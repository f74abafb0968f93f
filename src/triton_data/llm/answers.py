"""What asking a language model can end with besides an answer."""


class NoAnswer(Exception):
    """The model could not be asked, or said nothing of use."""

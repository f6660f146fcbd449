"""The command ``ehpc``: one file a verb, joined in ``main``."""

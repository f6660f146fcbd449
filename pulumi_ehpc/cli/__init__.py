"""The command ``ehpc``: one file for each verb, joined in ``main``."""

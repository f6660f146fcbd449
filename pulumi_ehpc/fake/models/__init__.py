"""The objects of the fake: clusters, what is in them, and their rules, the same for both API versions."""

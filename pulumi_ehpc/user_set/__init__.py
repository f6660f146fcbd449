"""The user set: the people who may log in to a cluster."""

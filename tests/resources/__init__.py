"""The whole life of each resource type, in both API versions, on a fake over HTTP; no engine."""

"""The adapter to Pulumi: providers, the plugin process, the resources of a program, preflight, identity, settings."""

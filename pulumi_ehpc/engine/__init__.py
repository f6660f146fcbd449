"""The adapter to the Pulumi engine."""

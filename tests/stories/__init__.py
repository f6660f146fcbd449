"""The real Pulumi CLI with a file backend, against the fake over HTTP."""

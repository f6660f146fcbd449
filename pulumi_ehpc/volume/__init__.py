"""The volume: a file system mounted on a cluster's nodes."""

"""The node group: a fixed number of compute nodes of one kind."""

"""The cluster: manager node, scheduler, network, what it is created with."""

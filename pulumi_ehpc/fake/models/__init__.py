"""What the fake knows: clusters and what is in them, with their rules. No API version is known here."""

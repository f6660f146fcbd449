"""What a property is, and all that follows from its declaration."""

"""What all nouns share: rows, check, diff, steps, the adapter to the engine."""

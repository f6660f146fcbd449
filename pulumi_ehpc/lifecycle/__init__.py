"""What all nouns share: rows, check, diff, the provider base, progress, partial failure and taking over."""

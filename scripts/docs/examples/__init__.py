"""The examples of the nouns' pages: whole programs, type-checked with the package and run in the tests."""

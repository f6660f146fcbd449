"""The examples on the pages of the resource types: whole programs, type-checked and run by the tests."""

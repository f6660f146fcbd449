"""Programs that type checkers accept, and ones that they refuse."""

"""Tools of this checkout. They need nothing but the standard library."""

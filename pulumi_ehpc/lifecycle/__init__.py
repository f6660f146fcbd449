"""What all handlers share: operations, base classes, ownership, adoption, lost responses; free of the engine."""

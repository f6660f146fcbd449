"""What a property is, and all that follows from its declaration; pure: neither engine nor network.

A property is declared once::

    class QueueProperties(Properties):
        name: Prop[str | None] = string(default=None, length=(1, 63), change=REPLACE)
        \"\"\"Queue name.\"\"\"
        max_count: Prop[int | None] = integer(default=None)

From it come the constructor's argument (typed for editors, with a real signature), validation, diff, the secret mark,
the typed reading in handlers (``op.inputs.max_count``) and its entry in the reference.
"""

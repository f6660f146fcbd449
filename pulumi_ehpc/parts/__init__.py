"""What several nouns are made of: node templates, disks, storages; and the rules they share.

Like a noun's room: ``args.py`` is what a user types, and a file per API version says how that version spells it.
"""

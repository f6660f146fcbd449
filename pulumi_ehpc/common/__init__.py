"""What several resource types use: nested arguments, the reference to a cluster, rules, and releasing nodes.

``args.py`` is what a user writes; a file per API version has the field maps of that version.
"""

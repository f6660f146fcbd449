"""Stands in for pip where the engine's Python host asks it, at every run, which packages are installed.

pip takes longer for the answer (0.6 s of processor time) than the rest of an empty preview. The demo runs with pip
itself.
"""

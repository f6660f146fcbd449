"""Generated pages of ``docs/``: what the rows, the version files, the error tree and the spec say, and nothing else."""

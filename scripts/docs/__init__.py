"""The generated pages of ``docs/``: what properties, field maps, handlers, error tree and specification say."""

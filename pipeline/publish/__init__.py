"""Copies for analysts or the public, without private persons: :mod:`.publication` makes them, :mod:`.served` finds them again."""

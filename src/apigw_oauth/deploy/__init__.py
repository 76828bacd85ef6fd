"""Build it, describe it, ship it."""

"""The forms a customer can export what the world holds in: one module a source."""

"""Settings, URLs and the ASGI door."""

"""The log itself: segments as they are written, the lake they are loaded into, and what of it no longer counts."""

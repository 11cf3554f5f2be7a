"""Shemei 社媒: social-media marketing that follows every touch to an order."""

__version__ = "0.1.0"

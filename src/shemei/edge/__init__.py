"""The front door: short-link redirects and tag events, each on disk before it is answered.

A small ASGI application of its own, without Django: it reads two files that the rooms publish
(``linkbook``, ``sites``), writes spool segments, and knows nothing else of the system.
"""

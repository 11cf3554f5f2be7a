"""Commands of ``shemei`` that need no installation: file in, answer out."""

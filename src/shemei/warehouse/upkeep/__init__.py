"""Keeping a home whole: compacting, erasing, keeping so long, backing up, checking, proving."""

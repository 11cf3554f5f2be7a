"""Keeping a home whole: settling, compacting, erasing, keeping so long, backing up, proving."""

"""总览: where the goals stand, what changed and why, and where to begin."""

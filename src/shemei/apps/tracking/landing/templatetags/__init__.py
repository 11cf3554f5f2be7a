"""Template helpers of landing pages."""

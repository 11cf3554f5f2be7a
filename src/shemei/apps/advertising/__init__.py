"""What paid reach costs: every spend by day, platform and kind, with what the platform claims for it kept apart."""

"""The demo company: one skincare brand over 180 days, made from a seed, so that every page has something true to show."""

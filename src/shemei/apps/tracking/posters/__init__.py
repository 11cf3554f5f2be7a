"""Places where people meet the brand: a code to scan at each, a poster to print, and what the scans became."""

"""Files of paths that somebody brings: read in pieces into what the models need, or refused with the row."""

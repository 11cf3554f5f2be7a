"""Pages of the tracking room: links, promo codes, sites."""

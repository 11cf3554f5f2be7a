"""What all rooms share about a brand: its marketing campaigns, content pillars and accounts on the platforms."""

"""Everything the brand and its creators publish: posts, where they stand, and what each platform says they did."""

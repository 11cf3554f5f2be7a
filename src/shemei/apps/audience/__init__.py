"""The people behind the figures: who came, by which way, and what they bought. Persons are resolved by the warehouse."""

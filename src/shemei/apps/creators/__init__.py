"""The people whose followers the brand reaches: KOL, KOC and everyday users, what was agreed with them and what came of it."""

"""The event log and the questions asked of it: one log, open files, no second truth. No Django."""

"""The event log and the questions asked of it. One log, open files, every figure computed from it. No Django."""

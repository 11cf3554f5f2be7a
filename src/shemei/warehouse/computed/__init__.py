"""What is computed from the log and kept beside it: cells, persons, orders, paths, the sample of visitors."""

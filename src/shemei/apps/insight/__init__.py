"""What the numbers say: goals, the overview, attribution, and the way from any figure down to its rows."""

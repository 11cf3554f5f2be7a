"""Commerce: what was sold, to whom, and what was given back; every order can be traced to what earned it."""

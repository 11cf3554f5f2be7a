"""How each question is answered: its SQL in the portable subset, and what is remembered."""

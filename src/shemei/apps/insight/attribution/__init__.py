"""归因: models side by side, how firm they are, and every order behind a figure."""

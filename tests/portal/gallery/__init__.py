"""A room that exists for the tests alone: every component, a board, a list and a form."""

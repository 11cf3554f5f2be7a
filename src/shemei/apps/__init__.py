"""The rooms: one Django app per bounded context, named in the marketer's words."""

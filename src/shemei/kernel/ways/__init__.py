"""The way of a person or to an order: one direction, one wording and one component (``<c-way>``) for all rooms."""

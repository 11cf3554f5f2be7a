"""The brand tracker: what surveys and indices told of the brand, and how sure it is. Its rows are models of the room."""

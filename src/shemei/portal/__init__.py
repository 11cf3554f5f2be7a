"""The shell: page frame, components, numbers as people read them, and browser behaviour."""

"""Pure mathematics and text: values in, values out.

No Django, no I/O, no clock, no hidden randomness.
"""

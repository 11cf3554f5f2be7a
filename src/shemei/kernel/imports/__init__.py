"""File imports: read a table, map its columns, check every cell, write it once, undo it. Knows no room."""

"""Reading sheets that people send: from bytes to lines, from headers to columns, from cells to values, row by row."""

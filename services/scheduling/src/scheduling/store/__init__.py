"""Everything the scheduling service keeps, one function for each SQL statement."""

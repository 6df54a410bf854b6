"""The planner's files: facts in, plans out, and every row that cannot be read named."""

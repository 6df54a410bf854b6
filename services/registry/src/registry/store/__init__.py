"""The registry's database: one function is one statement, typed in and out."""

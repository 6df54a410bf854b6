"""The registry's nouns: what people send in, checked as it is read, and what is kept of it."""

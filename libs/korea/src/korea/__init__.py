"""Korea as the programme needs it: provinces, districts, working days, and a synthetic population."""

"""Whom the programme is for: dated rules, and a reason for each criterion."""

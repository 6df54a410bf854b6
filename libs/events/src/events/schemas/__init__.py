"""Contracts as a product: their JSON Schemas, what may change in them, who reads what, and the page that says so."""

"""Who may call: signed tokens, roles and scopes of HTTP callers."""

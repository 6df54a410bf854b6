"""How the nation's programme stands: read models built from events alone."""

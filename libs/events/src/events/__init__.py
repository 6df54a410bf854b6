"""What the services say to each other, and how it travels."""

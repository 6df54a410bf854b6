"""The HTTP door: progress for everyone, an agency's own for the agency, reconciliation for those who keep the books."""

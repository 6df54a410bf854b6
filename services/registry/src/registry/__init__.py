"""Who takes part: programmes, agencies, managers, enterprises."""

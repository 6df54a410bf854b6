"""The registry's rules: pure, synchronous, and ignorant of how anything is stored or sent."""

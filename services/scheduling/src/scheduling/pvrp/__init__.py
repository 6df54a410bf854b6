"""Periodic routing in Cordeau's format: the public yardstick for choosing days and tours together."""

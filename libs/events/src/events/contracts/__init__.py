"""What the services say to each other: one module for each publishing service, and the envelope around every fact."""

from events.contracts import eligibility, registry, scheduling

__all__ = ["eligibility", "registry", "scheduling"]

"""Who visits whom, and when: the plan and its visits."""

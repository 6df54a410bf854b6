"""From a plan that was asked for to its publication: the picture, a planner's proposal, the check, one transaction."""

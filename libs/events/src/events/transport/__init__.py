"""How facts travel: outbox and relay on the way out, fenced positions and one transaction a batch on the way in."""

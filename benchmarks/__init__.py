"""How long things take, and how large they become: to be read, not to be asserted."""

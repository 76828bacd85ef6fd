"""What `deploy` builds, shows and tells."""

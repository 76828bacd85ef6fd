"""The development authorization server: Authlete's API and its direct endpoints, on your own machine."""

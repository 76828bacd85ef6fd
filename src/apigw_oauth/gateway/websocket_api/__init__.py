"""WebSocket APIs: a handshake with a Lambda authorizer, messages to routes, and the management API beside them."""

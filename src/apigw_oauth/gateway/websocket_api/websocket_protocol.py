"""Uvicorn's WebSocket protocol, taught the limits and the good-bye of API Gateway.

Only loaded for a WebSocket API: nobody else pays for the import.
"""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from uvicorn.server import ServerState
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, TextMessage

from apigw_oauth.gateway.websocket_api.asgi_socket import TOO_LARGE
from apigw_oauth.gateway.websocket_api.limits import LARGEST_FRAME, LARGEST_MESSAGE

_GOING_AWAY = 1001


class WebSocketProtocol(WSProtocol):
    """Does not keep messages and frames that are too large, and says why it closes: 1001 when the server stops.

    It inherits because ASGI knows no frames, and because uvicorn closes with 1012, or without a word.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._frame_length = 0

    def data_received(self, data: bytes) -> None:
        """Take in what came. A handshake whose Host or subprotocols cannot be read as names is not one."""
        try:
            super().data_received(data)
        except UnicodeError:
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()

    def handle_message(self, event: TextMessage | BytesMessage) -> None:
        """Keep a part of a message, or say that it is too large. Then the application closes the connection."""
        length = len(event.data.encode() if isinstance(event, TextMessage) else event.data)
        self._frame_length += length
        if self._frame_length > LARGEST_FRAME or self.buffer.length + length > LARGEST_MESSAGE:
            self.buffer.clear()
            message: Any = {"type": "websocket.receive", "text": "", TOO_LARGE: True}
            self.queue.put_nowait(message)
            return
        if event.frame_finished:
            self._frame_length = 0
        super().handle_message(event)

    def handle_close(self, event: CloseConnection) -> None:
        """End the connection. A client that broke the protocol is told so: it sent no good-bye to be answered."""
        if self.conn.state is ConnectionState.OPEN and not self.close_sent:
            self.transport.write(self.conn.send(CloseConnection(code=event.code, reason=event.reason)))
        super().handle_close(event)

    def shutdown(self) -> None:
        """Say good-bye as a server that goes away, unless one of the two has done so already.

        Over TLS a connection that is closed stays around until the client has ended its side too.
        """
        if not self.handshake_complete:
            super().shutdown()
            return
        self.stop_keepalive()
        if self.conn.state is ConnectionState.OPEN:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": _GOING_AWAY, "reason": "Going away"})
            self.transport.write(self.conn.send(CloseConnection(code=_GOING_AWAY, reason="Going away")))
        self.transport.close()

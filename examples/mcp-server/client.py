"""An MCP client that knows the address of an MCP server and its own client_id, and finds out the rest."""

import asyncio
import sys
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata


class Registered:
    """What the client knows beforehand: how it is registered. Its token it forgets when it ends."""

    def __init__(self, redirect_uri):
        self.info = OAuthClientInformationFull(client_id="notebook", redirect_uris=[redirect_uri])
        self.tokens = None

    async def get_client_info(self):
        return self.info

    async def set_client_info(self, client_info):
        self.info = client_info

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens


class Browser:
    """Shows the authorization page to a person, and takes what the browser brings back. See RFC 8252."""

    def __init__(self):
        self.arrived = {}
        arrived = self.arrived

        class Callback(BaseHTTPRequestHandler):
            def do_GET(self):
                arrived.update(parse_qsl(urlsplit(self.path).query))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"You may close this window.")

        self.server = HTTPServer(("127.0.0.1", 0), Callback)  # any free port: the server allows that for loopback
        self.redirect_uri = f"http://127.0.0.1:{self.server.server_port}/callback"

    async def show(self, url):
        self.callback = asyncio.create_task(asyncio.to_thread(self.server.handle_request))
        print("Log in at", url, flush=True)
        await asyncio.to_thread(webbrowser.open, url)

    async def answer(self):
        await self.callback
        return AuthorizationCodeResult(**{key: self.arrived.get(key, "") for key in ("code", "state", "iss")})


async def read_note(url, name):
    browser = Browser()
    metadata = OAuthClientMetadata(redirect_uris=[browser.redirect_uri], grant_types=["authorization_code"])
    oauth = OAuthClientProvider(url, metadata, Registered(browser.redirect_uri), browser.show, browser.answer)
    async with (
        httpx2.AsyncClient(auth=oauth, timeout=30) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        result = await client.call_tool("read_note", {"name": name})
        return result.content[0].text


if __name__ == "__main__":
    print(asyncio.run(read_note(sys.argv[1], sys.argv[2])))

"""An MCP server with one tool. It knows nothing of OAuth: API Gateway lets nobody through who may not."""

import sys

from mcp.server.mcpserver import MCPServer

NOTES = {"shopping": "bread, milk", "holiday": "pack the tent"}

server = MCPServer("notes")


@server.tool()
def read_note(name: str) -> str:
    """Read one of the notes."""
    return NOTES.get(name, "There is no such note.")


if __name__ == "__main__":
    # One answer a request, as JSON: API Gateway sends nothing on before an answer is complete.
    server.run("streamable-http", port=int(sys.argv[1]), stateless_http=True, json_response=True)

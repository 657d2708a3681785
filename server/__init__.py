"""The editor's view of programs, over the Language Server Protocol.

The rim of this room knows the protocol: `app`, `protocol`, `convert`, `requests/`, and what pushes, `publishing` and
`training`. The rest, `features/` above all, maps an analysis to plain data.

pygls is loaded when a server starts, not when this package is imported.
"""

from cnngen.server.transport import serve_stdio, serve_tcp

__all__ = ["serve_stdio", "serve_tcp"]

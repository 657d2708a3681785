"""What the user has set, folder by folder: asked of the client, and again whenever it says that it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.server.files import path_of_file
from cnngen.server.runs import CHANGED as RUNS_CHANGED
from cnngen.server.settings import SECTION, Settings

if TYPE_CHECKING:
    from cnngen.server.app import Server


class Configuration:
    """The settings of the window, and of each folder. All methods belong to the event loop's thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._begun = Settings()
        self._folders: dict[Path, Settings] = {}
        self._reported: set[str] = set()
        self._asked = 0
        self.window = self._begun

    def begin(self, options: Any) -> None:
        """Take in what the editor has sent at the start; all else is set upon it."""
        self._begun = self.window = Settings().updated(options)

    def of(self, uri: str) -> Settings:
        """The settings that count for a document: those of its folder."""
        path = path_of_file(uri)
        root = self._server.folders.root_of(path) if path else None
        return self._folders.get(root, self.window) if root else self.window

    async def ask(self) -> None:
        """Ask the client what is set now, for the window and for each folder."""
        workspace = self._server.client_capabilities.workspace
        if not (workspace and workspace.configuration):
            return
        self._asked = asked = self._asked + 1
        roots = self._server.folders.roots
        items = [types.ConfigurationItem(section=SECTION)]
        items += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in roots]
        answers = await self._server.workspace_configuration_async(types.ConfigurationParams(items))
        if asked == self._asked:  # else a newer question is on its way
            self.take_in(answers[0], dict(zip(roots.values(), answers[1:], strict=True)))

    def take_in(self, window: Any, folders: dict[Path, Any]) -> None:
        """Let these settings count from now on, and say once what is wrong with them."""
        before = self.window, self._folders
        self.window, problems = self._begun.configured(window)
        self._folders = {}
        for root, given in folders.items():
            self._folders[root], more = self._begun.configured(given)
            problems += more
        for problem in dict.fromkeys(problems):
            if problem not in self._reported:
                self._server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, problem))
        self._reported = set(problems)
        if any(self._changed(name, *before) for name in ("code_lens", "totals_lens", "result_lens", "runs_directory")):
            self._server.refresh_code_lenses()
        if self._changed("runs_directory", *before):
            self._server.protocol.notify(RUNS_CHANGED, {"directory": None})
        if any(self._changed(name, *before) for name in ("value_hints", "shape_hints")):
            self._server.refresh_inlay_hints()
        if self._changed("workspace_diagnostics", *before):
            self._server.refresh_diagnostics()

    def _changed(self, name: str, window: Settings, folders: dict[Path, Settings]) -> bool:
        """Whether a setting counts otherwise than before, anywhere."""
        if getattr(window, name) != getattr(self.window, name):
            return True
        roots = folders.keys() | self._folders.keys()
        return any(
            getattr(folders.get(root, window), name) != getattr(self._folders.get(root, self.window), name)
            for root in roots
        )

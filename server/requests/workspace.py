"""The workspace: which folders are open, and which programs in them come, change or go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from cnngen.runtime.record import RESULT, WORKER_LOCK
from cnngen.server.files import path_of_file
from cnngen.server.folders import SUFFIX
from cnngen.server.runs import runs_directories
from cnngen.server.settings import SECTION

if TYPE_CHECKING:
    from cnngen.server.app import Server

#: What a client is asked to watch.
_PROGRAMS = f"**/*{SUFFIX}"
_RUNS = f"**/{{{WORKER_LOCK},{RESULT}}}"


def register(server: Server) -> None:
    """Follow the folders and the files in them."""
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_workspace_folders)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)


async def initialized(ls: Server, params: types.InitializedParams) -> None:
    """Take in folders and settings, and ask to be told when settings change, or programs on the disk."""
    take_in_folders(ls)
    await ls.configuration.ask()
    workspace = ls.client_capabilities.workspace
    changing = workspace.did_change_configuration if workspace else None
    if changing and changing.dynamic_registration:
        configuration = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        await _ask_to_be_told(ls, types.WORKSPACE_DID_CHANGE_CONFIGURATION, configuration)
    watching = workspace.did_change_watched_files if workspace else None
    if watching and watching.dynamic_registration:
        watchers = [types.FileSystemWatcher(glob) for glob in (_PROGRAMS, _RUNS)]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        await _ask_to_be_told(ls, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        ls.folders.watched = True
        ls.folders.forget()
    await ls.trainings.find(await runs_directories(ls))


async def did_change_workspace_folders(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Other folders, other programs and other settings."""
    take_in_folders(ls)
    ls.refresh_diagnostics()
    await ls.configuration.ask()
    await ls.trainings.find(await runs_directories(ls))


async def did_change_watched_files(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Programs that are not open have come, changed or gone; those that are open count as the editor has them.

    So have runs that somebody else has begun, such as `cnngen train` in a terminal.
    """
    programs = [change for change in params.changes if change.uri.endswith(SUFFIX)]
    if any(change.type != types.FileChangeType.Changed for change in programs):
        ls.folders.forget()
    if any(not ls.documents.get(change.uri) for change in programs):
        ls.refresh_diagnostics()
    await ls.trainings.changed(path for change in params.changes if (path := path_of_file(change.uri)))


async def _ask_to_be_told(ls: Server, method: str, options: Any) -> None:
    registration = types.Registration(id=f"cnngen {method}", method=method, register_options=options)
    await ls.client_register_capability_async(types.RegistrationParams([registration]))


def take_in_folders(ls: Server) -> None:
    """The folders as pygls keeps them; of an older client the one folder."""
    uris = [folder.uri for folder in ls.workspace.folders.values()] or [ls.workspace.root_uri]
    ls.folders.set([uri for uri in uris if uri])

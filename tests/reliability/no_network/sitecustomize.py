"""Refuses the internet to this process and to those that it starts, and writes down who asked for it.

In force where this folder is on PYTHONPATH and NETWORK_LOG names a file.
"""

import os
import socket
import sys
from pathlib import Path

LOG = Path(os.environ["NETWORK_LOG"])
NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}


def asking():
    """Return the name of the module that wants a socket."""
    frame = sys._getframe(2)  # noqa: SLF001 - the function that the interpreter has for this
    while frame.f_globals["__name__"] == "socket":
        frame = frame.f_back
    return frame.f_globals["__name__"]


def refuse(event, arguments):
    """Allow sockets between processes of this machine alone, which multiprocessing uses."""
    if event in NAMES or (event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6)):
        with LOG.open("a") as file:
            file.write(f"{event} by {asking()}\n")
        raise PermissionError(event)


sys.addaudithook(refuse)
with LOG.open("a") as started:
    started.write("started\n")

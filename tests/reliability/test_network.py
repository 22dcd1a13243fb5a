"""Nothing is fetched and nothing is sent: the commands do their work with the internet refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "reports" / "p10" / "p10000001"
ASKS_FOR_IPV6 = "socket.__new__ by urllib3.util.connection"
"""When spaCy is imported, urllib3 opens and closes a socket to know whether the machine has IPv6; it sends nothing."""
COMMANDS = """
import sys
from labeler.cli.app import main

if __name__ == "__main__":
    reports, out, report = sys.argv[1:]
    for command in (
        f"label {reports} -o {out}/one.csv --evidence {out}/one.jsonl -q",
        f"label {reports} -o {out}/two.csv --workers 2 -q",
        f"sections {reports} -o {out}/sections.csv -q",
        f"explain {report}",
        f"explain {reports} --html {out}/page.html",
        f"review {reports} -o {out}/review.html",
        f"export {out}/one.csv -o {out}/targets.csv",
        f"compare {out}/one.csv {out}/two.csv",
        f"evaluate --gold {out}/one.csv --reports {reports} --resamples 0 -o {out}/results",
    ):
        main(command.split(), standalone_mode=False)
    print("all done")
"""


def python(arguments, log, before=()):
    """Run Python with the internet refused."""
    environment = {**os.environ, "PYTHONPATH": str(HERE / "no_network"), "NETWORK_LOG": str(log)}
    command = [*before, sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def without_interfaces():
    """Return the command that takes all network interfaces away too, where the system allows it."""
    unshare = shutil.which("unshare")
    command = (unshare, "--map-root-user", "--net") if unshare else ()
    return command if command and subprocess.run([*command, "true"], check=False).returncode == 0 else ()


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'], check=True)",
    ],
)
def test_the_guard_refuses(tmp_path, code):
    """What would reach out is stopped and written down, in processes that are started too."""
    done = python(["-c", code], tmp_path / "log")
    assert done.returncode != 0
    assert "socket." in (tmp_path / "log").read_text()


def test_no_command_asks_for_the_network(tmp_path):
    """What reads reports or labels runs to its end, the model's loading, worker processes and plots included."""
    (tmp_path / "commands.py").write_text(COMMANDS)
    log = tmp_path / "log"
    report = min(EXAMPLES.rglob("*.txt"))
    done = python([tmp_path / "commands.py", EXAMPLES, tmp_path, report], log, without_interfaces())
    assert done.stdout.endswith("all done\n"), done.stderr
    lines = log.read_text().splitlines()
    assert lines.count("started") >= 3  # this one and its two workers
    assert set(lines) - {"started"} <= {ASKS_FOR_IPV6}

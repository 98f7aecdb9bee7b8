"""phasetop while it watches: as a stream of reports, and on a screen."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time

import pyte

PROGRAM = os.path.abspath(os.environ.get("PT_PROGRAM", "build/release/phasetop"))
COLUMNS, ROWS = 160, 48


def report(run):
    """A cold one: what lies on the disk now."""
    done = subprocess.run(
        [PROGRAM, "--once", "--json", "-m", "all", run], capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)["runs"][0]


def wait_until(condition, seconds):
    """The condition's last value: true as soon as it is, else what it is in the end."""
    end = time.time() + seconds
    while not (value := condition()) and time.time() < end:
        time.sleep(0.05)
    return value


class Stream:
    """--json without --once: a document at the start and after each change."""

    def __init__(self, run):
        self.process = subprocess.Popen(
            [PROGRAM, "--json", "-m", "all", run], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        self.documents = []  # (time of arrival, the run's report)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.documents.append((time.time(), json.loads(line)["runs"][0]))

    def newest(self):
        return self.documents[-1][1] if self.documents else None

    def first_with(self, step, since):
        """When a checkpoint of that step was first reported after `since`; None: never."""
        for arrived, run in self.documents:
            if arrived >= since and step in run["checkpoints"]["steps"]:
                return arrived
        return None

    def stop(self):
        self.process.terminate()
        return self.process.wait(10)


class Screen:
    """The dashboard in a pseudo-terminal, read by a terminal emulator."""

    def __init__(self, run):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.seen_steps = {}  # step that the status line named -> when first
        self.process_id, self.terminal = pty.fork()
        if self.process_id == 0:
            os.environ.update(
                TERM="xterm-256color",
                LANG="C.UTF-8",
                LC_ALL="C.UTF-8",
            )
            os.execv(PROGRAM, [PROGRAM, run])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        stream = pyte.ByteStream(self.screen)
        while True:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:  # the program has ended
                return
            with self.lock:
                stream.feed(data)
                status = self.screen.display[0]
            if step := re.search(r"\bstep (\d+)\b", status):
                self.seen_steps.setdefault(int(step[1]), time.time())

    def text(self):
        with self.lock:
            return "\n".join(self.screen.display)

    def cpu_s(self):
        with open(f"/proc/{self.process_id}/stat") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def quit(self):
        """The program's exit code."""
        os.write(self.terminal, b"q")
        return os.waitstatus_to_exitcode(os.waitpid(self.process_id, 0)[1])

"""Damaged files of every format, at random; `make fuzz` does the same for longer."""

import subprocess
import sys
from pathlib import Path


def test_damaged_files_become_a_picture_or_a_sentence():
    script = Path(__file__).with_name("fuzz_readers.py")
    command = [sys.executable, str(script)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-8000:]
    assert "gave a picture or a sentence" in done.stdout

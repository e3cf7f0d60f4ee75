from dataclasses import replace

import pandas as pd
import pytest

from astro_core.datasets.readers import READERS, Scan
from astro_core.domain import no_progress
from astro_core.errors import BadInputError
from astro_core.workflows.choose_reader import find_place, scan_place


def test_a_reader_that_names_two_objects_alike_is_refused(tmp_path):
    found = Scan(parts=(), catalogue=pd.DataFrame({"object_id": ["a", "b", "b"]}))
    spec = replace(READERS.get("folders"), scan=lambda *_: found)
    place = find_place(str(tmp_path), "", tmp_path / "own", no_progress)
    with pytest.raises(BadInputError, match=r"same identifier.*'b'"):
        scan_place(place, spec, no_progress)

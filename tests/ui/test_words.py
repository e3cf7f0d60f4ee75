import pytest

from astro_core.ui import words


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59.4, "59 s"), (130, "2 min 10 s"), (11_100, "3 h 5 min")]
)
def test_durations(seconds, said):
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("n_bytes", "said"), [(0, "0 kB"), (640_000, "640 kB"), (12.3e6, "12.3 MB"), (1.4e9, "1.40 GB")]
)
def test_disk_space(n_bytes, said):
    assert words.disk(int(n_bytes)) == said


def test_rates_have_two_digits():
    assert [words.rate(v) for v in (0.123, 1.26, 47.6)] == ["0.12", "1.3", "48"]


def test_markdown_from_files_is_disarmed():
    assert words.plain("a_b [x](http://y) $1$") == "a\\_b \\[x\\](http\\://y) \\$1\\$"


def test_places_in_a_row():
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
    ]  # fmt: skip


def test_counts_agree_in_number():
    assert (words.objects(1), words.objects(1200)) == ("1 object", "1,200 objects")

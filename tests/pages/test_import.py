import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import list_datasets, open_dataset
from astro_core.runs import execute, get_run
from astro_core.ui import import_options, import_source


@pytest.fixture
def here(monkeypatch):
    """Runs are done at once, in this process; returns the ids in order."""
    made = []

    def submit(workspace, kind, params, *, title):
        made.append(execute(workspace, kind, params, title=title).run_id)
        return made[-1]

    for module in (import_source, import_options):
        monkeypatch.setattr(module.runs, "submit", submit)
    return made


def picture(seed):
    noise = np.random.default_rng(seed).integers(0, 255, (24, 24, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Two spirals of either sense, four ellipticals, and one file that is no picture."""
    root = tmp_path / "sky"
    for i, name in enumerate(["cw", "cw", "acw", "acw", *["elliptical"] * 4]):
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / f"g{i}.png").write_bytes(picture(i))
    (root / "cw" / "broken.png").write_bytes(b"no picture")
    return root


def look(test, folder):
    test.text_input(key="import:path").set_value(str(folder))
    return next(b for b in test.button if b.label == "Look inside").click().run()


def texts(test):
    html = [e.proto.body for e in test.get("html")]
    return "\n".join([*html, *(m.value for m in test.markdown), *(c.value for c in test.caption)])


def test_looking_lists_everything_and_writes_nothing(space, here, folder, open_page):
    test = look(open_page("import.py"), folder)
    assert not test.exception
    said = texts(test)
    assert "<b>8</b><span>objects</span>" in said
    assert "<b>1</b><span>left out</span>" in said
    assert "1 problem." in said
    assert any("broken.png" in str(f.value) for f in test.dataframe)
    assert list_datasets(space) == ()


def test_importing_makes_the_dataset_under_its_name(space, here, folder, open_page):
    test = look(open_page("import.py"), folder)
    test.text_input(key=f"import:name:{here[0]}").set_value("my sky")
    test.button(key="import:go").click().run()
    assert not test.exception
    dataset = open_dataset(space, "my sky")
    assert (dataset.n_objects, dataset.n_bad) == (8, 1)
    assert "Open in Browse" in [b.label for b in test.button]


def test_a_taken_name_is_said_before_anything_starts(space, here, folder, open_page, make_survey):
    make_survey("sky")
    test = look(open_page("import.py"), folder)
    assert test.text_input(key=f"import:name:{here[0]}").value == "sky 2"
    test.text_input(key=f"import:name:{here[0]}").set_value("sky")
    test.button(key="import:go").click().run()
    assert "already a dataset" in test.error[0].value
    assert len(here) == 1


def test_classes_are_merged_and_left_out_as_the_table_says(space, here, folder, open_page):
    test = look(open_page("import.py"), folder)
    edited = import_options.class_table(get_run(space, here[0]).result["classes"])
    edited.loc[edited["class"].isin(["cw", "acw"]), "becomes"] = "spiral"
    edited.loc[edited["class"] == "elliptical", "keep"] = False
    test.session_state[f"import:classes:{here[0]}"] = edited
    test.button(key="import:go").click().run()
    assert not test.exception
    assert open_dataset(space, "sky").class_counts == {"spiral": 4}


def test_split_and_seed_come_from_the_options(space, here, folder, open_page):
    test = look(open_page("import.py"), folder)
    test.slider(key="import:split:train").set_value(0.5)
    test.slider(key="import:split:validation").set_value(0.5)
    test.button(key="import:go").click().run()
    splits = read_catalogue(open_dataset(space, "sky"), ["split"])["split"]
    assert set(splits) == {"train", "validation"}


def test_shares_beyond_the_whole_are_said(space, here, folder, open_page):
    test = look(open_page("import.py"), folder)
    test.slider(key="import:split:train").set_value(0.9)
    test.slider(key="import:split:validation").set_value(0.5)
    test.button(key="import:go").click().run()
    assert "more than the whole" in test.error[0].value
    assert len(here) == 1


def test_another_reader_looks_again(space, here, folder, open_page):
    test = look(open_page("import.py"), folder)
    test.selectbox(key=f"import:reader:{here[0]}").set_value("folders")
    test.button(key="import:again").click().run()
    assert not test.exception
    assert get_run(space, here[1]).params["reader"] == "folders"


def test_what_is_not_there_is_said_and_can_be_put_right(space, here, folder, open_page):
    test = look(open_page("import.py"), folder / "nowhere")
    assert "nothing at" in test.error[0].value
    test = look(test, folder)
    assert "Readers that fit" in texts(test)


@pytest.mark.parametrize(("path", "said"), [("", "No path"), ("https://example.org", "Web page")])
def test_a_path_that_is_none_is_said_at_once(space, here, open_page, path, said):
    test = look(open_page("import.py"), path)
    assert said in test.error[0].value
    assert not here


def test_an_uploaded_archive_keeps_its_folders_and_its_images(space, here, folder, open_page):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(folder.rglob("g*.png")):
            archive.write(path, path.relative_to(folder.parent))
    test = open_page("import.py")
    test.button_group(key="import:way").set_value("Upload").run()
    upload = ("survey.zip", stream.getvalue(), "application/zip")
    test.file_uploader(key="import:files").set_value([upload]).run()
    test.button(key="import:upload").click().run()
    assert not test.exception
    test.button(key="import:go").click().run()
    dataset = open_dataset(space, "survey")
    assert dataset.class_counts == {"acw": 2, "cw": 2, "elliptical": 4}
    assert (dataset.folder / dataset.parts[0].root).is_dir()


def test_uploads_are_limited_in_words(space, open_page):
    test = open_page("import.py")
    test.button_group(key="import:way").set_value("Upload").run()
    assert "At most 5,000 files and 2,000 MB together" in texts(test)


def test_more_images_go_into_a_dataset_that_is_there(space, here, folder, open_page, make_survey):
    before = make_survey("pictures", 24)
    test = look(open_page("import.py", extend="pictures"), folder)
    assert [b.label for b in test.button if b.key == "import:go"] == ["Add 8"]
    test.button(key="import:go").click().run()
    assert not test.exception
    assert open_dataset(space, "pictures").n_objects == before.n_objects + 8


def test_public_surveys_say_size_and_paper(space, open_page):
    test = open_page("import.py")
    test.button_group(key="import:way").set_value("Public survey").run()
    said = texts(test)
    assert "Leung & Bovy 2019" in said
    assert any(b.label.startswith("Download 2.7") for b in test.button)


def test_the_demo_can_be_made_from_here(space, open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(import_source.home, "start_demo", lambda w: asked.append(w) or "none")
    test = open_page("import.py")
    test.button_group(key="import:way").set_value("Demo survey").run()
    test.button(key="import:demo").click().run()
    assert len(asked) == 1
    assert "not there any more" in texts(test)

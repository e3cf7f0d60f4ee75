"""A small survey with everything that Browse can show: pictures, votes, positions, gaps."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.datasets.gz2 import gz2_taxonomy
from astro_core.datasets.store import publish_dataset, write_state
from astro_core.domain import Dataset, GalaxyClass, ImagePart, RenderRecipe, Source
from astro_core.workflows.feature_store import FeatureSet, NewFeatures, write_features
from astro_core.workspace import Workspace

N_SURVEY = 60
FIRST_ID = 587722981733826738


def survey_catalogue(taxonomy, n=N_SURVEY):
    rng = np.random.default_rng(7)
    number = np.arange(n)
    frame = pd.DataFrame(
        {
            "object_id": [str(FIRST_ID + i) for i in number],
            "part": 0,
            "file": [f"{i}.png" for i in number],
            "row": 0,
            "label": ["spiral" if i % 3 else "elliptical" for i in number],
            "split": [("train", "validation", "test")[i % 3] for i in number],
            "group": [str(i) for i in number],
            "ra_deg": (350.0 + number) % 360,
            "dec_deg": np.linspace(-90, 90, n),
            "width_px": 24,
            "height_px": 24,
            "content": [f"c{i}" for i in number],
            "duplicate_of": None,
            "redshift": rng.uniform(0.01, 0.2, n),
            "specobjid": np.array([2**62 + i for i in number], dtype=np.int64),
            "remark": "=SUM(A1)",
        }
    )
    frame.loc[[4, 5], "label"] = None
    frame.loc[6, "label"] = "merger"
    frame.loc[7, "duplicate_of"] = frame.loc[6, "object_id"]
    frame.loc[10:14, ["ra_deg", "dec_deg", "redshift"]] = np.nan
    for column in taxonomy.vote_columns:
        votes = rng.uniform(0, 1, n)
        votes[20:] = np.nan
        frame[column] = votes
    return frame


@pytest.fixture
def survey_space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


@pytest.fixture
def survey(survey_space):
    names = ("elliptical", "spiral", "merger", "ring")
    taxonomy = gz2_taxonomy(tuple(GalaxyClass(name=name) for name in names))
    made = survey_space.scratch_folder("new") / "dataset"
    (made / "files").mkdir(parents=True)
    rng = np.random.default_rng(3)
    for i in range(N_SURVEY):
        pixels = rng.integers(0, 255, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made / "files" / f"{i}.png")
    (made / "files" / "9.png").write_bytes(b"not a picture")
    catalogue = survey_catalogue(taxonomy)
    dataset = Dataset(
        name="Small Survey",
        folder=made,
        parts=(ImagePart(layout="picture", root="files", bands=("R", "G", "B")),),
        bands=("R", "G", "B"),
        taxonomy=taxonomy,
        source=Source(reader="images-csv", location="here", imported_at="2026-01-01T00:00:00Z"),
        fingerprint="small0001",
        n_objects=N_SURVEY,
        n_bad=0,
        class_counts=catalogue["label"].value_counts().to_dict(),
        pixel_scale_arcsec=0.4,
        recipe=RenderRecipe(size_px=16),
    )
    write_state(made, dataset, catalogue, [])
    return publish_dataset(survey_space, made, "Small Survey")


@pytest.fixture
def store_features(survey_space, survey):
    """Stores vectors of the survey's first objects under a key and returns it."""

    def store(values, key="vectors"):
        values = np.asarray(values, dtype=np.float32)
        key = f"{survey.fingerprint}-{key}"
        ids = [str(FIRST_ID + i) for i in range(len(values))]
        about = FeatureSet(
            key=key,
            extractor="pca",
            label="Principal components",
            params={},
            n_objects=len(values),
            n_features=values.shape[1],
            n_bad=0,
            created_at="2026-01-01T00:00:00+00:00",
            summary="planted",
            dataset=survey.name,
            fingerprint=survey.fingerprint,
        )
        new = NewFeatures(
            about=about,
            values=values,
            names=tuple(f"pc_{i}" for i in range(values.shape[1])),
            objects=pd.DataFrame({"object_id": ids}),
            problems=pd.DataFrame({"object_id": [], "reason": []}, dtype=str),
        )
        write_features(survey_space, new)
        return key

    return store


@pytest.fixture
def blobs(store_features):
    """Key of vectors in three blobs: object i lies in blob i % 3."""
    rng = np.random.default_rng(5)
    centres = np.array([[0, 0, 0], [20, 0, 0], [0, 20, 5]])
    return store_features(centres[np.arange(N_SURVEY) % 3] + rng.normal(0, 1, (N_SURVEY, 3)))

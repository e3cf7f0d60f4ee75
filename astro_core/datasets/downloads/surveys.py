"""Where public surveys are, and what their files must be."""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.registry import Registry

_ZENODO = "https://zenodo.org/records"


@dataclass(frozen=True, kw_only=True)
class SurveyFile:
    """One file of a survey.

    Attributes
    ----------
    checksum : str or None
        "sha256:..." or "md5:..." as published; None where none is: then the first download is
        recorded and later ones must equal it.
    """

    name: str
    url: str
    checksum: str | None = None


@dataclass(frozen=True, kw_only=True)
class SurveySpec:
    """A public survey.

    Attributes
    ----------
    about_bytes : int
        Rounded size of all files, to tell before and to keep room for.
    reader : str
        The reader that understands what is downloaded.
    reference, terms : str
        The paper to cite, and under what terms the files are published where that is stated.
    """

    name: str
    label: str
    description: str
    files: tuple[SurveyFile, ...]
    about_bytes: int
    reader: str
    reference: str
    terms: str = ""


SURVEYS: Registry[SurveySpec] = Registry("public survey")

# Checksums of Galaxy10: astroNN, astroNN/datasets/galaxy10.py and galaxy10sdss.py.
SURVEYS.add(
    SurveySpec(
        name="galaxy10-decals",
        label="Galaxy10 DECaLS",
        description="17,736 colour images of 256 x 256 pixels in 10 classes, with positions, "
        "redshifts and pixel scales.",
        files=(
            SurveyFile(
                name="Galaxy10_DECals.h5",
                url=f"{_ZENODO}/10845026/files/Galaxy10_DECals.h5",
                checksum="sha256:19aefc477c41bb7f77ff07599a6b82a038dc042f889a111b0d4d98bb755c1571",
            ),
        ),
        about_bytes=2_740_000_000,
        reader="galaxy10",
        reference="Leung & Bovy 2019, MNRAS 483, 3255; Walmsley et al. 2022, MNRAS 509, 3966",
    )
)
SURVEYS.add(
    SurveySpec(
        name="galaxy10-sdss",
        label="Galaxy10 SDSS",
        description="21,785 colour images of 69 x 69 pixels in 10 classes.",
        files=(
            SurveyFile(
                name="Galaxy10.h5",
                url=f"{_ZENODO}/10844811/files/Galaxy10.h5",
                checksum="sha256:969a6b1cefcc36e09fffa86febd2f699a4aa19b837ba0427f01b0bc6ded458af",
            ),
        ),
        about_bytes=210_000_000,
        reader="galaxy10",
        reference="Leung & Bovy 2019, MNRAS 483, 3255; Lintott et al. 2011, MNRAS 410, 166",
    )
)
# Zenodo shows MD5 sums; no checksum of the table of Hart et al. is published.
SURVEYS.add(
    SurveySpec(
        name="galaxy-zoo-2",
        label="Galaxy Zoo 2",
        description="243,434 SDSS images of 424 x 424 pixels, and 37 vote fractions for each of "
        "239,695 galaxies.",
        files=(
            SurveyFile(
                name="gz2_filename_mapping.csv",
                url=f"{_ZENODO}/3565489/files/gz2_filename_mapping.csv",
                checksum="md5:7e28465e6dfbf96c0d828c595a5bbd80",
            ),
            SurveyFile(
                name="gz2_hart16.csv.gz",
                url="https://gz2hart.s3.amazonaws.com/gz2_hart16.csv.gz",
            ),
            SurveyFile(
                name="images_gz2.zip",
                url=f"{_ZENODO}/3565489/files/images_gz2.zip",
                checksum="md5:bc647032d31e50c798770cf4430525c7",
            ),
        ),
        about_bytes=3_500_000_000,
        reader="galaxy-zoo-2",
        reference="Willett et al. 2013, MNRAS 435, 2835; Hart et al. 2016, MNRAS 461, 3663",
        terms="images: CC BY 4.0",
    )
)

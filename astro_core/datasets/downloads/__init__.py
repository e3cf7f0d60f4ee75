"""Public surveys from their official addresses: checked, resumable, fetched once."""

from astro_core.datasets.downloads.fetch import download_survey
from astro_core.datasets.downloads.surveys import SURVEYS, SurveyFile, SurveySpec

__all__ = ["SURVEYS", "SurveyFile", "SurveySpec", "download_survey"]

"""Why a model said what it said: where it looked, and what its layers see."""

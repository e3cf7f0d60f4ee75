"""Everything that a training needs to be repeated, declared once."""

from __future__ import annotations

from dataclasses import dataclass

from astro_core.params import param

OPTIMISERS = ("adam", "adamax", "adamw", "sgd", "rmsprop")
SCHEDULES = ("constant", "cosine")
VOTE_LOSSES = ("squared", "dirichlet-multinomial")
CATALOGUE, FILLED = "catalogue", "people+catalogue"
LABELS = (CATALOGUE, "majority", "weighted", "dawid-skene", FILLED)


@dataclass(frozen=True, kw_only=True)
class TrainingParams:
    """How a model is trained, whatever the model is."""

    labels: str = param(
        CATALOGUE, label="Labels", choices=LABELS,
        help="Whose classes are learned: those of the catalogue, what people who reviewed it "
        "together said by one of three rules, or that by majority and the catalogue's elsewhere.",
    )  # fmt: skip
    taxonomy: str = param(
        "", label="Set of classes",
        help="Name of the classes in which people answered, where it is their labels that are "
        "learned; empty takes the dataset's own.",
    )  # fmt: skip
    crop_px: int = param(
        0, label="Crop", minimum=0, maximum=2048, unit="px",
        help="Side of the central square taken from each image; 0 takes the whole image.",
    )  # fmt: skip
    size_px: int = param(
        64, label="Image size", minimum=16, maximum=600, unit="px",
        help="Side to which the crop is resized; what the network sees.",
    )  # fmt: skip
    grey: bool = param(False, label="Grey", help="Mean of the three colours instead of colour.")
    epochs: int = param(
        30, label="Epochs", minimum=1, maximum=2000, help="Passes over the training galaxies."
    )
    batch_size: int = param(
        64, label="Batch size", minimum=1, maximum=4096, help="Galaxies per step."
    )
    optimiser: str = param(
        "adam", label="Optimiser", choices=OPTIMISERS, help="How weights follow the gradient."
    )
    learning_rate: float = param(
        1e-3, label="Learning rate", minimum=1e-7, maximum=1.0, help="Size of the first steps."
    )
    schedule: str = param(
        "constant", label="Schedule", choices=SCHEDULES,
        help="Cosine lets the learning rate fall to nothing over all epochs.",
    )  # fmt: skip
    weight_decay: float = param(
        0.0, label="Weight decay", minimum=0.0, maximum=1.0,
        help="Pulls weights towards zero at every step.",
    )  # fmt: skip
    label_smoothing: float = param(
        0.0, label="Label smoothing", minimum=0.0, maximum=0.5,
        help="Share of certainty taken from each label and spread over all classes.",
    )  # fmt: skip
    vote_loss: str = param(
        "squared", label="Loss of votes", choices=VOTE_LOSSES,
        help="Dirichlet-multinomial weighs how many people were asked; it needs counts of votes.",
    )  # fmt: skip
    vote_weight: float = param(
        30.0, label="Weight of votes", minimum=0.0, maximum=1000.0,
        help="What the loss of votes counts where classes are learned beside them; of the "
        "Dirichlet-multinomial loss, which is larger, about a hundredth of that is right.",
    )  # fmt: skip
    average: float = param(
        0.0, label="Weight averaging", minimum=0.0, maximum=0.9999,
        help="Momentum of the moving average of the weights that is kept; 0 keeps the last.",
    )  # fmt: skip
    stop_after: int = param(
        0, label="Stop after", minimum=0, maximum=1000, unit="epochs",
        help="Ends when the validation loss has not improved for so long; 0 never does.",
    )  # fmt: skip
    slow_after: int = param(
        0, label="Slow after", minimum=0, maximum=1000, unit="epochs",
        help="Divides the learning rate when the validation loss stalls; 0 never does.",
    )  # fmt: skip
    balance: str = param(
        "none", label="Balance", choices=("none", "limit", "resample", "partial", "weights"),
        help="What is done about classes of unequal size, in training only.",
    )  # fmt: skip
    balance_to: int = param(
        0, label="Balance to", minimum=0, maximum=1_000_000,
        help="Galaxies per class for limit and resample; 0 takes the strategy's own.",
    )  # fmt: skip
    rotation_deg: float = param(
        0.0, label="Rotation", minimum=0.0, maximum=180.0, unit="deg",
        help="Training images are turned by up to this much either way.",
    )  # fmt: skip
    shift: float = param(
        0.0, label="Shift", minimum=0.0, maximum=0.5,
        help="Training images are moved by up to this share of their side.",
    )  # fmt: skip
    shear_deg: float = param(
        0.0, label="Shear", minimum=0.0, maximum=60.0, unit="deg",
        help="Training images are slanted by up to this angle.",
    )  # fmt: skip
    zoom: float = param(
        0.0, label="Zoom", minimum=0.0, maximum=0.9,
        help="Training images are enlarged or shrunk by up to this share.",
    )  # fmt: skip
    flip: bool = param(
        False, label="Flip", help="Half of the training images are mirrored left to right."
    )
    dihedral: bool = param(
        False, label="All eight views",
        help="Training images are turned by a random quarter turn and mirrored at random.",
    )  # fmt: skip
    views: int = param(
        1, label="Views when predicting", choices=(1, 2, 4, 8),
        help="Quarter turns and mirror images of each galaxy whose answers are averaged.",
    )  # fmt: skip
    train_share: float = param(
        1.0, label="Share to learn from", minimum=0.01, maximum=1.0, step=0.05,
        help="Share of each class's training galaxies that is used; for learning curves.",
    )  # fmt: skip
    seed: int = param(
        0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same training."
    )

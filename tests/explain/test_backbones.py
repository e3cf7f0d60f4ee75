"""Networks of ``keras.applications`` inside ours, laid open."""

import numpy as np

from astro_core.classifiers.networks.backbones import Resnet50Params, Vgg16Params
from astro_core.classifiers.registry import MODELS
from astro_core.explain.gradcam import class_activation_maps
from astro_core.explain.network import open_network


def test_the_layer_that_a_model_names_is_found_in_its_backbone(toys):
    spec = MODELS.get("resnet50")
    network = open_network(spec.build((32, 32, 3), (toys.colours,), Resnet50Params(weights="none")))
    assert tuple(network.tap(spec.last_conv).shape) == (None, 1, 1, 2048)
    assert all(layer.startswith("resnet50/") for layer in network.mapped_layers())


def test_a_backbone_has_maps(toys):
    spec = MODELS.get("vgg16")
    network = open_network(spec.build((32, 32, 3), (toys.binary,), Vgg16Params(weights="none")))
    cams = class_activation_maps(network, toys.picture(), toys.binary, spec.last_conv)
    assert cams.layer == network.last_conv() == "vgg16/block5_conv3"
    assert cams.gradcam.values.shape == (2, 2, 2)
    assert np.isfinite(cams.gradcam_pp.values).all()
    np.testing.assert_allclose(cams.gradcam.values[0], -cams.gradcam.values[1], atol=1e-6)

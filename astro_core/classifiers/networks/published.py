"""Where Keras publishes the ImageNet weights of the networks we use, and their checksums."""

from __future__ import annotations

from astro_core.classifiers.pretrained import Published

_ADDRESS = "https://storage.googleapis.com"

VGG16 = Published(
    label="VGG-16",
    url=f"{_ADDRESS}/tensorflow/keras-applications/vgg16/"
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    md5="6d6bbae143d832006294945121d1f1fc",
    megabytes=59,
)
RESNET50 = Published(
    label="ResNet-50",
    url=f"{_ADDRESS}/tensorflow/keras-applications/resnet/"
    "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    md5="4d473c1dd8becc155b73f8504c6f6626",
    megabytes=95,
)
EFFICIENTNET = {
    variant: Published(
        label=f"EfficientNet-{variant.upper()}",
        url=f"{_ADDRESS}/keras-applications/efficientnet{variant}_notop.h5",
        md5=md5,
        megabytes=megabytes,
    )
    for variant, md5, megabytes in (
        ("b0", "50bc09e76180e00e4465e1a485ddc09d", 17),
        ("b1", "74c4e6b3e1f6a1eea24c589628592432", 27),
        ("b2", "111f8e2ac8aa800a7a99e3239f7bfb39", 32),
        ("b3", "af6d107764bb5b1abb91932881670226", 44),
        ("b4", "ebc24e6d6c33eaebbd558eafbeedf1ba", 72),
        ("b5", "38879255a25d3c92d5e44e04ae6cec6f", 115),
        ("b6", "9ecce42647a20130c1f39a5d4cb75743", 165),
        ("b7", "cbcfe4450ddf6f3ad90b1b398090fe4a", 258),
    )
}

# For Keras nobody publishes them: tools/lite0_weights.py writes them anew.
LITE0 = Published(label="EfficientNet-Lite0", url="", md5="", megabytes=14)

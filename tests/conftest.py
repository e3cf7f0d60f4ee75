"""What tests of several rooms share."""

import pytest


@pytest.fixture
def small_backbones(monkeypatch):
    """Keras's own networks with few maps and layers, so that our code around them is quick."""
    import keras
    from keras.src.applications import efficientnet, resnet

    def vgg(*, input_shape, name, **_):
        x = image = keras.Input(input_shape)
        for block in range(1, 6):
            conv = keras.layers.Conv2D(
                4, 3, activation="relu", padding="same", name=f"block{block}_conv3"
            )
            x = keras.layers.MaxPooling2D(2, name=f"block{block}_pool")(conv(x))
        return keras.Model(image, x, name=name)

    def stages(x):
        for stage in (2, 5):
            x = resnet.stack_residual_blocks_v1(x, 4, 1, name=f"conv{stage}")
        return x

    def residual(**asked):
        return resnet.ResNet(stages, preact=False, use_bias=True, **asked)

    def efficient(**asked):
        blocks = [efficientnet.DEFAULT_BLOCKS_ARGS[0], efficientnet.DEFAULT_BLOCKS_ARGS[-1]]
        return efficientnet.EfficientNet(0.1, 0.1, 32, blocks_args=blocks, **asked)

    monkeypatch.setattr(keras.applications, "VGG16", vgg)
    monkeypatch.setattr(keras.applications, "ResNet50", residual)
    monkeypatch.setattr(keras.applications, "EfficientNetB0", efficient)

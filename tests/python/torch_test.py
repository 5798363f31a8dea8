"""Models of torch, exported by its own exporter: what a proof states is what torch computes. With Debian's torch: scripts/make_wheel.sh --test."""

import numpy as np
import pytest

import proofcard as pc

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the exporter, about shapes


class Convolutions(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Conv2d(8, 16, 3, padding=1),
            torch.nn.BatchNorm2d(16), torch.nn.GELU(), torch.nn.AvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(16 * 7 * 7, 10),
        )

    def forward(self, x):
        return torch.softmax(self.layers(x), -1)


class Recurrent(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(4, 16, batch_first=True)
        self.out = torch.nn.Linear(16, 2)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.out = torch.nn.Linear(16, 2)

    def forward(self, x):
        return self.out(self.layer(x).mean(1))


@pytest.mark.parametrize("network, shape", [(Convolutions, (1, 28, 28)), (Recurrent, (12, 4)), (Attention, (6, 16))])
def test_a_proof_states_what_torch_computes(network, shape):
    torch.manual_seed(1)
    module = network()
    samples = torch.randn(40, *shape)
    with torch.no_grad():
        module(samples)  # statistics of the normalisation
        compiled = pc.compile(module, example_input=samples[:1], calibration=samples.numpy())
        assert module.training  # the export leaves the module as it was
        module.eval()
        expected = module(samples[3:4]).numpy()
    keys = pc.setup(compiled)
    stated = pc.verify(keys.vk, keys.prove(samples[3:4].numpy())).outputs[0].value.reals
    assert np.abs(stated - expected).max() <= 0.03 * np.abs(expected).max()


def test_an_example_is_asked_for():
    with pytest.raises(pc.BadInput, match="example_input: expected a tensor"):
        pc.compile(Recurrent())

// Inputs whose features have scales and positions of their own. Quantising an input is no part of a proof, so a scale for
// each feature costs nothing: the first layer's weights take it in.
#pragma once

#include <span>

#include "host/graph/quantize/calibrate.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {

// The scale of an input and, unless empty, the steps of its channels. Their axis is one of the stored shape, without
// leading 1s.
struct EncodedChannels {
  double scale = 1.0;
  tensor::ChannelSteps channels{};
};

// An input's integers are from -limit - 1 to limit. Few values, as in tables of features, cost next to nothing: they have
// 16 bits.
std::int64_t input_limit(const Dims& shape, unsigned bits, bool is_compared);

// No steps unless the input is of few features, or of channels of a convolution, which samples show to differ much in size
// or to lie far from 0, and every reader of the input can take
// them into its weights.
EncodedChannels choose_channels(const FloatGraph& graph, std::size_t index, std::span<const Sample> samples,
                                unsigned bits);

// Takes the steps into the weights of the input's readers: what they make of the integers, times the scale, is what they
// made of the values. Errors: kRejected for steps that those readers cannot take in.
Status fold_channels(FloatGraph& graph, std::size_t index, const EncodedChannels& encoded);

}  // namespace proofcard::graph

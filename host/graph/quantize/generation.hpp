// A language model that is run on its own tokens: one graph for a whole greedy sequence.
//
// The model gives scores [.., T, V] for the token after each of its T tokens. With N tokens to give it becomes a model of a
// prompt of T + 1 - N tokens: all T positions at once, the first of them the prompt, the others the first N - 1 of the
// tokens that it gives,
//
//     token_k = argmax over v of score[T - N + k, v],  0 <= k < N,  of equal scores the first
//
// which it reads as an input that is fed back (host/graph/graph.hpp). With an end token e, token_k = e where
// token_(k-1) = e. A model is causal when no score depends on later tokens; only then is this what running it token after
// token gives, and there is one such sequence.
#pragma once

#include <span>

#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/graph/quantize/calibrate.hpp"
#include "host/graph/quantize/quantisation_plan.hpp"

namespace proofcard::graph {

// Inputs of the result: the prompt and, with more than one token, what is fed back. Output: the tokens.
// Errors: kUnsupported unless the model has one input, of integers along its last axis, and its first output scores as above
// (others are left out); kBadInput for more tokens than positions, or an end token that is none.
Result<FloatGraph> make_generator(const FloatGraph& model, const Generation& generation);

// A sample of the model as one of the generator.
Sample generator_sample(const Sample& sample, const Generation& generation);

// The shape of the model's input, given that of the prompt.
Dims model_shape(Dims prompt, const Generation& generation);

// Runs the model on each sample with and without its last tokens, for every number of them that is fed back, and compares
// the scores before.
// Errors: kUnsupported when they differ.
Status check_causal(const FloatGraph& model, std::span<const Sample> samples, const Generation& generation);

}  // namespace proofcard::graph

#include "host/graph/quantize/generation.hpp"

#include <algorithm>

#include "host/graph/float_graph/float_executor.hpp"

namespace proofcard::graph {
namespace {

Status check_model(const FloatGraph& model, const Generation& generation) {
  const std::string what = "a model that generates";
  if (model.inputs.size() != 1) {
    return make_error(ErrorKind::kUnsupported, what, "expected one input, the tokens, found {}", model.inputs.size());
  }
  const FloatValue& tokens = model.values[model.inputs[0]];
  const FloatValue& scores = model.values[model.outputs[0]];
  if (!tokens.integers || tokens.shape.empty() || tokens.shape.back() != count(tokens.shape)) {
    return make_error(ErrorKind::kUnsupported, what, "expected an input of integers along its last axis, found {} [{}]",
                      tokens.integers ? "integers" : "real numbers", fmt::join(tokens.shape, ", "));
  }
  const std::int64_t positions = tokens.shape.back();
  const std::size_t rank = scores.shape.size();
  if (rank < 2 || scores.whole || scores.shape[rank - 2] != positions || scores.shape[rank - 1] < 2 ||
      count(scores.shape) != positions * scores.shape[rank - 1]) {
    return make_error(ErrorKind::kUnsupported, what,
                      "expected a first output of scores for each of {} positions, found {} [{}]", positions,
                      scores.name, fmt::join(scores.shape, ", "));
  }
  if (generation.tokens < 1 || generation.tokens > positions) {
    return bad_input("--generate",
                     "expected 1 to {} tokens, as many as the model has positions (the prompt has the others, and one "
                     "more), found {}",
                     positions, generation.tokens);
  }
  if (generation.end && *generation.end >= scores.shape[rank - 1]) {
    return bad_input("--end-token", "expected a token from 0 to {}, found {}", scores.shape[rank - 1] - 1,
                     *generation.end);
  }
  return {};
}

class Generator {
 public:
  Generator(FloatGraph graph, const Generation& generation)
      : graph_(std::move(graph)), generation_(generation), tokens_(graph_.inputs[0]), scores_(graph_.outputs[0]) {
    places_ = graph_.values[scores_].shape.back();
  }

  FloatGraph make() {
    const auto given = static_cast<std::int64_t>(generation_.tokens);
    const FloatValue tokens = graph_.values[tokens_];
    const std::int64_t positions = tokens.shape.back();
    FloatValue prompt = tokens;
    prompt.shape.back() = positions + 1 - given;
    if (given == 1) {
      graph_.values[tokens_] = prompt;
    } else {
      feed_back(prompt, given);
    }
    // The scores of the last positions, [N, V], and the largest of each.
    const std::int64_t first = positions - given;
    std::uint32_t rows = add(FloatOp::kReshape, {scores_}, {positions, places_}, {positions, places_});
    rows = add(FloatOp::kSlice, {rows}, {given, places_}, {first, 0, 1, 1, given, places_});
    FloatNode n = named(FloatOp::kArgMax);
    n.inputs = {rows};
    n.axis = 1;
    n.keep_dims = false;
    n.exact = true;
    n.output = add_value({given}, true);
    graph_.nodes.push_back(n);
    std::uint32_t out = n.output;
    if (generation_.end && given > 1) {
      out = after_end(out, given);
    }
    Dims shape = tokens.shape;
    shape.back() = given;
    out = add(FloatOp::kReshape, {out}, shape, shape, true);
    graph_.values[out].name = graph_.values[scores_].name + ": tokens";
    graph_.outputs = {out};
    graph_.declared_outputs.clear();
    return std::move(graph_);
  }

 private:
  // The model's tokens are the prompt, then what it gives itself.
  void feed_back(FloatValue prompt, std::int64_t given) {
    FloatValue again = prompt;
    again.name += ": generated";
    again.shape.back() = given;
    again.integers = IntegerRange{0, places_ - 1, false};
    again.fed_back = true;
    graph_.values.push_back(std::move(prompt));
    graph_.values.push_back(std::move(again));
    again_ = static_cast<std::uint32_t>(graph_.values.size() - 1);
    graph_.values[tokens_].integers.reset();
    graph_.values[tokens_].name += ": all";
    graph_.inputs = {again_ - 1, again_};
    const std::size_t end = graph_.nodes.size();
    Dims shape = graph_.values[tokens_].shape;
    shape.back() = given - 1;
    const std::uint32_t known = slice(again_, 0, shape);
    FloatNode join = named(FloatOp::kConcat);
    join.inputs = {again_ - 1, known};
    join.axis = static_cast<std::int64_t>(shape.size()) - 1;
    join.output = tokens_;
    graph_.nodes.push_back(std::move(join));
    std::rotate(graph_.nodes.begin(), graph_.nodes.begin() + static_cast<std::ptrdiff_t>(end), graph_.nodes.end());
  }

  // token_k = e where token_(k-1) = e: d + [token_(k-1) = e] (e - d), of the fed-back tokens.
  std::uint32_t after_end(std::uint32_t largest, std::int64_t given) {
    FloatTensor end{{}, {static_cast<float>(*generation_.end)}, true};
    const std::uint32_t e = add_constant(end);
    Dims shape = graph_.values[again_].shape;
    shape.back() = given - 1;
    const std::uint32_t before = add(FloatOp::kReshape, {slice(again_, 0, shape)}, {given - 1}, {given - 1}, true);
    const std::uint32_t ended = add(FloatOp::kEqual, {before, e}, {given - 1}, {}, true);
    const std::uint32_t first = slice(largest, 0, {1});
    const std::uint32_t others = slice(largest, 1, {given - 1});
    const std::uint32_t kept = add(FloatOp::kWhere, {ended, e, others}, {given - 1}, {}, true);
    FloatNode join = named(FloatOp::kConcat);
    join.inputs = {first, kept};
    join.output = add_value({given}, true);
    graph_.nodes.push_back(join);
    return join.output;
  }

  std::uint32_t slice(std::uint32_t value, std::int64_t first, const Dims& counts) {
    Dims ints(counts.size(), 0);
    ints.back() = first;
    ints.insert(ints.end(), counts.size(), 1);
    ints.insert(ints.end(), counts.begin(), counts.end());
    return add(FloatOp::kSlice, {value}, counts, std::move(ints), true);
  }

  FloatNode named(FloatOp op) {
    FloatNode n;
    n.op = op;
    n.name = fmt::format("tokens {}", ++steps_);
    n.onnx_op = "generate";
    return n;
  }

  std::uint32_t add_value(Dims shape, bool whole) {
    FloatValue v;
    v.name = "tokens";
    v.shape = std::move(shape);
    v.whole = whole;
    graph_.values.push_back(std::move(v));
    return static_cast<std::uint32_t>(graph_.values.size() - 1);
  }

  std::uint32_t add_constant(FloatTensor t) {
    const std::uint32_t id = add_value(t.shape, true);
    graph_.values[id].constant = std::move(t);
    return id;
  }

  std::uint32_t add(FloatOp op, std::vector<std::uint32_t> inputs, Dims shape, Dims ints = {}, bool whole = false) {
    FloatNode n = named(op);
    n.inputs = std::move(inputs);
    n.ints = std::move(ints);
    n.output = add_value(std::move(shape), whole);
    graph_.nodes.push_back(n);
    return n.output;
  }

  FloatGraph graph_;
  Generation generation_;
  std::uint32_t tokens_;
  std::uint32_t scores_;
  std::uint32_t again_ = 0;
  std::int64_t places_ = 0;
  unsigned steps_ = 0;
};

}  // namespace

Result<FloatGraph> make_generator(const FloatGraph& model, const Generation& generation) {
  PROOFCARD_RETURN_IF_ERROR(check_model(model, generation));
  return Generator(model, generation).make();
}

Sample generator_sample(const Sample& sample, const Generation& generation) {
  const std::vector<float>& tokens = sample[0];
  if (generation.tokens == 1) {
    return sample;
  }
  const auto prompt = static_cast<std::ptrdiff_t>(tokens.size() + 1 - generation.tokens);
  Sample out{{tokens.begin(), tokens.begin() + prompt}, {tokens.begin() + prompt, tokens.end()}};
  out[1].push_back(0.0F);  // the last one is given, and read by nothing
  return out;
}

Dims model_shape(Dims prompt, const Generation& generation) {
  if (!prompt.empty()) {
    prompt.back() += static_cast<std::int64_t>(generation.tokens) - 1;
  }
  return prompt;
}

Status check_causal(const FloatGraph& model, std::span<const Sample> samples, const Generation& generation) {
  PROOFCARD_RETURN_IF_ERROR(check_model(model, generation));
  const FloatValue& tokens = model.values[model.inputs[0]];
  const auto places = static_cast<std::size_t>(model.values[model.outputs[0]].shape.back());
  const std::size_t positions = static_cast<std::size_t>(count(tokens.shape));
  for (const Sample& sample : samples) {
    PROOFCARD_TRY(const std::vector<FloatTensor> whole, run(model, sample));
    for (std::size_t known = positions + 1 - generation.tokens; known < positions; ++known) {
      Sample other = sample;
      for (std::size_t i = known; i < positions; ++i) {
        float& token = other[0][i];
        token = token == static_cast<float>(tokens.integers->hi) ? static_cast<float>(tokens.integers->lo) : token + 1;
      }
      PROOFCARD_TRY(const std::vector<FloatTensor> cut, run(model, other));
      if (!std::equal(whole[0].data.begin(), whole[0].data.begin() + static_cast<std::ptrdiff_t>(known * places),
                      cut[0].data.begin())) {
        return make_error(ErrorKind::kUnsupported, "--generate",
                          "expected a causal model, found one whose scores for {} tokens change with later ones: its "
                          "mask lets them through",
                          known);
      }
    }
  }
  return {};
}

}  // namespace proofcard::graph

// Recurrent layers (RNN, GRU, LSTM), step by step: one product of the weights with the inputs of all steps, then a few nodes a step.
// All steps read the same recurrent weights, and their values are tied, so that every step has the same scales and tables.
//
// Shapes are ONNX's with layout 0 inside: inputs (time, batch, feature), states (batch, hidden). Weights are used transposed,
// (feature, gates * hidden).
#include <algorithm>

#include "host/graph/onnx/import_parts.hpp"
#include "host/graph/onnx/importer.hpp"
#include "host/graph/onnx/ops/recurrent_layer.hpp"

namespace proofcard::graph {
namespace {

using ValueId = std::uint32_t;

// Entries [begin, begin + size) along an axis.
Result<ValueId> part(const NodeReader& node, ValueId x, std::size_t axis, std::int64_t begin, std::int64_t size) {
  const std::size_t rank = node.shape_of(x).size();
  if (begin == 0 && size == node.shape_of(x)[axis]) {
    return x;
  }
  FloatNode n = whole_slice(node, x);
  n.ints[axis] = begin;
  n.ints[2 * rank + axis] = size;
  return node.emit(std::move(n));
}

// One direction of a layer, which goes through the steps in its order.
class Direction {
 public:
  Direction(const NodeReader& node, const RecurrentLayer& layer, std::int64_t index)
      : node_(node), layer_(layer), index_(index), reversed_(index == 1 || layer.first_reversed) {}

  struct Outputs {
    std::vector<ValueId> states;  // by time, valid steps alone
    ValueId last = 0;
    std::optional<ValueId> cell;
  };
  Result<Outputs> run(ValueId x);

 private:
  // A block of gates whose inputs are summed alike: what the inputs give at every step, and the weights of the state.
  struct Block {
    std::vector<ValueId> from_inputs;  // by time, (batch, size)
    ValueId weights = 0;               // (hidden, size)
    std::optional<ValueId> state_bias;
  };
  Result<ValueId> own(std::size_t input) const;
  Result<std::optional<ValueId>> bias(std::size_t first, std::size_t count, bool of_state) const;
  Result<Block> block(ValueId x, std::size_t first, std::size_t count, bool separate_bias = false) const;
  Result<std::optional<ValueId>> initial(std::size_t input) const;
  Result<ValueId> gate(const Block& b, std::size_t t, std::optional<ValueId> state, std::size_t function,
                       const std::string& kind, std::optional<ValueId> peephole = std::nullopt);
  Result<ValueId> activated(ValueId sum, std::size_t function, const std::string& kind);
  Status rnn_step(std::size_t t), gru_step(std::size_t t), lstm_step(std::size_t t);
  Result<std::optional<ValueId>> seen(std::size_t gate) const;
  Result<ValueId> mixed(ValueId gate, ValueId a, std::optional<ValueId> b) const;
  void tie(const std::string& kind, ValueId value) { ties_[kind].push_back(value); }

  const NodeReader& node_;
  const RecurrentLayer& layer_;
  std::int64_t index_;
  bool reversed_;
  std::vector<Block> blocks_;
  std::optional<ValueId> state_, cell_;
  std::map<std::string, std::vector<ValueId>> ties_;
};

// The direction's part of an operand whose first axis is the directions, without that axis.
Result<ValueId> Direction::own(std::size_t input) const {
  PROOFCARD_TRY(ValueId value, node_.input(input));
  PROOFCARD_TRY(value, part(node_, value, 0, index_, 1));
  const Dims shape = node_.shape_of(value);
  return node_.reshape(value, Dims(shape.begin() + 1, shape.end()));
}

// Of gates [first, first + count): that of the inputs, or of the state.
Result<std::optional<ValueId>> Direction::bias(std::size_t first, std::size_t count, bool of_state) const {
  if (!node_.has_input(3)) {
    return std::optional<ValueId>();
  }
  PROOFCARD_TRY(const ValueId all, own(3));
  const auto gates = static_cast<std::int64_t>(layer_.gates);
  if (node_.shape_of(all) != Dims{2 * gates * layer_.hidden}) {
    return bad_input(node_.where(), "expected B of shape [{}, {}], found [{}]", layer_.directions,
                     2 * gates * layer_.hidden, fmt::join(node_.shape_of(all), ", "));
  }
  const auto at = static_cast<std::int64_t>(first) + (of_state ? gates : 0);
  PROOFCARD_TRY(const ValueId out,
                part(node_, all, 0, at * layer_.hidden, static_cast<std::int64_t>(count) * layer_.hidden));
  return std::optional(out);
}

Result<Direction::Block> Direction::block(ValueId x, std::size_t first, std::size_t count, bool separate_bias) const {
  Block out;
  const std::int64_t begin = static_cast<std::int64_t>(first) * layer_.hidden;
  const std::int64_t size = static_cast<std::int64_t>(count) * layer_.hidden;
  PROOFCARD_TRY(ValueId w, own(1));
  PROOFCARD_TRY(w, part(node_, w, 0, begin, size));
  PROOFCARD_TRY(w, transposed(node_, w, {1, 0}));
  PROOFCARD_TRY(ValueId r, own(2));
  PROOFCARD_TRY(r, part(node_, r, 0, begin, size));
  PROOFCARD_TRY(out.weights, transposed(node_, r, {1, 0}));
  PROOFCARD_TRY(ValueId all, node_.emit(FloatOp::kMatMul, {x, w}));
  PROOFCARD_TRY(std::optional<ValueId> b, bias(first, count, false));
  PROOFCARD_TRY(const std::optional<ValueId> rb, bias(first, count, true));
  if (separate_bias) {
    out.state_bias = rb;
  } else if (b) {
    PROOFCARD_TRY(b, node_.emit(FloatOp::kAdd, {*b, *rb}));
  }
  if (b) {
    PROOFCARD_TRY(all, node_.emit(FloatOp::kAdd, {all, *b}));
  }
  for (std::int64_t t = 0; t < layer_.valid; ++t) {
    PROOFCARD_TRY(ValueId step, part(node_, all, 0, t, 1));
    PROOFCARD_TRY(step, node_.reshape(step, {layer_.batch, size}));
    out.from_inputs.push_back(step);
  }
  return out;
}

// A state before the first step; none: 0.
Result<std::optional<ValueId>> Direction::initial(std::size_t input) const {
  if (!node_.has_input(input)) {
    return std::optional<ValueId>();
  }
  PROOFCARD_TRY(ValueId value, node_.input(input));
  if (node_.shape_of(value).size() != 3) {
    return bad_input(node_.where(), "expected an initial state of 3 dimensions, found {}",
                     node_.shape_of(value).size());
  }
  PROOFCARD_TRY(value, part(node_, value, layer_.batch_first ? 1 : 0, index_, 1));
  const Dims shape = node_.shape_of(value);
  if (count(shape) != layer_.batch * layer_.hidden) {
    return bad_input(node_.where(), "expected an initial state of {} x {} values, found [{}]", layer_.batch,
                     layer_.hidden, fmt::join(shape, ", "));
  }
  if (node_.is_constant(value)) {
    const Constant c = node_.typed_value(value);
    if (std::all_of(c.reals.begin(), c.reals.end(), [](double v) { return v == 0; })) {
      return std::optional<ValueId>();
    }
  }
  PROOFCARD_TRY(value, node_.reshape(value, {layer_.batch, layer_.hidden}));
  return std::optional(value);
}

Result<ValueId> Direction::activated(ValueId sum, std::size_t function, const std::string& kind) {
  if (layer_.clip > 0) {
    FloatNode n = node_.make(FloatOp::kClip, {sum});
    n.alpha = -layer_.clip;
    n.beta = layer_.clip;
    PROOFCARD_TRY(sum, node_.emit(std::move(n)));
  }
  tie(kind, sum);
  const std::size_t per_direction = layer_.functions.size() / static_cast<std::size_t>(layer_.directions);
  return apply(node_, layer_.functions[static_cast<std::size_t>(index_) * per_direction + function], sum);
}

Result<ValueId> Direction::gate(const Block& b, std::size_t t, std::optional<ValueId> state, std::size_t function,
                                const std::string& kind, std::optional<ValueId> peephole) {
  ValueId sum = b.from_inputs[t];
  if (state) {
    PROOFCARD_TRY(const ValueId product, node_.emit(FloatOp::kMatMul, {*state, b.weights}));
    PROOFCARD_TRY(sum, node_.emit(FloatOp::kAdd, {product, sum}));
  }
  if (peephole) {
    PROOFCARD_TRY(sum, node_.emit(FloatOp::kAdd, {sum, *peephole}));
  }
  return activated(sum, function, kind);
}

Status Direction::rnn_step(std::size_t t) {
  PROOFCARD_TRY(state_, gate(blocks_[0], t, state_, 0, "gates"));
  return {};
}

// gate * b + (1 - gate) * a
Result<ValueId> Direction::mixed(ValueId gate, ValueId a, std::optional<ValueId> b) const {
  PROOFCARD_TRY(const ValueId kept, node_.emit(FloatOp::kMul, {gate, a}));
  PROOFCARD_TRY(const ValueId out, node_.emit(FloatOp::kSub, {a, kept}));
  if (!b) {
    return out;
  }
  PROOFCARD_TRY(const ValueId carried, node_.emit(FloatOp::kMul, {gate, *b}));
  return node_.emit(FloatOp::kAdd, {out, carried});
}

Status Direction::gru_step(std::size_t t) {
  PROOFCARD_TRY(const ValueId zr, gate(blocks_[0], t, state_, 0, "gates"));
  PROOFCARD_TRY(const ValueId z, part(node_, zr, 1, 0, layer_.hidden));
  PROOFCARD_TRY(const ValueId r, part(node_, zr, 1, layer_.hidden, layer_.hidden));
  const Block& b = blocks_[1];
  ValueId sum = b.from_inputs[t];
  if (layer_.linear_before_reset) {
    std::optional<ValueId> of_state = b.state_bias;
    if (state_) {
      PROOFCARD_TRY(ValueId product, node_.emit(FloatOp::kMatMul, {*state_, b.weights}));
      if (b.state_bias) {
        PROOFCARD_TRY(product, node_.emit(FloatOp::kAdd, {product, *b.state_bias}));
      }
      tie("of the state", product);
      of_state = product;
    }
    if (of_state) {
      PROOFCARD_TRY(const ValueId reset, node_.emit(FloatOp::kMul, {r, *of_state}));
      PROOFCARD_TRY(sum, node_.emit(FloatOp::kAdd, {reset, sum}));
    }
  } else if (state_) {
    PROOFCARD_TRY(const ValueId reset, node_.emit(FloatOp::kMul, {r, *state_}));
    tie("reset state", reset);
    PROOFCARD_TRY(const ValueId product, node_.emit(FloatOp::kMatMul, {reset, b.weights}));
    PROOFCARD_TRY(sum, node_.emit(FloatOp::kAdd, {product, sum}));
  }
  PROOFCARD_TRY(const ValueId candidate, activated(sum, 1, "candidate"));
  PROOFCARD_TRY(state_, mixed(z, candidate, state_));
  return {};
}

// What the cell adds to gate i, o or f; 0 without peepholes, and before the first step without an initial cell.
Result<std::optional<ValueId>> Direction::seen(std::size_t gate) const {
  if (!node_.has_input(7) || !cell_) {
    return std::optional<ValueId>();
  }
  PROOFCARD_TRY(ValueId p, own(7));
  PROOFCARD_TRY(p, part(node_, p, 0, static_cast<std::int64_t>(gate) * layer_.hidden, layer_.hidden));
  PROOFCARD_TRY(const ValueId out, node_.emit(FloatOp::kMul, {*cell_, p}));
  return std::optional(out);
}

// Without peepholes i, o and f are one block, of the order in which ONNX has them; with them each is its own.
Status Direction::lstm_step(std::size_t t) {
  const std::int64_t h = layer_.hidden;
  const bool peepholes = node_.has_input(7);
  ValueId i = 0, f = 0;
  std::optional<ValueId> o;
  if (peepholes) {
    PROOFCARD_TRY(const std::optional<ValueId> to_i, seen(0));
    PROOFCARD_TRY(i, gate(blocks_[0], t, state_, 0, "input gate", to_i));
    PROOFCARD_TRY(const std::optional<ValueId> to_f, seen(2));
    PROOFCARD_TRY(f, gate(blocks_[2], t, state_, 0, "forget gate", to_f));
  } else {
    PROOFCARD_TRY(const ValueId iof, gate(blocks_[0], t, state_, 0, "gates"));
    PROOFCARD_TRY(i, part(node_, iof, 1, 0, h));
    PROOFCARD_TRY(o, part(node_, iof, 1, h, h));
    PROOFCARD_TRY(f, part(node_, iof, 1, 2 * h, h));
  }
  PROOFCARD_TRY(const ValueId candidate, gate(blocks_.back(), t, state_, 1, "candidate"));
  PROOFCARD_TRY(ValueId cell, node_.emit(FloatOp::kMul, {i, candidate}));
  if (cell_ && layer_.input_forget) {  // f = 1 - i
    PROOFCARD_TRY(const ValueId left, node_.emit(FloatOp::kMul, {i, *cell_}));
    PROOFCARD_TRY(cell, node_.emit(FloatOp::kSub, {cell, left}));
    PROOFCARD_TRY(cell, node_.emit(FloatOp::kAdd, {cell, *cell_}));
  } else if (cell_) {
    PROOFCARD_TRY(const ValueId kept, node_.emit(FloatOp::kMul, {f, *cell_}));
    PROOFCARD_TRY(cell, node_.emit(FloatOp::kAdd, {cell, kept}));
  }
  cell_ = cell;
  tie("cell", cell);
  if (peepholes) {
    PROOFCARD_TRY(const std::optional<ValueId> to_o, seen(1));
    PROOFCARD_TRY(o, gate(blocks_[1], t, state_, 0, "output gate", to_o));
  }
  const std::size_t per_direction = layer_.functions.size() / static_cast<std::size_t>(layer_.directions);
  PROOFCARD_TRY(const ValueId shown,
                apply(node_, layer_.functions[static_cast<std::size_t>(index_) * per_direction + 2], cell));
  PROOFCARD_TRY(state_, node_.emit(FloatOp::kMul, {*o, shown}));
  return {};
}

Result<Direction::Outputs> Direction::run(ValueId x) {
  PROOFCARD_TRY(state_, initial(5));
  if (layer_.gates == 4) {
    PROOFCARD_TRY(cell_, initial(6));
    const bool peepholes = node_.has_input(7);
    for (std::size_t i = 0; i < 3; i += peepholes ? 1 : 3) {
      PROOFCARD_TRY(blocks_.emplace_back(), block(x, i, peepholes ? 1 : 3));
    }
    PROOFCARD_TRY(blocks_.emplace_back(), block(x, 3, 1));
  } else if (layer_.gates == 3) {
    PROOFCARD_TRY(blocks_.emplace_back(), block(x, 0, 2));
    PROOFCARD_TRY(blocks_.emplace_back(), block(x, 2, 1, layer_.linear_before_reset));
  } else {
    PROOFCARD_TRY(blocks_.emplace_back(), block(x, 0, 1));
  }
  Outputs out;
  const auto valid = static_cast<std::size_t>(layer_.valid);
  out.states.resize(valid);
  for (std::size_t step = 0; step < valid; ++step) {
    const std::size_t t = reversed_ ? valid - 1 - step : step;
    PROOFCARD_RETURN_IF_ERROR(layer_.gates == 4 ? lstm_step(t) : layer_.gates == 3 ? gru_step(t) : rnn_step(t));
    out.states[t] = *state_;
  }
  for (const auto& [kind, values] : ties_) {
    node_.tie(values);
  }
  out.last = *state_;
  out.cell = cell_;
  return out;
}

// Values of shape (batch, hidden), one a direction, as (direction, batch, hidden), or (batch, direction, hidden).
Result<ValueId> joined(const NodeReader& node, const RecurrentLayer& layer, const std::vector<ValueId>& of_directions) {
  FloatNode n = node.make(FloatOp::kConcat, {});
  n.axis = layer.batch_first ? 1 : 0;
  for (const ValueId value : of_directions) {
    PROOFCARD_TRY(n.inputs.emplace_back(), node.reshape(value, layer.batch_first ? Dims{layer.batch, 1, layer.hidden}
                                                                                 : Dims{1, layer.batch, layer.hidden}));
  }
  return n.inputs.size() == 1 ? Result<ValueId>(n.inputs[0]) : node.emit(std::move(n));
}

// (time, direction, batch, hidden), or (batch, time, direction, hidden). tied: by direction, its states; what is made of
// them alone joins them, so that it is moved and not scaled again.
Result<ValueId> sequence(const NodeReader& node, const RecurrentLayer& layer,
                         const std::vector<Direction::Outputs>& outputs, std::vector<std::vector<ValueId>>& tied) {
  FloatNode directions = node.make(FloatOp::kConcat, {});
  directions.axis = 1;
  for (std::size_t d = 0; d < outputs.size(); ++d) {
    FloatNode n = node.make(FloatOp::kConcat, {});
    for (const ValueId state : outputs[d].states) {
      PROOFCARD_TRY(n.inputs.emplace_back(), node.reshape(state, {1, layer.batch, layer.hidden}));
    }
    if (layer.valid < layer.steps) {
      const Dims rest{layer.steps - layer.valid, layer.batch, layer.hidden};
      n.inputs.push_back(
          node.add_constant(FloatTensor{rest, std::vector<float>(static_cast<std::size_t>(count(rest)), 0.0F), false}));
    }
    PROOFCARD_TRY(ValueId all, n.inputs.size() == 1 ? Result<ValueId>(n.inputs[0]) : node.emit(std::move(n)));
    tied[d].push_back(all);
    PROOFCARD_TRY(directions.inputs.emplace_back(), node.reshape(all, {layer.steps, 1, layer.batch, layer.hidden}));
  }
  PROOFCARD_TRY(ValueId out, directions.inputs.size() == 1 ? Result<ValueId>(directions.inputs[0])
                                                           : node.emit(std::move(directions)));
  if (outputs.size() == 1) {
    tied[0].push_back(out);
  }
  return layer.batch_first ? transposed(node, out, {2, 0, 1, 3}) : Result<ValueId>(out);
}

Status recurrent(const NodeReader& node, std::size_t gates, const std::vector<std::string>& usual) {
  constexpr std::int64_t kMaxSteps = 4096;
  PROOFCARD_TRY(const RecurrentLayer layer, read_recurrent_layer(node, gates, usual));
  if (layer.valid > kMaxSteps) {
    return node.unsupported(fmt::format("more than {} steps are not supported", kMaxSteps));
  }
  PROOFCARD_TRY(ValueId x, node.input(0));
  if (layer.batch_first) {
    PROOFCARD_TRY(x, transposed(node, x, {1, 0, 2}));
  }
  std::vector<Direction::Outputs> outputs;
  std::vector<ValueId> last, cells;
  for (std::int64_t d = 0; d < layer.directions; ++d) {
    PROOFCARD_TRY(outputs.emplace_back(), Direction(node, layer, d).run(x));
    last.push_back(outputs.back().last);
    if (outputs.back().cell) {
      cells.push_back(*outputs.back().cell);
    }
  }
  std::vector<std::vector<ValueId>> states;
  for (const Direction::Outputs& d : outputs) {
    states.push_back(d.states);
  }
  if (node.has_output(0)) {
    PROOFCARD_TRY(const ValueId y, sequence(node, layer, outputs, states));
    PROOFCARD_RETURN_IF_ERROR(node.bind(0, y));
  }
  for (const std::vector<ValueId>& of_direction : states) {
    node.tie(of_direction);
  }
  if (node.has_output(1)) {
    PROOFCARD_TRY(const ValueId y, joined(node, layer, last));
    PROOFCARD_RETURN_IF_ERROR(node.bind(1, y));
  }
  if (node.has_output(2)) {
    PROOFCARD_TRY(const ValueId y, joined(node, layer, cells));
    PROOFCARD_RETURN_IF_ERROR(node.bind(2, y));
  }
  return {};
}

Status rnn(const NodeReader& node) { return recurrent(node, 1, {"tanh"}); }
Status gru(const NodeReader& node) { return recurrent(node, 3, {"sigmoid", "tanh"}); }
Status lstm(const NodeReader& node) { return recurrent(node, 4, {"sigmoid", "tanh", "tanh"}); }

}  // namespace

const std::map<std::string, Translation>& recurrent_translations() {
  static const std::map<std::string, Translation> table = {{"RNN", rnn}, {"GRU", gru}, {"LSTM", lstm}};
  return table;
}

}  // namespace proofcard::graph

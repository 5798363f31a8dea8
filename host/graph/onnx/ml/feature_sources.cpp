#include "host/graph/onnx/ml/feature_sources.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "host/graph/float_graph/moves.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

float next_below(float x) { return std::nextafter(x, -kInfinity); }

// Whether the value is inputs, or moved inputs.
bool is_given(const NodeReader& node, std::uint32_t x) {
  std::set<std::uint32_t> seen;
  for (std::vector<std::uint32_t> open = {x}; !open.empty();) {
    const std::uint32_t value = open.back();
    const FloatNode* n = node.producer(value);
    const bool is_new = seen.insert(value).second;
    open.pop_back();
    if (node.is_constant(value)) {
      return false;
    }
    if (n == nullptr || !is_new) {
      continue;
    }
    if (!is_move(n->op) || !n->params.empty()) {
      return false;
    }
    open.insert(open.end(), n->inputs.begin(), n->inputs.end());
  }
  return true;
}

Dims place_of(const Dims& shape, std::int64_t at) {
  Dims place(shape.size(), 0);
  for (std::size_t a = shape.size(); a-- > 0;) {
    place[a] = at % shape[a];
    at /= shape[a];
  }
  return place;
}

std::int64_t at_place(const Dims& shape, const Dims& place) {
  std::int64_t at = 0;
  for (std::size_t a = 0; a < shape.size(); ++a) {
    at = at * shape[a] + place[a];
  }
  return at;
}

// Follows one element of the first row back. Every row has to be made in the same way, so axes of rows stay what they are.
class Trace {
 public:
  Trace(const NodeReader& node, std::uint32_t x, std::int64_t column)
      : node_(node), rows_(node.shape_of(x)[0]), value_(x), at_(column) {}

  std::optional<FeatureSource> follow() {
    std::vector<FeatureStep> steps;
    while (!is_given(node_, value_)) {
      const FloatNode* n = node_.producer(value_);
      if (n == nullptr || !step_back(*n, steps)) {
        return std::nullopt;
      }
    }
    std::reverse(steps.begin(), steps.end());
    return keeps_rows(node_.shape_of(value_)) ? std::optional(FeatureSource{value_, at_, std::move(steps)})
                                              : std::nullopt;
  }

 private:
  bool keeps_rows(const Dims& shape) const { return rows_ == 1 || (!shape.empty() && shape[0] == rows_); }

  bool step_back(const FloatNode& n, std::vector<FeatureStep>& steps) {
    if (!keeps_rows(node_.shape_of(n.output)) || !keeps_rows(node_.shape_of(n.inputs[0]))) {
      return false;
    }
    switch (n.op) {
      case FloatOp::kReshape:
        if (!n.params.empty()) {
          const auto feature = static_cast<std::size_t>(at_) % n.params.size();
          steps.push_back({FeatureStep::Kind::kMissing, n.op, static_cast<float>(n.params[feature])});
        }
        value_ = n.inputs[0];
        return true;
      case FloatOp::kConcat:
      case FloatOp::kGather:
      case FloatOp::kSlice:
        return move_back(n);
      case FloatOp::kAdd:
      case FloatOp::kSub:
      case FloatOp::kMul:
      case FloatOp::kDiv:
        return arithmetic(n, steps);
      case FloatOp::kAbove:
        steps.push_back({FeatureStep::Kind::kAbove, n.op, n.alpha});
        value_ = n.inputs[0];
        return true;
      case FloatOp::kOneHot:
        return category(n, steps);
      default:
        return false;
    }
  }

  bool move_back(const FloatNode& n) {
    const Dims shape = node_.shape_of(n.output);
    Dims place = place_of(shape, at_);
    std::uint32_t from = n.inputs[0];
    if (n.op == FloatOp::kSlice) {
      const std::size_t rank = shape.size();
      if (rows_ > 1 && (n.ints[0] != 0 || n.ints[rank] != 1)) {
        return false;
      }
      for (std::size_t a = 0; a < rank; ++a) {
        place[a] = n.ints[a] + place[a] * n.ints[rank + a];
      }
    } else {
      const auto axis = static_cast<std::size_t>(n.axis);
      if (rows_ > 1 && axis == 0) {
        return false;
      }
      if (n.op == FloatOp::kGather) {
        place[axis] = n.ints[static_cast<std::size_t>(place[axis])];
      } else {
        std::size_t i = 0;
        while (place[axis] >= node_.shape_of(n.inputs[i])[axis]) {
          place[axis] -= node_.shape_of(n.inputs[i])[axis];
          ++i;
        }
        from = n.inputs[i];
      }
    }
    value_ = from;
    at_ = at_place(node_.shape_of(from), place);
    return true;
  }

  // With a constant that has a number for each feature, or one for all.
  bool arithmetic(const FloatNode& n, std::vector<FeatureStep>& steps) {
    const bool first = n.inputs.size() == 2 && node_.is_constant(n.inputs[0]);
    if (n.inputs.size() != 2 || (first && n.op != FloatOp::kAdd && n.op != FloatOp::kMul) ||
        !node_.is_constant(n.inputs[first ? 0 : 1])) {
      return false;
    }
    const std::uint32_t x = n.inputs[first ? 1 : 0];
    const FloatTensor& c = node_.float_value(n.inputs[first ? 0 : 1]);
    const auto size = static_cast<std::int64_t>(c.data.size());
    const Dims shape = node_.shape_of(n.output);
    if (node_.shape_of(x) != shape ||
        (size != 1 && (shape.empty() || c.shape.back() != size || shape.back() != size))) {
      return false;
    }
    const float value = c.data[static_cast<std::size_t>(at_ % size)];
    if (!std::isfinite(value) || (value == 0 && (n.op == FloatOp::kMul || n.op == FloatOp::kDiv))) {
      return false;
    }
    steps.push_back({FeatureStep::Kind::kArithmetic, n.op, value});
    value_ = x;
    return true;
  }

  // The number of a key, one-hot: whether the integer is that key. Floats were truncated before.
  bool category(const FloatNode& hot, std::vector<FeatureStep>& steps) {
    const std::int64_t places = hot.ints[0];
    const std::int64_t number = at_ % places;
    std::uint32_t x = hot.inputs[0];
    const auto conversions = [&](FloatOp op) {
      const FloatNode* n = node_.producer(x);
      while (n != nullptr && (n->op == op || (n->op == FloatOp::kReshape && n->params.empty())) &&
             node_.shape_of(n->inputs[0]) == node_.shape_of(x)) {
        x = n->inputs[0];
        n = node_.producer(x);
      }
      return n;
    };
    const FloatNode* map = conversions(FloatOp::kReshape);
    if (map == nullptr || map->op != FloatOp::kIntegerMap) {
      return false;
    }
    const auto keys = static_cast<std::int64_t>(map->ints.size() / 2);
    if (places < keys || map->ints[0] != keys) {
      return false;
    }
    for (std::int64_t k = 0; k < keys; ++k) {
      if (map->ints[static_cast<std::size_t>(1 + keys + k)] != k) {
        return false;
      }
    }
    if (number >= keys) {
      return false;
    }
    const std::int64_t key = map->ints[static_cast<std::size_t>(1 + number)];
    x = map->inputs[0];
    conversions(FloatOp::kWrap);  // to 64 bits: further out there is no key
    conversions(FloatOp::kTruncate);
    if (!keeps_rows(node_.shape_of(x))) {
      return false;
    }
    steps.push_back({FeatureStep::Kind::kCategory, hot.op, static_cast<float>(key)});
    value_ = x;
    at_ /= places;
    return true;
  }

  const NodeReader& node_;
  std::int64_t rows_;
  std::uint32_t value_;
  std::int64_t at_;  // among the elements of a row
};

// The largest float32 for which `holds`, which it does below it and not above; none where it does nowhere.
template <class Holds>
std::optional<float> last_that(Holds holds) {
  std::int64_t low = tensor::float_order(-kInfinity);
  std::int64_t high = tensor::float_order(kInfinity);
  if (!holds(-kInfinity)) {
    return std::nullopt;
  }
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (holds(tensor::from_float_order(middle))) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return tensor::from_float_order(low);
}

bool falls(const FeatureStep& s) { return (s.op == FloatOp::kMul || s.op == FloatOp::kDiv) && s.value < 0; }

// The numbers that become at most `end`, or, of a step that falls, more than it, reach up to this.
std::optional<float> end_before(const FeatureStep& s, float end) {
  return last_that([&](float x) { return falls(s) ? s.apply(x) > end : s.apply(x) <= end; });
}

bool answer(const FeatureQuestion& q, float x) {
  if (q.always) {
    return *q.always;
  }
  return ((!q.lower || x > *q.lower) && x <= q.upper) != q.opposite;
}

FeatureQuestion of_truth(const FeatureQuestion& q, std::optional<float> lower, float upper) {
  const bool of_no = answer(q, 0.0F);
  const bool of_yes = answer(q, 1.0F);
  if (of_no == of_yes) {
    return {of_no, std::nullopt, 0.0F, false};
  }
  return {std::nullopt, lower, upper, of_no};
}

}  // namespace

float FeatureStep::apply(float x) const {
  switch (kind) {
    case Kind::kMissing:
      return std::isnan(x) ? value : x;
    case Kind::kCategory:
      return std::trunc(x) == value ? 1.0F : 0.0F;
    case Kind::kAbove:
      return x > value ? 1.0F : 0.0F;
    case Kind::kArithmetic:
      break;
  }
  return op == FloatOp::kAdd   ? x + value
         : op == FloatOp::kSub ? x - value
         : op == FloatOp::kMul ? x * value
                               : x / value;
}

float FeatureSource::apply(float x) const {
  for (const FeatureStep& step : steps) {
    x = step.apply(x);
  }
  return x;
}

std::optional<FeatureSource> source_of_feature(const NodeReader& node, std::uint32_t x, std::int64_t column) {
  return Trace(node, x, column).follow();
}

std::optional<FeatureQuestion> question_before(const std::vector<FeatureStep>& steps, float threshold) {
  FeatureQuestion q{std::nullopt, std::nullopt, threshold, false};
  for (auto step = steps.rbegin(); step != steps.rend() && !q.always; ++step) {
    switch (step->kind) {
      case FeatureStep::Kind::kMissing:
        break;
      case FeatureStep::Kind::kCategory:  // key <= x < key + 1 above 0, key - 1 < x <= key below it
        q = of_truth(q, step->value > 0 ? next_below(step->value) : step->value - 1,
                     step->value >= 0 ? next_below(step->value + 1) : step->value);
        break;
      case FeatureStep::Kind::kAbove:
        q = of_truth(q, std::nullopt, step->value);
        if (!q.always) {
          q.opposite = !q.opposite;  // a yes is above the number
        }
        break;
      case FeatureStep::Kind::kArithmetic: {
        const std::optional<float> upper = end_before(*step, q.upper);
        const std::optional<float> lower = q.lower ? end_before(*step, *q.lower) : std::nullopt;
        if (!upper || (q.lower && !lower)) {
          return std::nullopt;
        }
        if (!falls(*step)) {
          q.upper = *upper;
          q.lower = lower;
        } else if (q.lower) {  // upper < x <= lower
          q.upper = *lower;
          q.lower = upper;
        } else {
          q.upper = *upper;
          q.opposite = !q.opposite;
        }
        break;
      }
    }
  }
  return q;
}

}  // namespace proofcard::graph

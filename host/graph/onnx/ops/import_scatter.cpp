// Operators that take or put entries by indices of several axes. With constant indices they are moves; with computed ones,
// products with one-hot rows.
#include <algorithm>
#include <numeric>

#include "host/graph/onnx/import_parts.hpp"

namespace proofcard::graph {
namespace {

Result<std::uint32_t> summed_over(const NodeReader& node, std::uint32_t x, std::int64_t axis) {
  FloatNode n = node.make(FloatOp::kReduceSum, {x});
  n.ints = {axis};
  n.keep_dims = false;
  return node.emit(std::move(n));
}

// The rows of the first axis that a list of constant places names.
Result<std::uint32_t> rows_at(const NodeReader& node, std::uint32_t x, Dims places) {
  FloatNode n = node.make(FloatOp::kGather, {x});
  n.ints = std::move(places);
  return node.emit(std::move(n));
}

// Axis `from` becomes axis `to`; the others keep their order.
Result<std::uint32_t> with_axis_moved(const NodeReader& node, std::uint32_t x, std::int64_t from, std::int64_t to) {
  if (from == to) {
    return x;
  }
  Dims order(node.shape_of(x).size());
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + from);
  order.insert(order.begin() + to, from);
  return transposed(node, x, std::move(order));
}

// The first entries of each axis, as many as `shape` says; of `except` all.
Result<std::uint32_t> corner(const NodeReader& node, std::uint32_t x, const Dims& shape, std::size_t except) {
  FloatNode n = whole_slice(node, x);
  const std::size_t rank = shape.size();
  for (std::size_t a = 0; a < rank; ++a) {
    n.ints[2 * rank + a] = a == except ? n.ints[2 * rank + a] : shape[a];
  }
  return node.emit(std::move(n));
}

// Indices of an axis of n entries, each a row of zeros with a 1 where it points to: an axis more, the last.
Result<std::uint32_t> one_hot_rows(const NodeReader& node, std::uint32_t indices, std::int64_t n, ElementType type) {
  if (!is_integer_type(node.type_of(indices))) {
    return bad_input(node.where(), "expected indices of integers, found {}", element_type_name(node.type_of(indices)));
  }
  node.note_index(indices, n);
  FloatNode hot = node.make(FloatOp::kOneHot, {indices});
  hot.ints = {n};
  PROOFCARD_TRY(const std::uint32_t rows, node.emit(std::move(hot)));
  return node.retyped(rows, type);
}

struct Elements {
  std::uint32_t data = 0;
  std::uint32_t indices = 0;
  std::int64_t axis = 0;
  Dims shape;   // of the data
  Dims picked;  // of the indices
};

Result<Elements> read_elements(const NodeReader& node) {
  Elements e;
  PROOFCARD_TRY(e.data, node.input(0));
  PROOFCARD_TRY(e.indices, node.input(1));
  e.shape = node.shape_of(e.data);
  e.picked = node.shape_of(e.indices);
  PROOFCARD_TRY(e.axis, node.integer("axis", 0));
  PROOFCARD_TRY(e.axis, normalise_axis(e.axis, e.shape.size(), node.where()));
  bool fits = e.picked.size() == e.shape.size();
  for (std::size_t a = 0; fits && a < e.shape.size(); ++a) {
    fits = a == static_cast<std::size_t>(e.axis) || e.picked[a] <= e.shape[a];
  }
  if (!fits) {
    return bad_input(node.where(), "expected indices of a shape within [{}], found [{}]", fmt::join(e.shape, ", "),
                     fmt::join(e.picked, ", "));
  }
  return e;
}

Dims strides_of(const Dims& shape) {
  Dims strides(shape.size(), 1);
  for (std::size_t a = shape.size(); a-- > 1;) {
    strides[a - 1] = strides[a] * shape[a];
  }
  return strides;
}

// Places in the flat data of constant indices.
Result<Dims> flat_places(const NodeReader& node, const Elements& e) {
  const Dims strides = strides_of(e.shape);
  const auto axis = static_cast<std::size_t>(e.axis);
  Dims places;
  Dims at(e.picked.size(), 0);
  for (const std::int64_t given : node.typed_value(e.indices).integers) {
    PROOFCARD_TRY(const std::int64_t index,
                  normalise_axis(given, static_cast<std::size_t>(e.shape[axis]), node.where()));
    std::int64_t place = 0;
    for (std::size_t a = 0; a < at.size(); ++a) {
      place += strides[a] * (a == axis ? index : at[a]);
    }
    places.push_back(place);
    for (std::size_t a = at.size(); a-- > 0;) {
      if (++at[a] < e.picked[a]) {
        break;
      }
      at[a] = 0;
    }
  }
  return places;
}

Status gather_elements(const NodeReader& node) {
  PROOFCARD_TRY(const Elements e, read_elements(node));
  if (node.is_constant(e.indices)) {
    PROOFCARD_TRY(Dims places, flat_places(node, e));
    PROOFCARD_TRY(std::uint32_t out, node.reshape(e.data, {count(e.shape)}));
    PROOFCARD_TRY(out, rows_at(node, out, std::move(places)));
    PROOFCARD_TRY(out, node.reshape(out, e.picked));
    return node.bind(0, out);
  }
  const auto axis = static_cast<std::size_t>(e.axis);
  const std::int64_t n = e.shape[axis];
  PROOFCARD_TRY(std::uint32_t rows, one_hot_rows(node, e.indices, n, node.type_of(e.data)));
  PROOFCARD_TRY(std::uint32_t x, corner(node, e.data, e.picked, axis));
  PROOFCARD_TRY(x, with_axis_moved(node, x, e.axis, static_cast<std::int64_t>(e.shape.size()) - 1));
  Dims spread = e.picked;
  spread[axis] = 1;
  spread.push_back(n);
  PROOFCARD_TRY(x, node.reshape(x, std::move(spread)));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMul, {rows, x}));
  PROOFCARD_TRY(out, summed_over(node, out, static_cast<std::int64_t>(e.shape.size())));
  return node.bind(0, out);
}

enum class ScatterReduction : std::uint8_t { kNone, kAdd };

Result<ScatterReduction> read_merge(const NodeReader& node) {
  PROOFCARD_TRY(const std::string reduction, node.text("reduction", "none"));
  if (reduction != "none" && reduction != "add") {
    return node.unsupported(fmt::format("reduction {} is not supported", foreign_name(reduction)));
  }
  return reduction == "add" ? ScatterReduction::kAdd : ScatterReduction::kNone;
}

// data with the rows of `put` where `covered` is 1, or with them added.
Result<std::uint32_t> merged(const NodeReader& node, std::uint32_t data, std::uint32_t covered, std::uint32_t put,
                             ScatterReduction reduction) {
  if (reduction == ScatterReduction::kNone) {
    PROOFCARD_TRY(const std::uint32_t gone, node.emit(FloatOp::kMul, {data, covered}));
    PROOFCARD_TRY(data, node.emit(FloatOp::kSub, {data, gone}));
  }
  return node.emit(FloatOp::kAdd, {data, put});
}

// Row i of `data` is replaced by the row of `updates` that names it last.
Result<std::uint32_t> rows_replaced(const NodeReader& node, std::uint32_t data, std::uint32_t updates,
                                    const Dims& places) {
  const std::int64_t rows = node.shape_of(data)[0];
  Dims from(static_cast<std::size_t>(rows));
  std::iota(from.begin(), from.end(), 0);
  for (std::size_t k = 0; k < places.size(); ++k) {
    from[static_cast<std::size_t>(places[k])] = rows + static_cast<std::int64_t>(k);
  }
  PROOFCARD_TRY(const std::uint32_t all, concatenated(node, {data, updates}, 0));
  return rows_at(node, all, std::move(from));
}

// The rows of `updates` at constant places, zeros elsewhere; each place is named once.
Result<std::uint32_t> rows_placed(const NodeReader& node, std::uint32_t updates, const Dims& places,
                                  std::int64_t rows) {
  Dims shape = node.shape_of(updates);
  shape[0] = rows;
  FloatTensor zeros{shape, std::vector<float>(static_cast<std::size_t>(count(shape)), 0.0F), false};
  const std::uint32_t empty = node.add_constant(std::move(zeros));
  node.set_type(empty, node.type_of(updates));
  return rows_replaced(node, empty, updates, places);
}

Result<std::uint32_t> scattered_rows(const NodeReader& node, std::uint32_t data, std::uint32_t updates,
                                     const Dims& places, ScatterReduction reduction) {
  if (reduction == ScatterReduction::kNone) {
    return rows_replaced(node, data, updates, places);
  }
  Dims sorted = places;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return node.unsupported("several values that are added to one place are not supported");
  }
  PROOFCARD_TRY(const std::uint32_t put, rows_placed(node, updates, places, node.shape_of(data)[0]));
  return node.emit(FloatOp::kAdd, {data, put});
}

// Of one-hot rows that name the same entry, the last alone; the others become zeros. Shape: (..., row, entry).
// Row i less all later ones is 1 at its entry when none of them names it, else at most 0.
Result<std::uint32_t> last_alone(const NodeReader& node, std::uint32_t rows) {
  const Dims shape = node.shape_of(rows);
  const std::int64_t n = shape[shape.size() - 2];
  if (n == 1) {
    return rows;
  }
  const auto size = static_cast<std::size_t>(n);
  FloatTensor less_later{{n, n}, std::vector<float>(size * size, 0.0F), false};
  for (std::size_t i = 0; i < size; ++i) {
    std::fill_n(less_later.data.begin() + static_cast<std::ptrdiff_t>(i * size + i), size - i, -1.0F);
    less_later.data[i * size + i] = 1.0F;
  }
  PROOFCARD_TRY(std::uint32_t out, node.retyped(rows, onnx::TensorProto::FLOAT));
  PROOFCARD_TRY(out, node.emit(FloatOp::kMatMul, {node.add_constant(std::move(less_later)), out}));
  FloatNode above = node.make(FloatOp::kAbove, {out});
  above.alpha = 0.5F;
  PROOFCARD_TRY(out, node.emit(std::move(above)));
  return node.retyped(out, node.type_of(rows));
}

Status scatter_elements(const NodeReader& node) {
  PROOFCARD_TRY(const Elements e, read_elements(node));
  PROOFCARD_TRY(const std::uint32_t updates, node.input(2));
  PROOFCARD_TRY(const ScatterReduction reduction, read_merge(node));
  if (node.shape_of(updates) != e.picked) {
    return bad_input(node.where(), "expected updates of shape [{}], found [{}]", fmt::join(e.picked, ", "),
                     fmt::join(node.shape_of(updates), ", "));
  }
  if (node.is_constant(e.indices)) {
    PROOFCARD_TRY(const Dims places, flat_places(node, e));
    PROOFCARD_TRY(const std::uint32_t data, node.reshape(e.data, {count(e.shape)}));
    PROOFCARD_TRY(const std::uint32_t flat, node.reshape(updates, {count(e.picked)}));
    PROOFCARD_TRY(std::uint32_t out, scattered_rows(node, data, flat, places, reduction));
    PROOFCARD_TRY(out, node.reshape(out, e.shape));
    return node.bind(0, out);
  }
  const auto axis = static_cast<std::size_t>(e.axis);
  const auto last = static_cast<std::int64_t>(e.shape.size());
  PROOFCARD_TRY(std::uint32_t rows, one_hot_rows(node, e.indices, e.shape[axis], node.type_of(e.data)));
  if (reduction == ScatterReduction::kNone) {
    PROOFCARD_TRY(rows, with_axis_moved(node, rows, e.axis, last - 1));
    PROOFCARD_TRY(rows, last_alone(node, rows));
    PROOFCARD_TRY(rows, with_axis_moved(node, rows, last - 1, e.axis));
  }
  Dims column = e.picked;
  column.push_back(1);
  PROOFCARD_TRY(std::uint32_t put, node.reshape(updates, std::move(column)));
  PROOFCARD_TRY(put, node.emit(FloatOp::kMul, {rows, put}));
  PROOFCARD_TRY(put, summed_over(node, put, e.axis));
  PROOFCARD_TRY(std::uint32_t covered, summed_over(node, rows, e.axis));
  FloatNode pad = node.make(FloatOp::kPad, {put});
  pad.ints.assign(2 * e.shape.size(), 0);
  for (std::size_t a = 0; a < e.shape.size(); ++a) {
    pad.ints[e.shape.size() + a] = a == axis ? 0 : e.shape[a] - e.picked[a];
  }
  const auto placed = [&](std::uint32_t value) -> Result<std::uint32_t> {
    PROOFCARD_TRY(value, with_axis_moved(node, value, last - 1, e.axis));
    FloatNode n = pad;
    n.inputs = {value};
    return node.emit(std::move(n));
  };
  PROOFCARD_TRY(put, placed(put));
  PROOFCARD_TRY(covered, placed(covered));
  PROOFCARD_TRY(const std::uint32_t out, merged(node, e.data, covered, put, reduction));
  return node.bind(0, out);
}

// Tuples of indices into the first axes of a value, behind `batch` axes that indices and value share.
struct Tuples {
  std::uint32_t data = 0;
  std::uint32_t indices = 0;
  std::size_t batch = 0;
  Dims shape;         // of the data
  Dims outer;         // of the tuples, behind the batch
  std::size_t width;  // of a tuple

  std::int64_t batches() const {
    return count(Dims(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(batch)));
  }
  Dims indexed() const {
    return {shape.begin() + static_cast<std::ptrdiff_t>(batch),
            shape.begin() + static_cast<std::ptrdiff_t>(batch + width)};
  }
  Dims rest() const { return {shape.begin() + static_cast<std::ptrdiff_t>(batch + width), shape.end()}; }
};

Result<Tuples> read_tuples(const NodeReader& node) {
  Tuples t;
  PROOFCARD_TRY(t.data, node.input(0));
  PROOFCARD_TRY(t.indices, node.input(1));
  PROOFCARD_TRY(const std::int64_t batch, node.integer("batch_dims", 0));
  t.shape = node.shape_of(t.data);
  const Dims indices = node.shape_of(t.indices);
  const auto rank = static_cast<std::int64_t>(indices.size());
  if (rank < 1 || batch < 0 || batch >= rank || indices.back() < 1 ||
      static_cast<std::size_t>(batch + indices.back()) > t.shape.size() ||
      !std::equal(indices.begin(), indices.begin() + batch, t.shape.begin())) {
    return bad_input(node.where(), "indices of shape [{}] do not fit a value of shape [{}] with {} batch dimensions",
                     fmt::join(indices, ", "), fmt::join(t.shape, ", "), batch);
  }
  t.batch = static_cast<std::size_t>(batch);
  t.outer = Dims(indices.begin() + batch, indices.end() - 1);
  t.width = static_cast<std::size_t>(indices.back());
  return t;
}

// Places of constant tuples in the flat batch and indexed axes.
Result<Dims> flat_tuples(const NodeReader& node, const Tuples& t) {
  const std::vector<std::int64_t> values = node.typed_value(t.indices).integers;
  const Dims sizes = t.indexed();
  const auto each = static_cast<std::size_t>(count(t.outer)) * t.width;
  Dims places;
  for (std::size_t first = 0; first < values.size(); first += t.width) {
    auto place = static_cast<std::int64_t>(first / each);
    for (std::size_t k = 0; k < t.width; ++k) {
      PROOFCARD_TRY(const std::int64_t index,
                    normalise_axis(values[first + k], static_cast<std::size_t>(sizes[k]), node.where()));
      place = place * sizes[k] + index;
    }
    places.push_back(place);
  }
  return places;
}

// One-hot rows over the flat indexed axes, (batches, tuples, places): the product of those of each index of a tuple.
Result<std::uint32_t> tuple_rows(const NodeReader& node, const Tuples& t) {
  const std::int64_t batches = t.batches();
  const std::int64_t tuples = count(t.outer);
  const Dims sizes = t.indexed();
  PROOFCARD_TRY(const std::uint32_t list,
                node.reshape(t.indices, {batches, tuples, static_cast<std::int64_t>(t.width)}));
  std::optional<std::uint32_t> rows;
  std::int64_t places = 1;
  for (std::size_t k = 0; k < t.width; ++k) {
    FloatNode column = whole_slice(node, list);
    column.ints[2] = static_cast<std::int64_t>(k);
    column.ints[8] = 1;
    PROOFCARD_TRY(std::uint32_t index, node.emit(std::move(column)));
    PROOFCARD_TRY(index, node.reshape(index, {batches, tuples}));
    PROOFCARD_TRY(std::uint32_t hot, one_hot_rows(node, index, sizes[k], node.type_of(t.data)));
    if (rows) {
      PROOFCARD_TRY(const std::uint32_t before, node.reshape(*rows, {batches, tuples, places, 1}));
      PROOFCARD_TRY(hot, node.reshape(hot, {batches, tuples, 1, sizes[k]}));
      PROOFCARD_TRY(hot, node.emit(FloatOp::kMul, {before, hot}));
    }
    places *= sizes[k];
    PROOFCARD_TRY(rows, node.reshape(hot, {batches, tuples, places}));
  }
  return *rows;
}

Status gather_nd(const NodeReader& node) {
  PROOFCARD_TRY(const Tuples t, read_tuples(node));
  const Dims rest = t.rest();
  const std::int64_t places = count(t.indexed());
  std::uint32_t out = 0;
  if (node.is_constant(t.indices)) {
    PROOFCARD_TRY(Dims list, flat_tuples(node, t));
    Dims flat{t.batches() * places};
    flat.insert(flat.end(), rest.begin(), rest.end());
    PROOFCARD_TRY(out, node.reshape(t.data, std::move(flat)));
    PROOFCARD_TRY(out, rows_at(node, out, std::move(list)));
  } else {
    PROOFCARD_TRY(const std::uint32_t rows, tuple_rows(node, t));
    PROOFCARD_TRY(out, node.reshape(t.data, {t.batches(), places, count(rest)}));
    PROOFCARD_TRY(out, node.emit(FloatOp::kMatMul, {rows, out}));
  }
  Dims shape(t.shape.begin(), t.shape.begin() + static_cast<std::ptrdiff_t>(t.batch));
  shape.insert(shape.end(), t.outer.begin(), t.outer.end());
  shape.insert(shape.end(), rest.begin(), rest.end());
  PROOFCARD_TRY(out, node.reshape(out, std::move(shape)));
  return node.bind(0, out);
}

Status scatter_nd(const NodeReader& node) {
  PROOFCARD_TRY(const Tuples t, read_tuples(node));
  PROOFCARD_TRY(std::uint32_t updates, node.input(2));
  PROOFCARD_TRY(const ScatterReduction reduction, read_merge(node));
  const std::int64_t places = count(t.indexed());
  const std::int64_t entries = count(t.rest());
  const std::int64_t tuples = count(t.outer);
  if (count(node.shape_of(updates)) != tuples * entries) {
    return bad_input(node.where(), "expected {} updates of {} entries, found shape [{}]", tuples, entries,
                     fmt::join(node.shape_of(updates), ", "));
  }
  PROOFCARD_TRY(updates, node.reshape(updates, {tuples, entries}));
  PROOFCARD_TRY(std::uint32_t data, node.reshape(t.data, {places, entries}));
  std::uint32_t out = 0;
  if (node.is_constant(t.indices)) {
    PROOFCARD_TRY(const Dims list, flat_tuples(node, t));
    PROOFCARD_TRY(out, scattered_rows(node, data, updates, list, reduction));
  } else {
    PROOFCARD_TRY(std::uint32_t rows, tuple_rows(node, t));
    PROOFCARD_TRY(rows, node.reshape(rows, {tuples, places}));
    if (reduction == ScatterReduction::kNone) {
      PROOFCARD_TRY(rows, last_alone(node, rows));
    }
    PROOFCARD_TRY(std::uint32_t covered, summed_over(node, rows, 0));
    PROOFCARD_TRY(covered, node.reshape(covered, {places, 1}));
    PROOFCARD_TRY(rows, transposed(node, rows, {1, 0}));
    PROOFCARD_TRY(const std::uint32_t put, node.emit(FloatOp::kMatMul, {rows, updates}));
    PROOFCARD_TRY(out, merged(node, data, covered, put, reduction));
  }
  PROOFCARD_TRY(out, node.reshape(out, t.shape));
  return node.bind(0, out);
}

// What has the same order along the last axis, with all its digits: distances without their root, and without what is added to
// all entries. `exact`: whether it is one of these.
Result<std::uint32_t> ordered_as(const NodeReader& node, std::uint32_t x, bool& exact) {
  const Dims shape = node.shape_of(x);
  bool turned = false;
  for (const FloatNode* n = node.producer(x); n != nullptr; n = node.producer(x)) {
    const bool turns = n->op == FloatOp::kTranspose && shape.size() == 2 && n->ints == Dims{1, 0};
    const bool added_to_all = n->op == FloatOp::kAdd && exact && !turned && node.shape_of(n->inputs[0]) == shape &&
                              !node.shape_of(n->inputs[1]).empty() && node.shape_of(n->inputs[1]).back() == 1;
    if (!turns && !added_to_all && n->op != FloatOp::kSqrt && !(n->op == FloatOp::kRelu && n->exact)) {
      break;
    }
    exact = exact || n->op == FloatOp::kSqrt || n->op == FloatOp::kRelu;
    turned = turned != turns;
    x = n->inputs[0];
  }
  const FloatNode* sum = node.producer(x);
  const FloatNode* magnitude =
      sum != nullptr && sum->op == FloatOp::kReduceSum ? node.producer(sum->inputs[0]) : nullptr;
  exact = exact || (magnitude != nullptr && magnitude->op == FloatOp::kAbs);
  return turned ? transposed(node, x, {1, 0}) : Result<std::uint32_t>(x);
}

// The k largest or smallest entries along an axis, in order, and where they are.
Status top_k(const NodeReader& node) {
  PROOFCARD_TRY(const std::uint32_t x, node.input(0));
  const Dims shape = node.shape_of(x);
  PROOFCARD_TRY(std::int64_t axis, node.integer("axis", -1));
  PROOFCARD_TRY(axis, normalise_axis(axis, shape.size(), node.where()));
  PROOFCARD_TRY(const std::int64_t largest, node.integer("largest", 1));
  Dims k;
  if (node.opset() < 10) {
    PROOFCARD_TRY(const std::int64_t given, node.integer("k", 0));
    k = {given};
  } else {
    PROOFCARD_TRY(k, node.constant_integers(1, "number of entries"));
  }
  const std::int64_t size = shape[static_cast<std::size_t>(axis)];
  if (k.size() != 1 || k[0] < 1 || k[0] > size) {
    return bad_input(node.where(), "expected 1 to {} entries, found [{}]", size, fmt::join(k, ", "));
  }
  const auto last = static_cast<std::int64_t>(shape.size()) - 1;
  PROOFCARD_TRY(const std::uint32_t rows, with_axis_moved(node, x, axis, last));
  FloatNode n = node.make(FloatOp::kTopK, {rows});
  n.axis = last;
  n.ints = k;
  PROOFCARD_TRY(n.inputs[0], ordered_as(node, rows, n.exact));
  PROOFCARD_TRY(n.inputs[0], scaled(node, n.inputs[0], largest != 0 ? 1.0F : -1.0F));
  PROOFCARD_TRY(const std::uint32_t places, node.emit(std::move(n)));
  if (node.has_output(1)) {
    PROOFCARD_TRY(const std::uint32_t out, with_axis_moved(node, places, last, axis));
    PROOFCARD_RETURN_IF_ERROR(node.bind(1, out));
  }
  if (!node.has_output(0)) {
    return {};
  }
  FloatNode hot = node.make(FloatOp::kOneHot, {places});
  hot.ints = {size};
  PROOFCARD_TRY(std::uint32_t chosen, node.emit(std::move(hot)));
  PROOFCARD_TRY(chosen, node.retyped(chosen, node.type_of(x)));
  Dims column = node.shape_of(rows);
  column.push_back(1);
  PROOFCARD_TRY(const std::uint32_t entries, node.reshape(rows, column));
  PROOFCARD_TRY(std::uint32_t out, node.emit(FloatOp::kMatMul, {chosen, entries}));
  column[static_cast<std::size_t>(last)] = k[0];
  column.pop_back();
  PROOFCARD_TRY(out, node.reshape(out, std::move(column)));
  PROOFCARD_TRY(out, with_axis_moved(node, out, last, axis));
  return node.bind(0, out);
}

// The entries for which a constant list of conditions holds.
Status compress(const NodeReader& node) {
  PROOFCARD_TRY(std::uint32_t x, node.input(0));
  PROOFCARD_TRY(const Dims condition, node.constant_integers(1, "condition"));
  std::int64_t axis = 0;
  if (node.has_attribute("axis")) {
    PROOFCARD_TRY(axis, node.integer("axis", 0));
    PROOFCARD_TRY(axis, normalise_axis(axis, node.shape_of(x).size(), node.where()));
  } else {
    PROOFCARD_TRY(x, node.reshape(x, {count(node.shape_of(x))}));
  }
  FloatNode n = node.make(FloatOp::kGather, {x});
  n.axis = axis;
  for (std::size_t i = 0; i < condition.size(); ++i) {
    if (condition[i] != 0) {
      n.ints.push_back(static_cast<std::int64_t>(i));
    }
  }
  PROOFCARD_TRY(const std::uint32_t out, node.emit(std::move(n)));
  return node.bind(0, out);
}

}  // namespace

const std::map<std::string, Translation>& scatter_translations() {
  static const std::map<std::string, Translation> table = {
      {"GatherElements", gather_elements},
      {"GatherND", gather_nd},
      {"ScatterElements", scatter_elements},
      {"Scatter", scatter_elements},
      {"ScatterND", scatter_nd},
      {"TopK", top_k},
      {"Compress", compress},
  };
  return table;
}

}  // namespace proofcard::graph

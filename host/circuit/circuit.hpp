// The circuit: what is proved, in canonical form. Tensors, relations that hold at every index, and lookups in tables.
//
// A circuit is data that a verifier reads from a key it does not trust: everything derived (slot maps, which operands
// are read directly, proved ranges, sumcheck shapes) is recomputed from this by the other headers of this folder, and
// check_soundness (bounds.hpp) refuses a circuit in which a field equation could hold without the integer one.
//
// Relations:  for every index of out_dims, the expression (host/tensor/expr.hpp) is 0 over the integers.
// Lookups:    for every index of dims, the tuple of expressions is a row of the table.
// Padding:    tensors are stored with each axis padded to a power of two. Nothing in the padding is trusted: relations
//             and lookups hold on the padded index space, where every term is 0 except a tensor read by identity, and
//             reads of other tensors go through maps that are 0 outside true ranges (access.hpp). Lookups in tables of
//             tensors hold on true indices alone, and what those tables have in their padding is a row of no table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/int_vector.hpp"
#include "host/base/result.hpp"
#include "host/tensor/encoding.hpp"
#include "host/tensor/expr.hpp"
#include "host/tensor/fixed_input.hpp"
#include "host/tensor/table.hpp"

namespace proofcard::circuit {

using tensor::Expression;
using tensor::Operand;
using tensor::Shape;
using tensor::Term;

enum class Role : std::uint8_t { kInput = 0, kOutput = 1, kWeight = 2, kWitness = 3 };
enum class Visibility : std::uint8_t { kPrivate = 0, kPublic = 1, kCommitted = 2 };

std::string role_name(Role role);
std::string visibility_name(Visibility visibility);

struct Tensor {
  std::string name;
  Shape shape;
  Role role = Role::kWitness;
  IntType type = IntType::kI8;  // how it is stored and committed
  std::int64_t lo = 0;          // inputs and weights: the declared range, which is proved (or checked, when public);
  std::int64_t hi = 0;          // outputs: informative. Witness tensors get their range from lookups (bounds.hpp)
  double scale = 1.0;           // real value = scale * integer; informative
  tensor::ChannelSteps channels{};  // inputs: see host/tensor/encoding.hpp; informative
};

// The declared range of every weight tensor of this type, which the weight-range proof establishes: the whole type, so
// that it tells nothing about the weights; of 64-bit weights, 40 bits.
inline constexpr std::int64_t kWideWeightLimit = std::int64_t{1} << 39;
std::pair<std::int64_t, std::int64_t> weight_range(IntType type);

struct Relation {
  std::string name;
  Expression zero;
};

enum class TableKind : std::uint8_t {
  kRange = 0,     // rows (x),               x in [lo, lo + size)
  kFunction = 1,  // rows (x, f(x)),         x in the domain of `function`
  kSign = 2,      // rows (x, [x=0], [x>0]), x in [lo, lo + size)
  kTensors = 3,   // rows (i, j, .., S[i, j, ..], T[i, j, ..], ..) for every index (i, j, ..) of tensors of one shape
};

struct Table {
  TableKind kind = TableKind::kRange;
  std::int64_t lo = 0;           // 0 for kTensors
  std::uint32_t size = 0;        // true rows; the padded table repeats row 0. 0 for kTensors
  tensor::TableSpec function{};  // kFunction only; lo and size agree with it
  // kTensors only: all of them weights, or none; and their shape, which is not in files.
  std::vector<std::uint32_t> tensors{};
  Shape dims{};
  bool operator==(const Table&) const = default;
};

inline constexpr std::size_t kMaxTupleWidth = 16;
std::size_t tuple_width(const Table& table);
// Column c of the table in row order, padded to a power of two with row 0. Pre: not kTensors.
std::vector<std::int64_t> table_column(const Table& table, std::size_t column);
// The tensor whose elements a column of a table of tensors has; none for its indices, and for other tables.
std::optional<std::uint32_t> column_tensor(const Table& table, std::size_t column);
// Smallest and largest entry of a column. Pre: it has no tensor's elements.
std::pair<std::int64_t, std::int64_t> column_range(const Table& table, std::size_t column);

struct Lookup {
  std::string name;
  std::uint32_t table = 0;
  Shape dims;
  std::vector<Expression> columns;  // tuple_width(table) many, each with out_dims = dims, terms of at most one operand
};

struct Circuit {
  std::string model_name;
  Visibility input_visibility = Visibility::kPrivate;
  Visibility output_visibility = Visibility::kPublic;
  Visibility weight_visibility = Visibility::kPrivate;
  std::vector<Tensor> tensors;
  std::vector<Table> tables;
  std::vector<Relation> relations;
  std::vector<Lookup> lookups;
  std::vector<std::uint32_t> inputs;   // tensor ids with role kInput, in the model's order
  std::vector<std::uint32_t> outputs;  // tensor ids with role kOutput, in the model's order
  std::vector<Shape> input_shapes;     // as the user sees them, of one input
  std::vector<Shape> output_shapes;
  std::uint32_t batch = 1;  // inputs in one proof, the rows of all tensors but weights when it is not 1 (batch.hpp)
  std::vector<tensor::FixedInput> fixed;  // in the order in which they were given; informative, as scales are

  std::vector<Shape> tensor_shapes() const;
  Visibility visibility(std::uint32_t tensor) const;
  // Whether the tensor's values stand in the statement instead of behind a commitment.
  bool is_public(std::uint32_t tensor) const {
    return tensors[tensor].role != Role::kWeight && visibility(tensor) == Visibility::kPublic;
  }
};

// Number of variables of an axis of n values: ceil(log2 n).
unsigned log_padded(std::uint32_t n);
unsigned log_padded(const Shape& shape);
inline std::size_t padded_size(const Shape& shape) { return std::size_t{1} << log_padded(shape); }

// Shape and id consistency and hard size limits; trusts nothing. Does not check soundness (bounds.hpp does).
Status validate(const Circuit& circuit);

void write(ByteWriter& out, const Circuit& circuit);
// The result has passed validate().
Result<Circuit> read_circuit(ByteReader& in);

}  // namespace proofcard::circuit

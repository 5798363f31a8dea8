// The numbers that a lowering takes from samples and from weight values, in the order in which it takes them.
//
// One lowering serves two purposes. When it *derives*, each such number is worked out and recorded here. When it
// *replays*, the recorded number is taken instead, and refused unless deriving could have led to it; neither samples
// nor hidden weights are looked at. So a plan together with a model's architecture determines the integer graph, and
// whoever holds a circuit and its plan can find out whether the circuit is the architecture's
// (docs/adr/0005-a-key-is-rebuilt-from-its-plan.md). A plan is a hint of somebody who is not trusted.
//
// What is recorded, and nothing else may depend on samples or, when weights are hidden, on their values:
//   inputs      range and scale, or a scale for each channel, of every graph input
//   linear      of every realised linear form that has a free number (realisation.hpp says which)
//   tables      the output scale of every table whose function leaves it open, and the steps of a divisor that nothing has rounded
//   decisions   yes or no, where samples decide what is built
//   halvings    of each channel between two layers that are brought to one size (equalise.hpp), with public weights
//   wide        in a plan of both widths: the values of the simplified float graph, by id, with 16 bits. The width of an input
//               stands in its range
//
// To add a choice: a list here, or a field in LinearNumbers, with its line in write() and read_quantisation_plan(); a
// take_ and a record() in Choices; at the place of the choice
//
//     if (choices_.replaying()) { take; refuse what deriving cannot lead to; }  else { derive; record; }
//
// and a case in tests/tools/against_test.cpp, which changes every number of a plan and expects a refusal. A number that
// follows from others is not recorded. Numbers that stand in no circuit must not be recorded: a plan is as public as a
// key, and tells no more than its circuit does.
//
// Range:  scales are finite and from 1e-60 to 1e60, which float32 does not leave.
// Errors: take_*: kRejected when the plan holds no further number of the kind.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/base/result.hpp"
#include "host/graph/float_graph/float_graph.hpp"
#include "host/tensor/encoding.hpp"

namespace proofcard::graph {

// Range and scale of a graph input.
struct InputNumbers {
  std::int64_t lo = 0;
  std::int64_t hi = 0;
  double scale = 1.0;
  tensor::ChannelSteps channels{};
};

struct LinearNumbers {
  // What would tell something about weights if it were derived where they are hidden.
  struct Hidden {
    unsigned shift = 0;
    std::vector<std::uint8_t> multiplier{1};  // one for all, or one an output channel
    std::vector<std::uint8_t> weight_bits;    // by term with a weight: its coefficient is 2^bits
    std::vector<std::uint8_t> bias_bits;      // by constant; kNoBias: it is 0 everywhere and left out
    unsigned range_bits = 0;                  // the result lies in [-2^bits, 2^bits - 1],
    bool range_signed = false;                // or in [0, 2^bits - 1]
    bool operator==(const Hidden&) const = default;
  };
  std::optional<double> scale;  // of the result, unless it follows from the operands' and from public weights
  std::optional<Hidden> hidden;
};

inline constexpr std::uint8_t kNoBias = 0xff;

// That the model is run on its own tokens (generation.hpp).
struct Generation {
  std::uint32_t tokens = 0;          // that it gives, at least 1
  std::optional<std::uint32_t> end;  // what follows this token is this token
  bool operator==(const Generation&) const = default;
};
inline constexpr unsigned kMixedBits = 0;  // 8 bits, and 16 where a list of values says so

struct QuantisationPlan {
  unsigned bits = 8;                // as in QuantizeOptions
  std::vector<std::uint32_t> wide;  // ascending; of both widths, some but not all of those that a width is asked of
  unsigned output_bits = 32;
  std::vector<InputNumbers> inputs;
  std::vector<LinearNumbers> linear;
  std::vector<double> tables;
  std::vector<std::uint8_t> decisions;              // 0 or 1
  std::vector<std::vector<std::uint8_t>> halvings;  // of two layers: none, or one a channel
  std::optional<Generation> generation{};
};

// Canonical: a plan has one encoding.
void write(ByteWriter& out, const QuantisationPlan& plan);
Result<QuantisationPlan> read_quantisation_plan(ByteReader& in);

bool is_usable_scale(double scale);

// A plan that is being recorded, or replayed.
class Choices {
 public:
  // Derives with one width, unless others are set; replays all of the plan.
  static Choices derive(unsigned bits, unsigned output_bits);
  static Choices replay(QuantisationPlan plan);

  // While deriving, before any width is asked for. `wide`: as in a plan, and may hold more values.
  void set_widths(unsigned bits, std::vector<std::uint32_t> wide) {
    plan_.bits = bits;
    plan_.wide = std::move(wide);
  }

  // Values that have 16 bits whatever the plan is, since the graph says so: they are not asked of.
  void set_always_wide(std::set<std::uint32_t> values) { always_wide_ = std::move(values); }

  bool replaying() const { return replaying_; }
  unsigned bits() const { return plan_.bits; }
  // Whether a value's integers, and the weights of the node that makes it, have 16 bits instead of 8. Each value that is
  // asked of decides something about the circuit; looks_wide() asks for what is recorded otherwise.
  bool is_wide(std::uint32_t value);
  bool looks_wide(std::uint32_t value) const;
  // Values that is_wide() was called for, ascending.
  std::vector<std::uint32_t> asked() const { return {asked_.begin(), asked_.end()}; }
  unsigned output_bits() const { return plan_.output_bits; }

  void record(const InputNumbers& numbers) { plan_.inputs.push_back(numbers); }
  void record(LinearNumbers numbers) { plan_.linear.push_back(std::move(numbers)); }
  void record_table(double scale) { plan_.tables.push_back(scale); }
  void record_decision(bool yes) { plan_.decisions.push_back(yes ? 1 : 0); }
  void record_halvings(std::vector<std::uint8_t> halvings) { plan_.halvings.push_back(std::move(halvings)); }

  // `where` names the node in errors.
  Result<InputNumbers> take_input(const std::string& where);
  Result<LinearNumbers> take_linear(const std::string& where);
  Result<double> take_table(const std::string& where);
  Result<bool> take_decision(const std::string& where);
  Result<std::vector<std::uint8_t>> take_halvings(const std::string& where);

  // What was recorded for linear forms and tables since the mark can be taken back: a scale that does not suit is tried
  // again.
  struct Mark {
    std::size_t linear = 0;
    std::size_t tables = 0;
  };
  Mark mark() const { return {plan_.linear.size(), plan_.tables.size()}; }
  void roll_back(const Mark& to) {
    plan_.linear.resize(to.linear);
    plan_.tables.resize(to.tables);
  }

  // When replaying: everything was taken. Errors: kRejected.
  Status finish() const;
  // Of both widths only when there are both.
  QuantisationPlan plan() const;

 private:
  QuantisationPlan plan_;
  bool replaying_ = false;
  std::set<std::uint32_t> asked_;
  std::set<std::uint32_t> always_wide_;
  std::size_t inputs_ = 0;  // taken
  std::size_t linear_ = 0;
  std::size_t tables_ = 0;
  std::size_t decisions_ = 0;
  std::size_t halvings_ = 0;
};

}  // namespace proofcard::graph

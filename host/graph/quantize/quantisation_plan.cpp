#include "host/graph/quantize/quantisation_plan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "host/base/text.hpp"

namespace proofcard::graph {
namespace {

constexpr std::uint8_t kHasScale = 1;
constexpr std::uint8_t kHasHidden = 2;
constexpr std::uint8_t kGenerates = 0x80;  // beside the number of bits

void write_scale(ByteWriter& out, double scale) { out.u64(std::bit_cast<std::uint64_t>(scale)); }

Result<double> read_scale(ByteReader& in, std::string_view field) {
  PROOFCARD_TRY(const std::uint64_t bits, in.u64(field));
  const auto scale = std::bit_cast<double>(bits);
  if (!is_usable_scale(scale)) {
    return bad_input(in.what(), "{}: expected a scale from 1e-60 to 1e60, found {}", field, scale);
  }
  return scale;
}

Result<bool> read_bool(ByteReader& in, std::string_view field) {
  PROOFCARD_TRY(const std::uint8_t value, in.u8(field));
  if (value > 1) {
    return bad_input(in.what(), "{}: expected 0 or 1, found {}", field, value);
  }
  return value == 1;
}

void write_small(ByteWriter& out, const std::vector<std::uint8_t>& values) {
  out.u32(static_cast<std::uint32_t>(values.size()));
  out.raw(values);
}

Result<std::vector<std::uint8_t>> read_small(ByteReader& in, std::string_view field) {
  PROOFCARD_TRY(const std::uint32_t n, in.count(field, 1));
  PROOFCARD_TRY(const ByteView bytes, in.raw(n, field));
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

void write_hidden(ByteWriter& out, const LinearNumbers::Hidden& hidden) {
  out.u8(static_cast<std::uint8_t>(hidden.shift));
  write_small(out, hidden.multiplier);
  write_small(out, hidden.weight_bits);
  write_small(out, hidden.bias_bits);
  out.u8(static_cast<std::uint8_t>(hidden.range_bits));
  out.u8(hidden.range_signed ? 1 : 0);
}

Result<LinearNumbers::Hidden> read_hidden(ByteReader& in) {
  LinearNumbers::Hidden hidden;
  PROOFCARD_TRY(hidden.shift, in.u8("plan.shift"));
  PROOFCARD_TRY(hidden.multiplier, read_small(in, "plan.multiplier"));
  PROOFCARD_TRY(hidden.weight_bits, read_small(in, "plan.weight_bits"));
  PROOFCARD_TRY(hidden.bias_bits, read_small(in, "plan.bias_bits"));
  PROOFCARD_TRY(hidden.range_bits, in.u8("plan.range_bits"));
  PROOFCARD_TRY(hidden.range_signed, read_bool(in, "plan.range_signed"));
  return hidden;
}

Result<LinearNumbers> read_linear(ByteReader& in) {
  PROOFCARD_TRY(const std::uint8_t parts, in.u8("plan.linear"));
  if (parts == 0 || parts > (kHasScale | kHasHidden)) {
    return bad_input(in.what(), "plan.linear: expected parts from 1 to 3, found {}", parts);
  }
  LinearNumbers numbers;
  if ((parts & kHasScale) != 0) {
    PROOFCARD_TRY(numbers.scale, read_scale(in, "plan.linear.scale"));
  }
  if ((parts & kHasHidden) != 0) {
    PROOFCARD_TRY(numbers.hidden, read_hidden(in));
  }
  return numbers;
}

Result<Generation> read_generation(ByteReader& in) {
  Generation out;
  PROOFCARD_TRY(out.tokens, in.u32("plan.generation.tokens"));
  PROOFCARD_TRY(const bool ends, read_bool(in, "plan.generation.ends"));
  if (ends) {
    PROOFCARD_TRY(out.end, in.u32("plan.generation.end"));
  }
  return out;
}

Status check_bits(const QuantisationPlan& plan, const std::string& where) {
  const bool known = (plan.bits == 8 || plan.bits == 16 || plan.bits == kMixedBits) &&
                     (plan.output_bits == 8 || plan.output_bits == 16 || plan.output_bits == 32);
  if (!known) {
    return bad_input(where, "plan: expected 8 or 16 bits and 8, 16 or 32 output bits, found {} and {}", plan.bits,
                     plan.output_bits);
  }
  const bool ascending =
      std::adjacent_find(plan.wide.begin(), plan.wide.end(), std::greater_equal<>()) == plan.wide.end();
  if (!ascending || plan.wide.empty() == (plan.bits == kMixedBits)) {
    return bad_input(where, "plan: expected ascending numbers of values with 16 bits where there are both widths");
  }
  return {};
}

Error exhausted(const std::string& where, const char* what) {
  return rejected(where, "expected {} in the key's plan, found none left", what);
}

}  // namespace

bool is_usable_scale(double scale) { return scale >= 1e-60 && scale <= 1e60; }

void write(ByteWriter& out, const QuantisationPlan& plan) {
  out.u8(static_cast<std::uint8_t>(plan.bits | (plan.generation ? kGenerates : 0)));
  out.u8(static_cast<std::uint8_t>(plan.output_bits));
  if (plan.bits == kMixedBits) {
    out.u32(static_cast<std::uint32_t>(plan.wide.size()));
    for (const std::uint32_t value : plan.wide) {
      out.u32(value);
    }
  }
  if (plan.generation) {
    out.u32(plan.generation->tokens);
    out.u8(plan.generation->end ? 1 : 0);
    if (plan.generation->end) {
      out.u32(*plan.generation->end);
    }
  }
  out.u32(static_cast<std::uint32_t>(plan.inputs.size()));
  for (const InputNumbers& input : plan.inputs) {
    out.i64(input.lo);
    out.i64(input.hi);
    write_scale(out, input.scale);
    tensor::write(out, input.channels);
  }
  out.u32(static_cast<std::uint32_t>(plan.linear.size()));
  for (const LinearNumbers& numbers : plan.linear) {
    out.u8(static_cast<std::uint8_t>((numbers.scale ? kHasScale : 0) | (numbers.hidden ? kHasHidden : 0)));
    if (numbers.scale) {
      write_scale(out, *numbers.scale);
    }
    if (numbers.hidden) {
      write_hidden(out, *numbers.hidden);
    }
  }
  out.u32(static_cast<std::uint32_t>(plan.tables.size()));
  for (const double scale : plan.tables) {
    write_scale(out, scale);
  }
  write_small(out, plan.decisions);
  out.u32(static_cast<std::uint32_t>(plan.halvings.size()));
  for (const auto& halvings : plan.halvings) {
    write_small(out, halvings);
  }
}

Result<QuantisationPlan> read_quantisation_plan(ByteReader& in) {
  QuantisationPlan plan;
  PROOFCARD_TRY(const std::uint8_t bits, in.u8("plan.bits"));
  plan.bits = static_cast<unsigned>(bits & ~kGenerates);
  PROOFCARD_TRY(plan.output_bits, in.u8("plan.output_bits"));
  if (plan.bits == kMixedBits) {
    PROOFCARD_TRY(const std::uint32_t wide, in.count("plan.wide", 4));
    for (std::uint32_t i = 0; i < wide; ++i) {
      PROOFCARD_TRY(const std::uint32_t value, in.u32("plan.wide"));
      plan.wide.push_back(value);
    }
  }
  PROOFCARD_RETURN_IF_ERROR(check_bits(plan, in.what()));
  if ((bits & kGenerates) != 0) {
    PROOFCARD_TRY(plan.generation, read_generation(in));
  }
  PROOFCARD_TRY(const std::uint32_t inputs, in.count("plan.inputs", 28));
  for (std::uint32_t i = 0; i < inputs; ++i) {
    InputNumbers input;
    PROOFCARD_TRY(input.lo, in.i64("plan.input.lo"));
    PROOFCARD_TRY(input.hi, in.i64("plan.input.hi"));
    PROOFCARD_TRY(input.scale, read_scale(in, "plan.input.scale"));
    PROOFCARD_TRY(input.channels, tensor::read_channel_steps(in));
    plan.inputs.push_back(std::move(input));
  }
  PROOFCARD_TRY(const std::uint32_t linear, in.count("plan.linear", 9));
  for (std::uint32_t i = 0; i < linear; ++i) {
    PROOFCARD_TRY(LinearNumbers numbers, read_linear(in));
    plan.linear.push_back(std::move(numbers));
  }
  PROOFCARD_TRY(const std::uint32_t tables, in.count("plan.tables", 8));
  for (std::uint32_t i = 0; i < tables; ++i) {
    PROOFCARD_TRY(const double scale, read_scale(in, "plan.table.scale"));
    plan.tables.push_back(scale);
  }
  PROOFCARD_TRY(plan.decisions, read_small(in, "plan.decisions"));
  if (std::any_of(plan.decisions.begin(), plan.decisions.end(), [](std::uint8_t d) { return d > 1; })) {
    return bad_input(in.what(), "plan.decisions: expected 0 or 1, found another value");
  }
  PROOFCARD_TRY(const std::uint32_t halvings, in.count("plan.halvings", 4));
  for (std::uint32_t i = 0; i < halvings; ++i) {
    PROOFCARD_TRY(auto of_channels, read_small(in, "plan.halvings"));
    plan.halvings.push_back(std::move(of_channels));
  }
  return plan;
}

Choices Choices::derive(unsigned bits, unsigned output_bits) {
  Choices choices;
  choices.plan_.bits = bits;
  choices.plan_.output_bits = output_bits;
  return choices;
}

Choices Choices::replay(QuantisationPlan plan) {
  Choices choices;
  choices.plan_ = std::move(plan);
  choices.replaying_ = true;
  return choices;
}

bool Choices::is_wide(std::uint32_t value) {
  if (always_wide_.contains(value)) {
    return true;
  }
  asked_.insert(value);
  return looks_wide(value);
}

bool Choices::looks_wide(std::uint32_t value) const {
  return plan_.bits == 16 || always_wide_.contains(value) ||
         (plan_.bits == kMixedBits && std::binary_search(plan_.wide.begin(), plan_.wide.end(), value));
}

QuantisationPlan Choices::plan() const {
  QuantisationPlan out = plan_;
  std::erase_if(out.wide, [&](std::uint32_t value) { return !asked_.contains(value); });
  if (out.bits == kMixedBits && (out.wide.empty() || out.wide.size() == asked_.size())) {
    out.bits = out.wide.empty() ? 8 : 16;
    out.wide.clear();
  }
  return out;
}

Result<InputNumbers> Choices::take_input(const std::string& where) {
  if (inputs_ == plan_.inputs.size()) {
    return exhausted(where, "an input's range and scale");
  }
  return plan_.inputs[inputs_++];
}

Result<LinearNumbers> Choices::take_linear(const std::string& where) {
  if (linear_ == plan_.linear.size()) {
    return exhausted(where, "a linear step's numbers");
  }
  return plan_.linear[linear_++];
}

Result<double> Choices::take_table(const std::string& where) {
  if (tables_ == plan_.tables.size()) {
    return exhausted(where, "a table's scale");
  }
  return plan_.tables[tables_++];
}

Result<bool> Choices::take_decision(const std::string& where) {
  if (decisions_ == plan_.decisions.size()) {
    return exhausted(where, "a decision");
  }
  return plan_.decisions[decisions_++] != 0;
}

Result<std::vector<std::uint8_t>> Choices::take_halvings(const std::string& where) {
  if (halvings_ == plan_.halvings.size()) {
    return exhausted(where, "factors of the channels between two layers");
  }
  return plan_.halvings[halvings_++];
}

Status Choices::finish() const {
  const std::size_t left = plan_.inputs.size() - inputs_ + plan_.linear.size() - linear_ + plan_.tables.size() -
                           tables_ + plan_.decisions.size() - decisions_ + plan_.halvings.size() - halvings_;
  if (replaying_ && left > 0) {
    return rejected("plan", "expected no more numbers than the model takes, found {} left", left);
  }
  const bool fits =
      std::all_of(plan_.wide.begin(), plan_.wide.end(), [&](std::uint32_t value) { return asked_.contains(value); });
  if (replaying_ && plan_.bits == kMixedBits && (!fits || plan_.wide.size() == asked_.size())) {
    return rejected("plan", "expected 16 bits for some of the {} tensors that have a width, found another list of {}",
                    asked_.size(), plan_.wide.size());
  }
  return {};
}

}  // namespace proofcard::graph

#include "host/compile/lowering/join_reads.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace proofcard::compile {
namespace {

using circuit::Expression;
using circuit::Operand;
using circuit::Shape;
using circuit::Term;

// A term that is 0 but where `label` has the value `row`; there it is `factor` times slice `step`, read by `rest`.
struct Pinned {
  std::size_t term = 0;
  std::uint32_t label = 0;
  std::int64_t row = 0;
  std::int64_t factor = 1;
  std::int64_t step = 0;
  std::vector<tensor::Group> rest;
  std::vector<tensor::LabelWeights> weights;  // on other labels
};

// By weights that are 0 but at one row.
bool pin_by_weights(Pinned& out) {
  for (std::size_t w = 0; w < out.weights.size(); ++w) {
    const std::vector<std::int64_t>& values = out.weights[w].values;
    const auto is_set = [](std::int64_t v) { return v != 0; };
    if (std::ranges::count_if(values, is_set) == 1 && values.size() > 1) {
      const auto one = std::ranges::find_if(values, is_set);
      out.label = out.weights[w].label;
      out.row = one - values.begin();
      out.factor = *one;
      out.weights.erase(out.weights.begin() + static_cast<std::ptrdiff_t>(w));
      return true;
    }
  }
  return false;
}

// By a flat read of the slice in which one label skips whole slices.
bool pin_by_stride(const Shape& shape, const Expression& e, Pinned& out) {
  if (out.rest.size() != 1 || out.rest[0].clamp) {
    return false;
  }
  tensor::Group& flat = out.rest[0];
  const auto size = static_cast<std::int64_t>(tensor::group_size(flat, shape));
  const auto row = std::ranges::find(flat.labels, size, &tensor::LabelStride::stride);
  if (row == flat.labels.end() || flat.offset % size != 0 ||
      std::ranges::count(out.weights, row->label, &tensor::LabelWeights::label) != 0) {
    return false;
  }
  std::int64_t reach = 0;
  for (const tensor::LabelStride& l : flat.labels) {
    if (l.stride < 0) {
      return false;
    }
    reach += l.label == row->label ? 0 : l.stride * (std::int64_t{e.label_size(l.label)} - 1);
  }
  out.label = row->label;
  out.row = -flat.offset / size;
  flat.labels.erase(row);
  flat.offset = 0;
  return reach < size;
}

std::optional<Pinned> pinned(const circuit::Circuit& circuit, const Expression& e, std::size_t index) {
  const Term& term = e.terms[index];
  if (term.operands.size() != 1 || term.operands[0].groups.empty()) {
    return std::nullopt;
  }
  const tensor::Group& time = term.operands[0].groups[0];
  if (time.num_axes != 1 || !time.labels.empty() || time.clamp) {
    return std::nullopt;
  }
  Pinned out{index, 0, 0, 1, time.offset, term.operands[0].groups, term.weights};
  out.rest.erase(out.rest.begin());
  const bool found = pin_by_weights(out) || pin_by_stride(circuit.tensors[term.operands[0].tensor].shape, e, out);
  const bool is_read = std::ranges::any_of(out.rest, [&](const tensor::Group& g) {
    return std::ranges::count(g.labels, out.label, &tensor::LabelStride::label) != 0;
  });
  return found && !is_read && e.is_out(out.label) ? std::optional(std::move(out)) : std::nullopt;
}

bool continues(const Expression& e, const Pinned& a, const Pinned& b) {
  const Term& x = e.terms[a.term];
  const Term& y = e.terms[b.term];
  return x.coefficient == y.coefficient && x.operands[0].tensor == y.operands[0].tensor && a.label == b.label &&
         a.factor == b.factor && a.row + 1 == b.row && a.weights == b.weights && a.rest == b.rest;
}

// One read with the row as the time, and weights where the stack has rows that were not read.
Term joined(const circuit::Circuit& circuit, const Expression& e, const std::vector<Pinned>& rows) {
  const Pinned& first = rows.front();
  Term out = e.terms[first.term];
  const std::int64_t direction = rows[1].step - first.step;
  const std::int64_t offset = first.step - direction * first.row;
  const std::int64_t steps = circuit.tensors[out.operands[0].tensor].shape[0];
  std::vector<std::int64_t> on(e.label_size(first.label), 1);
  for (std::int64_t row = 0; row < static_cast<std::int64_t>(on.size()); ++row) {
    const std::int64_t step = offset + direction * row;
    const bool was_read = row >= first.row && row <= rows.back().row;
    on[static_cast<std::size_t>(row)] = was_read || step < 0 || step >= steps ? 1 : 0;
  }
  out.coefficient *= first.factor;
  out.operands[0].groups = first.rest;
  out.operands[0].groups.insert(out.operands[0].groups.begin(), {0, 1, offset, {{first.label, direction}}, false});
  out.weights = first.weights;
  if (std::ranges::count(on, 0) != 0) {
    out.weights.push_back({first.label, std::move(on)});
  }
  return out;
}

}  // namespace

void join_reads(const circuit::Circuit& circuit, Expression& e) {
  std::vector<Pinned> reads;
  for (std::size_t t = 0; t < e.terms.size(); ++t) {
    if (std::optional<Pinned> read = pinned(circuit, e, t)) {
      reads.push_back(*std::move(read));
    }
  }
  std::vector<bool> dropped(e.terms.size(), false);
  for (std::size_t i = 0; i < reads.size();) {
    std::vector<Pinned> rows{reads[i]};
    for (std::size_t j = i + 1; j < reads.size() && continues(e, rows.back(), reads[j]); ++j) {
      const std::int64_t step = reads[j].step - rows.back().step;
      if ((step != 1 && step != -1) || (rows.size() > 1 && step != rows[1].step - rows[0].step)) {
        break;
      }
      rows.push_back(reads[j]);
    }
    i += rows.size();
    if (rows.size() > 1) {
      e.terms[rows.front().term] = joined(circuit, e, rows);
      for (std::size_t k = 1; k < rows.size(); ++k) {
        dropped[rows[k].term] = true;
      }
    }
  }
  std::vector<Term> kept;
  for (std::size_t t = 0; t < e.terms.size(); ++t) {
    if (!dropped[t]) {
      kept.push_back(std::move(e.terms[t]));
    }
  }
  e.terms = std::move(kept);
}

}  // namespace proofcard::compile

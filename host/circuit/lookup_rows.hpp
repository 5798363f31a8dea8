// The rows that one lookup of an assignment hits, as they are kept or as they follow from values.
#pragma once

#include <cstdint>
#include <span>

#include "host/circuit/assignment.hpp"

namespace proofcard::circuit {

class LookupRows {
 public:
  // The arguments outlive this. Pre: rows that are not kept follow from values (Assignment::lookup_rows).
  LookupRows(const Circuit& circuit, const Layout& layout, const Assignment& assignment, std::size_t lookup);

  std::size_t size() const { return are_kept() ? kept_.size() : int_span_size(values_); }
  bool are_kept() const { return !kept_.empty(); }
  // Of rows that are kept.
  std::span<const std::uint32_t> kept() const { return kept_; }

  // Calls body(at) once, where at(i) is the row of padded index i: a loop over them is made for each stored width.
  template <class Body>
  void visit(const Body& body) const {
    if (are_kept()) {
      body([rows = kept_.data()](std::size_t i) { return rows[i]; });
      return;
    }
    visit_ints(values_, [&](auto values) {
      body([v = values.data(), lo = lo_](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<std::int64_t>(v[i]) - lo);
      });
    });
  }

 private:
  std::span<const std::uint32_t> kept_;
  IntSpan values_;
  std::int64_t lo_ = 0;
};

}  // namespace proofcard::circuit

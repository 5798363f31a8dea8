#include "host/circuit/lookup_rows.hpp"

#include "host/base/check.hpp"
#include "host/circuit/access.hpp"

namespace proofcard::circuit {

LookupRows::LookupRows(const Circuit& circuit, const Layout& layout, const Assignment& assignment, std::size_t lookup)
    : kept_(assignment.lookup_rows[lookup]) {
  if (are_kept()) {
    return;
  }
  const Lookup& l = circuit.lookups[lookup];
  const auto tensor = whole_tensor(circuit, l.columns[0]);
  PROOFCARD_CHECK(tensor && circuit.tables[l.table].kind == TableKind::kRange);
  values_ = assignment.tensor(circuit, layout, *tensor);
  lo_ = circuit.tables[l.table].lo;
}

}  // namespace proofcard::circuit

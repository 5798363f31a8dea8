#include "host/report/text/cost_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/base/parallel.hpp"
#include "host/report/run_report.hpp"

namespace proofcard::tools {

std::string format_cost(const Cost& cost) {
  return fmt::format("a proof: {} bytes; on this machine, {} thread(s), estimated: {}, {} of memory\n",
                     cost.proof_bytes, num_threads(), format_ms(1000 * cost.prove_seconds),
                     format_bytes(cost.prove_memory_bytes));
}

nlohmann::ordered_json to_json(const Cost& cost) {
  return {{"proof_bytes", cost.proof_bytes},
          {"prove_seconds", cost.prove_seconds},
          {"prove_memory_bytes", cost.prove_memory_bytes}};
}

}  // namespace proofcard::tools

#include <fmt/format.h>

#include <cmath>

#include "host/pcs/whir/bounds.hpp"
#include "host/pcs/whir/parameters.hpp"

namespace proofcard::pcs::whir {
namespace {

constexpr const char* kJohnson = "Johnson's bound on lists";
constexpr const char* kRoots = "roots of a polynomial (Schwartz-Zippel)";
constexpr const char* kFolding = "eprint 2025/2110, theorem 2; eprint 2024/1586, sec. 4";
constexpr const char* kQueries = "eprint 2024/1586, theorem 5.2: (1 - delta)^t";

// Two vectors of the list have one value at the point: L^2 / 2 pairs, of degree below 2^log_size.
double out_of_domain_bits(const Oracle& oracle) {
  return kLog2Modulus - (2 * log2_list_size(oracle) - 1 + oracle.code.log_size);
}

// Some vector of the list breaks one of so many constraints, and their sum with powers of a challenge holds.
double joining_bits(const Oracle& oracle, std::size_t num_constraints) {
  return kLog2Modulus - log2_list_size(oracle) - std::log2(static_cast<double>(num_constraints));
}

class Table {
 public:
  void add(std::string name, double bits, std::string source, unsigned grinding_bits = 0) {
    steps_.push_back({std::move(name), bits, grinding_bits, std::move(source)});
  }

  // log2_sums: what the claimed sum may be, see Hidden.
  void add_rounds(const std::string& what, const Oracle& oracle, double log2_sums = 0) {
    for (unsigned bound = 0; bound < oracle.code.log_width; ++bound) {
      add(fmt::format("{}: sumcheck, round {}", what, bound + 1), kLog2Modulus - log2_list_size(oracle) - 1 - log2_sums,
          kRoots);
      add(fmt::format("{}: fold, round {}", what, bound + 1), folding_bits(oracle.code, oracle.multiplicity, bound),
          kFolding);
    }
  }

  void add_queries(const std::string& what, const Oracle& oracle, const Parameters& parameters) {
    const unsigned grinding_bits = parameters.grinding_bits;
    add(fmt::format("{}: {} queries at rate 1/{}", what, oracle.num_queries, 1U << oracle.code.log_inv_rate),
        oracle.num_queries * bits_a_query(oracle, parameters.function) + grinding_bits, kQueries, grinding_bits);
  }

  std::vector<Step> take() { return std::move(steps_); }

 private:
  std::vector<Step> steps_;
};

}  // namespace

double bits_a_query(double log2_inv_rate, unsigned multiplicity) {
  return log2_inv_rate / 2 - std::log2(1 + 0.5 / multiplicity);
}

double bits_a_query(const Oracle& oracle, hash::Function function) {
  return bits_a_query(oracle.code.log_inv_rate, oracle.multiplicity) -
         (function == hash::Function::kPoseidon2 ? kDrawingBits : 0);
}

double log2_list_size(double log2_inv_rate, unsigned multiplicity) {
  return std::log2(multiplicity + 0.5) + log2_inv_rate / 2;
}

double log2_list_size(const Oracle& oracle) { return log2_list_size(oracle.code.log_inv_rate, oracle.multiplicity); }

double line_bits(double num_coefficients, unsigned log_rows, unsigned multiplicity) {
  const double log2_reduced_rate = std::log2(num_coefficients - 1) - log_rows;
  const double bad = 7 * std::log2(multiplicity + 0.5) + 2.0 * log_rows - std::log2(3) - 1.5 * log2_reduced_rate;
  return kLog2Modulus - bad;
}

double folding_bits(const Code& code, unsigned multiplicity, unsigned bound) {
  return line_bits(std::exp2(code.log_degree()), code.log_rows(), multiplicity) - (code.log_width - bound - 1);
}

double masking_bits(const Oracle& oracle) {
  return folding_bits(oracle.code, oracle.multiplicity, oracle.code.log_width - 1);
}

std::vector<Step> soundness(const Parameters& parameters, std::size_t num_claims, const Hidden* hidden) {
  Table table;
  const std::size_t num_inputs = parameters.inputs.size();
  std::size_t num_queries = 0;
  for (std::size_t v = 0; v < num_inputs; ++v) {
    const Oracle& oracle = parameters.inputs[v];
    const std::string what = fmt::format("vector {}", v);
    table.add(what + ": one vector of the list", out_of_domain_bits(oracle), kJohnson);
    const double log2_sums = hidden != nullptr ? hidden->log2_num_claimed_sums : 0;
    table.add(what + ": claims in powers of gamma", joining_bits(oracle, num_claims + num_inputs) - log2_sums, kRoots);
    table.add_rounds(what, oracle, log2_sums);
    if (hidden != nullptr && hidden->masked[v]) {
      table.add(what + ": sum with the mask's", joining_bits(oracle, 1) - log2_sums, kRoots);
      table.add(what + ": fold with the mask", masking_bits(oracle), kFolding);
    }
    table.add_queries(what, oracle, parameters);
    num_queries += oracle.num_queries;
  }
  std::size_t num_constraints = num_inputs;
  for (std::size_t i = 0; i < parameters.rounds.size(); ++i) {
    const Oracle& oracle = parameters.rounds[i];
    const std::string what = fmt::format("round {}", i + 1);
    table.add(what + ": one vector of the list", out_of_domain_bits(oracle), kJohnson);
    table.add(what + ": constraints in powers of gamma", joining_bits(oracle, num_constraints + 1 + num_queries),
              kRoots);
    table.add_rounds(what, oracle);
    table.add_queries(what, oracle, parameters);
    num_constraints = 1;
    num_queries = oracle.num_queries;
  }
  return table.take();
}

double total_bits(std::span<const Step> steps) {
  double sum = 0;
  for (const Step& step : steps) {
    sum += std::exp2(-step.bits);
  }
  return -std::log2(sum);
}

}  // namespace proofcard::pcs::whir

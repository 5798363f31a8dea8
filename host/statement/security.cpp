#include "host/statement/security.hpp"

#include <algorithm>
#include <cmath>

#include "host/circuit/vectors.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/statement/hash_vectors.hpp"

namespace proofcard::statement {
namespace {

constexpr double kLog2Modulus = 253.596;  // BN254 Fr, rounded down
constexpr unsigned kSumcheckDegree = 3;   // eq times a product of two multilinear tables
constexpr unsigned kFoldDegree = 2;       // x L + x^-1 R, multiplied by x
constexpr unsigned kZkVars = 32;   // log2 of the number of hidden messages and constraints, far above any circuit's
constexpr unsigned kZkBatch = 64;  // powers of challenges that join matrices and openings

struct Counts {
  double terms = 0;
  double products = 0;        // sums over shared labels
  double operands = 0;        // each may become a view
  double point_vars = 0;      // over all relations
  unsigned product_vars = 0;  // of the largest
  unsigned view_vars = 0;
};

void count(Counts& counts, const circuit::Circuit& circuit, const circuit::Expression& e) {
  const unsigned label_vars = circuit::log_padded(e.out_dims) + circuit::log_padded(e.sum_dims);
  for (const circuit::Term& term : e.terms) {
    counts.terms += 1;
    counts.operands += static_cast<double>(term.operands.size());
    if (term.operands.size() == 2) {
      counts.products += 1;
      counts.product_vars = std::max(counts.product_vars, label_vars);
    }
    for (const circuit::Operand& operand : term.operands) {
      counts.view_vars = std::max(counts.view_vars, circuit::log_padded(circuit.tensors[operand.tensor].shape));
    }
  }
}

double sum_of_numerators(const Security& security) {
  double sum = 0;
  for (const Security::Step& step : security.steps) {
    sum += step.error_numerator;
  }
  return sum;
}

// What hiding adds beside the steps of the opening.
void add_hiding(Security& out, const pcs::Scheme& scheme) {
  out.hash_steps.push_back({"equations on hidden messages, all steps", static_cast<double>(bits_of_parts(scheme, true)),
                            pcs::whir::grinding_bits(scheme.function), "host/zk/ligero, which is made for no less"});
  for (Security::Step& step : out.steps) {
    step.error_numerator *= std::exp2(kLog2PadLists);
  }
}

void add_hash_opening(Security& out, const circuit::Layout& layout, const pcs::Scheme& scheme, std::size_t claims) {
  const bool hiding = !pcs::is_inner(scheme);
  const auto vectors = hash_vectors(circuit::JoinedVectors(layout), scheme, hiding);
  PROOFCARD_CHECK(vectors.ok());
  const auto parameters = opening_parameters(*vectors, scheme, hiding);
  PROOFCARD_CHECK(parameters.ok());
  pcs::whir::Hidden hidden{{}, kLog2PadLists};
  for (const HashVector& vector : *vectors) {
    hidden.masked.push_back(vector.masking != pcs::whir::Masking::kNone);
  }
  for (pcs::whir::Step& step : pcs::whir::soundness(*parameters, claims, hiding ? &hidden : nullptr)) {
    out.hash_steps.push_back({"opening: " + step.name, step.bits, step.grinding_bits, std::move(step.source)});
  }
  if (hiding) {
    add_hiding(out, scheme);
  }
  double error = sum_of_numerators(out) * std::exp2(-kLog2Modulus);
  for (const Security::HashStep& step : out.hash_steps) {
    error += std::exp2(-step.bits);
  }
  out.statistical_bits = -std::log2(error);
  out.computational_bits = hiding ? kCollisionBits : kPoseidon2CollisionBits;
}

// Columns of the widest tuple, and never fewer than the tables by formula have at most.
std::size_t widest_tuple(const circuit::Circuit& circuit) {
  std::size_t width = 3;
  for (const circuit::Table& table : circuit.tables) {
    width = std::max(width, circuit::tuple_width(table));
  }
  return width;
}

}  // namespace

double Security::bits() const { return std::min(computational_bits, statistical_bits); }

Security estimate_security(const circuit::Circuit& circuit, const circuit::Layout& layout, const pcs::Scheme& scheme) {
  Counts counts;
  for (const circuit::Relation& relation : circuit.relations) {
    count(counts, circuit, relation.zero);
    counts.point_vars += circuit::log_padded(relation.zero.out_dims);
  }
  for (const circuit::Lookup& lookup : circuit.lookups) {
    for (const circuit::Expression& column : lookup.columns) {
      count(counts, circuit, column);
    }
  }
  const double leaves = std::exp2(layout.log_num_leaves);
  const double depth = layout.log_num_leaves;
  double claims = counts.terms + 2 * counts.operands + static_cast<double>(circuit.tables.size());
  for (const circuit::Table& table : circuit.tables) {
    claims += static_cast<double>(table.tensors.size());
  }

  Security out;
  // Numerator of a sum of fractions over alpha - (id + gamma x_0 + ...): total degree at most leaves * tuple width.
  out.steps.push_back({"lookup: tuples folded into fractions", leaves * static_cast<double>(widest_tuple(circuit))});
  // Layer of k variables: lambda, k rounds, and the choice of a child.
  out.steps.push_back({"lookup: tree of fractions", 2 * depth + kSumcheckDegree * depth * (depth - 1) / 2});
  out.steps.push_back({"relations at a random point", counts.point_vars});
  out.steps.push_back({"products: batch and rounds", 1.0 + kSumcheckDegree * counts.product_vars});
  out.steps.push_back({"views: batch and rounds", 1.0 + kSumcheckDegree * counts.view_vars});
  if (scheme.kind == pcs::Kind::kHash) {
    add_hash_opening(out, layout, scheme, static_cast<std::size_t>(claims));
    return out;
  }
  out.steps.push_back({"opening: claims in powers of gamma", claims});
  out.steps.push_back({"opening: batch and rounds", 1.0 + kSumcheckDegree * layout.log_row_len});
  out.steps.push_back({"opening: groups in powers of delta", claims});
  out.steps.push_back({"opening: inner product", 1.0 + kFoldDegree * layout.log_row_len});
  // Folding r (degree 2), a random row, two sumchecks over at most kZkVars variables, batching of matrices and
  // openings.
  out.steps.push_back(
      {"zero knowledge: folded constraints", 2.0 + kZkVars + 2.0 * (1.0 + kSumcheckDegree * kZkVars) + kZkBatch});
  out.statistical_bits = kLog2Modulus - std::log2(sum_of_numerators(out));
  return out;
}

}  // namespace proofcard::statement

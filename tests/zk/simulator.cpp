#include "tests/zk/simulator.hpp"

#include "host/base/check.hpp"
#include "host/curve/encoding.hpp"
#include "host/field/fr_vector.hpp"
#include "host/sumcheck/prover.hpp"
#include "tests/support/random.hpp"

namespace proofcard::testing {
namespace {

using curve::G1;
using curve::G1Affine;
using pcs::hyrax::PointSum;

constexpr std::size_t kMaxPoints = 2000;  // more than any protocol of these tests sends

std::size_t num_error_rows(const zk::R1cs& r1cs) { return (r1cs.rows.size() + kHiddenRowLen - 1) / kHiddenRowLen; }

// One of A, B, C at z, by constraint, padded to a power of two.
std::vector<Fr> product(const zk::R1cs& r1cs, Value zk::R1csRow::*matrix, const Folded& folded) {
  std::vector<Fr> out(std::size_t{1} << r1cs.log_rows);
  for (std::size_t x = 0; x < r1cs.rows.size(); ++x) {
    out[x] = zk::evaluate(r1cs, r1cs.rows[x].*matrix, folded.z, folded.u);
  }
  return out;
}

// sum_row weights[row] values[row]
std::vector<Fr> combine_rows(std::span<const Fr> values, std::span<const Fr> weights) {
  std::vector<Fr> out(kHiddenRowLen);
  for (std::size_t i = 0; i < values.size() && i / kHiddenRowLen < weights.size(); ++i) {
    out[i % kHiddenRowLen] += weights[i / kHiddenRowLen] * values[i];
  }
  return out;
}

G1Affine evaluate(const PointSum& sum) { return kernels::cpu_msm().once(sum.points, sum.scalars).value(); }

// How many values each hidden row has: the checks use every one of them.
std::vector<std::uint32_t> row_counts(const VerifierChannel& checked) {
  std::vector<std::uint32_t> out(checked.num_rows());
  const auto note = [&](const Value& form) {
    for (const auto& [variable, coefficient] : form.terms()) {
      if (variable < kVectorVariables) {
        std::uint32_t& count = out[variable / kHiddenRowLen];
        count = std::max(count, static_cast<std::uint32_t>(variable % kHiddenRowLen) + 1);
      }
    }
  };
  for (const auto& constraint : checked.constraints()) {
    note(constraint.rest);
    for (const auto& factors : constraint.products) {
      note(factors.a);
      note(factors.b);
    }
  }
  return out;
}

}  // namespace

std::vector<Fr> folded_error(const zk::R1cs& r1cs, const Folded& folded) {
  const std::vector<Fr> a = product(r1cs, &zk::R1csRow::a, folded);
  const std::vector<Fr> b = product(r1cs, &zk::R1csRow::b, folded);
  const std::vector<Fr> c = product(r1cs, &zk::R1csRow::c, folded);
  std::vector<Fr> out(num_error_rows(r1cs) * kHiddenRowLen);
  for (std::size_t x = 0; x < r1cs.rows.size(); ++x) {
    out[x] = a[x] * b[x] - folded.u * c[x];
  }
  return out;
}

void send_folded(ProverChannel& channel, const zk::R1cs& r1cs, const Folded& folded, std::size_t vector_size) {
  const std::vector<Fr> error = folded_error(r1cs, folded);
  const std::vector<Fr> c = product(r1cs, &zk::R1csRow::c, folded);
  std::vector<Fr> right(c.size());
  for (std::size_t x = 0; x < r1cs.rows.size(); ++x) {
    right[x] = folded.u * c[x] + error[x];
  }
  const std::vector<Fr> eq = fr_eq_table(channel.challenges("zk.rows", r1cs.log_rows));
  channel.message("zk.sum", fr_dot(eq, right));
  std::vector<sumcheck::Instance> rows;
  rows.push_back({eq, product(r1cs, &zk::R1csRow::a, folded), product(r1cs, &zk::R1csRow::b, folded)});
  rows.push_back({{}, eq, right});
  const std::vector<Fr> row_point = sumcheck::prove_batched(channel, rows);
  const std::vector<Fr> weights = fr_eq_table(row_point);
  std::vector<Fr> padded_error(error);
  padded_error.resize(std::max(weights.size(), error.size()));
  const Fr error_at = fr_dot(weights, std::span<const Fr>(padded_error).first(weights.size()));
  channel.message("zk.constraint", std::vector<Fr>{rows[0].a[0], rows[0].b[0], fr_dot(weights, c), error_at});

  const Fr rho = channel.challenge("zk.matrices");
  std::vector<sumcheck::Instance> columns;
  columns.push_back({{}, zk::combine(r1cs, weights, rho).coefficients, folded.z});
  const std::vector<Fr> point = sumcheck::prove_batched(channel, columns);

  const std::size_t half = std::size_t{1} << r1cs.log_half;
  const std::span<const Fr> z(folded.z);
  const std::vector<Fr> row_weights =
      fr_eq_table(std::span<const Fr>(point).first(r1cs.log_half).subspan(zk::kHiddenRowVars));
  channel.message("zk.row", combine_rows(z.first(half), row_weights));
  channel.message("zk.row-blinding",
                  fr_dot(folded.row_blindings, std::span(row_weights).first(folded.row_blindings.size())));
  channel.message("zk.vector", z.subspan(half, vector_size));
  channel.message("zk.vector-blinding", folded.vector_blinding);
  const std::vector<Fr> error_weights = zk::error_row_weights(r1cs, row_point);
  channel.message("zk.error-row", combine_rows(error, error_weights));
  channel.message("zk.error-blinding",
                  fr_dot(folded.error_blindings, std::span(error_weights).first(folded.error_blindings.size())));
}

std::vector<G1Affine> random_points(std::uint64_t seed) {
  const std::vector<Fr> scalars = Random(seed).frs(kMaxPoints);
  return blinding_terms(scalars);
}

Instance find_instance(const Protocol& protocol, std::uint64_t challenge_seed, std::span<const G1Affine> points) {
  Instance out;
  Bytes bytes;
  for (const G1Affine& p : points) {
    const auto word = curve::compress(p);
    bytes.insert(bytes.end(), word.begin(), word.end());
  }
  Transcript transcript = protocol.begin();
  transcript.set_oracle(seeded_oracle(challenge_seed));
  transcript.set_observer([&](std::string_view kind, std::string_view label, std::size_t count) {
    out.events.push_back({kind == "challenge", std::string(label), count});
  });
  VerifierChannel checked(std::move(transcript), bytes, true);
  auto equation = protocol.check(checked);
  PROOFCARD_CHECK(equation.ok());
  out.equation = std::move(*equation);
  out.rows = checked.rows_and_later_points().value();
  out.counts = row_counts(checked);
  out.num_auxiliary = zk::num_auxiliary(checked.constraints());
  std::vector<Value> auxiliary;
  for (std::size_t i = 0; i < out.num_auxiliary; ++i) {
    auxiliary.push_back(Value::variable(static_cast<std::uint32_t>(out.rows.size() * kHiddenRowLen + i)));
  }
  for (std::size_t left = out.num_auxiliary; left > 0; left -= std::min(left, kHiddenRowLen)) {
    out.counts.push_back(static_cast<std::uint32_t>(std::min(left, kHiddenRowLen)));
  }
  out.r1cs = zk::build(checked.constraints(), auxiliary, out.counts.size(), out.equation.b.size());
  return out;
}

Folded random_folded(const Instance& instance, const Fr& u, std::uint64_t seed) {
  Random random(seed);
  const std::size_t half = std::size_t{1} << instance.r1cs.log_half;
  Folded out;
  out.u = u;
  out.z.resize(2 * half);
  for (std::size_t row = 0; row < instance.counts.size(); ++row) {
    for (std::size_t j = 0; j < instance.counts[row]; ++j) {
      out.z[row * kHiddenRowLen + j] = random.fr();
    }
  }
  for (std::size_t i = 0; i < instance.equation.b.size(); ++i) {
    out.z[half + i] = random.fr();
  }
  out.row_blindings = random.frs(instance.counts.size());
  out.vector_blinding = random.fr();
  out.error_blindings = random.frs(num_error_rows(instance.r1cs));
  return out;
}

Simulated simulate(const Protocol& protocol, std::uint64_t challenge_seed, std::uint64_t seed) {
  // Every commitment is a random multiple of H: a commitment to nothing that the simulator knows.
  const std::vector<G1Affine> stream = random_points(seed + 1);
  const Instance instance = find_instance(protocol, challenge_seed, stream);
  const zk::R1cs& r1cs = instance.r1cs;
  const auto begin = [&] {
    Transcript transcript = protocol.begin();
    transcript.set_oracle(seeded_oracle(challenge_seed));
    return transcript;
  };
  ProverChannel channel(begin());
  const SentRecorder recorder(channel);
  std::size_t used = 0;
  const auto send_random = [&](std::string_view label, std::size_t n) {
    const std::span<const G1Affine> points = std::span(stream).subspan(used, n);
    used += n;
    channel.points(label, points);
    return points;
  };
  // The challenge that folds comes after messages that depend on it: look ahead.
  Transcript ahead = begin();
  for (const Instance::Event& event : instance.events) {
    if (event.is_challenge) {
      channel.challenges(event.label, event.count);
      ahead.challenges(event.label, event.count);
    } else {
      send_random(event.label, event.count);
    }
  }
  const Fr r = ahead.challenge("zk.fold");
  const Fr r_inverse = r.inverse();
  std::vector<G1Affine> rows = instance.rows;
  const auto auxiliary_rows = send_random("zk.products", instance.counts.size() - rows.size());
  rows.insert(rows.end(), auxiliary_rows.begin(), auxiliary_rows.end());

  // The folded witness is uniform; the random instance is what makes the fold come out at that.
  const Fr random_u = Random(seed + 2).fr();
  const Folded folded = random_folded(instance, Fr::one() + r * random_u, seed + 3);

  // C' = (Com(row*) - C) / r
  const std::vector<G1Affine> folded_rows =
      commit_hidden_rows(std::span(folded.z).first(rows.size() * kHiddenRowLen), instance.counts, folded.row_blindings);
  std::vector<G1Affine> random_rows;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    random_rows.push_back(scalar_mul(G1(folded_rows[row]) - G1(rows[row]), r_inverse).to_affine());
  }
  channel.points("zk.random-rows", random_rows);

  // D = (Com(vector*) - P) / r
  const pcs::hyrax::VectorEquation& equation = instance.equation;
  const std::size_t vector_size = equation.b.size();
  PointSum sum = equation.commitment;
  if (!equation.inner_product_factor.is_zero()) {
    sum.add(rows[equation.product_row], equation.inner_product_factor);
  }
  for (Fr& k : sum.scalars) {
    k = -k;
  }
  add_vector_side(sum, Fr::one(), equation, std::span(folded.z).subspan(std::size_t{1} << r1cs.log_half, vector_size),
                  protocol.generators);
  sum.add(hiding_key().blinding, folded.vector_blinding);
  const G1Affine random_vector = scalar_mul(evaluate(sum), r_inverse).to_affine();
  channel.points("zk.random-vector", std::span(&random_vector, 1));
  channel.message("zk.random-u", random_u);

  // T is random, E' = (Com(E*) - r T) / r^2
  const std::vector<G1Affine> folded_error_rows =
      commit_hidden_rows(folded_error(r1cs, folded), std::vector<std::uint32_t>(num_error_rows(r1cs), kHiddenRowLen),
                         folded.error_blindings);
  const std::vector<G1Affine> cross_terms(stream.end() - static_cast<std::ptrdiff_t>(folded_error_rows.size()),
                                          stream.end());
  std::vector<G1Affine> random_error;
  for (std::size_t i = 0; i < cross_terms.size(); ++i) {
    const G1 rest = G1(folded_error_rows[i]) - scalar_mul(cross_terms[i], r);
    random_error.push_back(scalar_mul(rest, r_inverse.square()).to_affine());
  }
  channel.points("zk.random-error", random_error);
  channel.points("zk.cross-terms", cross_terms);
  PROOFCARD_CHECK(channel.challenge("zk.fold") == r);
  send_folded(channel, r1cs, folded, vector_size);
  return {channel.proof(), recorder.sent()};
}

}  // namespace proofcard::testing

#include "host/pcs/whir/prover.hpp"

#include <algorithm>
#include <tuple>

#include "host/field/fr_vector.hpp"
#include "host/field/two_adic.hpp"
#include "host/pcs/whir/protocol.hpp"

namespace proofcard::pcs::whir {
namespace {

// A constraint on rows of 2^kInputLogWidth values: the weight of value j of row first + b is of_rows[b] * in_row[j].
struct RowWeight {
  std::size_t first = 0;
  std::vector<Fr> of_rows;
  std::vector<Fr> in_row;
};

RowWeight weight_of(const Claim<Fr>& claim, const Fr& scale) {
  const std::size_t low = std::min<std::size_t>(claim.point.size(), kInputLogWidth);
  const std::span<const Fr> point = claim.point;
  RowWeight out{claim.offset / kInputWidth, fr_eq_table(point.subspan(low), scale), std::vector<Fr>(kInputWidth)};
  const std::vector<Fr> eq_low = fr_eq_table(point.first(low));
  std::ranges::copy(eq_low, out.in_row.begin() + static_cast<std::ptrdiff_t>(claim.offset % kInputWidth));
  return out;
}

RowWeight weight_of(const Committed& vector, const Fr& scale) {
  const auto& [commitment, code, function] = std::tie(vector.commitment, vector.word.code, vector.word.function);
  const Fr z = out_of_domain_point(function, commitment.root, commitment.log_size);
  std::vector<Fr> in_row = power_table(z, kInputLogWidth);
  const Fr of_next_row = in_row.back() * z;
  return {0, power_table(of_next_row, code.log_degree(), scale), std::move(in_row)};
}

// Two tables whose product's sum over all indices is claimed.
struct Tables {
  std::vector<Fr> values;
  std::vector<Fr> weights;
};

// Step 2. Returns the coordinates.
std::vector<Fr> prove_rounds(ProverChannel& channel, std::span<Tables> tables, unsigned num_rounds) {
  std::vector<Fr> r;
  for (unsigned i = 0; i < num_rounds; ++i) {
    std::vector<Fr> message;
    for (const Tables& t : tables) {
      const auto round = fr_round_product2(t.values, t.weights);
      message.insert(message.end(), round.begin(), round.end());
    }
    channel.message("whir.round", message);
    r.push_back(channel.challenge("whir.round"));
    for (Tables& t : tables) {
      fr_bind_low(t.values, r.back());
      fr_bind_low(t.weights, r.back());
    }
  }
  return r;
}

// Steps 1 and 2 of the committed vectors. Of each constraint the rows are summed first, which is a product of integers
// with field elements; what is left of it to fold is one row. Returns the coordinates; joined gets folded vectors and
// their weights at their offsets.
std::vector<Fr> fold_inputs(ProverChannel& channel, const Kernels& kernels, const Parameters& parameters,
                            std::span<const Opened> vectors, std::span<const Claim<Fr>> claims, Tables& joined) {
  std::vector<std::vector<RowWeight>> constraints(vectors.size());
  const Fr gamma = channel.challenge("whir.claims");
  Fr power = Fr::one();
  for (const Claim<Fr>& claim : claims) {
    constraints[claim.column].push_back(weight_of(claim, power));
    power *= gamma;
  }
  for (std::size_t v = 0; v < vectors.size(); ++v, power *= gamma) {
    constraints[v].push_back(weight_of(*vectors[v].vector, power));
  }
  std::vector<Tables> rows(vectors.size());
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    for (const RowWeight& weight : constraints[v]) {
      const std::vector<Fr> sum = vectors[v].vector->sum_of_rows(kernels.gemm, weight.first, weight.of_rows);
      rows[v].values.insert(rows[v].values.end(), sum.begin(), sum.end());
      rows[v].weights.insert(rows[v].weights.end(), weight.in_row.begin(), weight.in_row.end());
    }
  }
  std::vector<Fr> r = prove_rounds(channel, rows, kInputLogWidth);

  const std::vector<Fr> eq_r = fr_eq_table(r);
  joined.values.resize(std::size_t{1} << parameters.log_joined);
  joined.weights.resize(joined.values.size());
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    const Committed& vector = *vectors[v].vector;
    vector.fold_rows(kernels.gemm, std::span(joined.values).subspan(parameters.offsets[v], vector.num_rows()), eq_r);
    for (std::size_t c = 0; c < constraints[v].size(); ++c) {
      const RowWeight& weight = constraints[v][c];
      fr_axpy(std::span(joined.weights).subspan(parameters.offsets[v] + weight.first, weight.of_rows.size()),
              rows[v].weights[c], weight.of_rows);
    }
  }
  return r;
}

// Step 2'.
void add_masks(ProverChannel& channel, const Parameters& parameters, std::span<const Opened> vectors, Tables& joined) {
  const auto slot = [&](std::vector<Fr>& table, std::size_t v) {
    return std::span(table).subspan(parameters.offsets[v], vectors[v].vector->num_rows());
  };
  std::vector<Fr> of_masks;
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    if (const std::span<const Fr> mask = vectors[v].mask_values(); !mask.empty()) {
      of_masks.push_back(fr_dot(mask, slot(joined.weights, v)));
    }
  }
  channel.message("whir.masks", of_masks);
  const Fr rho = channel.challenge("whir.mask");
  channel.stop_hiding();
  std::vector<Fr> sums;
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    if (const std::span<const Fr> mask = vectors[v].mask_values(); !mask.empty()) {
      fr_axpy(slot(joined.values, v), rho, mask);
    }
    sums.push_back(fr_dot(slot(joined.values, v), slot(joined.weights, v)));
  }
  channel.message("whir.sums", sums);
}

Result<Word> encode_vector(const Kernels& kernels, const Code& code, std::span<const Fr> values) {
  const std::size_t rows = std::size_t{1} << code.log_rows();
  const std::size_t width = std::size_t{1} << code.log_width;
  std::vector<Fr> columns(width * rows);
  for (std::size_t i = 0; i < values.size(); ++i) {
    columns[i % width * rows + i / width] = values[i];
  }
  return encode(kernels.ntt, kernels.hash, code, std::move(columns));
}

// A word, and where its vector stands in the next one when it is folded.
struct QueriedWord {
  const Word* word;
  const Committed* vector = nullptr;  // of an input
  unsigned num_queries = 0;
  std::size_t offset = 0;
  const Word* mask = nullptr;
};

void send_opened(ProverChannel& channel, const OpenedRows& opened) {
  channel.opened("whir.rows", opened.elements);
  channel.opened("whir.nodes", opened.nodes);
}

// Step 4. Returns the rows of each word.
std::vector<std::vector<std::size_t>> send_rows(ProverChannel& channel, const Kernels& kernels,
                                                const Parameters& parameters, std::span<const QueriedWord> words) {
  const hash::Digest seed = channel.challenge("whir.grind").to_bytes();
  channel.nonce("whir.nonce", kernels.hash.smallest_nonce(seed, parameters.grinding_bits));
  std::vector<std::vector<std::size_t>> out;
  for (const QueriedWord& word : words) {
    const Code& code = word.word->code;
    const std::vector<Fr> drawn =
        channel.challenges("whir.queries", num_draws(parameters.function, code, word.num_queries));
    out.push_back(query_rows(parameters.function, drawn, code, word.num_queries));
    send_opened(channel, word.vector != nullptr ? word.vector->open(kernels.gemm, out.back())
                                                : open_rows(*word.word, out.back()));
    if (word.mask != nullptr) {
      send_opened(channel, open_rows(*word.mask, out.back()));
    }
  }
  return out;
}

// Adds sum_i power_i (w^row_i)^b to the weights: the transform of a vector that has power_i at row_i, or row by row where these are few.
Status add_row_weights(const Kernels& kernels, std::span<Fr> weights, const Code& code,
                       std::span<const std::size_t> rows, const Fr& gamma, Fr& power) {
  if (rows.size() << (code.log_degree() + 1) < std::size_t{code.log_rows()} << (code.log_rows() - 1)) {
    const Fr w = root_of_unity<Fr>(code.log_rows());
    for (const std::size_t row : rows) {
      fr_axpy(weights, power, power_table(w.pow_vartime({row, 0, 0, 0}), code.log_degree()));
      power *= gamma;
    }
    return {};
  }
  std::vector<Fr> powers(std::size_t{1} << code.log_rows());
  for (const std::size_t row : rows) {
    powers[row] += power;  // a row may be drawn twice
    power *= gamma;
  }
  PROOFCARD_RETURN_IF_ERROR(kernels.ntt.transform(powers, {.log_n = code.log_rows()}));
  fr_axpy(weights, Fr::one(), std::span(powers).first(weights.size()));
  return {};
}

// The part of a table that a word's folded vector has.
std::span<Fr> slot_of(const QueriedWord& word, std::span<Fr> table) {
  return table.subspan(word.offset, std::size_t{1} << word.word->code.log_degree());
}

// Step 5. weights: those of the constraints of step 2, each in its slot.
Status join_weights(ProverChannel& channel, const Kernels& kernels, std::span<Fr> weights, const Fr& z,
                    unsigned log_size, std::span<const QueriedWord> words,
                    std::span<const std::vector<std::size_t>> rows) {
  const Fr gamma = channel.challenge("whir.gamma");
  Fr power = Fr::one();
  for (const QueriedWord& word : words) {
    for (Fr& weight : slot_of(word, weights)) {
      weight *= power;
    }
    power *= gamma;
  }
  fr_axpy(weights, power, power_table(z, log_size));
  power *= gamma;
  for (std::size_t i = 0; i < words.size(); ++i) {
    PROOFCARD_RETURN_IF_ERROR(
        add_row_weights(kernels, slot_of(words[i], weights), words[i].word->code, rows[i], gamma, power));
  }
  return {};
}

}  // namespace

Status open(ProverChannel& channel, const Kernels& kernels, std::span<const Opened> vectors,
            std::span<const Claim<Fr>> claims, unsigned security_bits) {
  std::vector<unsigned> log_sizes;
  for (const Opened& opened : vectors) {
    log_sizes.push_back(opened.vector->commitment.log_size);
  }
  PROOFCARD_TRY(const Parameters parameters, make_parameters(log_sizes, security_bits, kernels.hash.function()));
  std::vector<QueriedWord> words;
  for (std::size_t v = 0; v < vectors.size(); ++v) {
    words.push_back({&vectors[v].vector->word, vectors[v].vector, parameters.inputs[v].num_queries,
                     parameters.offsets[v], vectors[v].mask != nullptr ? &vectors[v].mask->word : nullptr});
  }
  Tables tables;
  fold_inputs(channel, kernels, parameters, vectors, claims, tables);
  if (channel.hiding()) {
    add_masks(channel, parameters, vectors, tables);
  }
  Word word;
  for (const Oracle& oracle : parameters.rounds) {
    PROOFCARD_TRY(Word next, encode_vector(kernels, oracle.code, tables.values));
    channel.digest("whir.root", next.root());
    const Fr z = channel.challenge("whir.point");
    channel.message("whir.answer", fr_dot(tables.values, power_table(z, oracle.code.log_size)));
    const auto rows = send_rows(channel, kernels, parameters, words);
    PROOFCARD_RETURN_IF_ERROR(join_weights(channel, kernels, tables.weights, z, oracle.code.log_size, words, rows));
    word = std::move(next);
    words = {{&word, nullptr, oracle.num_queries, 0}};
    prove_rounds(channel, std::span(&tables, 1), oracle.code.log_width);
  }
  channel.message("whir.final", tables.values);
  send_rows(channel, kernels, parameters, words);
  return {};
}

}  // namespace proofcard::pcs::whir

// A prover of WHIR written from host/pcs/whir/protocol.hpp alone, with dense tables, values of polynomials by Horner's
// rule and one hash after the other; and able to lie. Of host/pcs/whir it uses the parameters and the out-of-domain point.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "host/base/bytes.hpp"
#include "host/field/two_adic.hpp"
#include "host/hash/poseidon2.hpp"
#include "host/hash/sha256.hpp"
#include "host/pcs/claim.hpp"
#include "host/pcs/whir/commitment.hpp"
#include "host/pcs/whir/parameters.hpp"
#include "host/transcript/channel.hpp"

namespace proofcard::pcs::whir::testing {

// A word by rows, and the nodes of its tree by (level, position).
struct NaiveWord {
  Code code;
  hash::Function function;
  std::vector<std::vector<Fr>> rows;
  std::map<std::pair<unsigned, std::size_t>, hash::Digest> nodes;
  unsigned depth = 0;  // level of the root

  NaiveWord(const Code& c, const std::vector<Fr>& values, hash::Function f = hash::Function::kSha256)
      : code(c), function(f) {
    const std::size_t width = std::size_t{1} << code.log_width;
    Fr x = Fr::one();
    for (std::size_t i = 0; i < std::size_t{1} << code.log_rows(); ++i, x *= root_of_unity<Fr>(code.log_rows())) {
      std::vector<Fr> row(width);
      for (std::size_t b = values.size() / width; b-- > 0;) {
        for (std::size_t j = 0; j < width; ++j) {
          row[j] = row[j] * x + values[b * width + j];
        }
      }
      rows.push_back(row);
    }
    hash_all();
  }
  NaiveWord(const Code& c, std::vector<std::vector<Fr>> by_rows)
      : code(c), function(hash::Function::kSha256), rows(std::move(by_rows)) {
    hash_all();
  }
  void hash_all() {
    if (function == hash::Function::kPoseidon2) {
      return hash_all_as_elements();
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ByteWriter leaf;
      leaf.u8(0);
      for (const Fr& v : rows[i]) {
        leaf.raw(v.to_bytes());
      }
      nodes[{0, i}] = hash::sha256(leaf.bytes());
    }
    depth = code.log_rows();
    for (unsigned level = 1; level <= code.log_rows(); ++level) {
      for (std::size_t i = 0; i < rows.size() >> level; ++i) {
        ByteWriter node;
        node.u8(1);
        node.raw(nodes[{level - 1, 2 * i}]);
        node.raw(nodes[{level - 1, 2 * i + 1}]);
        nodes[{level, i}] = hash::sha256(node.bytes());
      }
    }
  }
  void hash_all_as_elements() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<Fr> left = rows[i];
      while (left.size() > 16) {
        const Fr digest = hash::compress(hash::poseidon2(16), std::span(left).first(16));
        left.erase(left.begin(), left.begin() + 16);
        left.insert(left.begin(), digest);
      }
      const bool first = rows[i].size() <= 8;
      nodes[{0, i}] = hash::compress(hash::poseidon2(first ? 8 : 16), left).to_bytes();
    }
    depth = 0;
    for (std::size_t size = rows.size(); size > 1; size = (size + 7) / 8, ++depth) {
      for (std::size_t i = 0; i < size; ++i) {
        std::vector<Fr> children;
        for (std::size_t j = 8 * (i / 8); j < std::min(8 * (i / 8) + 8, size); ++j) {
          children.push_back(*Fr::from_bytes(nodes[{depth, j}]));
        }
        nodes[{depth + 1, i / 8}] = hash::compress(hash::poseidon2(8), children).to_bytes();
      }
    }
  }
  // A further column, of coefficients.
  void add_column(const std::vector<Fr>& coefficients) {
    Fr x = Fr::one();
    for (std::vector<Fr>& row : rows) {
      Fr value;
      for (std::size_t b = coefficients.size(); b-- > 0;) {
        value = value * x + coefficients[b];
      }
      row.push_back(value);
      x *= root_of_unity<Fr>(code.log_rows());
    }
    hash_all();
  }
  const hash::Digest& root() const { return nodes.at({depth, 0}); }

  // Sends these rows and what is missing on their way to the root.
  void open(ProverChannel& channel, const std::set<std::size_t>& opened, std::string_view rows_label,
            std::string_view nodes_label) const {
    open(channel, std::vector<std::size_t>(opened.begin(), opened.end()), rows_label, nodes_label);
  }
  void open(ProverChannel& channel, const std::vector<std::size_t>& drawn, std::string_view rows_label,
            std::string_view nodes_label) const {
    std::vector<Fr> elements;
    for (const std::size_t row : drawn) {
      elements.insert(elements.end(), rows[row].begin(), rows[row].end());
    }
    channel.opened(rows_label, elements);
    std::vector<hash::Digest> missing;
    if (function == hash::Function::kPoseidon2) {
      const unsigned end = depth < 2 ? 0 : depth - 2;  // of the paths
      for (std::size_t i = 0; nodes.contains({end, i}); ++i) {
        missing.push_back(nodes.at({end, i}));
      }
      for (std::size_t node : drawn) {
        for (unsigned level = 0; level < end; ++level, node /= 8) {
          for (std::size_t i = 8 * (node / 8); i < 8 * (node / 8) + 8; ++i) {
            if (i != node) {
              missing.push_back(nodes.at({level, i}));
            }
          }
        }
      }
      return channel.opened(nodes_label, missing);
    }
    std::set<std::size_t> opened(drawn.begin(), drawn.end());
    for (unsigned level = 0; level < code.log_rows(); ++level) {
      std::set<std::size_t> parents;
      for (const std::size_t node : opened) {
        if (!opened.contains(node ^ 1)) {
          missing.push_back(nodes.at({level, node ^ 1}));
        }
        parents.insert(node / 2);
      }
      opened = parents;
    }
    channel.opened(nodes_label, missing);
  }
};

inline std::uint64_t find_nonce(hash::Function function, const hash::Digest& seed, unsigned bits) {
  for (std::uint64_t nonce = 0;; ++nonce) {
    if (function == hash::Function::kPoseidon2) {
      std::vector<Fr> state{*Fr::from_bytes(seed), Fr::from_u64(nonce), Fr::one(), Fr()};
      hash::permute(hash::poseidon2(4), state);
      if (state[0].canonical()[0] % (std::uint64_t{1} << bits) == 0) {
        return nonce;
      }
      continue;
    }
    ByteWriter message;
    message.u8(2);
    message.raw(seed);
    message.u64(nonce);
    const hash::Digest digest = hash::sha256(message.bytes());
    std::size_t zeros = 0;
    while ((digest[zeros / 8] >> (7 - zeros % 8)) % 2 == 0) {
      ++zeros;
    }
    if (zeros >= bits) {
      return nonce;
    }
  }
}

inline Fr power(const Fr& x, std::size_t exponent) {
  Fr out = Fr::one();
  for (std::size_t i = 0; i < exponent; ++i) {
    out *= x;
  }
  return out;
}

// What is left of a vector: values, weights, what their product is claimed to sum to.
struct NaiveSum {
  std::vector<Fr> values;
  std::vector<Fr> weights;
  Fr claimed;
};

// A vector's mask: none, the last column of its word, or a word of its own.
struct NaiveMask {
  std::vector<Fr> values;
  std::optional<NaiveWord> word = {};
};

struct Lies {
  // Of the joined vector of this number (that of the last is sent in the clear): one value is changed so that the
  // claims hold; from there on honest.
  std::optional<std::size_t> fold = {};
  // Opens other rows of the words that are queried in this round than were drawn, with their paths.
  std::optional<std::size_t> other_rows = {};
  // Sends the sums that masked vectors have, not those that follow from what is claimed of them.
  bool true_sums = false;
};

class NaiveProver {
 public:
  NaiveProver(ProverChannel& channel, const Parameters& parameters, Lies lies = {})
      : channel_(channel), parameters_(parameters), lies_(lies) {}

  // values: of 2^code.log_size elements each.
  void open(std::span<const std::vector<Fr>> values, std::span<const NaiveWord> words,
            std::span<const Commitment> commitments, std::span<const Claim<Fr>> claims,
            std::span<const NaiveMask> masks = {}) {
    masks_ = masks;
    std::vector<NaiveSum> sums;
    for (const std::vector<Fr>& v : values) {
      sums.push_back({v, std::vector<Fr>(v.size()), Fr()});
    }
    const Fr gamma = channel_.challenge("whir.claims");
    Fr scale = Fr::one();
    for (const Claim<Fr>& claim : claims) {
      NaiveSum& sum = sums[claim.column];
      for (std::size_t b = 0; b < std::size_t{1} << claim.point.size(); ++b) {
        Fr weight = scale;
        for (std::size_t i = 0; i < claim.point.size(); ++i) {
          weight *= (b >> i) % 2 == 1 ? claim.point[i] : Fr::one() - claim.point[i];
        }
        sum.weights[claim.offset + b] += weight;
      }
      sum.claimed += scale * claim.value;
      scale *= gamma;
    }
    for (std::size_t v = 0; v < sums.size(); ++v, scale *= gamma) {
      add_powers(sums[v].weights, 0, sums[v].weights.size(),
                 out_of_domain_point(parameters_.function, commitments[v].root, commitments[v].log_size), scale);
      sums[v].claimed += scale * commitments[v].answer;
    }
    std::vector<const NaiveWord*> queried;
    for (const NaiveWord& word : words) {
      queried.push_back(&word);
    }
    std::vector<NaiveWord> sent;
    sent.reserve(parameters_.rounds.size());
    std::vector<std::size_t> offsets = parameters_.offsets;
    for (std::size_t round = 0;; ++round) {
      const std::vector<Fr> r = fold(sums, queried[0]->code.log_width);
      if (round == 0 && !masks.empty()) {
        add_masks(sums);
      }
      NaiveSum joined{std::vector<Fr>(std::size_t{1} << joined_log(round)), {}, Fr()};
      for (std::size_t v = 0; v < sums.size(); ++v) {
        if (lies_.fold == round) {
          change(sums[v]);
        }
        std::ranges::copy(sums[v].values, joined.values.begin() + static_cast<std::ptrdiff_t>(offsets[v]));
      }
      if (round == parameters_.rounds.size()) {
        channel_.message("whir.final", joined.values);
        query(round, queried, r);
        return;
      }
      const Oracle& oracle = parameters_.rounds[round];
      sent.emplace_back(oracle.code, joined.values, parameters_.function);
      channel_.digest("whir.root", sent.back().root());
      const Fr z = channel_.challenge("whir.point");
      Fr answer;
      for (std::size_t b = joined.values.size(); b-- > 0;) {
        answer = answer * z + joined.values[b];
      }
      channel_.message("whir.answer", answer);
      const auto folded = query(round, queried, r);
      const Fr join = channel_.challenge("whir.gamma");
      joined.weights.resize(joined.values.size());
      scale = Fr::one();
      for (std::size_t v = 0; v < sums.size(); ++v, scale *= join) {
        for (std::size_t b = 0; b < sums[v].weights.size(); ++b) {
          joined.weights[offsets[v] + b] += scale * sums[v].weights[b];
        }
        joined.claimed += scale * sums[v].claimed;
      }
      add_powers(joined.weights, 0, joined.weights.size(), z, scale);
      joined.claimed += scale * answer;
      for (std::size_t v = 0; v < queried.size(); ++v) {
        const Code& code = queried[v]->code;
        for (const auto& [row, value] : folded[v]) {
          scale *= join;
          add_powers(joined.weights, offsets[v], std::size_t{1} << code.log_degree(),
                     power(root_of_unity<Fr>(code.log_rows()), row), scale);
          joined.claimed += scale * value;
        }
      }
      sums = {joined};
      queried = {&sent.back()};
      offsets = {0};
    }
  }

 private:
  void add_masks(std::vector<NaiveSum>& sums) {
    std::vector<Fr> of_masks;
    for (std::size_t v = 0; v < sums.size(); ++v) {
      if (!masks_[v].values.empty()) {
        of_masks.push_back(dot(masks_[v].values, sums[v].weights));
      }
    }
    channel_.message("whir.masks", of_masks);
    rho_ = channel_.challenge("whir.mask");
    channel_.stop_hiding();
    std::vector<Fr> shown;
    std::size_t mask = 0;
    for (std::size_t v = 0; v < sums.size(); ++v) {
      if (!masks_[v].values.empty()) {
        for (std::size_t b = 0; b < sums[v].values.size(); ++b) {
          sums[v].values[b] += rho_ * masks_[v].values[b];
        }
        sums[v].claimed += rho_ * of_masks[mask++];
      }
      if (lies_.true_sums) {
        sums[v].claimed = dot(sums[v].values, sums[v].weights);
      }
      shown.push_back(sums[v].claimed);
    }
    channel_.message("whir.sums", shown);
  }

  static Fr dot(const std::vector<Fr>& a, const std::vector<Fr>& b) {
    Fr out;
    for (std::size_t i = 0; i < a.size(); ++i) {
      out += a[i] * b[i];
    }
    return out;
  }

  unsigned joined_log(std::size_t round) const {
    return round < parameters_.rounds.size() ? parameters_.rounds[round].code.log_size : parameters_.log_final;
  }

  static void add_powers(std::vector<Fr>& weights, std::size_t first, std::size_t size, const Fr& x, Fr scale) {
    for (std::size_t b = 0; b < size; ++b, scale *= x) {
      weights[first + b] += scale;
    }
  }

  std::vector<Fr> fold(std::vector<NaiveSum>& sums, unsigned rounds) {
    std::vector<Fr> r;
    for (unsigned i = 0; i < rounds; ++i) {
      std::vector<Fr> message;
      for (const NaiveSum& sum : sums) {
        Fr at_0, at_infinity;
        for (std::size_t b = 0; b < sum.values.size(); b += 2) {
          at_0 += sum.values[b] * sum.weights[b];
          at_infinity += (sum.values[b + 1] - sum.values[b]) * (sum.weights[b + 1] - sum.weights[b]);
        }
        message.push_back(at_0);
        message.push_back(at_infinity);
      }
      channel_.message("whir.round", message);
      r.push_back(channel_.challenge("whir.round"));
      for (std::size_t v = 0; v < sums.size(); ++v) {
        const Fr at_0 = message[2 * v], at_infinity = message[2 * v + 1], at_1 = sums[v].claimed - at_0;
        const Fr x = r.back();
        sums[v].claimed = at_0 * (Fr::one() - x) + at_1 * x + at_infinity * x * (x - Fr::one());
        bind(sums[v].values, x);
        bind(sums[v].weights, x);
      }
    }
    return r;
  }

  static void bind(std::vector<Fr>& table, const Fr& r) {
    for (std::size_t b = 0; b < table.size() / 2; ++b) {
      table[b] = (Fr::one() - r) * table[2 * b] + r * table[2 * b + 1];
    }
    table.resize(table.size() / 2);
  }

  // Changes value 0 so that the claimed sum is right.
  static void change(NaiveSum& sum) {
    Fr actual;
    for (std::size_t b = 0; b < sum.values.size(); ++b) {
      actual += sum.values[b] * sum.weights[b];
    }
    sum.values[0] += (sum.claimed - actual) * sum.weights[0].inverse();
  }

  // Returns by word the drawn rows with what they are folded to.
  std::vector<std::vector<std::pair<std::size_t, Fr>>> query(std::size_t round, std::span<const NaiveWord* const> words,
                                                             std::span<const Fr> r) {
    const hash::Digest seed = channel_.challenge("whir.grind").to_bytes();
    channel_.nonce("whir.nonce", find_nonce(parameters_.function, seed, parameters_.grinding_bits));
    std::vector<std::vector<std::pair<std::size_t, Fr>>> out;
    for (std::size_t v = 0; v < words.size(); ++v) {
      const NaiveWord& word = *words[v];
      const Oracle& oracle = words.size() > 1 || round == 0 ? parameters_.inputs[v] : parameters_.rounds[round - 1];
      const std::vector<std::size_t> rows = draw(oracle, word.rows.size(), lies_.other_rows == round);
      out.emplace_back();
      for (const std::size_t row : rows) {
        std::vector<Fr> folded(word.rows[row].begin(), word.rows[row].begin() + (std::ptrdiff_t{1} << r.size()));
        for (const Fr& x : r) {
          bind(folded, x);
        }
        out.back().emplace_back(row, folded[0]);
        if (round == 0 && !masks_.empty() && !masks_[v].values.empty()) {
          out.back().back().second += rho_ * (masks_[v].word ? masks_[v].word->rows[row][0] : word.rows[row].back());
        }
      }
      word.open(channel_, rows, "whir.rows", "whir.nodes");
      if (round == 0 && !masks_.empty() && masks_[v].word) {
        masks_[v].word->open(channel_, rows, "whir.rows", "whir.nodes");
      }
    }
    return out;
  }

  // The rows that the verifier draws, or their neighbours.
  std::vector<std::size_t> draw(const Oracle& oracle, std::size_t num_rows, bool neighbours) {
    std::vector<std::size_t> rows;
    if (parameters_.function == hash::Function::kPoseidon2) {
      const unsigned log_rows = oracle.code.log_rows(), each = 238 / log_rows;
      const std::size_t num_elements = (oracle.num_queries + each - 1) / each;
      for (const Fr& drawn : channel_.challenges("whir.queries", num_elements)) {
        const U256 number = drawn.canonical();
        for (unsigned first = 0; first < each * log_rows && rows.size() < oracle.num_queries; first += log_rows) {
          std::size_t row = 0;
          for (unsigned bit = first; bit < first + log_rows; ++bit) {
            row |= ((number[bit / 64] >> (bit % 64)) & 1) << (bit - first);
          }
          rows.push_back(neighbours ? row ^ 1 : row);
        }
      }
      return rows;
    }
    std::set<std::size_t> each_once;
    for (const Fr& drawn : channel_.challenges("whir.queries", oracle.num_queries)) {
      const std::size_t row = drawn.canonical()[0] % num_rows;
      each_once.insert(neighbours ? row ^ 1 : row);
    }
    return {each_once.begin(), each_once.end()};
  }

  ProverChannel& channel_;
  const Parameters& parameters_;
  Lies lies_;
  std::span<const NaiveMask> masks_;
  Fr rho_;
};

}  // namespace proofcard::pcs::whir::testing

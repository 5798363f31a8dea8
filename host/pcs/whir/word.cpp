#include "host/pcs/whir/word.hpp"

#include <algorithm>

namespace proofcard::pcs::whir {
namespace {

using hash::Digest;

// Calls use(position of the sibling) for each node among `nodes` of one level whose sibling is not among them, and
// leaves their parents. Ascending, each once, before and after.
template <class Use>
void climb(std::vector<std::size_t>& nodes, Use use) {
  std::size_t parents = 0;
  for (std::size_t i = 0; i < nodes.size(); ++parents) {
    const bool pair = i + 1 < nodes.size() && nodes[i + 1] == (nodes[i] ^ 1);
    if (!pair) {
      use(nodes[i] ^ 1);
    }
    const std::size_t parent = nodes[i] / 2;
    i += pair ? 2 : 1;
    nodes[parents] = parent;
  }
  nodes.resize(parents);
}

// The levels of a tree from the rows up to the root: how many variables of a position each takes away.
std::vector<unsigned> level_arities(hash::Function function, unsigned log_rows) {
  std::vector<unsigned> out;
  for (unsigned left = log_rows; left > 0; left -= out.back()) {
    out.push_back(std::min(left, hash::log_arity(function)));
  }
  return out;
}

std::vector<Digest> parents_of(const kernels::MerkleHash& hash, std::span<const Digest> nodes, unsigned log_arity) {
  std::vector<Digest> out(nodes.size() >> log_arity);
  hash.nodes(out, nodes);
  return out;
}

// Of kPoseidon2: paths end at a level whose nodes are opened together.
struct Paths {
  std::size_t num_levels = 0;  // of a path
  unsigned log_top = 0;        // log2 of the nodes where they end

  Paths(const Code& code) : log_top(code.log_rows()) {
    const auto arities = level_arities(hash::Function::kPoseidon2, code.log_rows());
    for (num_levels = 0; num_levels + 2 < arities.size(); ++num_levels) {
      log_top -= arities[num_levels];
    }
  }
  static constexpr unsigned kLogArity = hash::log_arity(hash::Function::kPoseidon2);
  static constexpr std::size_t kArity = std::size_t{1} << kLogArity;
  std::size_t num_top() const { return std::size_t{1} << log_top; }
  std::size_t num_nodes(std::size_t num_rows) const { return num_top() + num_rows * num_levels * (kArity - 1); }
};

std::vector<Digest> paths_of(const Word& word, std::span<const std::size_t> rows) {
  const Paths paths(word.code);
  std::vector<Digest> out = word.levels[paths.num_levels];
  for (std::size_t node : rows) {
    for (std::size_t level = 0; level < paths.num_levels; ++level, node /= Paths::kArity) {
      const std::size_t first = node - node % Paths::kArity;
      for (std::size_t at = first; at < first + Paths::kArity; ++at) {
        if (at != node) {
          out.push_back(word.levels[level][at]);
        }
      }
    }
  }
  return out;
}

// The nodes where the paths begin are `digests`, one a row.
bool paths_lead_to(const kernels::MerkleHash& hash, const Code& code, std::span<const std::size_t> rows,
                   std::vector<Digest> digests, std::span<const Digest> nodes, const Digest& root) {
  const Paths paths(code);
  const std::span<const Digest> top = nodes.first(paths.num_top());
  std::vector<std::size_t> at(rows.begin(), rows.end());
  for (std::size_t level = 0; level < paths.num_levels; ++level) {
    std::vector<Digest> children;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const std::size_t first = top.size() + (i * paths.num_levels + level) * (Paths::kArity - 1);
      auto sibling = nodes.begin() + static_cast<std::ptrdiff_t>(first);
      for (std::size_t child = 0; child < Paths::kArity; ++child) {
        children.push_back(child == at[i] % Paths::kArity ? digests[i] : *sibling++);
      }
      at[i] /= Paths::kArity;
    }
    digests = parents_of(hash, children, Paths::kLogArity);
  }
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (digests[i] != top[at[i]]) {
      return false;
    }
  }
  std::vector<Digest> level(top.begin(), top.end());
  for (const unsigned log_arity : level_arities(hash.function(), paths.log_top)) {
    level = parents_of(hash, level, log_arity);
  }
  return level[0] == root;
}

// The root that nodes lead to which are missing on the way of the digests of rows.
Digest root_above(const kernels::MerkleHash& hash, const Code& code, std::span<const std::size_t> rows,
                  std::vector<Digest> digests, std::span<const Digest> nodes_missing) {
  std::vector<std::size_t> nodes(rows.begin(), rows.end());
  auto sibling = nodes_missing.begin();
  for (unsigned level = 0; level < code.log_rows(); ++level) {
    std::vector<Digest> children;
    std::size_t i = 0;
    const std::vector<std::size_t> below = nodes;
    const auto take = [&] { children.push_back(digests[i++]); };
    climb(nodes, [&](std::size_t missing) {
      while (below[i] != (missing ^ 1)) {
        take();
      }
      if (missing % 2 == 0) {
        children.push_back(*sibling++);
        take();
      } else {
        take();
        children.push_back(*sibling++);
      }
    });
    while (i < below.size()) {
      take();
    }
    digests = parents_of(hash, children, 1);
  }
  return digests[0];
}

}  // namespace

Result<Word> encode(const kernels::NttFr& ntt, const kernels::MerkleHash& hash, const Code& code,
                    std::vector<Fr> columns) {
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(columns, {.log_n = code.log_rows()}));
  Word word{code, hash.function(), std::move(columns), {}};
  word.levels.emplace_back(word.rows());
  hash.leaves(word.levels.back(), word.elements);
  for (const unsigned log_arity : level_arities(hash.function(), code.log_rows())) {
    word.levels.push_back(parents_of(hash, word.levels.back(), log_arity));
  }
  return word;
}

std::vector<std::size_t> level_sizes(hash::Function function, const Code& code) {
  std::vector<std::size_t> out{std::size_t{1} << code.log_rows()};
  for (const unsigned log_arity : level_arities(function, code.log_rows())) {
    out.push_back(out.back() >> log_arity);
  }
  return out;
}

OpenedRows open_rows(const Word& word, std::span<const std::size_t> rows) {
  OpenedRows out;
  for (const std::size_t row : rows) {
    for (std::size_t at = row; at < word.elements.size(); at += word.rows()) {
      out.elements.push_back(word.elements[at]);
    }
  }
  if (word.function == hash::Function::kPoseidon2) {
    out.nodes = paths_of(word, rows);
    return out;
  }
  std::vector<std::size_t> nodes(rows.begin(), rows.end());
  for (unsigned level = 0; level < word.code.log_rows(); ++level) {
    climb(nodes, [&](std::size_t sibling) { out.nodes.push_back(word.levels[level][sibling]); });
  }
  return out;
}

std::size_t num_nodes(hash::Function function, const Code& code, std::span<const std::size_t> rows) {
  if (function == hash::Function::kPoseidon2) {
    return Paths(code).num_nodes(rows.size());
  }
  std::size_t out = 0;
  std::vector<std::size_t> nodes(rows.begin(), rows.end());
  for (unsigned level = 0; level < code.log_rows(); ++level) {
    climb(nodes, [&](std::size_t) { ++out; });
  }
  return out;
}

bool lead_to_root(const kernels::MerkleHash& hash, const Code& code, std::span<const std::size_t> rows,
                  const OpenedRows& opened, const Digest& root) {
  const std::size_t width = opened.elements.size() / rows.size();
  std::vector<Fr> by_column(opened.elements.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      by_column[j * rows.size() + i] = opened.elements[i * width + j];
    }
  }
  std::vector<Digest> digests(rows.size());
  hash.leaves(digests, by_column);
  if (hash.function() == hash::Function::kPoseidon2) {
    return paths_lead_to(hash, code, rows, std::move(digests), opened.nodes, root);
  }
  return root_above(hash, code, rows, std::move(digests), opened.nodes) == root;
}

}  // namespace proofcard::pcs::whir

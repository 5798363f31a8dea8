#include "host/pcs/whir/word.hpp"

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

}  // namespace

Result<Word> encode(const kernels::NttFr& ntt, const kernels::MerkleHash& hash, const Code& code,
                    std::vector<Fr> columns) {
  PROOFCARD_RETURN_IF_ERROR(ntt.transform(columns, {.log_n = code.log_rows()}));
  Word word{code, std::move(columns), {}};
  word.levels.emplace_back(word.rows());
  hash.leaves(word.levels.back(), word.elements);
  while (word.levels.back().size() > 1) {
    std::vector<Digest> parents(word.levels.back().size() / 2);
    hash.nodes(parents, word.levels.back());
    word.levels.push_back(std::move(parents));
  }
  return word;
}

OpenedRows open_rows(const Word& word, std::span<const std::size_t> rows) {
  OpenedRows out;
  for (const std::size_t row : rows) {
    for (std::size_t at = row; at < word.elements.size(); at += word.rows()) {
      out.elements.push_back(word.elements[at]);
    }
  }
  std::vector<std::size_t> nodes(rows.begin(), rows.end());
  for (unsigned level = 0; level < word.code.log_rows(); ++level) {
    climb(nodes, [&](std::size_t sibling) { out.siblings.push_back(word.levels[level][sibling]); });
  }
  return out;
}

std::size_t num_siblings(const Code& code, std::span<const std::size_t> rows) {
  std::size_t out = 0;
  std::vector<std::size_t> nodes(rows.begin(), rows.end());
  for (unsigned level = 0; level < code.log_rows(); ++level) {
    climb(nodes, [&](std::size_t) { ++out; });
  }
  return out;
}

Digest root_of_rows(const kernels::MerkleHash& hash, const Code& code, std::span<const std::size_t> rows,
                    const OpenedRows& opened) {
  const std::size_t width = opened.elements.size() / rows.size();
  std::vector<Fr> by_column(opened.elements.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      by_column[j * rows.size() + i] = opened.elements[i * width + j];
    }
  }
  std::vector<Digest> digests(rows.size());
  hash.leaves(digests, by_column);
  std::vector<std::size_t> nodes(rows.begin(), rows.end());
  auto sibling = opened.siblings.begin();
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
    digests.assign(children.size() / 2, {});
    hash.nodes(digests, children);
  }
  return digests[0];
}

}  // namespace proofcard::pcs::whir

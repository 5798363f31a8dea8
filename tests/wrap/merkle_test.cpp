#include "host/wrap/merkle.hpp"

#include "tests/wrap/gadget.hpp"

namespace proofcard::wrap {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): test helpers
using proofcard::testing::Random;

// A tree written as it is described, level by level.
struct Tree {
  std::vector<std::vector<Fr>> levels;  // rows' digests first

  Tree(Random& random, unsigned log_rows) {
    levels.push_back(random.frs(std::size_t{1} << log_rows));
    while (levels.back().size() > 1) {
      const std::vector<Fr>& below = levels.back();
      const std::size_t width = std::min<std::size_t>(8, below.size());
      std::vector<Fr> nodes;
      for (std::size_t i = 0; i < below.size(); i += width) {
        nodes.push_back(hash::compress(hash::poseidon2(8), std::span(below).subspan(i, width)));
      }
      levels.push_back(nodes);
    }
  }
  std::vector<Fr> siblings(std::size_t row) const {
    std::vector<Fr> out;
    for (std::size_t level = 0; level + 1 < levels.size(); ++level) {
      const std::size_t width = std::min<std::size_t>(8, levels[level].size());
      for (std::size_t i = row / width * width; i < row / width * width + width; ++i) {
        if (i != row) {
          out.push_back(levels[level][i]);
        }
      }
      row /= width;
    }
    return out;
  }
};

TEST(WireMerkle, RowsAreCompressedSixteenElementsAtATime) {
  Random random(1);
  const hash::Poseidon2 &p8 = hash::poseidon2(8), &p16 = hash::poseidon2(16);
  for (const std::size_t n : {std::size_t{1}, std::size_t{8}, std::size_t{9}, std::size_t{16}, std::size_t{17},
                              std::size_t{31}, std::size_t{32}}) {
    const std::vector<Fr> in = random.frs(n);
    Fr expected = hash::compress(n <= 8 ? p8 : p16, std::span(in).first(std::min<std::size_t>(n, 16)));
    for (std::size_t used = 16; used < n; used += 15) {
      std::vector<Fr> next{expected};
      next.insert(next.end(), in.begin() + static_cast<std::ptrdiff_t>(used),
                  in.begin() + static_cast<std::ptrdiff_t>(std::min(n, used + 15)));
      expected = hash::compress(p16, next);
    }
    Wire digest;
    const Gadget gadget = record(in, [&](Builder& b, const std::vector<Wire>& row) { digest = row_digest(b, row); });
    EXPECT_EQ(digest.value(), expected) << n;
    EXPECT_EQ(gadget.system.num_constraints(), row_cost(n)) << n;
  }
}

// Inputs: the row's digest, the root, bits of the index, the top.
struct Opening {
  std::vector<Fr> inputs;
  Build build;
};

Opening opening(const Tree& tree, unsigned log_rows, std::size_t row, std::size_t claimed_row) {
  const TreeShape shape(log_rows);
  Opening out{{tree.levels[0][row], tree.levels.back()[0]}, {}};
  for (unsigned i = 0; i < log_rows; ++i) {
    out.inputs.push_back(Fr::from_u64(claimed_row >> i & 1));
  }
  const std::vector<Fr>& top = tree.levels[shape.path_levels];
  out.inputs.insert(out.inputs.end(), top.begin(), top.end());
  std::vector<Fr> siblings = tree.siblings(row);
  siblings.resize(shape.num_siblings());
  out.build = [siblings, shape, log_rows](Builder& b, const std::vector<Wire>& in) {
    const auto index = std::span(in).subspan(2, log_rows);
    const auto nodes = std::span(in).subspan(2 + log_rows);
    const std::size_t path_bits = log_rows - shape.log_top;
    const Wire end = path_end(b, in[0], index.first(path_bits), siblings);
    require_selected(b, end, nodes, index.subspan(path_bits));
    b.require_equal(root_above(b, {nodes.begin(), nodes.end()}), in[1]);
  };
  return out;
}

TEST(WireMerkle, ARowLeadsToTheRootAtItsIndexAlone) {
  Random random(2);
  for (const unsigned log_rows : {1U, 3U, 5U, 6U, 7U, 9U}) {
    const Tree tree(random, log_rows);
    const TreeShape shape(log_rows);
    const std::size_t rows = std::size_t{1} << log_rows;
    EXPECT_EQ(tree.levels[shape.path_levels].size(), shape.num_top());
    for (std::size_t row = 1; row < rows; row += 1 + row) {
      const Opening honest = opening(tree, log_rows, row, row);
      const Gadget gadget = record(honest.inputs, honest.build);
      EXPECT_EQ(gadget.violation, std::nullopt);
      EXPECT_EQ(gadget.system.num_constraints(),
                path_cost(shape.path_levels) + shape.num_top() - 1 + root_cost(shape.num_top()) + 1);
      for (std::size_t claimed = 0; claimed < rows; claimed += 1 + claimed / 9) {
        const Opening wrong = opening(tree, log_rows, row, claimed);
        EXPECT_EQ(run(Keep::kValues, wrong.inputs, wrong.build).violation.has_value(), claimed != row);
      }
      for (const std::size_t changed : {std::size_t{0}, std::size_t{1}, honest.inputs.size() - 1}) {
        std::vector<Fr> inputs = honest.inputs;
        inputs[changed] += Fr::one();
        EXPECT_TRUE(run(Keep::kValues, inputs, honest.build).violation.has_value());
      }
    }
  }
}

// Siblings are the prover's to say, but for one equation on them, that the path ends where it should. Nothing else is free.
TEST(WireMerkle, SiblingsAreAllThatIsFreeInAPath) {
  Random random(3);
  const Tree tree(random, 7);
  std::vector<Fr> siblings = tree.siblings(75);
  siblings.resize(TreeShape(7).num_siblings());
  std::vector<Fr> inputs{tree.levels[0][75], tree.levels[1][75 / 8]};
  for (const unsigned bit : {1U, 1U, 0U}) {  // of 75 % 8
    inputs.push_back(Fr::from_u64(bit));
  }
  const Gadget gadget = record(inputs, [&](Builder& b, const std::vector<Wire>& in) {
    b.require_equal(path_end(b, in[0], std::span(in).subspan(2), siblings), in[1]);
  });
  EXPECT_EQ(gadget.violation, std::nullopt);
  EXPECT_TRUE(loose_wires(gadget.system, gadget.values, gadget.num_given).empty());
  EXPECT_EQ(free_directions(gadget.system, gadget.values, gadget.num_given), siblings.size() - 1);
}

}  // namespace
}  // namespace proofcard::wrap

// What a kTrees node says, for the float executor and the lowering, and which inputs enter as they are.
//
// Source:  the matrix strategies of Nakandala and others, "A Tensor Compiler for Unified Machine Learning Prediction
//          Serving" (Hummingbird): all branches are asked, and a leaf is found by products, or by counting answers.
// Forms:   answers to all branches, or a walk: only the branches on the way from the root to the leaf that is reached.
// Shape:   features, thresholds, missing [trees, branches]; values [trees, leaves, targets]; base [targets]; for trees that
//          are not full also paths [trees, leaves, branches] and needed [trees, leaves], or, for a walk, children
//          [trees, branches], where branches and leaves are the same places.
// Order:   a full tree of depth h has branches 2^h - 1 and leaves 2^h: level after level, "yes" before "no". In a walk with
//          children, yes leads from a place to its child and no to the place after that; a leaf is its own child, and
//          stays. A place whose threshold is NaN goes on to its child, whatever the feature is. The root is place 0.
#pragma once

#include <cmath>
#include <vector>

#include "host/graph/float_graph/float_graph.hpp"

namespace proofcard::graph {

inline constexpr std::size_t kTreeFeatures = 1;  // among a node's inputs; input 0 is x
inline constexpr std::size_t kTreeThresholds = 2;

struct TreesNode {
  const FloatTensor& features;    // which one a branch looks at
  const FloatTensor& thresholds;  // yes: the feature is at most this
  const FloatTensor& missing;     // 1: yes also when the feature is NaN
  const FloatTensor& values;
  const FloatTensor& base;
  const FloatTensor* paths = nullptr;   // 1: the leaf needs a yes; -1: a no; 0: the branch is not on its path
  const FloatTensor* needed = nullptr;  // how many times yes
  const FloatTensor* children = nullptr;
  unsigned depth = 1;
  bool is_full = false;
  bool is_walk = false;
  bool has_missing = false;

  std::size_t num_trees() const { return static_cast<std::size_t>(features.shape[0]); }
  std::size_t num_branches() const { return static_cast<std::size_t>(features.shape[1]); }
  std::size_t num_leaves() const { return static_cast<std::size_t>(values.shape[1]); }
  std::size_t num_targets() const { return static_cast<std::size_t>(values.shape[2]); }
  // Whether a walk goes on from place i of all trees' to its child, whatever the feature is.
  bool goes_on(std::size_t i) const { return children != nullptr && std::isnan(thresholds.data[i]); }
  // Whether place i of all trees' is a leaf of a walk with children.
  bool stays(std::size_t i) const {
    return children != nullptr && children->data[i] == static_cast<float>(i % num_branches());
  }
};

// `in`: of all inputs, the first may be nullptr. Pre: infer_shape accepted the node.
TreesNode trees_node(const FloatNode& n, const std::vector<const FloatTensor*>& in);
Result<Dims> trees_shape(const FloatNode& n, const std::vector<Dims>& in, const std::string& where);
FloatTensor evaluate_trees(const FloatNode& n, const std::vector<const FloatTensor*>& in, const Dims& shape);

// By value: whether it is an input, or moved inputs, that nothing but trees and comparisons with constants read. Such inputs
// are compared and nothing else, so they enter as the order of their float32 (host/tensor/encoding.hpp).
std::vector<bool> compared_values(const FloatGraph& graph);

// By value: whether it is an input, or moved inputs, that trees or comparisons with constants read, among others.
std::vector<bool> partly_compared_values(const FloatGraph& graph);

}  // namespace proofcard::graph

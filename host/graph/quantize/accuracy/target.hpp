// The cheapest integers that a wanted accuracy allows: 8 bits, 8 and 16 tensor by tensor, or 16.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/graph/quantize/accuracy/accuracy.hpp"
#include "host/graph/quantize/quantize.hpp"

namespace proofcard::graph {

inline constexpr double kDefaultTarget = 99;    // per cent
inline constexpr double kOrderOnly = 0.1;       // relative error of an output whose order is what counts
inline constexpr double kCosineOfTarget = 0.1;  // of what a target leaves, 1 - cosine may be
inline constexpr double kRoom = 0.75;  // of mixtures, and 8 bits without labels, for tables: other rows are further off

// Whether an integer model is as close to the float model as `percent` says, in every output by its measure:
//   error                           at most 100 - percent per cent of its size and of its range, and no part is lost
//   predictions, positions, sides   percent of them are the same, the error at most 10 per cent (of samples with one answer: as above)
//   integers                        percent of them are the same
//   cosine                          at least 1 - (100 - percent) / 1000 in every sample
// Where labels stand beside scores, their largest error, between samples too, is at most 100 - percent per cent. Of rows of a table
// errors are at most `room` times that.
// An output that says nothing about its input reaches no target.
bool reaches(const AccuracyReport& report, double percent, double room = 1);

// What proving an integer graph costs, in a unit of the caller's. `exact` as proofs are now, with all padding, and `smooth`
// without the padding that several tensors share, so that each tensor's part shows.
struct PlanCost {
  double exact = 0;
  double smooth = 0;
};
using CostModel = std::function<Result<PlanCost>(const Graph&)>;

struct TargetOptions {
  double percent = kDefaultTarget;
  CostModel cost;                                 // empty: bytes of what is computed
  std::optional<Measure> measure = std::nullopt;  // instead of those that follow from the model
};

// A choice of widths that was tried on all samples.
struct TriedPlan {
  std::string name;  // "8 bits", "8 and 16 bits", "16 bits"
  bool reaches = false;
  double cost = 0;      // exact
  std::string summary;  // its accuracy, or why it cannot be made
};

struct QuantisedModel {
  Graph graph;
  QuantisationPlan plan;
  std::vector<std::string> notes;
  std::vector<std::string> warnings;  // whatever falls short of the target (shortfall.hpp) is among them
  AccuracyReport accuracy;            // on the samples, or on synthetic ones when there are none
  // Of a target:
  std::vector<TriedPlan> tried;
  std::vector<std::string> wide;  // of both widths: the steps whose results or weights have 16 bits
  std::size_t with_width = 0;     // of how many
  std::size_t search_runs = 0;    // of the integer model, to find them
};

// With the bits of the options; the target is for the warnings alone. Errors: those of quantize().
Result<QuantisedModel> quantize_and_compare(const FloatGraph& graph, std::span<const Sample> samples,
                                            const QuantizeOptions& options, const TargetOptions& target = {});

// With 8 bits if that reaches the target on the samples (16 if 8 fall short of scores' values, and 16 cost as much and do not);
// else, if 16 bits do, with the cheapest mixture that is found to
// (width_search.hpp); else with 16, or 8 where those cannot be had. `bits` of the options is not looked at. Errors: those of quantize().
Result<QuantisedModel> quantize_to_target(const FloatGraph& graph, std::span<const Sample> samples,
                                          const QuantizeOptions& options, const TargetOptions& target);

}  // namespace proofcard::graph

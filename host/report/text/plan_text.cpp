#include "host/report/text/plan_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/base/text.hpp"

namespace proofcard::tools {
namespace {

constexpr std::size_t kStepsShown = 8;

// In units of the cheapest plan; nothing of one that cannot be made.
std::optional<double> relative_cost(const PlanReport& plan, const graph::TriedPlan& tried) {
  double least = 0;
  for (const graph::TriedPlan& t : plan.tried) {
    least = t.cost > 0 && (least == 0 || t.cost < least) ? t.cost : least;
  }
  return tried.cost > 0 ? std::optional(tried.cost / least) : std::nullopt;
}

}  // namespace

std::string format_fixed(const tensor::FixedInput& input) {
  return fmt::format("\"{}\" = {}", printable(input.name), fmt::join(input.values, ", "));
}

std::string fixed_inputs_text(const std::vector<tensor::FixedInput>& fixed) {
  std::string out;
  for (const tensor::FixedInput& input : fixed) {
    out += fmt::format("{}{}", out.empty() ? "inputs of the file that are constants of the model: " : "; ",
                       format_fixed(input));
  }
  return out.empty() ? out : out + "\n";
}

std::string bits_text(unsigned bits) { return bits == graph::kMixedBits ? "8 and 16" : fmt::format("{}", bits); }

nlohmann::ordered_json bits_json(unsigned bits) {
  return bits == graph::kMixedBits ? nlohmann::ordered_json{8, 16} : nlohmann::ordered_json(bits);
}

std::string format_plan(const PlanReport& plan) {
  if (!plan.target) {
    return "";
  }
  std::string out = fmt::format("integers: {} bits", bits_text(plan.bits));
  if (plan.bits == graph::kMixedBits) {
    out += fmt::format("; 16 for {} of {} tensors", plan.wide.size(), plan.with_width);
  }
  out += plan.search_runs > 0 ? fmt::format(" ({} runs of the integer model to find them)\n", plan.search_runs) : "\n";
  for (std::size_t i = 0; i < std::min(plan.wide.size(), kStepsShown); ++i) {
    out += fmt::format("  16 bits: {}\n", printable(plan.wide[i]));
  }
  if (plan.wide.size() > kStepsShown) {
    out += fmt::format("  and {} more (--report FILE has all)\n", plan.wide.size() - kStepsShown);
  }
  for (const graph::TriedPlan& t : plan.tried) {
    const std::optional<double> cost = relative_cost(plan, t);
    out += fmt::format("  {:<14} {} {:g} %{}: {}\n", t.name, t.reaches ? "reaches" : "misses ", *plan.target,
                       cost ? fmt::format(", {:.2f} times the work", *cost) : "", printable(t.summary));
  }
  return out;
}

nlohmann::ordered_json to_json(const PlanReport& plan) {
  nlohmann::ordered_json out{{"bits", bits_json(plan.bits)}, {"target", nullptr}};
  if (plan.target) {
    out["target"] = *plan.target;
  }
  out["tensors"] = plan.with_width;
  out["wide"] = plan.wide;
  out["search_runs"] = plan.search_runs;
  out["tried"] = nlohmann::ordered_json::array();
  for (const graph::TriedPlan& t : plan.tried) {
    const std::optional<double> cost = relative_cost(plan, t);
    out["tried"].push_back({{"name", t.name},
                            {"reaches", t.reaches},
                            {"relative_cost", cost ? nlohmann::ordered_json(*cost) : nlohmann::ordered_json(nullptr)},
                            {"accuracy", t.summary}});
  }
  return out;
}

}  // namespace proofcard::tools

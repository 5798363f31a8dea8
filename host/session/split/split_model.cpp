#include "host/session/split/split_model.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "host/base/text.hpp"
#include "host/graph/node_tensors.hpp"
#include "host/session/cost.hpp"
#include "host/session/setup.hpp"

namespace proofcard::tools {
namespace {

using circuit::Visibility;

constexpr double kNever = std::numeric_limits<double>::infinity();
// Parts may cost so much more than the best balance, if less flows between them then.
constexpr double kBalanceSlack = 1.1;

// What a proof of this node alone takes, with its inputs and its output in the statement or in hidden columns as they are in
// the middle of a model. A node that cannot be proved by itself counts nothing: this decides about balance alone.
double node_seconds(const graph::Graph& graph, std::uint32_t node, const compile::CompileOptions& options) {
  const std::uint32_t out = graph::node_output(graph.nodes[node]);
  const graph::Graph alone =
      graph::extract(graph, node, node + 1, graph::inputs_of(graph, node, node + 1), std::array{out});
  compile::CompileOptions of_node = options;
  of_node.input = Visibility::kPublic;
  of_node.output = Visibility::kPrivate;
  const auto circuit = compile::compile(alone, of_node);
  return circuit.ok() ? piece_seconds(*circuit) : 0;
}

// Places where a model can be cut, its beginning and its end among them.
struct Places {
  std::vector<std::uint32_t> nodes;
  std::vector<double> work;  // of all nodes before it
  std::vector<double> flow;  // what is handed over there
  std::string obstacle;      // of a place that is none, the one nearest to the middle

  double cost(std::size_t a, std::size_t b) const { return work[b] - work[a] + flow[a] + flow[b]; }
};

Places find_places(const CompiledModel& model) {
  const graph::Graph& graph = model.graph;
  const graph::CutPoints points(graph, split_rules(model.options.input, model.options.weights));
  Places out;
  double work = 0;
  const auto num_nodes = static_cast<std::uint32_t>(graph.nodes.size());
  std::uint32_t nearest = num_nodes;
  for (std::uint32_t n = 0; n <= num_nodes; ++n) {
    const bool is_end = n == 0 || n == num_nodes;
    const std::string obstacle = is_end ? "" : points.obstacle(n);
    if (obstacle.empty()) {
      out.nodes.push_back(n);
      out.work.push_back(work);
      double flow = 0;
      for (const std::uint32_t id : is_end ? std::vector<std::uint32_t>() : points.crossing(n)) {
        flow += handover_seconds(graph.tensors[id]);
      }
      out.flow.push_back(flow);
    } else if (const std::uint32_t away = n > num_nodes / 2 ? n - num_nodes / 2 : num_nodes / 2 - n; away < nearest) {
      nearest = away;
      out.obstacle = obstacle;
    }
    work += n < num_nodes ? node_seconds(graph, n, model.options) : 0;
  }
  return out;
}

// By number of parts so far and place: what is best, and the place before.
struct Step {
  double value = kNever;
  std::size_t before = 0;
};

// Fills in best[k][j] from best[k-1][i] by combine(value, i, j); the path to the last place.
template <class Combine>
std::vector<std::size_t> best_path(std::size_t parts, std::size_t places, Combine combine, double& value) {
  std::vector<std::vector<Step>> best(parts + 1, std::vector<Step>(places));
  best[0][0].value = 0;
  for (std::size_t k = 1; k <= parts; ++k) {
    for (std::size_t j = k; j < places; ++j) {
      for (std::size_t i = k - 1; i < j; ++i) {
        if (const double v = combine(best[k - 1][i].value, i, j); v < best[k][j].value) {
          best[k][j] = {v, i};
        }
      }
    }
  }
  std::vector<std::size_t> path{places - 1};
  for (std::size_t k = parts; k > 1; --k) {
    path.insert(path.begin(), best[k][path.front()].before);
  }
  value = best[parts][places - 1].value;
  return path;  // without the beginning
}

}  // namespace

graph::SplitRules split_rules(Visibility input, Visibility weights) {
  return {.shared_weights = weights == Visibility::kPublic, .shared_inputs = input == Visibility::kCommitted};
}

Result<std::vector<std::uint32_t>> choose_cuts(const CompiledModel& model, std::uint32_t parts) {
  if (parts < statement::kMinParts || parts > statement::kMaxParts) {
    return bad_input("--parts", "expected {} to {}, found {}", statement::kMinParts, statement::kMaxParts, parts);
  }
  const Places places = find_places(model);
  if (places.nodes.size() - 1 < parts) {
    return bad_input("--parts", "expected at most {}, for so many can this model be cut in; found {}. In the way: {}",
                     places.nodes.size() - 1, parts,
                     places.obstacle.empty() ? "it has no more operations" : places.obstacle);
  }
  double largest = 0;
  best_path(
      parts, places.nodes.size(),
      [&](double before, std::size_t i, std::size_t j) { return std::max(before, places.cost(i, j)); }, largest);
  double flow = 0;
  const std::vector<std::size_t> path = best_path(
      parts, places.nodes.size(),
      [&](double before, std::size_t i, std::size_t j) {
        return places.cost(i, j) <= kBalanceSlack * largest ? before + places.flow[j] : kNever;
      },
      flow);
  std::vector<std::uint32_t> cuts;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    cuts.push_back(places.nodes[path[i]]);
  }
  return cuts;
}

Result<SplitModel> split_model(const CompiledModel& model, const std::vector<std::uint32_t>& cuts) {
  const compile::CompileOptions& options = model.options;
  const std::size_t parts = cuts.size() + 1;
  if (parts < statement::kMinParts || parts > statement::kMaxParts) {
    return bad_input("--parts", "expected {} to {}, found {}", statement::kMinParts, statement::kMaxParts, parts);
  }
  PROOFCARD_TRY(graph::SplitGraph graphs, graph::split(model.graph, cuts, split_rules(options.input, options.weights)));
  SplitModel out;
  out.name = to_name(options.model_name, statement::kMaxSplitNameBytes);
  out.sources = std::move(graphs.sources);
  out.cuts = cuts;
  for (std::size_t p = 0; p < parts; ++p) {
    CompiledModel part{options, std::move(graphs.parts[p]), model.plan};
    part.options.model_name = statement::part_name(out.name, p + 1, parts);
    part.options.input = p == 0 ? options.input : Visibility::kCommitted;
    part.options.output = p + 1 == parts ? options.output : Visibility::kCommitted;
    out.parts.push_back(std::move(part));
  }
  return out;
}

Result<SplitProverKey> make_split_keys(SplitModel model, const prover::Backend& backend, bool hide_weights,
                                       Stages& stages) {
  SplitProverKey out;
  std::vector<statement::VerifyingKey> keys;
  for (CompiledModel& part : model.parts) {
    PROOFCARD_TRY(ProverKey key, make_key(std::move(part), backend, hide_weights, stages));
    keys.push_back(key.vk);
    out.parts.push_back(std::move(key));
  }
  PROOFCARD_TRY(out.key, statement::make_split_key(std::move(model.name), std::move(keys), std::move(model.sources),
                                                   std::move(model.cuts)));
  return out;
}

std::string manifest_path(const std::string& folder) {
  return (std::filesystem::path(folder) / "split.manifest").string();
}

std::string part_key_path(const std::string& folder, std::size_t part) {
  return (std::filesystem::path(folder) / fmt::format("part{}.pk", part)).string();
}

}  // namespace proofcard::tools

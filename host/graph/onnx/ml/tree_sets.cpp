// Branches on membership in a set of categories, and trees of which several branches lead to one place.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "host/graph/onnx/ml/tree_model.hpp"

namespace proofcard::graph {
namespace {

// The ends of what lies in the set and what does not: at most ends[0]: no, at most ends[1]: yes, and so on; above all: no.
std::vector<float> ends_of(const std::vector<float>& sorted) {
  std::vector<float> ends;
  for (const float member : sorted) {
    const float below = std::nextafter(member, -std::numeric_limits<float>::infinity());
    if (!ends.empty() && ends.back() >= below) {
      ends.back() = member;  // neighbours
    } else {
      ends.push_back(below);
      ends.push_back(member);
    }
  }
  return ends;
}

class SetBranches {
 public:
  SetBranches(Tree& tree, std::vector<float> ends, const TreeBranch& branch)
      : tree_(tree), ends_(std::move(ends)), branch_(branch), of_missing_(branch.takes_missing ? 1 : ends_.size()) {}

  // What lies between the ends `from` and `to`.
  TreePlace place(std::size_t from, std::size_t to) {
    if (from == to) {
      return from % 2 == 1 ? branch_.yes : branch_.no;
    }
    const std::size_t middle = from + (to - from) / 2;
    TreeBranch b = branch_;
    b.threshold = ends_[middle];
    b.takes_missing = of_missing_ <= middle;
    b.yes = place(from, middle);
    b.no = place(middle + 1, to);
    tree_.branches.push_back(b);
    return static_cast<TreePlace>(tree_.branches.size()) - 1;
  }

 private:
  Tree& tree_;
  std::vector<float> ends_;
  TreeBranch branch_;
  std::size_t of_missing_;  // how many ends are below NaN
};

}  // namespace

Result<TreePlace> add_membership(const NodeReader& node, Tree& tree, const std::vector<double>& members,
                                 const TreeBranch& branch) {
  PROOFCARD_TRY(const std::uint32_t features, node.input(0));
  const bool rounds =
      node.type_of(features) == onnx::TensorProto::DOUBLE;  // features become float32, and members alike
  std::vector<float> sorted;
  for (const double member : members) {
    const auto near = static_cast<float>(member);
    if (!std::isfinite(near)) {
      return node.unsupported("expected members of sets that are finite, found others");
    }
    if (rounds || static_cast<double>(near) == member) {  // no float32 equals another
      sorted.push_back(near);
    }
  }
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  const std::vector<float> ends = ends_of(sorted);
  if (!ends.empty()) {
    return SetBranches(tree, ends, branch).place(0, ends.size());
  }
  if (!branch.takes_missing) {
    return TreePlace{branch.no};
  }
  TreeBranch missing = branch;  // NaN alone
  missing.threshold = std::numeric_limits<float>::infinity();
  missing.takes_missing = false;
  std::swap(missing.yes, missing.no);
  tree.branches.push_back(missing);
  return static_cast<TreePlace>(tree.branches.size()) - 1;
}

ListedSet set_from(std::size_t first, std::size_t size, const std::function<ListedEquality(std::size_t)>& listed) {
  ListedSet out{{}, false, first};
  ListedEquality at = listed(first);
  while (at.is_one && out.members.size() <= size) {  // a chain that ends nowhere is found out by its reader
    out.members.push_back(at.value);
    out.takes_missing = out.takes_missing || at.takes_missing;
    if (!at.no) {
      break;
    }
    const ListedEquality next = listed(*at.no);
    if (!next.is_one || next.feature != at.feature || next.yes != at.yes) {
      break;
    }
    out.last = *at.no;
    at = next;
  }
  return out;
}

TreePlaces laid_out(const Tree& tree) {
  TreePlaces out;
  std::map<TreePlace, std::size_t> first;  // of branches
  const auto add = [&](TreePlace at) {
    TreePlaces::Place place{at, out.places.size(), false};
    if (at >= 0) {
      const auto [known, is_new] = first.emplace(at, out.places.size());
      place.goes_on = !is_new;
      place.child = known->second;
    }
    out.places.push_back(place);
  };
  add(tree.root);
  for (std::size_t p = 0; p < out.places.size(); ++p) {
    if (const TreePlaces::Place place = out.places[p]; place.at >= 0 && !place.goes_on) {
      out.places[p].child = out.places.size();
      add(tree.branches[static_cast<std::size_t>(place.at)].yes);
      add(tree.branches[static_cast<std::size_t>(place.at)].no);
    }
  }
  // Branches stand behind what they lead to, so the steps below each are known before its own.
  std::vector<std::int64_t> below(tree.branches.size(), 0);
  std::vector<std::int64_t> from(out.places.size(), 0);
  for (std::size_t b = 0; b < tree.branches.size(); ++b) {
    const auto found = first.find(static_cast<TreePlace>(b));
    if (found == first.end()) {
      continue;  // nothing leads there
    }
    for (const std::size_t p : {out.places[found->second].child, out.places[found->second].child + 1}) {
      const TreePlaces::Place& place = out.places[p];
      const std::int64_t steps = place.at < 0 ? 0 : below[static_cast<std::size_t>(place.at)] + (place.goes_on ? 1 : 0);
      below[b] = std::max(below[b], 1 + steps);
    }
  }
  out.depth = tree.root < 0 ? 0 : below[static_cast<std::size_t>(tree.root)];
  return out;
}

bool meets_again(const Tree& tree) {
  std::set<TreePlace> met;
  return std::ranges::any_of(tree.branches, [&](const TreeBranch& b) {
    const bool is_new = met.insert(b.yes).second;
    return !met.insert(b.no).second || !is_new;
  });
}

std::optional<Tree> unfolded(const Tree& tree) {
  if (!meets_again(tree)) {
    return tree;
  }
  std::vector<double> sizes;
  const auto size_of = [&](TreePlace at) { return at < 0 ? 1 : sizes[static_cast<std::size_t>(at)]; };
  for (const TreeBranch& b : tree.branches) {
    sizes.push_back(1 + size_of(b.yes) + size_of(b.no));
  }
  if (size_of(tree.root) > static_cast<double>(kMaxTreePlaces)) {
    return std::nullopt;
  }
  Tree out;
  const std::function<TreePlace(TreePlace)> copy = [&](TreePlace at) {
    if (at < 0) {
      out.leaves.push_back(tree.leaves[static_cast<std::size_t>(-1 - at)]);
      return -static_cast<TreePlace>(out.leaves.size());
    }
    TreeBranch b = tree.branches[static_cast<std::size_t>(at)];
    b.yes = copy(b.yes);
    b.no = copy(b.no);
    out.branches.push_back(b);
    return static_cast<TreePlace>(out.branches.size()) - 1;
  };
  out.root = copy(tree.root);
  return out;
}

}  // namespace proofcard::graph

// Every element and point that a prover sends, changed, with everything after it computed as if it were right: who
// rejects it. The list is a golden file, so a message that is new or no longer checked shows in it.
//
// After a deliberate change of the protocol: PROOFCARD_UPDATE_GOLDEN=1 test_soundness --gtest_filter='Tamper.*'
// rewrites the file; review its difference like code.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/golden.hpp"
#include "tests/support/lying_prover.hpp"
#include "tests/support/node_cases.hpp"

namespace proofcard::testing {
namespace {

const char* const kManifest = PROOFCARD_SOURCE_DIR "/tests/vectors/tamper_manifest.txt";
const char* const kInventory = PROOFCARD_SOURCE_DIR "/tests/vectors/transcript_inventory.txt";

// What one label's messages were tampered with, and the stages that noticed.
struct Entry {
  std::size_t elements = 0;
  std::size_t points = 0;
  std::set<std::string> stages;
};
using Manifest = std::map<std::string, Entry>;

// Changes the word number `target` of all that is sent, or none; counts words.
class Tamperer {
 public:
  explicit Tamperer(std::size_t target) : target_(target) {}

  void message(std::string_view label, std::span<Fr> values) {
    for (Fr& v : values) {
      if (count_++ == target_) {
        v += Fr::one();
        hit(label, true);
      }
    }
  }
  void points(std::string_view label, std::span<curve::G1Affine> points) {
    for (curve::G1Affine& p : points) {
      if (count_++ == target_) {
        p = (curve::G1(p) + curve::G1Affine::generator()).to_affine();
        hit(label, false);
      }
    }
  }
  bool done() const { return !label_.empty(); }
  const std::string& label() const { return label_; }
  bool is_element() const { return is_element_; }

 private:
  void hit(std::string_view label, bool is_element) {
    label_ = label;
    is_element_ = is_element;
  }

  std::size_t target_;
  std::size_t count_ = 0;
  std::string label_;
  bool is_element_ = false;
};

// A stage without the name of the tensor, relation or layer.
std::string kind_of(const std::string& stage) {
  for (const std::string kind : {"relations", "lookup (layer", "statement"}) {
    if (stage.starts_with(kind)) {
      return kind + (kind.ends_with("layer") ? ")" : "");
    }
  }
  return stage;
}

Manifest manifest(const Model& model) {
  Manifest out;
  for (std::size_t word = 0;; ++word) {
    Tamperer tamperer(word);
    Forgery forgery = with_assignment(model, "tampered", model.assignment);
    forgery.lie = [&](std::string_view label, std::span<Fr> values) { tamperer.message(label, values); };
    forgery.lie_in_points = [&](std::string_view label, std::span<curve::G1Affine> points) {
      tamperer.points(label, points);
    };
    const Forged forged = send_honestly(model, forgery);
    const auto verdict = verify(model, forged.proof);
    if (!tamperer.done()) {
      EXPECT_TRUE(verdict.ok());
      return out;
    }
    EXPECT_FALSE(verdict.ok()) << tamperer.label() << ", word " << word;
    if (verdict.ok()) {
      continue;
    }
    if (!model.mode.zero_knowledge) {
      // The first equation that does not hold, or else the commitments'.
      EXPECT_EQ(verdict.error().where, forged.violated.empty() ? "opening" : forged.violated[0])
          << tamperer.label() << ", word " << word;
    }
    Entry& entry = out[tamperer.label()];
    ++(tamperer.is_element() ? entry.elements : entry.points);
    entry.stages.insert(kind_of(verdict.error().where));
  }
}

std::string text(const Manifest& manifest) {
  std::string out;
  for (const auto& [label, entry] : manifest) {
    out += fmt::format("{}: {} elements, {} points; rejected by", label, entry.elements, entry.points);
    for (const std::string& stage : entry.stages) {
      out += (stage == *entry.stages.begin() ? " " : ", ") + stage;
    }
    out += "\n";
  }
  return out;
}

Model make(const NodeCase& node, const statement::Mode& mode) {
  compile::GraphMaker g(1);
  node.build(g);
  auto model = make_model(g.graph(), {}, g.random_inputs(), mode, 11);
  EXPECT_TRUE(model.ok());
  return std::move(*model);
}

const NodeCase& node(const std::string& name) { return *std::ranges::find(node_cases(), name, &NodeCase::name); }

TEST(Tamper, EveryWordHasACheckThatRejectsIt) {
  std::string found = "# What an element or point of each message, changed, is rejected by\n";
  const std::pair<std::string, statement::Mode> models[] = {{"GemmRelu", kPlain},
                                                            {"GemmRelu", kZeroKnowledge},
                                                            {"Conv", kPlain},
                                                            {"Select", kPlain},
                                                            {"Select", kZeroKnowledge}};
  for (const auto& [name, mode] : models) {
    found += fmt::format("\n# {}, {}\n", name, mode.zero_knowledge ? "zero knowledge" : "plain");
    found += text(manifest(make(node(name), mode)));
  }
  expect_golden(kManifest, found);
}

// Every label that is absorbed after the statement is in the manifest.
TEST(Tamper, TheManifestCoversTheInventory) {
  const std::set<std::string> statement = {"mode", "vk", "visibility", "public.tensor", "public.values"};
  std::ifstream manifest_file(kManifest);
  std::set<std::string> tampered;
  for (std::string line; std::getline(manifest_file, line);) {
    if (const std::size_t colon = line.find(':'); colon != std::string::npos) {
      tampered.insert(line.substr(0, colon));
    }
  }
  std::ifstream inventory(kInventory);
  std::size_t num_labels = 0;
  for (std::string line; std::getline(inventory, line);) {
    std::istringstream words(line);
    std::string kind;
    std::string label;
    std::size_t count = 0;
    words >> kind >> label >> count;
    if (kind == "absorb" && count > 0 && !statement.contains(label)) {
      ++num_labels;
      EXPECT_TRUE(tampered.contains(label)) << label;
    }
  }
  EXPECT_GT(num_labels, 20U);
}

}  // namespace
}  // namespace proofcard::testing

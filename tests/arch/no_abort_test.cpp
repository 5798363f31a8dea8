// The verifier answers with errors whatever it reads: in everything that it is made of, each place that could end the
// process is on the list below, with the reason why no file, key or proof reaches it.
//
// Its closure: what host/verifier, host/statement and the reading and verifying of Groth16 proofs include, and the
// sources beside every header among it, except those of provers. A place is a PROOFCARD_CHECK, an exception, an exit.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Reviewed {
  std::size_t sites;
  const char* reason;
};

const std::map<std::string, Reviewed>& reviewed() {
  static const std::map<std::string, Reviewed> kReviewed{
      {"host/base/cancellation.cpp", {1, "thrown when the caller of the library has asked to stop"}},
      {"host/base/check.hpp", {2, "the macro itself"}},
      {"host/base/cpu_features.cpp", {1, "set_isa_for_testing: tests only"}},
      {"host/base/int_vector.hpp", {1, "set(): values of files are read by their type's width; tests and provers set"}},
      {"host/base/aligned_memory.cpp",
       {2, "memory that ran out: an exception, or the end of a program without exceptions"}},
      {"host/base/parallel.cpp", {1, "throws again what one of two bodies has thrown, when both are over"}},
      {"host/base/parallel_wasm.cpp", {2, "another thread of the module has ended by a fault"}},
      {"host/circuit/circuit.cpp", {2, "a column below the table's width, which validate() has checked"}},
      {"host/circuit/lookup_rows.cpp", {1, "the prover's: rows of lookups in its own assignment"}},
      {"host/circuit/vectors.cpp",
       {2, "a committed tensor, which keys with such vectors are refused for; a slot of the layout's own"}},
      {"host/curve/fixed_base.cpp", {4, "at most 2^12 + 2 generators; offsets and indices are computed, not read"}},
      {"host/curve/g1.cpp", {1, "two spans that the caller has made equally long"}},
      {"host/curve/hash_to_curve.cpp", {4, "constants of the curve, labels of ours, and a batch that is emptied"}},
      {"host/curve/pairing.cpp",
       {1, "a Miller loop's value is a product of lines that are not 0 on the curve's points"}},
      {"host/curve/sqrt.cpp", {1, "two spans that the caller has made equally long"}},
      {"host/field/fr_vector.cpp", {11, "sizes that the verifier derives from the layout, not from the proof"}},
      {"host/groth16/json.cpp",
       {5, "at() after contains(); what parse() took is valid UTF-8, so dump() does not throw"}},
      {"host/hash/keccak.cpp",
       {2, "absorb after squeeze of one sponge, or two beginnings: no such order exists in the transcript"}},
      {"host/kernels/quotient_sum.cpp", {1, "the Groth16 prover's"}},
      {"host/lookup/computed_nodes.cpp", {2, "the prover's tree"}},
      {"host/lookup/fraction_tables.cpp", {1, "the prover's tree"}},
      {"host/lookup/layer_sumcheck.cpp", {4, "the prover's tree"}},
      {"host/lookup/leaves.cpp", {1, "the prover's leaves, in a layout of its own"}},
      {"host/pcs/hyrax/commitment.cpp", {1, "the prover's blindings"}},
      {"host/pcs/hyrax/verifier.cpp", {1, "at() is a method of our own tables of weights, not a container's"}},
      {"host/pcs/whir/commitment.cpp", {3, "tails and masks that the prover has drawn"}},
      {"host/relation/contract.cpp", {1, "public values, whose number statement::read has compared with the shape"}},
      {"host/statement/security.cpp",
       {2, "sizes and parameters that check_hash_scheme has made before when the key was read"}},
      {"host/tensor/row_value.cpp", {1, "a function that validate() has refused"}},
      {"host/tensor/table.cpp", {1, "a number of rows that the circuit's validate() has refused"}},
      {"host/transcript/channel.cpp",
       {2, "the prover's pads, as many as it has counted; its own proof, of which it has read a part"}},
      {"host/zk/random_instance.cpp", {2, "the prover's random values, for rows that it has sent"}},
      {"host/transcript/transcript.cpp", {2, "labels and names are constants of the protocol"}},
  };
  return kReviewed;
}

fs::path root() { return PROOFCARD_SOURCE_DIR; }

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> sources_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(root() / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".cpp" || extension == ".hpp") {
      out.push_back(folder + "/" + entry.path().filename().string());
    }
  }
  return out;
}

// What a header's declarations are defined in: the sources of its folder. In host/groth16, where one folder has prover
// and verifier, the source of the same name.
std::vector<std::string> definitions_of(const std::string& header) {
  const std::string folder = header.substr(0, header.rfind('/'));
  if (folder == "host/groth16") {
    const std::string source = header.substr(0, header.size() - 3) + "cpp";
    return fs::exists(root() / source) ? std::vector{source} : std::vector<std::string>{};
  }
  std::vector<std::string> out;
  for (const std::string& file : sources_in(folder)) {
    if (file.ends_with(".cpp") && file.find("prover", folder.size()) == std::string::npos) {
      out.push_back(file);
    }
  }
  return out;
}

std::set<std::string> verifier_closure() {
  static const std::regex kInclude(R"(^#include "(host/[^"]+)\")");
  std::vector<std::string> todo{"host/groth16/verifier.cpp", "host/groth16/json.cpp"};
  for (const char* folder : {"host/verifier", "host/statement"}) {
    for (const std::string& file : sources_in(folder)) {
      todo.push_back(file);
    }
  }
  std::set<std::string> seen;
  while (!todo.empty()) {
    const std::string file = todo.back();
    todo.pop_back();
    if (!seen.insert(file).second) {
      continue;
    }
    for (const std::string& line : lines_of(root() / file)) {
      std::smatch match;
      if (std::regex_search(line, match, kInclude)) {
        todo.push_back(match[1]);
      }
    }
    if (file.ends_with(".hpp")) {
      for (const std::string& source : definitions_of(file)) {
        todo.push_back(source);
      }
    }
  }
  return seen;
}

bool can_end_the_process(const std::string& line) {
  static const std::regex kSite(
      R"(PROOFCARD_CHECK\(|\babort\(|\bexit\(|\bthrow\b|\bassert\(|\.at\(|std::sto[a-z]+\(|terminate\()");
  return std::regex_search(line.substr(0, line.find("//")), kSite);
}

TEST(VerifierNeverAborts, EveryPlaceThatCouldIsReviewed) {
  const std::set<std::string> closure = verifier_closure();
  ASSERT_GT(closure.size(), 100U);
  EXPECT_TRUE(closure.contains("host/circuit/validate.cpp"));
  EXPECT_TRUE(closure.contains("host/zk/blindfold_verifier.cpp"));
  std::map<std::string, std::size_t> found;
  for (const std::string& file : closure) {
    std::string places;
    const std::vector<std::string> lines = lines_of(root() / file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (can_end_the_process(lines[i])) {
        ++found[file];
        places += "\n  " + file + ":" + std::to_string(i + 1) + ": " + lines[i];
      }
    }
    const auto entry = reviewed().find(file);
    EXPECT_EQ(found.contains(file) ? found[file] : 0, entry == reviewed().end() ? 0 : entry->second.sites)
        << file << ": return an error, or review the place and say in this test why nothing reaches it:" << places;
  }
  for (const auto& [file, entry] : reviewed()) {
    EXPECT_TRUE(found.contains(file)) << file << ": on the list, but it has no such place any more";
    EXPECT_FALSE(std::string(entry.reason).empty());
  }
  for (const auto& [file, sites] : found) {
    EXPECT_FALSE(file.starts_with("host/verifier/")) << file << ": none at all here";
  }
}

// A library leaves it to its caller whether to end.
TEST(LibrariesDoNotExit, OnlyMainFilesDo) {
  static const std::regex kExit(R"(\b_?[eE]xit\(|quick_exit\()");
  for (const auto& entry : fs::recursive_directory_iterator(root() / "host")) {
    const std::string file = fs::relative(entry.path(), root()).string();
    if ((!file.ends_with(".cpp") && !file.ends_with(".hpp")) || file.starts_with("host/cli/") ||
        file.starts_with("host/device/worker")) {
      continue;
    }
    for (const std::string& line : lines_of(entry.path())) {
      EXPECT_FALSE(std::regex_search(line.substr(0, line.find("//")), kExit)) << file << ": " << line;
    }
  }
}

TEST(VerifierNeverAborts, SitesAreRecognised) {
  for (const char* line : {"  PROOFCARD_CHECK(x);", "std::abort();", "std::exit(2);", "throw 1;", "v.at(3)",
                           "int x = std::stoi(s);", "assert(x);"}) {
    EXPECT_TRUE(can_end_the_process(line)) << line;
  }
  for (const char* line : {"// PROOFCARD_CHECK(x)", "static_assert(true);", "format(x)", "exits(", "rethrown"}) {
    EXPECT_FALSE(can_end_the_process(line)) << line;
  }
}

}  // namespace

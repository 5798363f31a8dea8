// Reads every include line under host/ and fails on an edge that the table of layers does not allow.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

using Folders = std::set<std::string>;

Folders operator+(Folders a, const Folders& b) {
  a.insert(b.begin(), b.end());
  return a;
}

// What each folder may include besides itself. Layers as in docs/tour.md.
const std::map<std::string, Folders>& allowed() {
  static const Folders kData{"base", "field", "tensor"};
  static const Folders kMath = kData + Folders{"curve", "hash", "poly"};
  static const Folders kParts = kMath + Folders{"transcript", "circuit", "kernels"};
  static const Folders kArguments = kParts + Folders{"sumcheck", "lookup", "relation", "pcs", "statement"};
  static const Folders kTypesOfFiles = kArguments + Folders{"zk", "argument", "graph", "compile", "prover"};
  static const Folders kSession = kTypesOfFiles + Folders{"groth16", "device", "verifier", "wrap", "formats"};
  static const std::map<std::string, Folders> kAllowed{
      {"base", {}},
      {"field", {"base"}},
      {"tensor", {"base"}},
      {"graph", {"base", "tensor"}},
      {"hash", {"base", "field"}},
      {"curve", {"base", "field", "hash"}},
      {"poly", {"base", "field"}},
      {"transcript", kMath},
      {"circuit", kMath},
      {"kernels", kMath},
      {"sumcheck", kParts},
      {"lookup", kParts + Folders{"sumcheck"}},
      {"relation", kParts + Folders{"sumcheck"}},
      {"pcs", kParts + Folders{"sumcheck"}},
      {"statement", kParts + Folders{"pcs"}},
      {"zk", kParts + Folders{"sumcheck", "pcs"}},
      {"groth16", kMath + Folders{"kernels"}},
      {"argument", kArguments},
      {"wrap", kArguments + Folders{"argument"}},
      {"compile", kData + Folders{"poly", "graph", "circuit"}},
      {"device", {"base", "field", "curve", "kernels"}},
      {"prover", kArguments + Folders{"zk", "argument"}},
      {"verifier", kArguments + Folders{"zk", "argument"}},
      {"formats", kTypesOfFiles},
      {"session", kSession},
      {"report", kSession + Folders{"session"}},
      {"cli", kSession + Folders{"session", "report"}},
      {"faces", kSession + Folders{"session", "report"}},
  };
  return kAllowed;
}

// "host/pcs/hyrax/prover.hpp" -> "pcs"; nothing for other paths.
std::optional<std::string> folder_of(const std::string& path) {
  if (!path.starts_with("host/")) {
    return std::nullopt;
  }
  const std::size_t end = path.find('/', 5);
  return end == std::string::npos ? std::nullopt : std::optional(path.substr(5, end - 5));
}

// Why `file` may not include `target` (as written between quotes or angle brackets); empty: it may.
std::string violation(const std::string& file, const std::string& target, bool quoted) {
  const std::string from = folder_of(file).value_or("");
  if (target.starts_with("onnx/") || target.starts_with("google/protobuf/")) {
    return file.starts_with("host/graph/onnx/") ? "" : "ONNX headers belong in host/graph/onnx only";
  }
  if (target.starts_with("xrt/") || target.starts_with("xrt.h")) {
    return from == "device" ? "" : "XRT belongs in host/device only";
  }
  if (target.starts_with("CLI/")) {
    return from == "cli" ? "" : "CLI11 belongs in host/cli only";
  }
  if (target.starts_with("boost/") || target.starts_with("openssl/") || target == "sqlite3.h") {
    return file.starts_with("host/faces/rest/") ? "" : "HTTP, TLS and the database belong in host/faces/rest only";
  }
  if (target.starts_with("proofcard/")) {
    return from == "faces" || file.starts_with("include/") ? "" : "the public library is for faces only";
  }
  if (file.starts_with("include/")) {
    return quoted || target.find('/') != std::string::npos
               ? "public headers include the standard library and each other"
               : "";
  }
  if (!quoted) {
    return "";
  }
  if (file.starts_with("host/faces/python/")) {
    return target.find('/') == std::string::npos ? "" : "the Python module is made of the public library alone";
  }
  const auto to = folder_of(target);
  if (!to) {
    return "includes are written from the root: \"host/<folder>/...\"";
  }
  if (!allowed().contains(from)) {
    return "the folder host/" + from + " is not in the table of layers";
  }
  if ((target.starts_with("host/kernels/cpu/") || target.starts_with("host/kernels/reference/")) && from != "kernels") {
    return "implementations of kernels are reached through their interfaces only";
  }
  if ((target.starts_with("host/graph/onnx/") || target.starts_with("host/graph/float_graph/")) && from != "graph" &&
      from != "session" && from != "report" && from != "cli" && from != "faces") {
    return "the importer is for the session and what is above it only";
  }
  if (file == "host/cli/commands/serve.cpp" && target.starts_with("host/faces/rest/")) {
    return "";  // the command of that face
  }
  if (*to == from || allowed().at(from).contains(*to)) {
    return "";
  }
  return "host/" + from + " may not include host/" + *to;
}

struct Include {
  std::string file;
  std::string target;
  bool quoted = false;
};

std::vector<Include> includes_under(const std::string& folder) {
  const std::filesystem::path root(PROOFCARD_SOURCE_DIR);
  std::vector<Include> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") {
      continue;
    }
    const std::string file = std::filesystem::relative(entry.path(), root).generic_string();
    std::ifstream in(entry.path());
    std::string line;
    while (std::getline(in, line)) {
      const std::size_t start = line.find_first_not_of(" \t");
      if (start == std::string::npos || line[start] != '#' || line.find("include", start) == std::string::npos) {
        continue;
      }
      const std::size_t open = line.find_first_of("\"<", start);
      if (open == std::string::npos) {
        continue;
      }
      const std::size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
      out.push_back({file, line.substr(open + 1, close - open - 1), line[open] == '"'});
    }
  }
  return out;
}

TEST(IncludeLayersTest, EveryIncludeFollowsTheTable) {
  std::vector<Include> includes = includes_under("host");
  ASSERT_GT(includes.size(), 300U);  // the scan found the sources
  const std::vector<Include> library = includes_under("include");
  ASSERT_GT(library.size(), 20U);
  includes.insert(includes.end(), library.begin(), library.end());
  for (const Include& include : includes) {
    EXPECT_EQ(violation(include.file, include.target, include.quoted), "")
        << include.file << " includes " << include.target;
  }
}

TEST(IncludeLayersTest, FindsForbiddenEdges) {
  const auto forbidden = [](const std::string& file, const std::string& target) {
    return !violation(file, target, true).empty();
  };
  EXPECT_TRUE(forbidden("host/verifier/verifier.cpp", "host/prover/prover.hpp"));
  EXPECT_TRUE(forbidden("host/prover/prover.cpp", "host/verifier/verifier.hpp"));
  EXPECT_TRUE(forbidden("host/verifier/verifier.cpp", "host/kernels/cpu/msm/msm_rows.hpp"));
  EXPECT_TRUE(forbidden("host/verifier/verifier.cpp", "host/compile/compile.hpp"));
  EXPECT_TRUE(forbidden("host/prover/prover.cpp", "host/graph/graph.hpp"));
  EXPECT_TRUE(forbidden("host/kernels/msm.hpp", "host/transcript/transcript.hpp"));
  EXPECT_TRUE(forbidden("host/graph/graph.hpp", "host/field/fr.hpp"));
  EXPECT_TRUE(forbidden("host/tensor/expr.hpp", "host/graph/graph.hpp"));
  EXPECT_TRUE(forbidden("host/prover/prover.cpp", "onnx/onnx_pb.h"));
  EXPECT_TRUE(forbidden("host/prover/prover.cpp", "prover.hpp"));
  EXPECT_TRUE(forbidden("host/unheard_of/x.cpp", "host/base/result.hpp"));
  EXPECT_TRUE(forbidden("host/session/setup.cpp", "host/report/describe.hpp"));
  EXPECT_TRUE(forbidden("host/session/setup.cpp", "host/cli/commands.hpp"));
  EXPECT_TRUE(forbidden("host/report/trace.cpp", "host/cli/console.hpp"));
  EXPECT_TRUE(forbidden("host/report/trace.cpp", "CLI/CLI.hpp"));
  EXPECT_TRUE(forbidden("host/formats/values.cpp", "host/session/model.hpp"));
  EXPECT_TRUE(forbidden("host/formats/values.cpp", "host/verifier/verifier.hpp"));
  EXPECT_TRUE(forbidden("host/session/setup.cpp", "proofcard/model.hpp"));
  EXPECT_TRUE(forbidden("host/faces/cpp/model.cpp", "host/cli/console.hpp"));
  EXPECT_TRUE(forbidden("host/faces/python/module.cpp", "host/session/model.hpp"));
  EXPECT_TRUE(forbidden("host/faces/rest/serve.cpp", "host/cli/console.hpp"));
  EXPECT_TRUE(forbidden("host/cli/commands/prove.cpp", "host/faces/rest/serve.hpp"));
  EXPECT_TRUE(forbidden("host/session/setup.cpp", "sqlite3.h"));
  EXPECT_TRUE(forbidden("host/cli/commands/serve.cpp", "boost/asio/post.hpp"));
  EXPECT_TRUE(forbidden("include/proofcard/model.hpp", "host/session/model.hpp"));
  EXPECT_NE(violation("include/proofcard/model.hpp", "fmt/format.h", false), "");
  EXPECT_EQ(violation("include/proofcard/model.hpp", "vector", false), "");
  EXPECT_EQ(violation("host/faces/python/module.cpp", "proofcard/model.hpp", false), "");
  EXPECT_FALSE(forbidden("host/report/trace.cpp", "host/session/backend.hpp"));
  EXPECT_FALSE(forbidden("host/verifier/verifier.cpp", "host/kernels/msm.hpp"));
  EXPECT_FALSE(forbidden("host/relation/prover.cpp", "host/sumcheck/prover.hpp"));
}

TEST(IncludeLayersTest, TableKnowsEveryFolder) {
  const std::filesystem::path root(PROOFCARD_SOURCE_DIR);
  for (const auto& entry : std::filesystem::directory_iterator(root / "host")) {
    if (entry.is_directory()) {
      EXPECT_TRUE(allowed().contains(entry.path().filename().string())) << entry.path();
    }
  }
}

}  // namespace

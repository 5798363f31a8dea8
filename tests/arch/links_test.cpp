// Every relative link of the project's pages leads to a file that is there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> pages() {
  const fs::path root(PROOFCARD_SOURCE_DIR);
  std::vector<fs::path> out;
  const auto add = [&](const fs::path& path) {
    if (path.extension() == ".md") {
      out.push_back(path);
    }
  };
  for (const auto& entry : fs::directory_iterator(root)) {
    add(entry.path());
  }
  for (const char* folder : {"docs", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      add(entry.path());
    }
  }
  return out;
}

TEST(Links, LeadToFiles) {
  static const std::regex kLink(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  std::size_t num_links = 0;
  for (const fs::path& page : pages()) {
    std::ifstream in(page);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    for (std::sregex_iterator link(text.begin(), text.end(), kLink), end; link != end; ++link) {
      const std::string target = (*link)[1];
      if (target.find("://") == std::string::npos) {
        ++num_links;
        EXPECT_TRUE(fs::exists(page.parent_path() / target)) << page << ": " << target;
      }
    }
  }
  EXPECT_GT(num_links, 100U);
}

}  // namespace

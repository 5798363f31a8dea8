// What the bench commands share: repeated measurements, as a table or as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "host/base/stages.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/formats/json_text.hpp"
#include "host/session/backend.hpp"

namespace proofcard::tools {

// Options of every bench command.
struct BenchOptions {
  std::size_t repeat = 5;
  bool json = false;
  MachineOptions machine;
};
void add_bench_options(const Options& command, BenchOptions& options);

struct Spread {
  double min = 0;
  double median = 0;
  double max = 0;
};
// Pre: not empty.
Spread spread(std::vector<double> ms);
nlohmann::ordered_json to_json(const Spread& s);

// The times of each stage, over several runs.
class StageTimes {
 public:
  void add(const Stages& stages);
  void print() const;
  nlohmann::ordered_json json() const;

 private:
  std::vector<std::pair<std::string, std::vector<double>>> ms_;
};

// Device, threads, instruction set, number of runs.
nlohmann::ordered_json machine_json(const BenchOptions& options);
std::string machine_text(const BenchOptions& options);

void print_table_head(const std::string& title);
void print_row(const std::string& name, const Spread& s);

}  // namespace proofcard::tools

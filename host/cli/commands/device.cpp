// proofcard device list|info|selftest
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/cli/commands.hpp"
#include "host/cli/console.hpp"
#include "host/device/inventory.hpp"
#include "host/device/selftest.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"
#include "host/report/cards/kernel_view.hpp"
#include "host/session/backend.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

struct DeviceCommand {
  std::string device;
  bool json = false;
  MachineOptions machine;
};

Status run_list(const DeviceCommand& options) {
  const std::vector<device::InventoryEntry> cards = device::list_cards();
  if (options.json) {
    ordered_json json = ordered_json::array();
    json.push_back({{"device", "cpu"}, {"available", true}, {"what", "this machine"}});
    for (const device::InventoryEntry& card : cards) {
      json.push_back({{"device", card.name}, {"available", card.available}, {"what", card.what}});
    }
    print_json({{"devices", std::move(json)}});
    return {};
  }
  say("{:<8} {:<4} {}\n", "cpu", "yes", "this machine");
  for (const device::InventoryEntry& card : cards) {
    say("{:<8} {:<4} {}\n", card.name, card.available ? "yes" : "no", card.what);
  }
  return {};
}

Result<const device::Device*> open_cards(const DeviceCommand& options) {
  if (!device::names_a_card(options.device)) {
    return bad_input(options.device, "expected cards, as sw_emu or xrt:0; `proofcard device list` shows them");
  }
  PROOFCARD_RETURN_IF_ERROR(request_waves(options.machine.waves, options.device));
  PROOFCARD_TRY(const prover::Backend backend, find_backend(options.device, options.machine.card_memory));
  static_cast<void>(backend);
  return opened_cards(options.device);
}

// What a unit can do, in a sentence.
std::string abilities(const device::Device& cards, std::size_t card, const device::JobLog::Unit& unit,
                      std::uint32_t build) {
  const auto transforms = [](const auto& ntt, const char* field) {
    return fmt::format("transforms of up to 2^{} elements of {}, 2^{} a job", ntt.max_log_n(), field,
                       std::bit_width(ntt.max_points()) - 1);
  };
  if (unit.kernel == device::abi::kKernelName) {
    return fmt::format("sums of up to 2^{} points, 2^{} rows a job; {} adder(s)", build >> 16 & 0xff,
                       build >> 24 & 0xff, build >> 8 & 0xff);
  }
  if (unit.kernel == device::abi::ntt_fr::kKernelName && cards.ntt_fr() != nullptr) {
    return transforms(cards.ntt_fr()->card(card), "Fr");
  }
  if (unit.kernel == device::abi::ntt_gl::kKernelName && cards.ntt_goldilocks() != nullptr) {
    return transforms(cards.ntt_goldilocks()->card(card), "Goldilocks");
  }
  if (unit.kernel == device::abi::hadamard_fr::kKernelName && cards.quotient() != nullptr) {
    return fmt::format("products of up to 2^{} elements of Fr, in chains of groth16",
                       cards.quotient()->card(card).max_log_elements());
  }
  return unit.abi == nullptr ? "not a kernel of this program: unused" : "used when every card has such a unit";
}

ordered_json unit_json(const device::Device& cards, std::size_t card, std::size_t index) {
  const device::Session& session = cards.session(card);
  const device::JobLog::Unit& unit = session.log().units()[index];
  const device::UnitDescription& description = session.units()[index];
  const std::uint32_t build = session.log().build(index);
  ordered_json memory = ordered_json::object();
  for (std::uint32_t a = 0; unit.abi != nullptr && a < description.num_arguments; ++a) {
    if (description.arguments[a].group >= 0 && a < unit.abi->arguments.size()) {
      memory[std::string(unit.abi->arguments[a].name)] = {{"group", description.arguments[a].group},
                                                          {"memory", description.arguments[a].memory},
                                                          {"bytes", description.arguments[a].memory_bytes}};
    }
  }
  ordered_json json{{"unit", unit.name}, {"kernel", unit.kernel}, {"abi_hash", nullptr}, {"implementation", nullptr}};
  if (unit.abi != nullptr) {
    json["abi_hash"] = fmt::format("{:016x}", unit.abi->hash);
    json["implementation"] = implementation_name(build);
  }
  json["abilities"] = abilities(cards, card, unit, build);
  json["memory"] = std::move(memory);
  return json;
}

ordered_json info_json(const device::Device& cards, std::size_t index) {
  const device::MsmCard& card = cards.card(index);
  const device::Session& session = card.session();
  const device::QuotientCard* chain = cards.quotient() == nullptr ? nullptr : &cards.quotient()->card(index);
  const std::uint32_t build = card.build();
  ordered_json json{{"card", session.spec()},
                    {"name", session.card_name()},
                    {"xclbin", session.xclbin()},
                    {"xclbin_uuid", session.xclbin_uuid()},
                    {"kernel", std::string(device::abi::kKernelName)},
                    {"abi_hash", fmt::format("{:016x}", device::abi::kAbiHash)},
                    {"implementation", implementation_name(build)},
                    {"adders", build >> 8 & 0xff},
                    {"log2_max_points", build >> 16 & 0xff},
                    {"log2_max_rows", build >> 24 & 0xff}};
  for (const std::uint32_t bits : {8U, 16U, 32U, 254U}) {
    json["window_bits"][std::to_string(bits)] = card.windows().bits(bits);
  }
  json["job_scalars_bytes"] = card.limits().scalars_bytes;
  json["job_results_bytes"] = card.limits().results_bytes;
  json["bases_bytes"] = card.bases_memory_bytes();
  json["segment_points"] = card.limits().segment_points;
  json["quotient_chains"] = chain == nullptr ? 0 : chain->num_paths();
  json["quotient_max_log_n"] = chain == nullptr ? ordered_json(nullptr) : ordered_json(chain->max_log_n());
  json["units"] = ordered_json::array();
  for (std::size_t u = 0; u < session.units().size(); ++u) {
    json["units"].push_back(unit_json(cards, index, u));
  }
  return json;
}

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{:.0f} MiB", static_cast<double>(bytes) / 0x1p20); }

// Columns as wide as their widest cell; the last is not padded.
void print_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows[0].size());
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  for (const std::vector<std::string>& row : rows) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    say("{}\n", line);
  }
}

void print_info(const ordered_json& json) {
  const auto text = [](const ordered_json& value) { return value.is_null() ? "-" : value.get<std::string>(); };
  say("{}: {}\n  xclbin {} ({})\n\n", text(json["card"]), text(json["name"]), text(json["xclbin"]),
      text(json["xclbin_uuid"]));
  std::vector<std::vector<std::string>> units{{"unit", "kernel", "made by", "ABI hash", "can do"}};
  struct Memory {
    std::string name;
    std::uint64_t bytes = 0;
    std::map<std::string, std::vector<std::string>> arguments;  // by unit
  };
  std::map<int, Memory> memories;
  for (const ordered_json& unit : json["units"]) {
    units.push_back({text(unit["unit"]), text(unit["kernel"]), text(unit["implementation"]), text(unit["abi_hash"]),
                     text(unit["abilities"])});
    for (const auto& [argument, memory] : unit["memory"].items()) {
      Memory& m = memories[memory["group"].get<int>()];
      m.name = text(memory["memory"]);
      m.bytes = memory["bytes"].get<std::uint64_t>();
      m.arguments[text(unit["unit"])].push_back(argument);
    }
  }
  print_columns(units);
  say("\n");
  std::vector<std::vector<std::string>> rows{{"memory", "size", "holds"}};
  for (const auto& [_, memory] : memories) {
    std::string holds;
    for (const auto& [unit, arguments] : memory.arguments) {
      holds += fmt::format("{}{}: {}", holds.empty() ? "" : "; ", unit, fmt::format("{}", fmt::join(arguments, ", ")));
    }
    rows.push_back({memory.name, mebibytes(memory.bytes), holds});
  }
  print_columns(rows);
  std::vector<unsigned> widths;
  std::vector<std::string> formats;
  for (const auto& [bits, width] : json["window_bits"].items()) {
    widths.push_back(width.get<unsigned>());
    formats.push_back(bits);
  }
  say("\n  sums: windows of {} bits for scalars of {} bits\n", fmt::join(widths, ", "), fmt::join(formats, ", "));
  say("        {} for bases, in segments of {} points; a job has {} for scalars and {} for results\n",
      mebibytes(json["bases_bytes"]), json["segment_points"].get<std::uint64_t>(), mebibytes(json["job_scalars_bytes"]),
      mebibytes(json["job_results_bytes"]));
  if (!json["quotient_max_log_n"].is_null()) {
    say("  quotients: {} chain(s) of transforms, products and sums, of up to 2^{} points\n",
        json["quotient_chains"].get<std::size_t>(), json["quotient_max_log_n"].get<unsigned>());
  }
}

Status run_info(const DeviceCommand& options) {
  PROOFCARD_TRY(const device::Device* cards, open_cards(options));
  ordered_json all = ordered_json::array();
  for (std::size_t i = 0; i < cards->num_cards(); ++i) {
    all.push_back(info_json(*cards, i));
  }
  if (options.json) {
    print_json({{"cards", std::move(all)}});
    return {};
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    say("{}", i == 0 ? "" : "\n");
    print_info(all[i]);
  }
  return {};
}

Status run_selftest(const DeviceCommand& options) {
  PROOFCARD_TRY(const device::Device* cards, open_cards(options));
  const std::vector<device::SelftestCase> cases = device::selftest(*cards);
  std::size_t failed = 0;
  ordered_json json = ordered_json::array();
  for (const device::SelftestCase& c : cases) {
    failed += c.passed ? 0 : 1;
    if (options.json) {
      json.push_back({{"card", c.card},
                      {"unit", c.unit},
                      {"case", c.name},
                      {"passed", c.passed},
                      {"reason", c.reason},
                      {"points", c.num_points},
                      {"rows", c.num_rows},
                      {"cycles", c.cycles},
                      {"digits", c.num_digits}});
    } else {
      say("{} {} {} {:<30} {:>4} x {:<4} {:>9} cycles{}{}\n", c.passed ? "pass" : "FAIL", c.card, c.unit, c.name,
          c.num_rows, c.num_points, c.cycles, c.passed ? "" : "  ", c.reason);
    }
  }
  if (options.json) {
    print_json({{"passed", failed == 0}, {"cases", std::move(json)}});
  } else {
    say("{} of {} passed\n", cases.size() - failed, cases.size());
  }
  if (failed != 0) {
    return make_error(ErrorKind::kDeviceFault, options.device, "{} of {} cases failed", failed, cases.size());
  }
  return {};
}

using Run = Status (*)(const DeviceCommand&);

void add_subcommand(const Options& device, const std::string& name, const std::string& what, bool names_cards,
                    Run run) {
  auto options = std::make_shared<DeviceCommand>();
  const Options command = device.command(name, what);
  if (names_cards) {
    command.text("device", options->device, "The cards, as after --device").required();
    add_card_memory_option(command, options->machine);
    add_waves_options(command, options->machine.waves);
  }
  command.flag("--json", options->json, "Print JSON");
  command.runs([options, run] { return run(*options); });
}

}  // namespace

void add_device(const Options& app) {
  const Options device = app.command("device", "Cards: list, info, selftest");
  device.expect_command();
  add_subcommand(device, "list", "What --device can open here, and why not the rest", false, run_list);
  add_subcommand(device, "info", "What a card is: units, what they can do, memories, ABI hashes", true, run_info);
  add_subcommand(device, "selftest", "Sums with known answers on every compute unit", true, run_selftest);
}

}  // namespace proofcard::tools

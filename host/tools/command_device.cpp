// proofcard device list|info|selftest
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "host/device/inventory.hpp"
#include "host/device/selftest.hpp"
#include "host/tools/backend.hpp"
#include "host/tools/commands.hpp"
#include "host/tools/report.hpp"

namespace proofcard::tools {
namespace {

using nlohmann::ordered_json;

struct DeviceCommand {
  std::string device;
  bool json = false;
  MachineOptions machine;
};

void print_json(const ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

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
  fmt::print("{:<8} {:<4} {}\n", "cpu", "yes", "this machine");
  for (const device::InventoryEntry& card : cards) {
    fmt::print("{:<8} {:<4} {}\n", card.name, card.available ? "yes" : "no", card.what);
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

const char* implementation_name(std::uint32_t build) {
  switch (build & 0xff) {
    case device::abi::kImplementationHls:
      return "HLS";
    case device::abi::kImplementationRtl:
      return "RTL";
    default:
      return "unknown";
  }
}

// chain: nullptr, the card has none.
ordered_json info_json(const device::MsmCard& card, const device::QuotientCard* chain) {
  const device::Session& session = card.session();
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
    json["window_bits"][std::to_string(bits)] = card.window_bits(bits);
  }
  json["job_scalars_bytes"] = card.limits().scalars_bytes;
  json["job_results_bytes"] = card.limits().results_bytes;
  json["bases_bytes"] = card.bases_memory_bytes();
  json["segment_points"] = card.limits().segment_points;
  json["quotient_chains"] = chain == nullptr ? 0 : chain->num_paths();
  json["quotient_max_log_n"] = chain == nullptr ? ordered_json(nullptr) : ordered_json(chain->max_log_n());
  json["units"] = ordered_json::array();
  for (const device::UnitDescription& unit : session.units()) {
    ordered_json memory;
    for (std::uint32_t a = 0; a < unit.num_arguments && a < device::abi::kArguments.size(); ++a) {
      if (unit.arguments[a].group >= 0 && unit.kernel == device::abi::kKernelName) {
        memory[std::string(device::abi::kArguments[a].name)] = {{"group", unit.arguments[a].group},
                                                                {"memory", unit.arguments[a].memory},
                                                                {"bytes", unit.arguments[a].memory_bytes}};
      }
    }
    json["units"].push_back({{"unit", unit.name}, {"kernel", unit.kernel}, {"memory", std::move(memory)}});
  }
  return json;
}

void print_info(const ordered_json& json) {
  const auto text = [&](const char* key) { return json[key].get<std::string>(); };
  fmt::print("{}: {}\n", text("card"), text("name"));
  fmt::print("  xclbin       {} ({})\n", text("xclbin"), text("xclbin_uuid"));
  fmt::print("  kernel       {}, {}, ABI {}, {} adder(s)\n", text("kernel"), text("implementation"), text("abi_hash"),
             json["adders"].get<unsigned>());
  fmt::print("  window bits ");
  for (const auto& [bits, width] : json["window_bits"].items()) {
    fmt::print(" {} for {}-bit,", width.get<unsigned>(), bits);
  }
  fmt::print(" at most 2^{} points, 2^{} rows a job\n", json["log2_max_points"].get<unsigned>(),
             json["log2_max_rows"].get<unsigned>());
  fmt::print("  memory       {} for bases (segments of {} points), {} a job for scalars, {} for results\n",
             format_bytes(json["bases_bytes"]), json["segment_points"].get<std::uint64_t>(),
             format_bytes(json["job_scalars_bytes"]), format_bytes(json["job_results_bytes"]));
  if (!json["quotient_max_log_n"].is_null()) {
    fmt::print("  quotients    {} chain(s) of transforms, products and sums, up to 2^{} points\n",
               json["quotient_chains"].get<std::size_t>(), json["quotient_max_log_n"].get<unsigned>());
  }
  for (const ordered_json& unit : json["units"]) {
    fmt::print("  unit         {} ({})", unit["unit"].get<std::string>(), unit["kernel"].get<std::string>());
    for (const auto& [argument, memory] : unit["memory"].items()) {
      fmt::print(", {} in {} of {}", argument, memory["memory"].get<std::string>(), format_bytes(memory["bytes"]));
    }
    fmt::print("\n");
  }
}

Status run_info(const DeviceCommand& options) {
  PROOFCARD_TRY(const device::Device* cards, open_cards(options));
  ordered_json all = ordered_json::array();
  for (std::size_t i = 0; i < cards->num_cards(); ++i) {
    all.push_back(info_json(cards->card(i), cards->quotient() == nullptr ? nullptr : &cards->quotient()->card(i)));
  }
  if (options.json) {
    print_json({{"cards", std::move(all)}});
    return {};
  }
  for (const ordered_json& card : all) {
    print_info(card);
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
      fmt::print("{} {} {} {:<30} {:>4} x {:<4} {:>9} cycles{}{}\n", c.passed ? "pass" : "FAIL", c.card, c.unit, c.name,
                 c.num_rows, c.num_points, c.cycles, c.passed ? "" : "  ", c.reason);
    }
  }
  if (options.json) {
    print_json({{"passed", failed == 0}, {"cases", std::move(json)}});
  } else {
    fmt::print("{} of {} passed\n", cases.size() - failed, cases.size());
  }
  if (failed != 0) {
    return make_error(ErrorKind::kDeviceFault, options.device, "{} of {} cases failed", failed, cases.size());
  }
  return {};
}

using Run = Status (*)(const DeviceCommand&);

void add_subcommand(CLI::App& device, Command& selected, const std::string& name, const std::string& what,
                    bool names_cards, Run run) {
  auto options = std::make_shared<DeviceCommand>();
  CLI::App* command = device.add_subcommand(name, what);
  if (names_cards) {
    command->add_option("device", options->device, "The cards, as after --device")->required();
    add_card_memory_option(*command, options->machine);
    add_waves_options(*command, options->machine.waves);
  }
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, run, &selected] { selected = [options, run] { return run(*options); }; });
}

}  // namespace

void add_device(CLI::App& app, Command& selected) {
  CLI::App* device = app.add_subcommand("device", "Cards: list, info, selftest");
  device->require_subcommand(1);
  add_subcommand(*device, selected, "list", "What --device can open here, and why not the rest", false, run_list);
  add_subcommand(*device, selected, "info", "What a card is: kernel, xclbin, units, memory", true, run_info);
  add_subcommand(*device, selected, "selftest", "Sums with known answers on every compute unit", true, run_selftest);
}

}  // namespace proofcard::tools

#include "host/device/worker/card.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <xrt/experimental/xrt_xclbin.h>

#include <chrono>
#include <optional>
#include <stdexcept>

#include "host/device/worker/sensors.hpp"

namespace proofcard::device {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

template <std::size_t n>
void copy_name(const std::string& from, char (&to)[n]) {
  from.copy(to, n - 1);
}

// "msm_g1:msm_g1_1" -> "msm_g1_1".
std::string unit_name(const std::string& ip_name) { return ip_name.substr(ip_name.find(':') + 1); }

// A range of channels that the vendor's tools made has a tag MBG[0,1,2, that is cut off: its first and last channel.
std::string memory_name(const xrt::xclbin::mem& memory, const std::vector<xrt::xclbin::mem>& all) {
  if (!memory.get_tag().starts_with("MBG")) {
    return memory.get_tag();
  }
  std::string first;
  std::string last;
  for (const xrt::xclbin::mem& other : all) {
    const bool inside = other.get_base_address() >= memory.get_base_address() &&
                        other.get_base_address() - memory.get_base_address() + other.get_size_kb() * 1024 <=
                            memory.get_size_kb() * 1024;
    if (inside && !other.get_tag().starts_with("MBG")) {
      first = first.empty() ? other.get_tag() : first;
      last = other.get_tag();
    }
  }
  return first + " to " + last;
}

}  // namespace

Card::Memory::~Memory() { munmap(data, bytes); }

Card::Card(unsigned index, const std::string& path) : device_(index) {
  const xrt::uuid uuid = device_.load_xclbin(path);
  for (std::size_t i = 0; i < sizeof(xuid_t); ++i) {
    uuid_ += fmt::format("{:02x}", uuid.get()[i]);
  }
  const xrt::xclbin xclbin(path);  // what is taken from it refers to it
  for (const xrt::xclbin::kernel& kernel : xclbin.get_kernels()) {
    for (const xrt::xclbin::ip& ip : kernel.get_cus()) {
      auto unit = std::make_unique<Unit>();
      const std::string name = unit_name(ip.get_name());
      unit->kernel = xrt::kernel(device_, uuid, kernel.get_name() + ":{" + name + "}");
      UnitDescription& out = unit->description;
      copy_name(kernel.get_name(), out.kernel);
      copy_name(name, out.name);
      const std::vector<xrt::xclbin::arg> args = ip.get_args();
      if (args.size() > kMaxArguments) {
        throw std::runtime_error("kernel " + kernel.get_name() + " has more arguments than the driver takes");
      }
      out.num_arguments = static_cast<std::uint32_t>(args.size());
      for (std::size_t i = 0; i < args.size(); ++i) {
        out.arguments[i].bytes = static_cast<std::uint32_t>(args[i].get_size());
        const std::vector<xrt::xclbin::mem> memories = args[i].get_mems();
        if (!memories.empty()) {
          out.arguments[i].group = unit->kernel.group_id(static_cast<int>(i));
          copy_name(memory_name(memories.front(), xclbin.get_mems()), out.arguments[i].memory);
        }
        for (const xrt::xclbin::mem& memory : memories) {
          out.arguments[i].memory_bytes += memory.get_size_kb() * 1024;
        }
      }
      units_.push_back(std::move(unit));
    }
  }
  if (units_.empty()) {
    throw std::runtime_error("the xclbin has no compute unit");
  }
}

Card::Unit& Card::unit(std::uint32_t index) const {
  if (index >= units_.size()) {
    throw std::runtime_error("no compute unit " + std::to_string(index));
  }
  return *units_[index];
}

const UnitDescription& Card::describe(std::uint32_t index) const { return unit(index).description; }

std::shared_ptr<Card::Buffer> Card::buffer(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = buffers_.find(id);
  if (found == buffers_.end()) {
    throw std::runtime_error("no buffer " + std::to_string(id));
  }
  return found->second;
}

void Card::allocate(std::uint32_t id, std::uint32_t unit_index, std::uint32_t argument, void* memory,
                    std::size_t bytes) {
  auto made = std::make_shared<Buffer>(memory, bytes);
  const UnitDescription& description = unit(unit_index).description;
  if (argument >= description.num_arguments || description.arguments[argument].group < 0) {
    throw std::runtime_error("bad request for a buffer");
  }
  const std::lock_guard take_turns(xrt_buffers_);
  made->bo = xrt::bo(device_, memory, bytes, static_cast<xrt::memory_group>(description.arguments[argument].group));
  const std::lock_guard lock(mutex_);
  if (!buffers_.try_emplace(id, std::move(made)).second) {
    throw std::runtime_error("buffer " + std::to_string(id) + " exists");
  }
}

void Card::free(std::uint32_t id) {
  const std::lock_guard take_turns(xrt_buffers_);
  std::shared_ptr<Buffer> last;  // goes without the lock of buffers_
  const std::lock_guard lock(mutex_);
  if (const auto found = buffers_.find(id); found != buffers_.end()) {
    last = std::move(found->second);
    buffers_.erase(found);
  }
}

void Card::upload(std::uint32_t id) { buffer(id)->bo.sync(XCL_BO_SYNC_BO_TO_DEVICE); }

void Card::read_sensors(Reply& reply) const {
  parse_sensors(device_.get_info<xrt::info::device::electrical>(), device_.get_info<xrt::info::device::thermal>(),
                reply);
}

struct Card::Job {
  explicit Job(Card& of) : card(of), buffers() {}
  ~Job() {
    const std::lock_guard take_turns(card.xrt_buffers_);
    run.reset();
    buffers.clear();
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  Card& card;
  std::vector<std::shared_ptr<Buffer>> buffers;
  std::optional<xrt::run> run;
};

JobTimes Card::run(const JobRequest& job) {
  Unit& on = unit(job.unit);
  if (job.num_arguments != on.description.num_arguments) {
    throw std::runtime_error("the kernel has another number of arguments");
  }
  JobTimes times;
  times.in_begin_ns = now_ns();
  Job made(*this);
  {
    const std::lock_guard take_turns(xrt_buffers_);
    made.run.emplace(on.kernel);
  }
  xrt::run& run = *made.run;
  std::vector<std::shared_ptr<Buffer>>& buffers = made.buffers;
  buffers.resize(job.num_arguments);
  for (std::uint32_t i = 0; i < job.num_arguments; ++i) {
    const JobArgument& argument = job.arguments[i];
    const int id = static_cast<int>(i);
    if (argument.buffer == 0) {
      if (on.description.arguments[i].bytes == sizeof(std::uint64_t)) {
        run.set_arg(id, argument.value);
      } else {
        run.set_arg(id, static_cast<std::uint32_t>(argument.value));
      }
      continue;
    }
    buffers[i] = buffer(argument.buffer);
    if (argument.in_bytes != 0) {
      buffers[i]->bo.sync(XCL_BO_SYNC_BO_TO_DEVICE, argument.in_bytes, argument.value);
    }
    if (argument.value == 0) {
      run.set_arg(id, buffers[i]->bo);
    } else {
      run.set_arg(id, xrt::bo(buffers[i]->bo, buffers[i]->memory.bytes - argument.value, argument.value));
    }
  }
  times.in_end_ns = now_ns();
  {
    const std::lock_guard lock(on.busy);
    times.kernel_begin_ns = now_ns();
    {
      const std::lock_guard take_turns(xrt_buffers_);
      run.start();
    }
    const ert_cmd_state state = run.wait();
    times.kernel_end_ns = now_ns();
    if (state != ERT_CMD_STATE_COMPLETED) {
      throw std::runtime_error("XRT ended the job in state " + std::to_string(static_cast<int>(state)));
    }
  }
  for (std::uint32_t i = 0; i < job.num_arguments; ++i) {
    if (const JobArgument& argument = job.arguments[i]; argument.out_bytes != 0) {
      buffers[i]->bo.sync(XCL_BO_SYNC_BO_FROM_DEVICE, argument.out_bytes, argument.value);
    }
  }
  times.out_end_ns = now_ns();
  return times;
}

}  // namespace proofcard::device

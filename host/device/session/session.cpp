#include "host/device/session/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/base/text.hpp"
#include "host/device/session/fault_plan.hpp"
#include "host/device/session/xclbin_file.hpp"

namespace proofcard::device {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTransferTimeout{120'000};
constexpr milliseconds kJobTimeout{120'000};
constexpr milliseconds kRtlJobTimeout{3'600'000};
constexpr milliseconds kSensorTimeout{3'000};

Result<std::string> find_xclbin(const CardName& name, const std::string& directory, const Options& options) {
  std::string path = !name.xclbin.empty() ? name.xclbin : options.xclbin;
  if (path.empty() && name.target == CardName::kXrt) {
    const char* from_environment = std::getenv("PROOFCARD_XCLBIN");
    path = from_environment != nullptr ? from_environment : "";
    if (path.empty()) {
      return bad_input("--device " + name.text, "expected an xclbin for this card, as {}@FILE or in PROOFCARD_XCLBIN",
                       name.text);
    }
  }
  if (path.empty()) {
    path = directory + "/msm_g1." + name.target + ".xclbin";
    if (access(path.c_str(), F_OK) != 0) {
      return make_error(ErrorKind::kDeviceFault, "--device " + name.text,
                        "this build has no such card: {} is missing (`proofcard device list` says what there is)",
                        path);
    }
  }
  PROOFCARD_RETURN_IF_ERROR(check_xclbin(path, name.target, options.kernel));
  return path;
}

}  // namespace

std::string card_directory() {
  if (const char* from_environment = std::getenv("PROOFCARD_CARDS"); from_environment != nullptr) {
    return from_environment;
  }
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "." : path.parent_path().string();
}

Buffer::~Buffer() {
  if (const auto session = session_.lock()) {
    Request request;
    request.kind = RequestKind::kFree;
    request.buffer = id_;
    static_cast<void>(session->worker_->send(request));  // an end of the worker shows at the next call
  }
}

Result<std::shared_ptr<Session>> Session::open(const CardName& name, const Options& options) {
  const std::string directory = options.directory.empty() ? card_directory() : options.directory;
  PROOFCARD_TRY(const std::string xclbin, find_xclbin(name, directory, options));
  std::shared_ptr<Session> session(new Session());
  session->name_ = name;
  session->xclbin_ = xclbin;
  session->options_ = options;
  if (options.job_timeout.count() == 0) {
    session->options_.job_timeout = name.target == CardName::kHwEmu ? kRtlJobTimeout : kJobTimeout;
  }
  const bool emulated = name.target != CardName::kXrt;
  if (emulated) {
    PROOFCARD_RETURN_IF_ERROR(planned_faults());  // which the card reads itself
  }
  PROOFCARD_TRY(session->worker_,
                WorkerProcess::start(directory + "/proofcard_xrt_worker",
                                     {"--mode", emulated ? "emulation" : "card", "--xclbin", xclbin, "--index",
                                      std::to_string(emulated ? 0 : name.number.value_or(0))}));
  const auto hello = session->worker_->receive(options.start_timeout);
  if (!hello.ok() || hello->ok == 0 || hello->kind != RequestKind::kHello) {
    return session->give_up(make_error(ErrorKind::kDeviceFault, name.text, "cannot be opened with {}: {}", xclbin,
                                       hello.ok() ? hello->text : hello.error().what));
  }
  session->card_name_ = printable(hello->text);
  session->xclbin_uuid_ = hello->uuid;
  session->reader_ = std::thread([s = session.get()] { s->read_replies(); });
  PROOFCARD_RETURN_IF_ERROR(session->describe_units(hello->num_units));
  return session;
}

Session::~Session() {
  if (reader_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    worker_->hang_up();
    reader_.join();
  }
}

Status Session::describe_units(std::size_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    Request request;
    request.kind = RequestKind::kDescribe;
    request.unit = i;
    PROOFCARD_TRY(const Reply reply, call(request, kTransferTimeout));
    if (reply.unit.num_arguments > kMaxArguments) {
      return give_up(make_error(ErrorKind::kDeviceFault, spec(), "expected at most {} arguments, found {}",
                                kMaxArguments, reply.unit.num_arguments));
    }
    units_.push_back(reply.unit);
  }
  log_->set_units(units_);
  return {};
}

Result<std::optional<MemoryUse>> Session::memory_use() const {
  std::ifstream in(worker_->directory() + "/" + kMemoryFile);
  if (!in) {
    return std::optional<MemoryUse>();
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  PROOFCARD_TRY(MemoryUse use, parse_memory_use(text, spec()));
  return std::optional(std::move(use));
}

void Session::read_replies() {
  while (true) {
    const auto reply = worker_->receive(std::nullopt);
    if (!reply.ok()) {
      std::unique_lock lock(mutex_);
      if (!closing_) {
        lock.unlock();
        give_up(reply.error());
      }
      return;
    }
    const std::lock_guard lock(mutex_);
    if (const auto found = pending_.find(reply->id); found != pending_.end()) {
      found->second = *reply;
      changed_.notify_all();
    }
  }
}

Error Session::give_up(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) {
      return *failure_;
    }
    error.where = spec();
    failure_ = std::move(error);
    failed_at_ = std::chrono::system_clock::now();
  }
  changed_.notify_all();
  worker_->kill();
  return *failure_;
}

std::optional<Error> Session::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::optional<std::chrono::system_clock::time_point> Session::failed_at() const {
  const std::lock_guard lock(mutex_);
  return failed_at_;
}

Sensors Session::sensors() {
  Sensors out;
  if (name_.target != CardName::kXrt) {
    out.absent = "an emulated card has no sensors";
    return out;
  }
  Request request;
  request.kind = RequestKind::kSensors;
  request.lane = kSensorLane;
  const std::optional<Reply> reply = ask(request, kSensorTimeout);
  if (!reply || reply->ok == 0 || reply->kind != RequestKind::kSensors) {
    out.absent = reply ? printable(reply->text) : "the card does not answer";
    return out;
  }
  if (reply->power_watts >= 0) {
    out.power_watts = reply->power_watts;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(reply->num_temperatures, kMaxTemperatures); ++i) {
    const TemperatureReply& found = reply->temperatures[i];
    out.temperatures.push_back({printable({found.place, strnlen(found.place, sizeof(found.place))}), found.celsius});
  }
  if (!out.power_watts && out.temperatures.empty()) {
    out.absent = "XRT gives no power and no temperature of this card";
  }
  return out;
}

std::optional<Reply> Session::ask(Request request, milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (failure_) {
    return std::nullopt;
  }
  request.id = next_request_++;
  std::optional<Reply>& reply = pending_[request.id];
  lock.unlock();
  static_cast<void>(worker_->send(request));  // an end of the worker shows in the reader
  lock.lock();
  changed_.wait_for(lock, timeout, [&] { return reply || failure_; });
  const std::optional<Reply> answer = reply;
  pending_.erase(request.id);
  return answer;
}

Traffic Session::traffic() const {
  const std::lock_guard lock(mutex_);
  return traffic_;
}

Result<Reply> Session::call(Request request, milliseconds timeout, int descriptor) {
  const bool is_job = request.kind == RequestKind::kJob;
  const auto sent_at = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (failure_) {
      return *failure_;
    }
    request.id = next_request_++;
    pending_.try_emplace(request.id);
  }
  if (auto sent = worker_->send(request, descriptor); !sent.ok()) {
    give_up(sent.error());
  }
  std::unique_lock lock(mutex_);
  std::optional<Reply>& reply = pending_.at(request.id);
  while (!reply && !failure_) {
    // A job may wait for others of its unit; as long as those end, the card is alive.
    const auto since = is_job ? std::max(sent_at, unit_alive_[request.job.unit]) : sent_at;
    if (Clock::now() >= since + timeout) {
      lock.unlock();
      give_up(make_error(ErrorKind::kDeviceFault, spec(), "no answer within {} ms", timeout.count()));
      lock.lock();
      break;
    }
    changed_.wait_until(lock, since + timeout);
  }
  const std::optional<Reply> answer = reply;
  pending_.erase(request.id);
  if (!answer) {
    return *failure_;
  }
  if (is_job) {
    unit_alive_[request.job.unit] = Clock::now();
  }
  lock.unlock();
  if (answer->kind != request.kind) {
    return give_up(make_error(ErrorKind::kDeviceFault, spec(), "expected the reply to request {}, found {}",
                              static_cast<unsigned>(request.kind), static_cast<unsigned>(answer->kind)));
  }
  if (answer->ok == 0) {
    return give_up(make_error(ErrorKind::kDeviceFault, spec(), "{}", answer->text));
  }
  return *answer;
}

Result<std::unique_ptr<Buffer>> Session::allocate(std::uint32_t unit, std::uint32_t argument,
                                                  std::shared_ptr<SharedMemory> memory, std::size_t offset,
                                                  std::size_t bytes) {
  Request request;
  request.kind = RequestKind::kAllocate;
  {
    const std::lock_guard lock(mutex_);
    request.buffer = next_buffer_++;
  }
  request.unit = unit;
  request.argument = argument;
  request.offset = offset;
  request.bytes = bytes;
  PROOFCARD_TRY(const Reply reply, call(request, kTransferTimeout, memory->descriptor()));
  static_cast<void>(reply);
  return std::unique_ptr<Buffer>(new Buffer(weak_from_this(), request.buffer, std::move(memory), offset, bytes));
}

Result<std::unique_ptr<Buffer>> Session::allocate(std::uint32_t unit, std::uint32_t argument, std::size_t bytes) {
  PROOFCARD_TRY(auto memory, SharedMemory::create(bytes));
  const std::size_t size = memory->bytes().size();
  return allocate(unit, argument, std::move(memory), 0, size);
}

Status Session::upload(const Buffer& buffer, std::uint32_t lane) {
  Request request;
  request.kind = RequestKind::kUpload;
  request.lane = lane;
  request.buffer = buffer.id();
  if (auto reply = call(request, kTransferTimeout); !reply.ok()) {
    return reply.error();
  }
  const std::lock_guard lock(mutex_);
  traffic_.in_bytes += buffer.bytes().size();
  return {};
}

Result<JobTimes> Session::run(const JobRequest& job, std::uint32_t lane) {
  Request request;
  request.kind = RequestKind::kJob;
  request.lane = lane;
  request.job = job;
  PROOFCARD_TRY(const Reply reply, call(request, options_.job_timeout));
  const std::lock_guard lock(mutex_);
  for (const JobArgument& argument : job.arguments) {
    traffic_.in_bytes += argument.in_bytes;
    traffic_.out_bytes += argument.out_bytes;
  }
  return reply.times;
}

}  // namespace proofcard::device

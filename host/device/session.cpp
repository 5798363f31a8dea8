#include "host/device/session.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace proofcard::device {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTransferTimeout{120'000};
constexpr milliseconds kJobTimeout{120'000};
constexpr milliseconds kRtlJobTimeout{3'600'000};

std::string program_directory() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "." : path.parent_path().string();
}

struct Target {
  std::string mode;  // as the worker takes it
  std::string xclbin;
  std::string index = "0";
};

Result<Target> find_target(const std::string& spec, const std::string& directory, const Options& options) {
  if (spec == "sw_emu" || spec == "hw_emu") {
    return Target{"emulation", options.xclbin.empty() ? directory + "/msm_g1." + spec + ".xclbin" : options.xclbin};
  }
  if (!spec.starts_with("xrt:")) {
    return bad_input("--device " + spec, "expected sw_emu, hw_emu or xrt:N");
  }
  unsigned index = 0;
  const char* end = spec.data() + spec.size();
  const auto parsed = std::from_chars(spec.data() + 4, end, index);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return bad_input("--device " + spec, "expected the card's number after xrt:");
  }
  const char* from_environment = std::getenv("PROOFCARD_XCLBIN");
  std::string xclbin = !options.xclbin.empty()       ? options.xclbin
                       : from_environment != nullptr ? std::string(from_environment)
                                                     : std::string();
  if (xclbin.empty()) {
    return bad_input("--device " + spec, "expected an xclbin for this card, by option or in PROOFCARD_XCLBIN");
  }
  return Target{"card", std::move(xclbin), std::to_string(index)};
}

}  // namespace

Buffer::~Buffer() {
  munmap(data_, size_);
  if (const auto session = session_.lock()) {
    Request request;
    request.kind = RequestKind::kFree;
    request.buffer = id_;
    session->worker_->post(request);
  }
}

Result<std::shared_ptr<Session>> Session::open(const std::string& spec, const Options& options) {
  const std::string directory = options.directory.empty() ? program_directory() : options.directory;
  PROOFCARD_TRY(const Target target, find_target(spec, directory, options));
  if (access(target.xclbin.c_str(), R_OK) != 0) {
    return make_error(ErrorKind::kDeviceFault, "--device " + spec, "the xclbin {} cannot be read", target.xclbin);
  }
  std::shared_ptr<Session> session(new Session());
  session->spec_ = spec;
  session->options_ = options;
  if (options.job_timeout.count() == 0) {
    session->options_.job_timeout = spec == "hw_emu" ? kRtlJobTimeout : kJobTimeout;
  }
  PROOFCARD_TRY(session->worker_,
                WorkerProcess::start(directory + "/proofcard_xrt_worker",
                                     {"--mode", target.mode, "--xclbin", target.xclbin, "--index", target.index}));
  PROOFCARD_TRY(const Reply hello, session->receive(RequestKind::kHello, options.start_timeout));
  session->card_name_ = hello.text;
  return session;
}

Error Session::give_up(Error error) {
  if (!failure_) {
    error.where = spec_;
    failure_ = std::move(error);
    worker_->kill();
  }
  return *failure_;
}

Result<Reply> Session::receive(RequestKind kind, milliseconds timeout) {
  auto reply = worker_->receive(timeout);
  if (!reply.ok()) {
    return give_up(reply.error());
  }
  if (reply->kind != kind) {
    return give_up(make_error(ErrorKind::kDeviceFault, spec_, "expected the reply to request {}, found {}",
                              static_cast<unsigned>(kind), static_cast<unsigned>(reply->kind)));
  }
  if (reply->ok == 0) {
    return give_up(make_error(ErrorKind::kDeviceFault, spec_, "{}", reply->text));
  }
  return reply;
}

Result<Reply> Session::call(const Request& request, int descriptor) {
  if (failure_) {
    return *failure_;
  }
  if (auto sent = worker_->send(request, descriptor); !sent.ok()) {
    return give_up(sent.error());
  }
  return receive(request.kind, kTransferTimeout);
}

Result<std::unique_ptr<Buffer>> Session::allocate(int argument, std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t size = (bytes + page - 1) / page * page;
  const int descriptor = memfd_create("proofcard", MFD_CLOEXEC);
  void* data = MAP_FAILED;
  if (descriptor >= 0 && ftruncate(descriptor, static_cast<off_t>(size)) == 0) {
    data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  if (data == MAP_FAILED) {
    const int reason = errno;
    if (descriptor >= 0) {
      close(descriptor);
    }
    return make_error(ErrorKind::kIo, spec_, "{} bytes of shared memory: {}", size,
                      std::generic_category().message(reason));
  }
  Request request;
  request.kind = RequestKind::kAllocate;
  request.buffer = next_buffer_++;
  request.argument = static_cast<std::uint32_t>(argument);
  request.bytes = size;
  const auto reply = call(request, descriptor);
  close(descriptor);
  if (!reply.ok()) {
    munmap(data, size);
    return reply.error();
  }
  return std::unique_ptr<Buffer>(new Buffer(weak_from_this(), request.buffer, static_cast<std::uint8_t*>(data), size));
}

Status Session::upload(const Buffer& buffer) {
  Request request;
  request.kind = RequestKind::kUpload;
  request.buffer = buffer.id();
  request.bytes = buffer.bytes().size();
  if (auto reply = call(request); !reply.ok()) {
    return reply.error();
  }
  return {};
}

Status Session::submit(JobRequest job) {
  if (failure_) {
    return *failure_;
  }
  Request request;
  request.kind = RequestKind::kJob;
  request.job = job;
  request.job.job_id = next_job_++;
  if (auto sent = worker_->send(request); !sent.ok()) {
    return give_up(sent.error());
  }
  return {};
}

Result<abi::CompletionRecord> Session::wait() {
  if (failure_) {
    return *failure_;
  }
  PROOFCARD_TRY(const Reply reply, receive(RequestKind::kJob, options_.job_timeout));
  const abi::CompletionRecord& record = reply.record;
  const std::uint32_t job_id = oldest_job_++;
  if (record.abi_hash != abi::kAbiHash) {
    return give_up(make_error(ErrorKind::kDeviceFault, spec_, "expected a kernel with ABI hash {:016x}, found {:016x}",
                              abi::kAbiHash, record.abi_hash));
  }
  if (record.job_id != job_id) {
    return give_up(
        make_error(ErrorKind::kDeviceFault, spec_, "expected the record of job {}, found {}", job_id, record.job_id));
  }
  if (record.error != 0) {
    return give_up(make_error(ErrorKind::kDeviceFault, spec_, "job {} ended with error {}, {}", job_id, record.error,
                              abi::error_text(record.error)));
  }
  ++counters_.jobs;
  counters_.cycles += record.cycles;
  counters_.busy_cycles += record.busy_cycles;
  counters_.num_digits += record.num_digits;
  counters_.kernel_ns += reply.kernel_ns;
  return record;
}

}  // namespace proofcard::device

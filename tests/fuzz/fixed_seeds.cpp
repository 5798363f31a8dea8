// Runs a fuzz target without libFuzzer: every seed as it is, then inputs that are made from the seeds, the same ones in every
// run and on every machine. So a failure belongs to the change that it is seen with, which a search by coverage cannot say.
//
//   fuzz_TARGET SEEDS_DIRECTORY COUNT [FIRST]          inputs number FIRST (default 0) .. FIRST + COUNT - 1
//   fuzz_TARGET SEEDS_DIRECTORY save NUMBER FILE       writes that input and does not run it
//
// Seeds have the first numbers, in the order of their names. A crash, an abort, a minute of processor time for one input and more than
// kMaxMemory end the program; the number of the input is printed, and `fuzz_TARGET SEEDS 1 NUMBER` runs that one again.
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Only some targets have one.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned seed);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using Input = std::vector<std::uint8_t>;
using Random = std::mt19937_64;

constexpr rlim_t kMaxMemory = rlim_t{2} << 30;
constexpr unsigned kMaxSeconds = 60;
constexpr std::size_t kMaxSize = 100000;

char running[64] = "no input";  // what failed, for a signal handler

void report(int signal) {
  // Only what a handler may do.
  static_cast<void>(!write(STDERR_FILENO, "failed: ", 8));
  static_cast<void>(!write(STDERR_FILENO, running, std::strlen(running)));
  static_cast<void>(!write(STDERR_FILENO, "\n", 1));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void watch() {
  const rlimit memory{kMaxMemory, kMaxMemory};
  setrlimit(RLIMIT_DATA, &memory);
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGXCPU, SIGVTALRM}) {
    std::signal(signal, report);
  }
}

// Processor time, so that a busy machine changes nothing.
void allow_a_minute() {
  const itimerval limit{{0, 0}, {kMaxSeconds, 0}};
  setitimer(ITIMER_VIRTUAL, &limit, nullptr);
}

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random() % n); }

// Numbers at which readers of sizes and counts go wrong.
std::uint64_t awkward(Random& random) {
  constexpr std::uint64_t values[] = {0,
                                      1,
                                      2,
                                      3,
                                      7,
                                      8,
                                      16,
                                      127,
                                      128,
                                      255,
                                      256,
                                      0x7fff,
                                      0x8000,
                                      0xffff,
                                      0x10000,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x7fffffffffffffff,
                                      0x8000000000000000};
  const std::uint64_t value = values[below(random, std::size(values))];
  return random() % 4 == 0 ? ~value : value;
}

void change(Input& bytes, Random& random) {
  const std::size_t at = below(random, bytes.size());
  const std::size_t length = std::min(bytes.size() - at, std::size_t{1} << below(random, 8));
  switch (bytes.empty() ? 3 : below(random, 7)) {
    case 0:
      bytes[at] ^= static_cast<std::uint8_t>(1U << below(random, 8));
      break;
    case 1:
      bytes[at] = static_cast<std::uint8_t>(random());
      break;
    case 2: {
      const std::uint64_t value = awkward(random);
      std::memcpy(&bytes[at], &value, std::min(bytes.size() - at, std::size_t{1} << below(random, 4)));
      break;
    }
    case 3: {
      const Input more(std::size_t{1} + below(random, 16), static_cast<std::uint8_t>(random()));
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), more.begin(), more.end());
      break;
    }
    case 4:
      bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
      break;
    case 5:  // a piece of the input in another place of it
      std::memmove(&bytes[below(random, bytes.size() - length + 1)], &bytes[at], length);
      break;
    default:
      bytes.resize(at);
  }
}

Random mutator_random;  // of the input that is being made

Input mutated(const std::vector<Input>& seeds, std::uint64_t number) {
  mutator_random.seed(number);
  Input input = seeds[below(mutator_random, seeds.size())];
  const std::size_t size = input.size();
  input.resize(kMaxSize);
  const auto seed = static_cast<unsigned>(mutator_random());
  input.resize(LLVMFuzzerCustomMutator != nullptr ? LLVMFuzzerCustomMutator(input.data(), size, kMaxSize, seed)
                                                  : LLVMFuzzerMutate(input.data(), size, kMaxSize));
  return input;
}

std::vector<Input> read_seeds(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> out;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (!file || out.back().size() > kMaxSize) {
      std::fprintf(stderr, "%s: cannot be read, or has more than %zu bytes\n", path.c_str(), kMaxSize);
      std::exit(2);
    }
  }
  return out;
}

bool read_number(const char* text, std::uint64_t& out) {
  const char* end = text + std::strlen(text);
  const auto [last, error] = std::from_chars(text, end, out);
  return error == std::errc{} && last == end;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
  Input bytes(data, data + size);
  for (std::size_t changes = 1 + below(mutator_random, 4); changes > 0; --changes) {
    change(bytes, mutator_random);
  }
  bytes.resize(std::min(bytes.size(), max_size));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

int main(int argc, char** argv) {
  const bool save = argc == 5 && std::strcmp(argv[2], "save") == 0;
  std::uint64_t count = 1;
  std::uint64_t first = 0;
  if ((save ? !read_number(argv[3], first) : argc < 3 || argc > 4 || !read_number(argv[2], count)) ||
      (argc == 4 && !read_number(argv[3], first))) {
    std::fprintf(stderr, "usage: %s SEEDS_DIRECTORY COUNT [FIRST]\n       %s SEEDS_DIRECTORY save NUMBER FILE\n",
                 argv[0], argv[0]);
    return 2;
  }
  if (!std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "%s: not a directory\n", argv[1]);
    return 2;
  }
  const std::vector<Input> seeds = read_seeds(argv[1]);
  if (seeds.empty()) {
    std::fprintf(stderr, "%s: no seeds\n", argv[1]);
    return 2;
  }
  const auto input = [&](std::uint64_t number) {
    return number < seeds.size() ? seeds[number] : mutated(seeds, number);
  };
  if (save) {
    const Input bytes = input(first);
    std::ofstream file(argv[4], std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file.flush() ? 0 : 1;
  }
  watch();
  for (std::uint64_t number = first; number < first + count; ++number) {
    std::snprintf(running, sizeof running, "input %llu", static_cast<unsigned long long>(number));
    const Input bytes = input(number);
    allow_a_minute();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::printf("%llu inputs from %zu seeds\n", static_cast<unsigned long long>(count), seeds.size());
  return 0;
}

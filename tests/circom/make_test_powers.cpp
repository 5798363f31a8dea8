// make_test_powers POWER POWERS.ptau [unprepared]: powers of tau for tests and benchmarks of circuits that are too large for a
// ceremony in JavaScript. See tests/groth16/test_key.hpp: its secrets are public.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "tests/groth16/test_powers.hpp"

int main(int argc, char** argv) {
  const long power = argc >= 3 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (argc > 4 || (argc == 4 && std::string_view(argv[3]) != "unprepared") || power < 1 || power > 20) {
    std::fputs("usage: make_test_powers POWER POWERS.ptau [unprepared], with a power of 1 to 20\n", stderr);
    return 2;
  }
  const proofcard::Bytes file =
      proofcard::groth16::testing::make_test_powers(static_cast<unsigned>(power), argc == 3).bytes();
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  if (!out.flush()) {
    std::fprintf(stderr, "make_test_powers: cannot write %s\n", argv[2]);
    return 2;
  }
  return 0;
}

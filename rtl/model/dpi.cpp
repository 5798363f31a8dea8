// DPI-C bodies of the arithmetic units. Verilator links them by name; see the import lines in rtl/field and rtl/msm.
//
// Shape:   a packed vector arrives as 32-bit words, lowest first, as IEEE 1800 annex H lays out svBitVecVal.
#include <cstdint>
#include <cstring>

#include "rtl/model/fq_model.hpp"
#include "rtl/model/fr_model.hpp"
#include "rtl/model/gl_model.hpp"
#include "rtl/model/point_model.hpp"

namespace proofcard::rtl {
namespace {

constexpr std::size_t kWords = 9;  // of a 258-bit vector

Lazy load(const std::uint32_t* words) {
  Lazy r{};
  std::memcpy(r.data(), words, kWords * sizeof(*words));
  return r;
}
LazyPoint load_point(const std::uint32_t* words) {
  LazyPoint r{};
  std::memcpy(r.x.data(), words, 32);
  std::memcpy(r.y.data(), words + 8, 32);
  std::memcpy(r.z.data(), words + 16, 32);
  return r;
}
void store(std::uint32_t* words, const Lazy& a) { std::memcpy(words, a.data(), kWords * sizeof(*words)); }

}  // namespace
}  // namespace proofcard::rtl

extern "C" void pc_fq_mul_dpi(const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* y) {
  using namespace proofcard::rtl;
  store(y, fq_mul(load(a), load(b)));
}

extern "C" void pc_point_add_dpi(const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* sum) {
  using namespace proofcard::rtl;
  const LazyPoint r = point_add(load_point(a), load_point(b));
  std::memcpy(sum, r.x.data(), 32);
  std::memcpy(sum + 8, r.y.data(), 32);
  std::memcpy(sum + 16, r.z.data(), 32);
}

extern "C" unsigned long long pc_gl_mul_dpi(unsigned long long a, unsigned long long b) {
  return proofcard::rtl::gl_mul(a, b);
}

extern "C" void pc_fr_mul_dpi(const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* y) {
  using namespace proofcard::rtl;
  FrLazy x{}, z{};
  std::memcpy(x.data(), a, sizeof(x));
  std::memcpy(z.data(), b, sizeof(z));
  const FrLazy product = fr_mul(x, z);
  std::memcpy(y, product.data(), sizeof(product));
}

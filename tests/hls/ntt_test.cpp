// The HLS kernels ntt_gl and ntt_fr keep the contract of Ntt, called with what the driver would give the card.
#include <cstring>

#include "hls/common/abi_ntt_fr.hpp"
#include "hls/common/abi_ntt_gl.hpp"
#include "hls/common/fr_ntt.hpp"
#include "hls/common/goldilocks.hpp"
#include "host/device/ntt/ntt_format.hpp"
#include "rtl/model/ntt_model.hpp"
#include "tests/kernels/ntt_contract.hpp"

namespace proofcard {
namespace {

using kernels::NttDirection;
using kernels::NttJob;
using kernels::NttOrder;

using Beat = ap_uint<256>;
static_assert(sizeof(Beat) == device::kNttBeatBytes);

struct KernelJob {
  unsigned log_n = 0, batch = 1, flags = 0, job_id = 0;
};

struct NttBuffers {
  std::vector<std::vector<Beat>> in, out, scratch;  // by channel
  std::vector<Beat> twiddles;
  Beat status[2];
};

template <std::size_t... K>
void call(NttBuffers& b, const KernelJob& j, std::index_sequence<K...>) {
  if constexpr (sizeof...(K) == device::NttAbi<Fr>::kNumChannels) {
    ntt_fr(b.in[K].data()..., b.out[K].data()..., b.scratch[K].data()..., b.twiddles.data(), b.status, j.log_n, j.batch,
           j.flags, j.job_id);
  } else {
    ntt_gl(b.in[K].data()..., b.out[K].data()..., b.scratch[K].data()..., b.twiddles.data(), b.status, j.log_n, j.batch,
           j.flags, j.job_id);
  }
}

template <class F>
typename device::NttAbi<F>::CompletionRecord run(NttBuffers& buffers, const KernelJob& job) {
  call(buffers, job, std::make_index_sequence<device::NttAbi<F>::kNumChannels>());
  typename device::NttAbi<F>::CompletionRecord record;
  std::memcpy(&record, buffers.status, sizeof(record));
  return record;
}

template <class F>
device::NttChannels<F> spans(std::vector<std::vector<Beat>>& channels) {
  device::NttChannels<F> out;
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = {reinterpret_cast<std::uint8_t*>(channels[k].data()), channels[k].size() * sizeof(Beat)};
  }
  return out;
}

template <class F>
device::NttPlan plan() {
  NttBuffers none;
  for (auto* channels : {&none.in, &none.out, &none.scratch}) {
    channels->resize(device::NttAbi<F>::kNumChannels);
  }
  return device::NttPlan::from_word(run<F>(none, {.batch = 0}).plan);
}

// In place, with any flags.
template <class F>
void transform(std::span<F> data, unsigned log_n, unsigned flags, const F& shift) {
  NttBuffers b;
  for (auto* channels : {&b.in, &b.out, &b.scratch}) {
    channels->resize(device::NttAbi<F>::kNumChannels);
    for (auto& channel : *channels) {
      channel.assign(device::ntt_channel_bytes<F>(data.size()) / sizeof(Beat), Beat(7U));
    }
  }
  const bool inverse = (flags & device::kNttFlagInverse) != 0;
  const std::vector<F> twiddles = device::ntt_twiddles(plan<F>(), log_n, inverse, shift);
  b.twiddles.resize(twiddles.size() * sizeof(F) / sizeof(Beat));
  if (!twiddles.empty()) {
    std::memcpy(static_cast<void*>(b.twiddles.data()), twiddles.data(), twiddles.size() * sizeof(F));
  }
  device::stripe<F>(data, spans<F>(b.in));
  const auto record = run<F>(b, {log_n, static_cast<unsigned>(data.size() >> log_n), flags, 9});
  EXPECT_EQ(record.abi_hash, device::NttAbi<F>::kHash);
  EXPECT_EQ(record.job_id, 9U);
  EXPECT_EQ(record.error, 0U);
  device::unstripe<F>(spans<F>(b.out), data);
}

template <class F>
class HlsNtt final : public kernels::Ntt<F> {
 public:
  std::string_view name() const override { return "hls"; }
  Status transform(std::span<F> data, const NttJob<F>& job) const override {
    PROOFCARD_RETURN_IF_ERROR(kernels::check_ntt(data.size(), job));
    proofcard::transform(data, job.log_n, device::ntt_flags(job.direction, job.order), job.shift);
    return {};
  }
};

template <class F>
struct HlsBackend {
  using Field = F;
  static constexpr std::string_view kName = "hls";
  static constexpr Isa kIsa = Isa::kPortable;
  static constexpr unsigned kMaxLogN = std::is_same_v<F, Fr> ? 12 : 13;
  static const kernels::Ntt<F>& ntt() {
    static const HlsNtt<F> kernel;
    return kernel;
  }
};

using Backends = ::testing::Types<HlsBackend<Fr>, HlsBackend<Goldilocks>>;
struct BackendName {
  template <class Backend>
  static std::string GetName(int) {
    return std::is_same_v<typename Backend::Field, Fr> ? "fr" : "goldilocks";
  }
};

}  // namespace

namespace kernels {
namespace {
INSTANTIATE_TYPED_TEST_SUITE_P(Hls, NttContract, Backends, BackendName);
}  // namespace
}  // namespace kernels

namespace {

template <class F>
class HlsNttJob : public ::testing::Test {};
using Fields = ::testing::Types<Fr, Goldilocks>;
TYPED_TEST_SUITE(HlsNttJob, Fields);

template <class F>
std::uint32_t error_of(const KernelJob& job) {
  NttBuffers none;
  for (auto* channels : {&none.in, &none.out, &none.scratch}) {
    channels->resize(device::NttAbi<F>::kNumChannels);
  }
  return run<F>(none, job).error;
}

TYPED_TEST(HlsNttJob, BadArgumentsAreTold) {
  EXPECT_EQ(error_of<TypeParam>({.log_n = 26, .batch = 0, .flags = 7}), 0U);
  EXPECT_EQ(error_of<TypeParam>({.log_n = 27, .batch = 0}), 1U);
  EXPECT_EQ(error_of<TypeParam>({.log_n = 26, .batch = 64}), 1U);
  EXPECT_EQ(error_of<TypeParam>({.log_n = 0, .batch = 1U << 24}), 1U);
  EXPECT_EQ(error_of<TypeParam>({.batch = 0, .flags = 8}), 2U);
}

const kernels::NttFr& reference(const Fr&) { return kernels::reference_ntt_fr(); }
const kernels::NttGoldilocks& reference(const Goldilocks&) { return kernels::reference_ntt_goldilocks(); }

// A job that the interface does not have: both sides in bit-reversed order.
TYPED_TEST(HlsNttJob, BothSidesReversed) {
  using F = TypeParam;
  const F shift = F::from_u64(5);
  for (const unsigned log_n : {0U, 3U, 7U, 13U}) {
    std::vector<F> coefficients(std::size_t{3} << log_n), reversed(coefficients.size());
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      const std::size_t low = i % (std::size_t{1} << log_n);
      coefficients[i] = F::from_u64(i * i + 1);
      reversed[i - low + kernels::bits_in_reverse(low, log_n)] = coefficients[i];
    }
    std::vector<F> values = coefficients;
    const NttJob<F> forward{.log_n = log_n, .order = NttOrder::kNaturalToBitReversed, .shift = shift};
    ASSERT_TRUE(reference(F{}).transform(values, forward).ok());
    const unsigned both = device::kNttFlagBitReversed | device::kNttFlagCoefficientsReversed;
    std::vector<F> found = reversed;
    transform<F>(found, log_n, both, shift);
    EXPECT_TRUE(found == values) << log_n;
    transform<F>(found, log_n, both | device::kNttFlagInverse, shift);
    EXPECT_TRUE(found == reversed) << log_n;
  }
}

// What the record counts is what happened.
TYPED_TEST(HlsNttJob, CountersOfTheRecord) {
  using F = TypeParam;
  const unsigned log_n = 13;
  const std::size_t words = (std::size_t{1} << log_n) / device::NttAbi<F>::kWordElements;
  NttBuffers b;
  for (auto* channels : {&b.in, &b.out, &b.scratch}) {
    channels->assign(device::NttAbi<F>::kNumChannels, std::vector<Beat>(words));
  }
  b.twiddles.resize(device::ntt_twiddles<F>(plan<F>(), log_n, false, F::one()).size() * sizeof(F) / sizeof(Beat));
  const auto record = run<F>(b, {.log_n = log_n});
  EXPECT_EQ(record.error, 0U);
  EXPECT_EQ(record.loaded_words, 2 * words);
  EXPECT_EQ(record.stored_words, 2 * words);
  EXPECT_EQ(record.busy_cycles, words / 2 * log_n);
  EXPECT_GE(record.cycles, record.busy_cycles);
  EXPECT_EQ(record.build, hls::abi::ntt_fr::kImplementationHls);
}

// The RTL reads the same constants: what its model says is what the driver makes.
TYPED_TEST(HlsNttJob, ConstantsAreThoseOfTheRtl) {
  using F = TypeParam;
  const F shift = F::from_u64(11);
  for (const device::NttPlan& plan : {device::NttPlan{1, 4, 26}, device::NttPlan{2, 12, 26}}) {
    for (unsigned log_n = 0; log_n <= 14; ++log_n) {
      for (const bool inverse : {false, true}) {
        const auto made = device::ntt_twiddles<F>(plan, log_n, inverse, shift);
        EXPECT_TRUE(made == rtl::ntt_twiddles<F>({plan.log_lanes, plan.two_pass_from}, log_n, inverse, shift))
            << plan.log_lanes << " " << log_n;
      }
    }
  }
}

template <class F, class Card>
void expect_same(const Card& found, const F& wanted) {
  static_assert(sizeof(Card) == sizeof(F));
  EXPECT_EQ(std::memcmp(&found, &wanted, sizeof(F)), 0);
}

template <class Card, class F>
Card to_card(const F& v) {
  Card out;
  std::memcpy(static_cast<void*>(&out), &v, sizeof(v));
  return out;
}

TEST(HlsNttFields, AgreeWithTheHost) {
  std::mt19937_64 rng(6);
  const auto check = [&]<class F, class Card>(const std::vector<F>& values, const F& product_factor, Card) {
    const F two_inverse = F::from_u64(2).inverse();
    for (const F& a : values) {
      expect_same(half(to_card<Card>(a)), a * two_inverse);
      for (const F& b : values) {
        expect_same(add(to_card<Card>(a), to_card<Card>(b)), a + b);
        expect_same(sub(to_card<Card>(a), to_card<Card>(b)), a - b);
        expect_same(mul(to_card<Card>(a), to_card<Card>(b)), a * b * product_factor);
      }
    }
  };
  std::vector<Fr> fr{Fr::zero(), Fr::one(), -Fr::one(), Fr::from_u64(2), -Fr::from_u64(2)};
  std::vector<Goldilocks> gl{Goldilocks::zero(),
                             Goldilocks::one(),
                             -Goldilocks::one(),
                             -Goldilocks::from_u64(2),
                             Goldilocks::from_u64(UINT32_MAX),
                             Goldilocks::from_u64(std::uint64_t{1} << 32)};
  for (int i = 0; i < 60; ++i) {
    fr.push_back(Fr::from_u256_reduced({rng(), rng(), rng(), rng()}));
    gl.push_back(Goldilocks::from_u64(rng()));
  }
  check(fr, Fr::from_u64(16).inverse(), hls::NttFr{});
  check(gl, Goldilocks::one(), hls::Goldilocks{});
}

}  // namespace
}  // namespace proofcard

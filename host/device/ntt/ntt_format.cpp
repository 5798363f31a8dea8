#include "host/device/ntt/ntt_format.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "host/base/check.hpp"
#include "host/base/parallel.hpp"
#include "host/field/two_adic.hpp"

namespace proofcard::device {
namespace {

// As the card multiplies: Fr divides its products by 2^260, and is 2^256 times itself in Montgomery form.
Goldilocks card_factor(Goldilocks value) { return value; }
Fr card_factor(const Fr& value) { return value * Fr::from_u64(16); }

// Entry b: the root of order 2h to the power of b's bits reversed, h = 2^k above b.
template <class F>
void append_table(unsigned bits, std::vector<F>& out) {
  if (bits == 0) {
    return;
  }
  out.push_back(F::one());
  for (unsigned k = 0; k + 1 < bits; ++k) {
    const F root = root_of_unity<F>(k + 2);
    for (std::size_t b = 0, count = out.size(); b < count; ++b) {
      out.push_back(out[b] * root);
    }
  }
  out.resize(std::max(out.size(), kNttBeatBytes / sizeof(F)));
}

bool is_element(std::span<const std::uint8_t, 8> bytes, std::uint64_t modulus) {
  std::uint64_t v = 0;
  std::memcpy(&v, bytes.data(), sizeof(v));
  return v < modulus;
}

bool is_element(std::span<const std::uint8_t, 32> bytes, const U256& modulus) {
  U256 v;
  std::memcpy(v.data(), bytes.data(), sizeof(v));
  return std::lexicographical_compare(v.rbegin(), v.rend(), modulus.rbegin(), modulus.rend());
}

// Calls copy(channel bytes, point, count) for every beat.
template <class F, class Copy>
void for_each_run(const NttChannels<F>& channels, std::size_t num_points, Copy copy) {
  constexpr std::size_t kPerBeat = kNttBeatBytes / sizeof(F);
  constexpr std::size_t kPerWord = NttAbi<F>::kWordElements;
  constexpr std::size_t kWordsAtOnce = 1024;
  const std::size_t num_words = (num_points + kPerWord - 1) / kPerWord;
  parallel_for(num_words, kWordsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t word = begin; word < end; ++word) {
      for (std::size_t k = 0; k < channels.size(); ++k) {
        std::uint8_t* beat = channels[k].data() + word * kNttBeatBytes;
        const std::size_t first = word * kPerWord + k * kPerBeat;
        if (first >= num_points) {
          continue;
        }
        copy(beat, first, std::min(kPerBeat, num_points - first));
      }
    }
  });
}

template <class F>
void check_channels(const NttChannels<F>& channels, std::size_t num_points) {
  for (const auto& channel : channels) {
    PROOFCARD_CHECK(channel.size() >= ntt_channel_bytes<F>(num_points));
  }
}

}  // namespace

template <class F>
std::vector<F> ntt_twiddles(const NttPlan& plan, unsigned log_n, bool inverse, const F& shift) {
  const unsigned row_bits = plan.two_pass(log_n) ? log_n / 2 : log_n;
  const unsigned column_bits = log_n - row_bits;
  const std::size_t lanes = std::size_t{1} << plan.log_lanes;
  std::vector<F> out;
  append_table(std::max(column_bits, row_bits), out);
  // Of level s: shift^(n / 2^(s+1)), and the root of order 2^(s+1).
  std::vector<F> common(log_n, inverse ? shift.inverse() : shift);
  std::vector<F> root(log_n);
  for (unsigned s = log_n; s-- > 0;) {
    if (s + 1 < log_n) {
      common[s] = common[s + 1] * common[s + 1];
    }
    root[s] = inverse ? root_of_unity<F>(s + 1).inverse() : root_of_unity<F>(s + 1);
  }
  for (unsigned s = 0; s < column_bits; ++s) {
    out.insert(out.end(), lanes, common[s]);
  }
  if (column_bits == 0) {
    for (const F& c : common) {
      out.insert(out.end(), lanes, c);
    }
  } else {
    std::vector<F> next(common);  // of level s, of the row that comes next
    for (std::size_t row = 0; row < std::size_t{1} << column_bits; row += lanes) {
      for (unsigned s = column_bits; s < log_n; ++s) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          out.push_back(next[s]);
          next[s] *= root[s];
        }
      }
    }
  }
  PROOFCARD_CHECK(out.size() == ntt_num_twiddles<F>(plan, log_n));
  for (F& v : out) {
    v = card_factor(v);
  }
  return out;
}

template <class F>
void stripe(std::span<const F> points, const NttChannels<F>& channels) {
  check_channels<F>(channels, points.size());
  if (points.size() % NttAbi<F>::kWordElements != 0) {
    for (const auto& channel : channels) {
      const std::size_t end = ntt_channel_bytes<F>(points.size());
      std::ranges::fill(channel.subspan(end - kNttBeatBytes, kNttBeatBytes), std::uint8_t{0});
    }
  }
  for_each_run<F>(channels, points.size(), [&](std::uint8_t* bytes, std::size_t at, std::size_t count) {
    std::memcpy(bytes, points.data() + at, count * sizeof(F));
  });
}

template <class F>
void unstripe(const NttChannels<F>& channels, std::span<F> points) {
  check_channels<F>(channels, points.size());
  for_each_run<F>(channels, points.size(), [&](std::uint8_t* bytes, std::size_t at, std::size_t count) {
    std::memcpy(static_cast<void*>(points.data() + at), bytes, count * sizeof(F));
  });
}

template <class F>
bool are_elements(const NttChannels<F>& channels, std::size_t num_points) {
  check_channels<F>(channels, num_points);
  std::atomic<bool> good = true;
  for_each_run<F>(channels, num_points, [&](const std::uint8_t* bytes, std::size_t, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_element(std::span<const std::uint8_t, sizeof(F)>(bytes + i * sizeof(F), sizeof(F)), F::kModulus)) {
        good.store(false, std::memory_order_relaxed);
      }
    }
  });
  return good;
}

template std::vector<Fr> ntt_twiddles(const NttPlan&, unsigned, bool, const Fr&);
template std::vector<Goldilocks> ntt_twiddles(const NttPlan&, unsigned, bool, const Goldilocks&);
template void stripe(std::span<const Fr>, const NttChannels<Fr>&);
template void stripe(std::span<const Goldilocks>, const NttChannels<Goldilocks>&);
template bool are_elements<Fr>(const NttChannels<Fr>&, std::size_t);
template bool are_elements<Goldilocks>(const NttChannels<Goldilocks>&, std::size_t);
template void unstripe(const NttChannels<Fr>&, std::span<Fr>);
template void unstripe(const NttChannels<Goldilocks>&, std::span<Goldilocks>);

}  // namespace proofcard::device

#include "tests/zk/sent.hpp"

#include <algorithm>

#include "host/curve/encoding.hpp"

namespace proofcard::testing {

SentRecorder::SentRecorder(ProverChannel& channel) : channel_(channel) {
  channel.transcript().set_observer([this](std::string_view kind, std::string_view label, std::size_t count) {
    if (kind == "absorb") {
      absorbed_.emplace_back(label, count);
    }
  });
}

std::vector<Sent> SentRecorder::sent() const {
  std::vector<Sent> out;
  const ByteView proof = channel_.proof();
  // Points went either through points() or, when they hide a message, into the list of rows.
  const std::span<const curve::G1Affine> lists[] = {channel_.sent_points(), channel_.hidden().commitments};
  std::size_t next[] = {0, 0};
  std::size_t word = 0;
  for (const auto& [label, count] : absorbed_) {
    Sent message{label, {}, {}};
    const auto at = proof.subspan(word * 32, count * 32);
    for (std::size_t k = 0; k < 2 && count > 0 && message.points.empty(); ++k) {
      if (next[k] < lists[k].size() && std::ranges::equal(curve::compress(lists[k][next[k]]), at.first(32))) {
        const auto points = lists[k].subspan(next[k], count);
        message.points.assign(points.begin(), points.end());
        next[k] += count;
      }
    }
    for (std::size_t i = 0; i < count && message.points.empty(); ++i) {
      message.fields.push_back(Fr::from_bytes(at.subspan(i * 32, 32)).value());
    }
    word += count;
    out.push_back(std::move(message));
  }
  return out;
}

std::vector<Fr> clear_fields(const std::vector<Sent>& sent) {
  std::vector<Fr> out;
  for (const Sent& m : sent) {
    out.insert(out.end(), m.fields.begin(), m.fields.end());
  }
  return out;
}

std::vector<Fr> clear_fields(const std::vector<Sent>& sent, std::string_view label) {
  std::vector<Fr> out;
  for (const Sent& m : sent) {
    if (m.label == label) {
      out.insert(out.end(), m.fields.begin(), m.fields.end());
    }
  }
  return out;
}

std::vector<curve::G1Affine> sent_points(const std::vector<Sent>& sent) {
  std::vector<curve::G1Affine> out;
  for (const Sent& m : sent) {
    out.insert(out.end(), m.points.begin(), m.points.end());
  }
  return out;
}

Transcript::Oracle seeded_oracle(std::uint64_t seed) {
  auto source = std::make_shared<hash::BlindingSource>(hash::BlindingSource::from_seed(seed, {}));
  return [source, next = std::uint64_t{0}](std::string_view, std::size_t n) mutable {
    std::vector<Fr> out(n);
    for (Fr& c : out) {
      c = source->get("oracle", next++);
    }
    return out;
  };
}

BlindingTable::BlindingTable(std::uint64_t seed)
    : random_(std::make_shared<hash::BlindingSource>(hash::BlindingSource::from_seed(seed, {}))) {}

Fr BlindingTable::get(const Key& key) const {
  if (key.first == removed_) {
    return Fr::zero();
  }
  const auto found = overrides_.find(key);
  return found != overrides_.end() ? found->second : random_->get(key.first, key.second);
}

hash::BlindingSource BlindingTable::source() const {
  return hash::BlindingSource::from_function([table = *this](std::string_view label, std::uint64_t index) {
    const Key key{std::string(label), index};
    ++(*table.asked_)[key];
    return table.get(key);
  });
}

std::vector<BlindingTable::Key> BlindingTable::asked() const {
  std::vector<Key> out;
  for (const auto& [key, times] : *asked_) {
    out.push_back(key);
  }
  return out;
}

std::size_t rank(std::vector<std::vector<Fr>> rows) {
  std::size_t found = 0;
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  for (std::size_t c = 0; c < columns && found < rows.size(); ++c) {
    std::size_t pivot = found;
    while (pivot < rows.size() && rows[pivot][c].is_zero()) {
      ++pivot;
    }
    if (pivot == rows.size()) {
      continue;
    }
    std::swap(rows[found], rows[pivot]);
    const Fr inverse = rows[found][c].inverse();
    for (std::size_t r = found + 1; r < rows.size(); ++r) {
      const Fr factor = rows[r][c] * inverse;
      if (!factor.is_zero()) {
        for (std::size_t k = c; k < columns; ++k) {
          rows[r][k] -= factor * rows[found][k];
        }
      }
    }
    ++found;
  }
  return found;
}

}  // namespace proofcard::testing

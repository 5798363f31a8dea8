// pc_axi_read and pc_axi_write as a copy engine on an unhelpful bus: everything arrives once and in order, errors are
// reported, and a stop leaves nothing unanswered.
#include "Vaxi_copy_bench.h"
#include "tests/rtl/testbench.hpp"
#include "tests/rtl_top/axi_memory.hpp"

namespace proofcard::rtl {
namespace {

constexpr std::uint64_t kBase = 0x40'0000'0000 - (1U << 20);  // a carry through the address in the middle
constexpr std::size_t kBytes = 1U << 21;

class AxiTest : public SeededTest {
 protected:
  struct Command {
    std::uint64_t address;
    std::uint16_t num_beats;
  };

  AxiTest()
      : memory_(kBase, kBytes, random_),
        reads_({m().m_arvalid_o, m().m_araddr_o, m().m_arlen_o, m().m_rready_o, m().m_arready_i, m().m_rvalid_i,
                m().m_rlast_i, m().m_rresp_i, m().m_rdata_i},
               memory_),
        writes_({m().m_awvalid_o, m().m_awaddr_o, m().m_awlen_o, m().m_wvalid_o, m().m_wdata_o, m().m_wstrb_o,
                 m().m_wlast_o, m().m_bready_o, m().m_awready_i, m().m_wready_i, m().m_bvalid_i, m().m_bresp_i},
                memory_) {
    for (std::size_t i = 0; i < kBytes; i += 8) {
      const std::uint64_t word = random_();
      std::memcpy(memory_.at(kBase + i), &word, 8);
    }
  }

  Vaxi_copy_bench& m() { return *bench_.operator->(); }

  void cycle() {
    reads_.drive();
    writes_.drive();
    bench_.eval();
    const bool read = m().read_valid_i && m().read_ready_o;
    const bool write = m().write_valid_i && m().write_ready_o;
    reads_.edge();
    writes_.edge();
    bench_.tick();
    ++memory_.cycle;
    m().read_valid_i = m().read_valid_i && !read;
    m().write_valid_i = m().write_valid_i && !write;
    if (read) {
      reads_left_.pop_front();
    }
    if (write) {
      writes_left_.pop_front();
    }
    offer();
  }

  // Commands with their own pauses.
  void offer() {
    if (!m().read_valid_i && !reads_left_.empty() && memory_.chance(0.7)) {
      m().read_valid_i = 1;
      m().read_address_i = reads_left_.front().address;
      m().read_beats_i = reads_left_.front().num_beats;
    }
    if (!m().write_valid_i && !writes_left_.empty() && memory_.chance(0.7)) {
      m().write_valid_i = 1;
      m().write_address_i = writes_left_.front().address;
      m().write_beats_i = writes_left_.front().num_beats;
    }
  }

  // Commands for the same number of beats on both sides, cut differently. Sources are in the lower half, targets, one
  // after the other, in the upper.
  void plan(std::size_t num_beats) {
    const auto pieces = [&](std::deque<Command>& out, auto address_of) {
      for (std::size_t done = 0; done < num_beats;) {
        const std::size_t limit = memory_.chance(0.5) ? 5 : 150;
        const auto n = static_cast<std::uint16_t>(std::min<std::size_t>(num_beats - done, random_() % limit));
        out.push_back({address_of(done, n), n});
        done += n;
      }
    };
    std::vector<std::uint64_t> sources;
    pieces(reads_left_, [&](std::size_t, std::size_t n) {
      const std::uint64_t from = kBase + random_() % (kBytes / 2 / kBeat - 200) * kBeat;
      for (std::size_t i = 0; i < n; ++i) {
        sources.push_back(from + i * kBeat);
      }
      return from;
    });
    const std::uint64_t to = kBase + kBytes / 2 + random_() % 64 * kBeat;
    pieces(writes_left_, [&](std::size_t done, std::size_t) { return to + done * kBeat; });
    expected_.assign(memory_.at(kBase), memory_.at(kBase) + kBytes);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      std::memcpy(&expected_[to - kBase + i * kBeat], memory_.at(sources[i]), kBeat);
    }
  }

  bool idle() { return reads_left_.empty() && writes_left_.empty() && m().reads_idle_o && m().writes_idle_o; }
  void run() {
    for (int i = 0; i < 2'000'000 && !idle(); ++i) {
      cycle();
    }
    ASSERT_TRUE(idle());
    EXPECT_TRUE(reads_.idle());
    EXPECT_TRUE(writes_.idle());
  }
  bool as_expected() { return std::memcmp(expected_.data(), memory_.at(kBase), kBytes) == 0; }

  AxiMemory memory_;
  Testbench<Vaxi_copy_bench> bench_;
  AxiReadSlave<ReadWires<decltype(Vaxi_copy_bench::m_rdata_i)>> reads_;
  AxiWriteSlave<WriteWires<decltype(Vaxi_copy_bench::m_wdata_o)>> writes_;
  std::deque<Command> reads_left_, writes_left_;
  std::vector<std::uint8_t> expected_;
};

TEST_F(AxiTest, CopiesWhateverTheBusDoes) {
  for (const AxiKnobs& knobs : {AxiKnobs{1.0, 0, 0}, AxiKnobs{1.0, 40, 40}, AxiKnobs{0.5, 5, 60}, AxiKnobs{0.1, 0, 300},
                                AxiKnobs{0.9, 100, 400}}) {
    memory_.knobs = knobs;
    plan(2000);
    run();
    EXPECT_TRUE(as_expected());
    EXPECT_FALSE(m().read_fault_o);
    EXPECT_FALSE(m().write_fault_o);
  }
}

// One beat a cycle where nothing stands in the way: 16 beats of a burst, two bursts of the queue outstanding.
TEST_F(AxiTest, KeepsTheBusBusy) {
  memory_.knobs = {1.0, 1, 1};
  reads_left_ = {{kBase, 4096}};
  writes_left_ = {{kBase + kBytes / 2, 4096}};
  const std::uint64_t before = bench_.cycles();
  run();
  EXPECT_LE(bench_.cycles() - before, 4096U + 200);
}

TEST_F(AxiTest, FaultsAreReportedAndDataGoesOn) {
  plan(500);
  memory_.fault_from = kBase;
  memory_.fault_to = kBase + kBytes / 2;
  run();
  EXPECT_TRUE(m().read_fault_o);
  EXPECT_FALSE(m().write_fault_o);
  plan(500);
  memory_.fault_from = kBase + kBytes / 2;
  memory_.fault_to = kBase + kBytes;
  run();
  EXPECT_TRUE(m().write_fault_o);
  // A stop clears both.
  m().stop_i = 1;
  cycle();
  cycle();
  m().stop_i = 0;
  EXPECT_FALSE(m().read_fault_o);
  EXPECT_FALSE(m().write_fault_o);
}

TEST_F(AxiTest, StopInTheMiddleLeavesNothingOpen) {
  for (int round = 0; round < 40; ++round) {
    memory_.knobs = {round % 2 == 0 ? 0.3 : 0.9, 0, 100};
    plan(2000);
    const std::vector<std::uint8_t> before(memory_.at(kBase), memory_.at(kBase) + kBytes);
    const std::size_t cycles = 1 + random_() % 1000;
    for (std::size_t i = 0; i < cycles; ++i) {
      cycle();
    }
    m().stop_i = 1;
    reads_left_.clear();
    writes_left_.clear();
    m().read_valid_i = 0;
    m().write_valid_i = 0;
    cycle();
    run();
    cycle();
    m().stop_i = 0;
    // What was written is a part of the copy, and of what lies behind nothing was touched.
    for (std::size_t i = 0; i < kBytes; ++i) {
      const std::uint8_t found = *memory_.at(kBase + i);
      ASSERT_TRUE(found == before[i] || found == expected_[i]) << i;
    }
    plan(100);
    run();
    EXPECT_TRUE(as_expected());
  }
}

}  // namespace
}  // namespace proofcard::rtl

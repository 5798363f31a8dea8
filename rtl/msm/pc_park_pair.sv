// Buckets that never conflict. An item (a point, or a sum that left the adder) that arrives at an empty bucket is parked
// there; at an occupied one, it leaves for the adder together with the parked item, and the bucket is empty again. So
// nothing waits for a bucket whose sum is in the adder. Reading buckets out ("taking") empties them.
//
// Streams: a: new items and takes, which can wait. b: the adder's sums, which cannot. Folds, which can wait.
// Folds:   a fold empties two buckets of one context at once, through both ports of the context's set (pc_bucket_sets), so
//          neither an item nor a sum of that set goes in with it; those of other sets do. The buckets' contents go to the
//          adder (an empty one counts as Zero), and from there to bucket fold_to. What was in the odd bucket also leaves
//          through odd_*. pc_fold has the method. fold_even_i tells whether the even bucket exists, the odd one always
//          does; fold_sum_i whether their sum is wanted.
// Hazards: 1. An arrival makes one access to the bucket memory: it parks (writes) or pairs (reads).
//          2. A bucket is occupied when bit a xor bit b xor the parity of arrivals there that have looked up but not yet
//             written back; each arrival flips the bit of its own stream.
//          3. Arrivals of one cycle at the same bucket are paired with each other and touch neither memory nor bits.
//          4. Both streams look up in stage 0, decide in stage 1 and access memory in stage 2.
//          5. Pairs of stream b go to the adder at once; those of stream a and of folds through a queue each, which has
//             room for each item or fold that is let in.
//          6. A fold looks up what no arrival is about to change: its context got no items since it was idle, and sums of
//             its folds go to buckets that were read before.
// Range:   an address is context and bucket, context on top; its top bits are the set, the others below Words. A bucket may
//          be taken only while its context is idle, and not within three cycles of another access to it; fold_valid_i is
//          0 in a cycle with a sum of the fold's set or an item that is let in there (asserted, as is 6).
// Timing:  a pair reaches issue_* 4 + RamLatency cycles after stage 0 at the earliest (through a queue: two more); take_*
//          answers TakeLatency = 3 + RamLatency cycles after a take was accepted, in order, and odd_* likewise.
// Reset:   rst_ni starts a sweep of max(Words / 8, DrainCycles) cycles, during which in_ready_o and fold_ready_o are 0 and
//          sums that come are dropped: DrainCycles is at least the adder's latency.
// Model:   tests/rtl/park_pair_test.cpp keeps the sum that each bucket must hold.
module pc_park_pair #(
  parameter int unsigned AddressBits = 12,
  // Sets of buckets that do not share ports, and buckets of a set.
  parameter int unsigned NumSets = 1,
  parameter int unsigned Words = 2**(AddressBits - $clog2(NumSets)),
  parameter int unsigned ContextBits = 2,
  // Bits of the bucket below the context in an address: of wide windows, and of narrow ones.
  parameter int unsigned WideShift = AddressBits - ContextBits,
  parameter int unsigned NarrowShift = WideShift,
  parameter int unsigned PayloadBits = 768,
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 512,
  // Pairs of folds that wait; 0 where there are none.
  parameter int unsigned FoldDepth = 32,
  parameter int unsigned DrainCycles = 160,
  parameter int unsigned LevelBits = 4,
  parameter logic [PayloadBits-1:0] Zero = '0
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  // Windows are narrow; changes only while nothing is inside.
  input  logic                      narrow_i,
  // Stream a. A take ignores the payload.
  input  logic                      in_valid_i,
  output logic                      in_ready_o,
  input  logic                      in_take_i,
  input  logic [AddressBits-1:0]    in_address_i,
  input  logic [PayloadBits-1:0]    in_payload_i,
  // Folds. The level only travels with them.
  input  logic                      fold_valid_i,
  output logic                      fold_ready_o,
  input  logic                      fold_even_i,
  input  logic                      fold_sum_i,
  input  logic [AddressBits-1:0]    fold_even_address_i,
  input  logic [AddressBits-1:0]    fold_odd_address_i,
  input  logic [AddressBits-1:0]    fold_to_i,
  input  logic [LevelBits-1:0]      fold_level_i,
  output logic                      odd_valid_o,
  output logic [ContextBits-1:0]    odd_context_o,
  output logic [LevelBits-1:0]      odd_level_o,
  output logic [PayloadBits-1:0]    odd_payload_o,
  output logic                      take_valid_o,
  output logic                      take_occupied_o,
  output logic [PayloadBits-1:0]    take_payload_o,
  // To the adder. Pairs of stream b (urgent_o) go first. wants_*_o: there are queued pairs of items, or of folds; hold_*_i
  // keeps them back in this cycle, at least one of the two.
  output logic                      urgent_o,
  output logic                      wants_o,
  input  logic                      hold_i,
  output logic                      wants_fold_o,
  input  logic                      hold_fold_i,
  output logic                      sweeping_o,
  output logic                      issue_valid_o,
  output logic [AddressBits-1:0]    issue_address_o,
  output logic [PayloadBits-1:0]    issue_a_o,
  output logic [PayloadBits-1:0]    issue_b_o,
  // Stream b: from the adder.
  input  logic                      sum_valid_i,
  input  logic [AddressBits-1:0]    sum_address_i,
  input  logic [PayloadBits-1:0]    sum_payload_i,
  // Contexts of which no item is on its way.
  output logic [2**ContextBits-1:0] idle_o
);
  if (WideShift + ContextBits > AddressBits)
    $fatal(1, "pc_park_pair: WideShift: expected a context in an address, found %0d", WideShift);
  if (NarrowShift > WideShift) $fatal(1, "pc_park_pair: NarrowShift: expected at most WideShift, found %0d", NarrowShift);
  if (QueueDepth < 2 || (1 << $clog2(QueueDepth)) != QueueDepth)
    $fatal(1, "pc_park_pair: QueueDepth: expected a power of two from 2 on, found %0d", QueueDepth);
  typedef logic [AddressBits-1:0] address_t;
  typedef logic [PayloadBits-1:0] payload_t;

  // ---- sweep ----
  localparam int unsigned RowBits = AddressBits - $clog2(NumSets);
  localparam int unsigned ClearCycles = (Words + 7) / 8;
  localparam int unsigned SweepCycles = (ClearCycles > DrainCycles) ? ClearCycles : DrainCycles;
  localparam int unsigned SweepBits = $clog2(SweepCycles);
  logic [SweepBits-1:0] sweep_q;
  logic sweeping;
  assign sweeping_o = sweeping;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      sweep_q <= '0;
      sweeping <= 1'b1;
    end else if (sweeping) begin
      sweep_q <= sweep_q + 1'b1;
      sweeping <= sweep_q != SweepBits'(SweepCycles - 1);
    end
  end

  // ---- stage 0: look up ----
  localparam int unsigned RoomBits = $clog2(QueueDepth + 1);
  logic [RoomBits-1:0] reserved_q;  // items of stream a that may still need a place in the queue, or have one
  logic accept;
  assign in_ready_o = ~sweeping & (reserved_q != RoomBits'(QueueDepth));
  assign accept = in_valid_i & in_ready_o;

  logic a0_valid_q, a0_take_q, b0_valid_q;
  address_t a0_address_q, b0_address_q;
  payload_t a0_payload_q, b0_payload_q;
  always_ff @(posedge clk_i) begin
    a0_valid_q <= accept & rst_ni;
    b0_valid_q <= sum_valid_i & ~sweeping & rst_ni;
    if (accept) begin
      a0_take_q <= in_take_i;
      a0_address_q <= in_address_i;
      a0_payload_q <= in_payload_i;
    end
    if (sum_valid_i) begin
      b0_address_q <= sum_address_i;
      b0_payload_q <= sum_payload_i;
    end
  end

  // Folds go through the same stages: whether the even bucket exists and the sum is wanted, where to, level, buckets.
  localparam int unsigned FoldRoomBits = (FoldDepth > 0) ? $clog2(FoldDepth + 1) : 1;
  localparam int unsigned FoldBits = 2 + LevelBits + 3 * AddressBits;
  logic [FoldRoomBits-1:0] fold_reserved_q;
  logic accept_fold, f0_valid_q, f1_valid_q, f2_valid_q;
  logic [FoldBits-1:0] f0_q, f1_q, f2_q;
  logic f2_even_occupied_q, f2_odd_occupied_q, f2_even_bit_q, f2_odd_bit_q;
  logic [1:0] look_even, look_odd;
  address_t f0_even_address, f0_odd_address;
  assign fold_ready_o = ~sweeping & (fold_reserved_q != FoldRoomBits'(FoldDepth));
  assign accept_fold = fold_valid_i & fold_ready_o;
  assign {f0_even_address, f0_odd_address} = f0_q[2*AddressBits-1:0];
  always_ff @(posedge clk_i) begin
    f0_valid_q <= accept_fold & rst_ni;
    f1_valid_q <= f0_valid_q & rst_ni;
    f2_valid_q <= f1_valid_q & rst_ni;
    f0_q <= {fold_even_i, fold_sum_i, fold_level_i, fold_to_i, fold_even_address_i, fold_odd_address_i};
    f1_q <= f0_q;
    f2_q <= f1_q;
    f2_even_occupied_q <= ^look_even;
    f2_odd_occupied_q <= ^look_odd;
    f2_even_bit_q <= ~look_even[0];
    f2_odd_bit_q <= ~look_odd[1];
  end
  logic fold_even, fold_sum, folds_even, folds_odd, folds_sum, folds_none;
  logic [LevelBits-1:0] fold_level;
  address_t fold_to, fold_even_address, fold_odd_address;
  assign {fold_even, fold_sum, fold_level, fold_to, fold_even_address, fold_odd_address} = f2_q;
  assign folds_even = f2_valid_q & fold_even & f2_even_occupied_q;
  assign folds_odd = f2_valid_q & f2_odd_occupied_q;
  assign folds_sum = fold_sum & (folds_even | folds_odd);
  assign folds_none = f2_valid_q & ~folds_sum;

  // ---- stages 1 and 2 ----
  logic a1_valid_q, a1_take_q, a1_meets_q, b1_valid_q, a2_valid_q, a2_take_q, a2_meets_q;
  address_t a1_address_q, b1_address_q, a2_address_q, b2_address_q;
  payload_t a1_payload_q, b1_payload_q, a2_payload_q, b2_payload_q;
  logic a1_flips, b1_flips, a2_flips_q, b2_flips_q;
  logic a1_own_q, a1_other_q, b1_own_q, b1_other_q;  // parities of what the lookup could not see
  logic a2_occupied_q, b2_occupied_q, a2_bit_q, b2_bit_q;
  assign a1_flips = a1_valid_q & ~a1_meets_q & ~a1_take_q;
  assign b1_flips = b1_valid_q & ~a1_meets_q;

  logic [1:0] look_a, look_b;
  logic a0_meets;
  assign a0_meets = a0_valid_q & ~a0_take_q & b0_valid_q & (a0_address_q == b0_address_q);
  always_ff @(posedge clk_i) begin
    a1_valid_q <= a0_valid_q & rst_ni;
    b1_valid_q <= b0_valid_q & rst_ni;
    a1_take_q <= a0_take_q;
    a1_meets_q <= a0_meets;
    a1_address_q <= a0_address_q;
    b1_address_q <= b0_address_q;
    a1_payload_q <= a0_payload_q;
    b1_payload_q <= b0_payload_q;
    a1_own_q <= (a1_flips & (a1_address_q == a0_address_q)) ^ (a2_flips_q & (a2_address_q == a0_address_q));
    a1_other_q <= (b1_flips & (b1_address_q == a0_address_q)) ^ (b2_flips_q & (b2_address_q == a0_address_q));
    b1_own_q <= (b1_flips & (b1_address_q == b0_address_q)) ^ (b2_flips_q & (b2_address_q == b0_address_q));
    b1_other_q <= (a1_flips & (a1_address_q == b0_address_q)) ^ (a2_flips_q & (a2_address_q == b0_address_q));

    a2_valid_q <= a1_valid_q & rst_ni;
    a2_take_q <= a1_take_q;
    a2_meets_q <= a1_meets_q;
    a2_address_q <= a1_address_q;
    b2_address_q <= b1_address_q;
    a2_payload_q <= a1_payload_q;
    b2_payload_q <= b1_payload_q;
    a2_flips_q <= a1_flips & rst_ni;
    b2_flips_q <= b1_flips & rst_ni;
    a2_occupied_q <= ^look_a ^ a1_own_q ^ a1_other_q;
    b2_occupied_q <= ^look_b ^ b1_own_q ^ b1_other_q;
    a2_bit_q <= ~(look_a[0] ^ a1_own_q);
    b2_bit_q <= ~(look_b[1] ^ b1_own_q);
  end

  logic a2_parks, b2_parks, a2_pairs, b2_pairs, meets, takes;
  assign a2_parks = a2_flips_q & ~a2_occupied_q;
  assign b2_parks = b2_flips_q & ~b2_occupied_q;
  assign a2_pairs = a2_flips_q & a2_occupied_q;
  assign b2_pairs = b2_flips_q & b2_occupied_q;
  assign meets = a2_valid_q & a2_meets_q;
  assign takes = a2_valid_q & a2_take_q;

  payload_t ram_a, ram_b, ram_even, ram_odd;
  // A take flips its bit when the bucket was occupied; so does a fold, with a bit of each stream.
  pc_bucket_sets #(
    .NumSets(NumSets), .AddressBits(AddressBits), .Words(Words), .PayloadBits(PayloadBits), .RamLatency(RamLatency)
  ) u_sets (
    .clk_i, .rst_ni, .clear_i(sweeping), .clear_address_i((RowBits-3)'(sweep_q)),
    .look_a_address_i(a0_address_q), .look_b_address_i(b0_address_q),
    .look_fold_i(f0_valid_q), .look_even_address_i(f0_even_address), .look_odd_address_i(f0_odd_address),
    .look_a_o(look_a), .look_b_o(look_b), .look_even_o(look_even), .look_odd_o(look_odd),
    .enable_a_i(a2_parks | a2_pairs | (takes & a2_occupied_q)), .write_a_i(a2_parks),
    .flip_a_i(a2_flips_q | (takes & a2_occupied_q)), .bit_a_i(a2_bit_q), .address_a_i(a2_address_q),
    .payload_a_i(a2_payload_q),
    .enable_b_i(b2_parks | b2_pairs), .write_b_i(b2_parks), .flip_b_i(b2_flips_q), .bit_b_i(b2_bit_q),
    .address_b_i(b2_address_q), .payload_b_i(b2_payload_q),
    .fold_i(f2_valid_q), .take_even_i(folds_even), .bit_even_i(f2_even_bit_q), .even_address_i(fold_even_address),
    .take_odd_i(folds_odd), .bit_odd_i(f2_odd_bit_q), .odd_address_i(fold_odd_address),
    .read_a_o(ram_a), .read_b_o(ram_b), .read_even_o(ram_even), .read_odd_o(ram_odd)
  );

  // ---- after the memory ----
  logic ar_pairs, br_pairs, r_meets, r_takes, r_occupied, r_even, r_odd, r_sum;
  address_t ar_address, br_address, r_to;
  payload_t ar_payload, br_payload;
  pc_delay #(.Width(2 * PayloadBits + 3 * AddressBits), .Depth(RamLatency)) u_wait (
    .clk_i, .rst_ni,
    .data_i({a2_payload_q, b2_payload_q, a2_address_q, b2_address_q, fold_to}),
    .data_o({ar_payload, br_payload, ar_address, br_address, r_to})
  );
  pc_delay #(.Width(8 + LevelBits), .Depth(RamLatency)) u_wait_flags (
    .clk_i, .rst_ni,
    .data_i({a2_pairs, b2_pairs, meets, takes, a2_occupied_q, folds_even, folds_odd, folds_sum, fold_level}),
    .data_o({ar_pairs, br_pairs, r_meets, r_takes, r_occupied, r_even, r_odd, r_sum, odd_level_o})
  );
  assign odd_valid_o = r_odd & ~sweeping;
  assign odd_context_o = context_of(r_to);
  assign odd_payload_o = ram_odd;
  assign take_valid_o = r_takes & ~sweeping;
  assign take_occupied_o = r_occupied;
  assign take_payload_o = ram_a;

  logic queue_pop, fold_pop, b_issues;
  address_t queue_address, sum_to;
  payload_t queue_a, queue_b, sum_a, sum_b;
  assign b_issues = (br_pairs | r_meets) & ~sweeping;
  assign urgent_o = b_issues;
  assign queue_pop = wants_o & ~b_issues & ~hold_i;
  assign fold_pop = wants_fold_o & ~b_issues & ~hold_fold_i;
  pc_fifo #(.Width(AddressBits + 2 * PayloadBits), .Depth(QueueDepth)) u_queue (
    .clk_i, .rst_ni(rst_ni & ~sweeping),
    .push_i(ar_pairs), .data_i({ar_address, ar_payload, ram_a}),
    .valid_o(wants_o), .data_o({queue_address, queue_a, queue_b}), .pop_i(queue_pop)
  );
  if (FoldDepth > 0) begin : gen_folds
    pc_fifo #(.Width(AddressBits + 2 * PayloadBits), .Depth(FoldDepth)) u_folds (
      .clk_i, .rst_ni(rst_ni & ~sweeping),
      .push_i(r_sum), .data_i({r_to, r_odd ? ram_odd : Zero, r_even ? ram_even : Zero}),
      .valid_o(wants_fold_o), .data_o({sum_to, sum_a, sum_b}), .pop_i(fold_pop)
    );
  end else begin : gen_no_folds
    assign wants_fold_o = 1'b0;
    assign {sum_to, sum_a, sum_b} = '0;
    logic unused;
    assign unused = ^{r_sum, r_even, r_odd, r_to, ram_even, ram_odd};
  end

  always_ff @(posedge clk_i) begin
    issue_valid_o <= rst_ni & (b_issues | queue_pop | fold_pop);
    issue_address_o <= b_issues ? br_address : queue_pop ? queue_address : sum_to;
    issue_a_o <= b_issues ? br_payload : queue_pop ? queue_a : sum_a;
    issue_b_o <= b_issues ? (r_meets ? ar_payload : ram_b) : queue_pop ? queue_b : sum_b;
  end

  // ---- counts ----
  // Places in a queue: an item or fold has one from its acceptance until it turns out not to need it, or leaves the queue.
  logic needs_no_place;
  assign needs_no_place = a2_parks | meets | takes;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      reserved_q <= '0;
      fold_reserved_q <= '0;
    end else begin
      reserved_q <= reserved_q + RoomBits'(accept) - RoomBits'(needs_no_place) - RoomBits'(queue_pop);
      fold_reserved_q <= fold_reserved_q + FoldRoomBits'(accept_fold) - FoldRoomBits'(folds_none) - FoldRoomBits'(fold_pop);
    end
  end

  // Items on their way: an item that parks, or meets another, is one less. A pair counts as one.
  localparam int unsigned CountBits = 16;
  for (genvar c = 0; c < 2**ContextBits; c++) begin : gen_context
    logic [CountBits-1:0] moving_q;
    logic enters, ends, b_parks;  // a context has items or folds, not both
    assign enters = (accept & ~in_take_i & (context_of(in_address_i) == ContextBits'(c))) |
                    (accept_fold & fold_sum_i & (context_of(fold_to_i) == ContextBits'(c)));
    assign ends = ((a2_parks | meets) & (context_of(a2_address_q) == ContextBits'(c))) |
                  (folds_none & fold_sum & (context_of(fold_to) == ContextBits'(c)));
    assign b_parks = b2_parks & (context_of(b2_address_q) == ContextBits'(c));
    always_ff @(posedge clk_i) begin
      if (!rst_ni) moving_q <= '0;
      else moving_q <= moving_q + CountBits'(enters) - CountBits'(ends) - CountBits'(b_parks);
    end
    assign idle_o[c] = ~sweeping & (moving_q == '0);
  end
  function automatic logic [ContextBits-1:0] context_of(address_t address);
    context_of = ContextBits'(narrow_i ? address >> NarrowShift : address >> WideShift);
  endfunction

`ifndef SYNTHESIS
  logic take_at_0;
  assign take_at_0 = a0_valid_q & a0_take_q;
  function automatic logic folded_at_0(logic valid, address_t address);
    folded_at_0 = valid & ((address == f0_even_address) | (address == f0_odd_address));
  endfunction
  function automatic logic same_set(address_t a, address_t b);
    same_set = ({1'b0, a ^ b} >> RowBits) == '0;
  endfunction
  always_ff @(posedge clk_i) begin
    if (rst_ni && !sweeping) begin
      assert (!(take_at_0 && a1_valid_q && a1_address_q == a0_address_q) &&
              !(take_at_0 && a2_valid_q && a2_address_q == a0_address_q) &&
              !(take_at_0 && b0_valid_q && b0_address_q == a0_address_q))
      else $error("pc_park_pair: bucket %0d is taken while it is in use", a0_address_q);
      assert (!take_at_0 || idle_o[context_of(a0_address_q)])
      else $error("pc_park_pair: bucket %0d is taken while its context moves", a0_address_q);
      assert (!f0_valid_q || !(folded_at_0(a1_valid_q, a1_address_q) || folded_at_0(a2_valid_q, a2_address_q) ||
                               folded_at_0(b1_valid_q, b1_address_q) || folded_at_0(b2_flips_q, b2_address_q)))
      else $error("pc_park_pair: bucket %0d or %0d is folded while it is in use", f0_even_address, f0_odd_address);
      assert (!(accept_fold && sum_valid_i && same_set(sum_address_i, fold_odd_address_i)) &&
              !(accept_fold && accept && same_set(in_address_i, fold_odd_address_i)))
      else $error("pc_park_pair: a fold of bucket %0d goes in with another access to its set", fold_odd_address_i);
      assert (!(wants_o && wants_fold_o) || hold_i || hold_fold_i) else $error("pc_park_pair: both queues may go");
    end
  end
`endif
endmodule

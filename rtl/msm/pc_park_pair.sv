// Buckets that never conflict. An item (a point, or a sum that left the adder) that arrives at an empty bucket is parked
// there; at an occupied one, it leaves for the adder together with the parked item, and the bucket is empty again. So
// nothing waits for a bucket whose sum is in the adder. Reading buckets out ("taking") empties them.
//
// Streams: a: new items, takes and folds, which can wait. b: the adder's sums, which cannot.
// Folds:   a fold empties two buckets of one context at once, through both ports, and so waits for a cycle without a sum.
//          Their contents go to the adder (an empty one counts as Zero), and from there to bucket fold_to. What was in the
//          second bucket also leaves through odd_*. pc_fold has the method. fold_even_i and fold_odd_i tell which of the
//          two buckets exist, fold_sum_i whether their sum is wanted.
// Hazards: 1. An arrival makes one access to the bucket memory: it parks (writes) or pairs (reads).
//          2. A bucket is occupied when bit a xor bit b xor the parity of arrivals there that have looked up but not yet
//             written back; each arrival flips the bit of its own stream.
//          3. Arrivals of one cycle at the same bucket are paired with each other and touch neither memory nor bits.
//          4. Both streams look up in stage 0, decide in stage 1 and access memory in stage 2.
//          5. Pairs of stream b go to the adder at once; pairs of stream a through a queue, which has room for each item
//             that is let in.
// Range:   an address is below Words: context and bucket, context on top. A bucket may be taken only while its context is
//          idle, and not within three cycles of another access to it (asserted).
// Timing:  a pair reaches issue_* 4 + RamLatency cycles after stage 0 at the earliest (stream a: two more); take_* answers
//          TakeLatency = 3 + RamLatency cycles after a take was accepted, in order.
// Reset:   rst_ni starts a sweep of max(Words / 8, DrainCycles) cycles, during which in_ready_o is 0 and sums that
//          come are dropped: DrainCycles is at least the adder's latency.
// Model:   tests/rtl/park_pair_test.cpp keeps the sum that each bucket must hold.
module pc_park_pair #(
  parameter int unsigned AddressBits = 12,
  parameter int unsigned Words = 2**AddressBits,
  parameter int unsigned ContextBits = 2,
  // Bits of the bucket below the context in an address: of wide windows, and of narrow ones.
  parameter int unsigned WideShift = AddressBits - ContextBits,
  parameter int unsigned NarrowShift = WideShift,
  parameter int unsigned PayloadBits = 768,
  parameter int unsigned RamLatency = 3,
  parameter int unsigned QueueDepth = 512,
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
  // A fold's first bucket is in_address_i. Its level only travels with it.
  input  logic                      in_fold_i,
  input  logic                      fold_even_i,
  input  logic                      fold_odd_i,
  input  logic                      fold_sum_i,
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
  // To the adder. hold_i keeps queued pairs back in this cycle, not those of stream b (urgent_o); wants_o: either is there.
  input  logic                      hold_i,
  output logic                      urgent_o,
  output logic                      wants_o,
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
  typedef logic [AddressBits-1:0] address_t;
  typedef logic [PayloadBits-1:0] payload_t;

  // ---- sweep ----
  localparam int unsigned ClearCycles = (Words + 7) / 8;
  localparam int unsigned SweepCycles = (ClearCycles > DrainCycles) ? ClearCycles : DrainCycles;
  localparam int unsigned SweepBits = $clog2(SweepCycles + 1);
  logic [SweepBits-1:0] sweep_q;
  logic sweeping;
  assign sweeping = sweep_q != SweepBits'(SweepCycles);
  assign sweeping_o = sweeping;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) sweep_q <= '0;
    else if (sweeping) sweep_q <= sweep_q + 1'b1;
  end

  // ---- stage 0: look up ----
  localparam int unsigned RoomBits = $clog2(QueueDepth + 1);
  logic [RoomBits-1:0] reserved_q;  // items of stream a that may still need a place in the queue, or have one
  logic accept;
  assign in_ready_o = ~sweeping & (reserved_q != RoomBits'(QueueDepth)) & ~(in_fold_i & sum_valid_i);
  assign accept = in_valid_i & in_ready_o;

  // How a fold goes through the stages: which buckets exist, whether the sum is wanted, where to, level.
  localparam int unsigned FoldBits = 3 + AddressBits + LevelBits;
  logic [FoldBits-1:0] fold0_q, fold1_q, fold2_q;
  logic a0_fold_q, a1_fold_q, a2_fold_q;

  logic a0_valid_q, a0_take_q, b0_valid_q;
  address_t a0_address_q, b0_address_q;
  payload_t a0_payload_q, b0_payload_q;
  always_ff @(posedge clk_i) begin
    a0_valid_q <= accept & rst_ni;
    b0_valid_q <= sum_valid_i & ~sweeping & rst_ni;
    if (accept) begin
      a0_take_q <= in_take_i & ~in_fold_i;
      a0_fold_q <= in_fold_i;
      fold0_q <= {fold_even_i, fold_odd_i, fold_sum_i, fold_to_i, fold_level_i};
      a0_address_q <= in_address_i;
      a0_payload_q <= in_payload_i;
    end
    if (sum_valid_i) begin
      b0_address_q <= sum_address_i;
      b0_payload_q <= sum_payload_i;
    end else if (accept) begin
      b0_address_q <= fold_odd_address_i;
    end
  end

  // ---- stages 1 and 2 ----
  logic a1_valid_q, a1_take_q, a1_meets_q, b1_valid_q, a2_valid_q, a2_take_q, a2_meets_q;
  address_t a1_address_q, b1_address_q, a2_address_q, b2_address_q;
  payload_t a1_payload_q, b1_payload_q, a2_payload_q, b2_payload_q;
  logic a1_flips, b1_flips, a2_flips_q, b2_flips_q;
  logic a1_own_q, a1_other_q, b1_own_q, b1_other_q;  // parities of what the lookup could not see
  logic a2_occupied_q, b2_occupied_q, a2_bit_q, b2_bit_q;
  assign a1_flips = a1_valid_q & ~a1_meets_q & ~a1_take_q & ~a1_fold_q;
  assign b1_flips = b1_valid_q & ~a1_meets_q;

  logic [1:0] read_a, read_b;
  logic a0_meets;
  assign a0_meets = a0_valid_q & ~a0_take_q & ~a0_fold_q & b0_valid_q & (a0_address_q == b0_address_q);
  always_ff @(posedge clk_i) begin
    a1_valid_q <= a0_valid_q & rst_ni;
    b1_valid_q <= b0_valid_q & rst_ni;
    a1_take_q <= a0_take_q;
    a1_fold_q <= a0_fold_q;
    fold1_q <= fold0_q;
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
    a2_fold_q <= a1_fold_q;
    fold2_q <= fold1_q;
    a2_meets_q <= a1_meets_q;
    a2_address_q <= a1_address_q;
    b2_address_q <= b1_address_q;
    a2_payload_q <= a1_payload_q;
    b2_payload_q <= b1_payload_q;
    a2_flips_q <= a1_flips & rst_ni;
    b2_flips_q <= b1_flips & rst_ni;
    a2_occupied_q <= ^read_a ^ a1_own_q ^ a1_other_q;
    b2_occupied_q <= ^read_b ^ b1_own_q ^ b1_other_q;
    a2_bit_q <= ~(read_a[0] ^ a1_own_q);
    b2_bit_q <= ~(read_b[1] ^ b1_own_q);
  end

  // A take flips its bit when the bucket was occupied; so does a fold, with a bit of each stream.
  logic fold_even, fold_odd, fold_sum, folds, folds_even, folds_odd, folds_sum, a2_writes_bit, b2_writes_bit;
  address_t fold_to;
  logic [LevelBits-1:0] fold_level;
  assign {fold_even, fold_odd, fold_sum, fold_to, fold_level} = fold2_q;
  assign folds = a2_valid_q & a2_fold_q;
  assign folds_even = folds & fold_even & a2_occupied_q;
  assign folds_odd = folds & fold_odd & b2_occupied_q;
  assign folds_sum = fold_sum & (folds_even | folds_odd);
  assign a2_writes_bit = a2_flips_q | (a2_valid_q & a2_take_q & a2_occupied_q) | folds_even;
  assign b2_writes_bit = b2_flips_q | folds_odd;
  pc_occupancy #(.AddressBits(AddressBits)) u_occupancy (
    .clk_i,
    .address_a_i(a0_address_q), .address_b_i(b0_address_q), .read_a_o(read_a), .read_b_o(read_b),
    .clear_i(sweeping), .clear_address_i((AddressBits-3)'(sweep_q)),
    .write_a_i(a2_writes_bit), .write_address_a_i(a2_address_q), .write_bit_a_i(a2_bit_q),
    .write_b_i(b2_writes_bit), .write_address_b_i(b2_address_q), .write_bit_b_i(b2_bit_q)
  );

  logic a2_parks, b2_parks, a2_pairs, b2_pairs, meets, takes;
  assign a2_parks = a2_flips_q & ~a2_occupied_q;
  assign b2_parks = b2_flips_q & ~b2_occupied_q;
  assign a2_pairs = a2_flips_q & a2_occupied_q;
  assign b2_pairs = b2_flips_q & b2_occupied_q;
  assign meets = a2_valid_q & a2_meets_q;
  assign takes = a2_valid_q & a2_take_q;

  payload_t ram_a, ram_b;
  pc_ram_2rw #(.Width(PayloadBits), .AddressBits(AddressBits), .Words(Words), .ReadLatency(RamLatency)) u_ram (
    .clk_i, .rst_ni,
    .enable_a_i(a2_parks | a2_pairs | (takes & a2_occupied_q) | folds_even), .write_a_i(a2_parks),
    .address_a_i(a2_address_q), .data_a_i(a2_payload_q), .read_a_o(ram_a),
    .enable_b_i(b2_parks | b2_pairs | folds_odd), .write_b_i(b2_parks),
    .address_b_i(b2_address_q), .data_b_i(b2_payload_q), .read_b_o(ram_b)
  );

  // ---- after the memory ----
  logic ar_pairs, br_pairs, r_meets, r_takes, r_occupied;
  address_t ar_address, br_address;
  payload_t ar_payload, br_payload;
  pc_delay #(.Width(2 * PayloadBits + 2 * AddressBits), .Depth(RamLatency)) u_wait (
    .clk_i, .rst_ni,
    .data_i({a2_payload_q, b2_payload_q, a2_fold_q ? fold_to : a2_address_q, b2_address_q}),
    .data_o({ar_payload, br_payload, ar_address, br_address})
  );
  logic r_even, r_odd, r_sum;
  pc_delay #(.Width(8 + LevelBits), .Depth(RamLatency)) u_wait_flags (
    .clk_i, .rst_ni,
    .data_i({a2_pairs, b2_pairs, meets, takes, a2_occupied_q, folds_even, folds_odd, folds_sum, fold_level}),
    .data_o({ar_pairs, br_pairs, r_meets, r_takes, r_occupied, r_even, r_odd, r_sum, odd_level_o})
  );
  assign odd_valid_o = r_odd & ~sweeping;
  assign odd_context_o = context_of(ar_address);
  assign odd_payload_o = ram_b;
  assign take_valid_o = r_takes & ~sweeping;
  assign take_occupied_o = r_occupied;
  assign take_payload_o = ram_a;

  logic queue_valid, queue_pop, b_issues;
  address_t queue_address;
  payload_t queue_a, queue_b;
  assign b_issues = (br_pairs | r_meets) & ~sweeping;
  assign queue_pop = queue_valid & ~b_issues & ~hold_i;
  assign urgent_o = b_issues;
  assign wants_o = b_issues | queue_valid;
  payload_t pair_first, pair_second;
  assign pair_first = ~r_sum ? ar_payload : r_odd ? ram_b : Zero;
  assign pair_second = (~r_sum | r_even) ? ram_a : Zero;
  pc_fifo #(.Width(AddressBits + 2 * PayloadBits), .Depth(QueueDepth)) u_queue (
    .clk_i, .rst_ni(rst_ni & ~sweeping),
    .push_i(ar_pairs | r_sum), .data_i({ar_address, pair_first, pair_second}),
    .valid_o(queue_valid), .data_o({queue_address, queue_a, queue_b}), .pop_i(queue_pop)
  );

  always_ff @(posedge clk_i) begin
    issue_valid_o <= rst_ni & (b_issues | queue_pop);
    issue_address_o <= b_issues ? br_address : queue_address;
    issue_a_o <= b_issues ? br_payload : queue_a;
    issue_b_o <= b_issues ? (r_meets ? ar_payload : ram_b) : queue_b;
  end

  // ---- counts ----
  // Places in the queue: an item has one from its acceptance until it turns out not to need it, or leaves the queue.
  logic needs_no_place;
  assign needs_no_place = a2_parks | meets | takes | (folds & ~folds_sum);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) reserved_q <= '0;
    else reserved_q <= reserved_q + RoomBits'(accept) - RoomBits'(needs_no_place) - RoomBits'(queue_pop);
  end

  // Items on their way: an item that parks, or meets another, is one less. A pair counts as one.
  localparam int unsigned CountBits = 16;
  for (genvar c = 0; c < 2**ContextBits; c++) begin : gen_context
    logic [CountBits-1:0] moving_q;
    logic enters, a_parks, b_parks, merges;
    assign enters = accept & (in_fold_i ? fold_sum_i : ~in_take_i) & (context_of(in_address_i) == ContextBits'(c));
    assign a_parks = (a2_parks | (folds & fold_sum & ~folds_sum)) & (context_of(a2_address_q) == ContextBits'(c));
    assign b_parks = b2_parks & (context_of(b2_address_q) == ContextBits'(c));
    assign merges = meets & (context_of(a2_address_q) == ContextBits'(c));
    always_ff @(posedge clk_i) begin
      if (!rst_ni) moving_q <= '0;
      else moving_q <= moving_q + CountBits'(enters) - CountBits'(a_parks) - CountBits'(b_parks) - CountBits'(merges);
    end
    assign idle_o[c] = ~sweeping & (moving_q == '0);
  end
  function automatic logic [ContextBits-1:0] context_of(address_t address);
    context_of = ContextBits'(narrow_i ? address >> NarrowShift : address >> WideShift);
  endfunction

`ifndef SYNTHESIS
  logic take_at_0;
  assign take_at_0 = a0_valid_q & a0_take_q;
  always_ff @(posedge clk_i) begin
    if (rst_ni && !sweeping) begin
      assert (!(take_at_0 && a1_valid_q && a1_address_q == a0_address_q) &&
              !(take_at_0 && a2_valid_q && a2_address_q == a0_address_q) &&
              !(take_at_0 && b0_valid_q && b0_address_q == a0_address_q))
      else $error("pc_park_pair: bucket %0d is taken while it is in use", a0_address_q);
      assert (!take_at_0 || idle_o[context_of(a0_address_q)])
      else $error("pc_park_pair: bucket %0d is taken while its context moves", a0_address_q);
    end
  end
`endif
endmodule

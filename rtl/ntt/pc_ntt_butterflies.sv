// Drives the lanes' butterflies through the levels of tiles: addresses, twiddles, and when all of it is written back.
//
// Method:  level s of a forward transform pairs the addresses that differ in bit t - 1 - s, in order; inverse transforms go the
//          other way. In that order a level may start as soon as a quarter of its length is longer than the pipeline, without
//          waiting for the level before; a shorter one waits the difference. Twiddle b of level s is entry b of the table, and
//          its inverse minus the entry whose bits below b's highest are flipped.
// Timing:  a butterfly a cycle. table_address_o comes with issue_o, rho_address_o 3 cycles later; the others as pc_ntt_lane wants
//          them. next_o with a tile's last issue, done_o after its last write.
// Reset:   rst_ni forgets everything on its way.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_butterflies #(
  parameter int unsigned AddressBits = 13,
  parameter int unsigned MulLatency = 12,
  parameter int unsigned SumsLatency = 5
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   go_i,
  output logic                   next_o,
  output logic                   done_o,
  input  logic                   inverse_i,
  input  logic                   own_rho_i,  // transforms of a lane have constants of their own
  input  logic [3:0]             bits_i,
  input  logic [3:0]             width_i,
  input  logic [3:0]             group_i,
  input  logic                   buffer_i,
  output logic                   issue_o,
  output logic [AddressBits-2:0] table_address_o,
  output logic [6:0]             rho_address_o,
  output logic                   read_o,
  output logic                   read_buffer_o,
  output logic [AddressBits-1:0] read_x_o,
  output logic [AddressBits-1:0] read_y_o,
  output logic                   x_buffer_o,
  output logic                   x_bank_o,
  output logic                   negate_o,
  output logic                   write_bank_o,
  output logic                   write_o,
  output logic                   write_buffer_o,
  output logic [AddressBits-1:0] write_x_o,
  output logic [AddressBits-1:0] write_y_o
);
  localparam int unsigned ReadInverse = 1 + MulLatency - SumsLatency;  // from issue_o to the read
  localparam int unsigned Written = 4 + MulLatency + SumsLatency;      // from the read to the write
  localparam int unsigned CountBits = AddressBits + 9;
  localparam logic [AddressBits-1:0] One = AddressBits'(1);

  // ---- levels and pairs ----
  logic [3:0] level_q, index, bit_place;
  logic [AddressBits-1:0] pair_q, length, half;
  logic [CountBits-1:0] waited_q, wait_for;
  logic paired_q, active, last_pair, last_level, level_over;
  assign index = inverse_i ? bits_i - 4'd1 - level_q : level_q;
  assign bit_place = bits_i - 4'd1 - index;
  assign half = AddressBits'((AddressBits+1)'(1) << (width_i + group_i) >> 1);
  assign length = half >> 1;
  assign active = go_i & (bits_i != '0) & ~paired_q;
  assign last_pair = pair_q == half - One;
  assign last_level = level_q == bits_i - 4'd1;
  assign wait_for = CountBits'(length) + CountBits'(Written + 1);
  // The level's last cycle: all pairs are issued, and the next level's reads will find what this one writes.
  assign level_over = go_i & (bits_i != '0) & (active ? last_pair : 1'b1) & (last_level | (waited_q + 1'b1 >= wait_for));
  assign next_o = go_i & ((bits_i == '0) | (level_over & last_level));
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      level_q <= '0;
      pair_q <= '0;
      waited_q <= '0;
      paired_q <= 1'b0;
    end else if (level_over) begin
      level_q <= last_level ? '0 : level_q + 4'd1;
      pair_q <= '0;
      waited_q <= '0;
      paired_q <= 1'b0;
    end else if (go_i) begin
      pair_q <= pair_q + AddressBits'(active);
      waited_q <= waited_q + 1'b1;
      paired_q <= paired_q | (active & last_pair);
    end
  end

  // ---- issue ----
  logic [AddressBits-1:0] low_mask, x, y, above, block, smeared;
  assign low_mask = (One << bit_place) - One;
  assign above = pair_q >> bit_place;
  assign x = ((above << bit_place) << 1) | (pair_q & low_mask);
  assign y = x | (One << bit_place);
  assign block = above & ((One << index) - One);
  always_comb begin
    smeared = block;
    for (int unsigned k = 1; k < AddressBits; k = 2 * k) smeared = smeared | (smeared >> k);
  end
  logic [AddressBits-1:0] entry, group;
  assign entry = inverse_i ? block ^ (smeared >> 1) : block;
  assign group = own_rho_i ? x >> width_i : '0;
  localparam int unsigned PayloadBits = 2 * AddressBits + 2;
  logic [PayloadBits-1:0] issued_q, early, late, reading, writing;
  logic [6:0] rho_q;
  always_ff @(posedge clk_i) begin
    issue_o <= active & rst_ni;
    table_address_o <= entry[AddressBits-2:0];
    rho_q <= {buffer_i, group[1:0], index};
    issued_q <= {inverse_i & (block != '0), buffer_i, y, x};
  end
  pc_delay #(.Width(7), .Depth(3)) u_rho (.clk_i, .rst_ni, .data_i(rho_q), .data_o(rho_address_o));
  pc_delay #(.Width(PayloadBits), .Depth(ReadInverse)) u_early (.clk_i, .rst_ni, .data_i(issued_q), .data_o(early));
  pc_delay #(.Width(PayloadBits), .Depth(SumsLatency)) u_late (.clk_i, .rst_ni, .data_i(early), .data_o(late));
  assign reading = inverse_i ? early : late;
  pc_delay #(.Width(PayloadBits), .Depth(Written)) u_written (.clk_i, .rst_ni, .data_i(reading), .data_o(writing));

  // What is on its way; unlike the payloads these are cleared.
  logic [ReadInverse+SumsLatency-1:0] issue_q, end_q;
  logic [Written-1:0] read_q, read_end_q;
  logic reading_end, ended_q;
  assign read_o = inverse_i ? issue_q[ReadInverse-1] : issue_q[ReadInverse+SumsLatency-1];
  assign reading_end = inverse_i ? end_q[ReadInverse-1] : end_q[ReadInverse+SumsLatency-1];
  assign write_o = read_q[Written-1];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      issue_q <= '0;
      end_q <= '0;
      read_q <= '0;
      read_end_q <= '0;
      ended_q <= 1'b0;
      done_o <= 1'b0;
    end else begin
      ended_q <= next_o;
      issue_q <= {issue_q[ReadInverse+SumsLatency-2:0], issue_o};
      end_q <= {end_q[ReadInverse+SumsLatency-2:0], ended_q};
      read_q <= {read_q[Written-2:0], read_o};
      read_end_q <= {read_end_q[Written-2:0], reading_end};
      done_o <= read_end_q[Written-1];
    end
  end
  assign {read_buffer_o, read_y_o, read_x_o} = reading[PayloadBits-2:0];
  assign {write_buffer_o, write_y_o, write_x_o} = writing[PayloadBits-2:0];
  logic buffer_q, bank_q, negate_q, negate_2_q;
  always_ff @(posedge clk_i) begin
    buffer_q <= read_buffer_o;
    x_buffer_o <= buffer_q;
    bank_q <= ^read_x_o;
    x_bank_o <= bank_q;
    negate_q <= reading[PayloadBits-1];
    negate_2_q <= negate_q;
    negate_o <= negate_2_q;
  end
  pc_delay #(.Width(1), .Depth(Written - 3)) u_bank (.clk_i, .rst_ni, .data_i(x_bank_o), .data_o(write_bank_o));
  logic unused;
  assign unused = writing[PayloadBits-1] ^ entry[AddressBits-1] ^ (^group[AddressBits-1:2]);
endmodule

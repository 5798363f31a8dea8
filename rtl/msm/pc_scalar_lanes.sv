// Takes scalars out of 64-byte beats, those that may have a nonzero digit in a group's windows; the others cost nothing, a
// beat of such scalars one cycle.
//
// Method:  a scalar whose bits are all zero in the group's windows and in the window below has no digit there: no carry comes
//          from that window. (Others may turn out to have none; pc_recode drops them.) First the eight-byte words of a
//          beat are chosen, then lanes of a word. A 254-bit scalar is chosen at once.
// Range:   format_i: 0 .. 3 is 8, 16, 32, 254 bits; beats_i = beats of a row of num_points_i scalars. Windows of NarrowBits with
//          narrow_i, which is 1 for all formats but the last, else of WideBits.
// Order:   as scalars are stored, group by group; each group ends with an item with end_o, which is not a scalar.
// Timing:  one scalar a cycle; two cycles between groups. scalar_o is signed, extended to 256 bits.
// Reset:   rst_ni.
// Test:    tests/rtl/msm_core_test.cpp.
module pc_scalar_lanes #(
  parameter int unsigned WideBits = 13,
  parameter int unsigned NarrowBits = 8,
  parameter int unsigned PassWindows = 7
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  logic [31:0]  num_msms_i,
  input  logic [7:0]   first_window_i,
  input  logic [7:0]   num_windows_i,
  input  logic [31:0]  num_points_i,
  input  logic [1:0]   format_i,
  input  logic         narrow_i,
  input  logic [31:0]  beats_i,
  input  logic         scalar_valid_i,
  output logic         scalar_ready_o,
  input  logic [511:0] scalar_data_i,
  output logic         valid_o,
  input  logic         ready_i,
  output logic         end_o,
  output logic [31:0]  index_o,
  output logic [255:0] scalar_o,
  output logic [7:0]   group_window_o,
  output logic [7:0]   group_windows_o
);
  if (NarrowBits < 2 || NarrowBits > WideBits)
    $fatal(1, "pc_scalar_lanes: NarrowBits: expected 2 to WideBits, found %0d", NarrowBits);
  logic wide;
  assign wide = format_i == 2'd3;

  // ---- groups: one cycle to set up its mask, then its beats, then its end ----
  typedef enum logic [1:0] {kIdle, kMask, kBeats, kEnd} state_e;
  state_e state_q;
  logic group_valid, group_next, unused_row_ends;
  logic [7:0] window, windows;
  logic [31:0] left_q, index_q;
  logic last_q;  // the next beat is the row's last
  logic a_free, loads, ends;
  pc_groups #(.PassWindows(PassWindows)) u_groups (
    .clk_i, .rst_ni, .start_i, .num_msms_i, .first_window_i, .num_windows_i,
    .valid_o(group_valid), .next_i(group_next), .first_window_o(window), .num_windows_o(windows),
    .row_ends_o(unused_row_ends)
  );
  assign scalar_ready_o = (state_q == kBeats) & a_free;
  assign loads = scalar_ready_o & scalar_valid_i;
  assign group_next = (state_q == kEnd) & ends;

  // Bits that matter, of a 254-bit scalar and of 32 bits of shorter ones.
  logic [255:0] mask, mask_q;
  logic [31:0] short_mask, short_mask_q;
  logic [7:0] window_end_q;
  always_comb begin
    for (int unsigned b = 0; b < 256; b++) begin
      if (narrow_i) mask[b] = (8'(b / NarrowBits + 1) >= window) & (8'(b / NarrowBits) < window_end_q);
      else mask[b] = (8'(b / WideBits + 1) >= window) & (8'(b / WideBits) < window_end_q);
    end
    short_mask = mask[31:0];
    if (format_i == 2'd0) short_mask = {4{mask[7:0]}};
    if (format_i == 2'd1) short_mask = {2{mask[15:0]}};
  end

  // ---- a beat, with flags of the lanes whose bits matter and are not zero (at a lane's lowest byte), and of words ----
  logic [63:0] tail, tail_q;  // bytes of the row's last beat
  logic [5:0] last_byte;
  logic [63:0] flags, lanes;
  logic [7:0] flagged_words;
  always_comb begin
    case (format_i)
      2'd0: last_byte = 6'(num_points_i - 32'd1);
      2'd1: last_byte = {5'(num_points_i - 32'd1), 1'b1};
      2'd2: last_byte = {4'(num_points_i - 32'd1), 2'b11};
      default: last_byte = {1'(num_points_i - 32'd1), 5'b11111};
    endcase
    for (int unsigned b = 0; b < 64; b++) begin
      tail[b] = 6'(b) <= last_byte;
      flags[b] = (~last_q | tail_q[b]) & ((scalar_data_i[8*b+:8] &
                                           (wide ? mask_q[8*(b%32)+:8] : short_mask_q[8*(b%4)+:8])) != '0);
    end
    lanes = flags;
    for (int unsigned b = 0; b < 64; b += 4) begin
      if (format_i == 2'd1) lanes[b+:4] = {1'b0, |flags[b+2+:2], 1'b0, |flags[b+:2]};
      if (format_i == 2'd2) lanes[b+:4] = {3'd0, |flags[b+:4]};
    end
    for (int unsigned w = 0; w < 8; w++) flagged_words[w] = flags[8*w+:8] != '0;
    if (wide) flagged_words = {3'd0, |flagged_words[7:4], 3'd0, |flagged_words[3:0]};
  end
  logic a_valid_q, a_takes;
  logic [511:0] a_data_q;
  logic [63:0] a_flags_q;
  logic [7:0] a_words_q, word;
  logic [31:0] a_index_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= kIdle;
    end else begin
      case (state_q)
        kIdle: if (group_valid) state_q <= kMask;
        kMask: state_q <= (beats_i == '0) ? kEnd : kBeats;
        kBeats: if (loads && last_q) state_q <= kEnd;
        default: if (ends) state_q <= kIdle;
      endcase
    end
    if (state_q == kIdle) window_end_q <= window + windows;
    if (state_q == kMask) begin
      mask_q <= mask;
      short_mask_q <= short_mask;
      tail_q <= tail;
      left_q <= beats_i;
      last_q <= beats_i == 32'd1;
      index_q <= '0;
    end else if (loads) begin
      left_q <= left_q - 1'b1;
      last_q <= left_q == 32'd2;
      index_q <= index_q + (wide ? 32'd2 : 32'd64 >> format_i);
    end
    if (loads) begin
      a_data_q <= scalar_data_i;
      a_flags_q <= lanes;
      a_words_q <= flagged_words;
      a_index_q <= index_q;
    end else if (a_takes) begin
      a_words_q <= a_words_q & ~word;
    end
    if (!rst_ni) a_valid_q <= 1'b0;
    else a_valid_q <= loads | (a_valid_q & ~a_free);
  end

  // ---- the lowest word with a flag; of 254-bit scalars, the lowest half ----
  logic [2:0] word_index;
  logic a_any, a_last_word, b_free, b_valid_q;
  pc_lowest #(.Width(8)) u_word (.bits_i(a_words_q), .lowest_o(word), .index_o(word_index));
  assign a_any = a_words_q != '0;
  assign a_last_word = a_words_q == word;
  assign a_takes = a_valid_q & a_any & b_free;
  assign a_free = ~a_valid_q | ~a_any | (a_takes & a_last_word);

  logic [255:0] b_data_q;
  logic [63:0] chosen_word;
  logic [7:0] b_flags_q, chosen_flags, lane;
  logic [2:0] byte_index;
  logic [31:0] b_index_q, lane_number;
  logic c_free, c_takes, c_ends;
  always_comb begin
    chosen_word = '0;
    chosen_flags = '0;
    for (int unsigned w = 0; w < 8; w++) begin
      if (word[w]) begin
        chosen_word = chosen_word | a_data_q[64*w+:64];
        chosen_flags = chosen_flags | a_flags_q[8*w+:8];
      end
    end
    if (wide) chosen_flags = 8'd1;
  end
  always_ff @(posedge clk_i) begin
    if (a_takes) begin
      b_data_q <= wide ? (word[0] ? a_data_q[255:0] : a_data_q[511:256]) : {192'd0, chosen_word};
      b_flags_q <= chosen_flags;
      b_index_q <= a_index_q + (wide ? 32'(word_index[2]) : {26'd0, word_index, 3'd0} >> format_i);
    end else if (c_takes) begin
      b_flags_q <= b_flags_q & ~lane;
    end
    if (!rst_ni) b_valid_q <= 1'b0;
    else b_valid_q <= a_takes | (b_valid_q & ~b_free);
  end

  // ---- the lowest lane of the word ----
  logic [31:0] lane_bits;
  logic [255:0] extended;
  pc_lowest #(.Width(8)) u_lane (.bits_i(b_flags_q), .lowest_o(lane), .index_o(byte_index));
  assign c_free = ~valid_o | ready_i;
  assign c_takes = b_valid_q & c_free;
  assign b_free = ~b_valid_q | (c_takes & (b_flags_q == lane));
  // A group ends when its last beat has left both stages.
  assign ends = (state_q == kEnd) & a_free & ~a_takes & ~b_valid_q & c_free;
  assign c_ends = ends;
  assign lane_number = {29'd0, byte_index} >> format_i;
  always_comb begin
    lane_bits = '0;
    for (int unsigned l = 0; l < 8; l++) begin
      if (lane[l]) lane_bits = lane_bits | (32'(b_data_q[63:0] >> (8 * l)));
    end
    case (format_i)
      2'd0: extended = {{248{lane_bits[7]}}, lane_bits[7:0]};
      2'd1: extended = {{240{lane_bits[15]}}, lane_bits[15:0]};
      2'd2: extended = {{224{lane_bits[31]}}, lane_bits};
      default: extended = b_data_q;
    endcase
  end
  always_ff @(posedge clk_i) begin
    if (c_free) begin
      scalar_o <= extended;
      index_o <= b_index_q + (wide ? 32'd0 : lane_number);
      end_o <= c_ends;
      group_window_o <= window;
      group_windows_o <= windows;
    end
    if (!rst_ni) valid_o <= 1'b0;
    else if (c_free) valid_o <= c_takes | c_ends;
  end
  logic unused;
  assign unused = unused_row_ends;
endmodule

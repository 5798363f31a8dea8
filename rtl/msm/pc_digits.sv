// Splits scalars into signed digits and hands out the nonzero ones, one a cycle; scalars without any take no cycle.
//
// Method:  with B = the sum over all windows w of 2^(c - 1) * 2^(c w), window w of scalar + B is digit w plus 2^(c - 1): one
//          wide addition, no chain of carries from digit to digit. The top window of a scalar keeps what would carry into
//          the next one, so that n-bit signed scalars need ceil(n / c) windows only.
// Range:   scalar_i is signed, extended to 256 bits. Digits are in [-2^(c - 1), 2^(c - 1)]; top_window_i is the last window
//          of this kind of scalar, and num_windows_i windows from first_window_i on are handed out, at most NumWindows.
//          window_o counts from 0 at first_window_i.
// Timing:  a scalar's first digit comes 6 cycles after the scalar at the earliest. ready/valid on both sides; outputs are
//          held while !ready_i. Arguments are constant while scalars are inside.
// Reset:   rst_ni drops what is inside; keep valid_i at 0 for 4 cycles after it.
// Model:   tests/rtl/digits_test.cpp: digits give the scalar back.
module pc_digits #(
  parameter int unsigned WindowBits = 13,
  parameter int unsigned TotalWindows = 20,
  parameter int unsigned NumWindows = 7,
  parameter int unsigned TagBits = 32,
  localparam int unsigned WindowIndexBits = $clog2(TotalWindows + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic [WindowIndexBits-1:0] first_window_i,
  input  logic [WindowIndexBits-1:0] num_windows_i,
  input  logic [WindowIndexBits-1:0] top_window_i,

  input  logic                       valid_i,
  output logic                       ready_o,
  input  logic [255:0]               scalar_i,
  input  logic [TagBits-1:0]         tag_i,

  output logic                       valid_o,
  input  logic                       ready_i,
  output logic [TagBits-1:0]         tag_o,
  output logic [WindowIndexBits-1:0] window_o,
  output logic                       negative_o,
  output logic [WindowBits-1:0]      magnitude_o,
  // Nothing is inside.
  output logic                       idle_o
);
  localparam int unsigned SumBits = WindowBits * TotalWindows + 1;
  localparam int unsigned Half = 1 << (WindowBits - 1);
  localparam int unsigned DigitBits = WindowBits + 1;  // a biased digit, with the top one's extra bit
  localparam int unsigned AddLatency = pc_fq_pkg::WIDE_ADD_LATENCY;

  function automatic logic [SumBits-1:0] bias();
    bias = '0;
    for (int unsigned w = 0; w < TotalWindows; w++) bias[w*WindowBits+WindowBits-1] = 1'b1;
  endfunction
  localparam logic [SumBits-1:0] Bias = bias();

  // ---- the sum ----
  logic accept;
  logic [SumBits-1:0] extended, sum;
  assign accept = valid_i & ready_o;
  if (SumBits > 256) begin : gen_extend
    assign extended = {{(SumBits-256){scalar_i[255]}}, scalar_i};
  end else begin : gen_cut
    assign extended = scalar_i[SumBits-1:0];
    logic unused;
    assign unused = ^{1'b0, scalar_i[255:SumBits-1]};
  end
  pc_wide_add #(.Width(SumBits)) u_sum (.clk_i, .a_i(extended), .b_i(Bias), .sum_o(sum));
  logic sum_valid;
  logic [TagBits-1:0] sum_tag;
  pc_delay #(.Width(1 + TagBits), .Depth(AddLatency)) u_tag (
    .clk_i, .rst_ni, .data_i({accept & rst_ni, tag_i}), .data_o({sum_valid, sum_tag})
  );

  // ---- windows of this unit, and which of their digits are not zero ----
  logic [NumWindows*DigitBits-1:0] digits, digits_q;
  logic [NumWindows-1:0] nonzero, nonzero_q;
  logic [TagBits-1:0] tag_q;
  logic chosen_q;
  always_comb begin
    for (int unsigned k = 0; k < NumWindows; k++) begin
      digits[k*DigitBits+:DigitBits] = DigitBits'(Half);
      for (int unsigned w = 0; w < TotalWindows; w++) begin
        if (WindowIndexBits'(w) == first_window_i + WindowIndexBits'(k) && WindowIndexBits'(k) < num_windows_i) begin
          digits[k*DigitBits+:DigitBits] =
              {sum[(w+1)*WindowBits] & (top_window_i == WindowIndexBits'(w)), sum[w*WindowBits+:WindowBits]};
        end
      end
      nonzero[k] = digits[k*DigitBits+:DigitBits] != DigitBits'(Half);
    end
  end
  always_ff @(posedge clk_i) begin
    digits_q <= digits;
    nonzero_q <= nonzero;
    tag_q <= sum_tag;
    chosen_q <= sum_valid & rst_ni;
  end

  // ---- scalars that have digits wait here; a place is kept for each scalar that is let in ----
  localparam int unsigned Depth = 16;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic push, pop, head_valid;
  logic [TagBits-1:0] head_tag;
  logic [NumWindows-1:0] head_nonzero;
  logic [NumWindows*DigitBits-1:0] head_digits;
  logic [CountBits-1:0] reserved_q;
  logic dropped;
  assign push = chosen_q & (nonzero_q != '0);
  assign dropped = chosen_q & (nonzero_q == '0);
  assign ready_o = reserved_q != CountBits'(Depth);
  pc_fifo #(.Width(TagBits + NumWindows + NumWindows * DigitBits), .Depth(Depth)) u_fifo (
    .clk_i, .rst_ni,
    .push_i(push), .data_i({tag_q, nonzero_q, digits_q}),
    .valid_o(head_valid), .data_o({head_tag, head_nonzero, head_digits}), .pop_i(pop)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) reserved_q <= '0;
    else reserved_q <= reserved_q + CountBits'(accept) - CountBits'(dropped) - CountBits'(pop);
  end

  // ---- the lowest nonzero digit of the scalar at hand ----
  logic [NumWindows-1:0] left_q, lowest;
  logic [NumWindows*DigitBits-1:0] held_q;
  logic [TagBits-1:0] held_tag_q;
  logic last, take;
  assign lowest = left_q & (~left_q + 1'b1);
  assign last = left_q == lowest;  // also when nothing is left
  assign take = ~valid_o | ready_i;
  assign pop = head_valid & take & last;

  logic [DigitBits-1:0] digit;
  logic [WindowIndexBits-1:0] window;
  logic negative;
  logic [DigitBits-1:0] magnitude;
  always_comb begin
    digit = '0;
    window = '0;
    for (int unsigned k = 0; k < NumWindows; k++) begin
      if (lowest[k]) begin
        digit = digit | held_q[k*DigitBits+:DigitBits];
        window = window | WindowIndexBits'(k);
      end
    end
    negative = digit < DigitBits'(Half);
    magnitude = negative ? DigitBits'(Half) - digit : digit - DigitBits'(Half);
  end
  always_ff @(posedge clk_i) begin
    if (take) begin
      tag_o <= held_tag_q;
      window_o <= window;
      negative_o <= negative;
      magnitude_o <= magnitude[WindowBits-1:0];
    end
    if (pop) begin
      held_q <= head_digits;
      held_tag_q <= head_tag;
    end
    if (!rst_ni) begin
      valid_o <= 1'b0;
      left_q <= '0;
    end else begin
      if (take) valid_o <= left_q != '0;
      if (pop) left_q <= head_nonzero;
      else if (take) left_q <= left_q & ~lowest;
    end
  end
  assign idle_o = (reserved_q == '0) & (left_q == '0) & ~valid_o;
  logic unused_magnitude;
  assign unused_magnitude = magnitude[DigitBits-1];
endmodule

// Splits scalars into signed digits, all windows of a group at once, and drops scalars that have none.
//
// Method:  with B = the sum over all windows w of 2^(c - 1) * 2^(c w), window w of scalar + B is digit w plus 2^(c - 1): one
//          wide addition, no chain of carries from digit to digit. The top window of a scalar keeps what would carry into
//          the next one, so that n-bit signed scalars need ceil(n / c) windows only.
// Range:   scalar_i is signed, extended to 256 bits. Digits are in [-2^(c - 1), 2^(c - 1)], biased ones in [0, 2^c]:
//          c = NarrowBits with narrow_i, else WideBits. top_window_i is the last window of this kind of scalar; both are
//          constant while scalars are inside. digits_o has num_windows_i windows from first_window_i on; nonzero_o
//          tells which of them are not zero. Items with end_i are no scalars and only travel along.
// Timing:  one scalar a cycle, ready/valid; 7 cycles to the output at the earliest.
// Reset:   rst_ni drops what is inside.
// Model:   tests/rtl/digits_test.cpp: digits give the scalar back.
module pc_recode #(
  parameter int unsigned WideBits = 13,
  parameter int unsigned NarrowBits = 8,
  parameter int unsigned PassWindows = 7,
  parameter int unsigned IndexBits = 32,
  localparam int unsigned DigitBits = WideBits + 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             narrow_i,
  input  logic [7:0]                       top_window_i,

  input  logic                             valid_i,
  output logic                             ready_o,
  input  logic                             end_i,
  input  logic [IndexBits-1:0]             index_i,
  input  logic [255:0]                     scalar_i,
  input  logic [7:0]                       first_window_i,
  input  logic [7:0]                       num_windows_i,

  output logic                             valid_o,
  input  logic                             ready_i,
  output logic                             end_o,
  output logic [IndexBits-1:0]             index_o,
  output logic [PassWindows-1:0]           nonzero_o,
  output logic [PassWindows*DigitBits-1:0] digits_o,
  // Nothing is inside.
  output logic                             idle_o
);
  if (NarrowBits < 2 || NarrowBits > WideBits)
    $fatal(1, "pc_recode: NarrowBits: expected 2 to WideBits, found %0d", NarrowBits);
  localparam int unsigned WideWindows = (255 + WideBits - 1) / WideBits;
  localparam int unsigned NarrowWindows = (255 + NarrowBits - 1) / NarrowBits;
  localparam int unsigned WideSum = WideBits * WideWindows;
  localparam int unsigned NarrowSum = NarrowBits * NarrowWindows;
  localparam int unsigned SumBits = ((WideSum > NarrowSum) ? WideSum : NarrowSum) + 1;
  localparam int unsigned AddLatency = pc_fq_pkg::WIDE_ADD_LATENCY;
  localparam logic [DigitBits-1:0] WideHalf = DigitBits'(2**(WideBits-1));
  localparam logic [DigitBits-1:0] NarrowHalf = DigitBits'(2**(NarrowBits-1));

  function automatic logic [SumBits-1:0] bias(int unsigned width, int unsigned windows);
    bias = '0;
    for (int unsigned w = 0; w < windows; w++) bias[w*width+width-1] = 1'b1;
  endfunction
  localparam logic [SumBits-1:0] WideBias = bias(WideBits, WideWindows);
  localparam logic [SumBits-1:0] NarrowBias = bias(NarrowBits, NarrowWindows);

  // ---- the sum ----
  logic accept;
  logic [SumBits-1:0] extended, sum;
  assign accept = valid_i & ready_o;
  if (SumBits > 256) begin : gen_extend
    assign extended = {{(SumBits-256){scalar_i[255]}}, scalar_i};
  end else begin : gen_cut
    assign extended = scalar_i[SumBits-1:0];
  end
  pc_wide_add #(.Width(SumBits)) u_sum (
    .clk_i, .a_i(extended), .b_i(narrow_i ? NarrowBias : WideBias), .sum_o(sum)
  );
  logic [AddLatency+1:0] valid_q;
  logic sum_end;
  logic [IndexBits-1:0] sum_index;
  logic [7:0] sum_first, sum_num;
  pc_delay #(.Width(1 + IndexBits + 16), .Depth(AddLatency)) u_tag (
    .clk_i, .rst_ni, .data_i({end_i, index_i, first_window_i, num_windows_i}),
    .data_o({sum_end, sum_index, sum_first, sum_num})
  );

  // ---- the group's windows, then which of their digits are not zero ----
  logic [PassWindows*DigitBits-1:0] digits, digits_q, digits_2_q;
  logic [PassWindows-1:0] used_q, nonzero, nonzero_q;
  logic [IndexBits-1:0] index_q, index_2_q;
  logic end_q, end_2_q;
  always_comb begin
    digits = '0;
    for (int unsigned k = 0; k < PassWindows; k++) begin
      for (int unsigned w = 0; w < WideWindows; w++) begin
        if (!narrow_i && 8'(w) == sum_first + 8'(k)) begin
          digits[k*DigitBits+:DigitBits] = {sum[(w+1)*WideBits] & (top_window_i == 8'(w)), sum[w*WideBits+:WideBits]};
        end
      end
      for (int unsigned w = 0; w < NarrowWindows; w++) begin
        if (narrow_i && 8'(w) == sum_first + 8'(k)) begin
          digits[k*DigitBits+:DigitBits] =
              DigitBits'({sum[(w+1)*NarrowBits] & (top_window_i == 8'(w)), sum[w*NarrowBits+:NarrowBits]});
        end
      end
      nonzero[k] = used_q[k] & (digits_q[k*DigitBits+:DigitBits] != (narrow_i ? NarrowHalf : WideHalf));
    end
  end
  always_ff @(posedge clk_i) begin
    digits_q <= digits;
    for (int unsigned k = 0; k < PassWindows; k++) used_q[k] <= ~sum_end & (8'(k) < sum_num);
    index_q <= sum_index;
    end_q <= sum_end;
    digits_2_q <= digits_q;
    nonzero_q <= nonzero;
    index_2_q <= index_q;
    end_2_q <= end_q;
  end

  // ---- scalars that have digits wait here; a place is kept for each scalar that is let in ----
  localparam int unsigned Depth = 16;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic keeps, drops, pop;
  logic [CountBits-1:0] reserved_q;
  assign keeps = end_2_q | (nonzero_q != '0);
  assign drops = valid_q[AddLatency+1] & ~keeps;
  assign pop = valid_o & ready_i;
  assign ready_o = reserved_q != CountBits'(Depth);
  pc_fifo #(.Width(1 + IndexBits + PassWindows + PassWindows * DigitBits), .Depth(Depth)) u_fifo (
    .clk_i, .rst_ni,
    .push_i(valid_q[AddLatency+1] & keeps), .data_i({end_2_q, index_2_q, nonzero_q, digits_2_q}),
    .valid_o, .data_o({end_o, index_o, nonzero_o, digits_o}), .pop_i(pop)
  );
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= '0;
      reserved_q <= '0;
    end else begin
      valid_q <= {valid_q[AddLatency:0], accept};
      reserved_q <= reserved_q + CountBits'(accept) - CountBits'(drops) - CountBits'(pop);
    end
  end
  assign idle_o = reserved_q == '0;
  logic unused;
  assign unused = ^scalar_i;
endmodule

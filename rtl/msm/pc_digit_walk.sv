// Hands out the nonzero digits of scalars with their bases, one a cycle, and the address of the bucket of each.
//
// Range:   digits as pc_recode gives them; bases finite. context_i is the context of a group's first window, valid with
//          context_valid_i; group_done_o: the group's end has left, the next cycle's context is the next group's.
// Timing:  one digit a cycle, ready/valid; a group's end (mark_o) takes one cycle too.
// Reset:   rst_ni drops what is inside.
// Model:   tests/rtl/digits_test.cpp: digits give the scalar back.
module pc_digit_walk #(
  parameter int unsigned WideBits = 13,
  parameter int unsigned NarrowBits = 8,
  parameter int unsigned PassWindows = 7,
  parameter int unsigned ContextBits = 5,
  parameter int unsigned AddressBits = 16,
  parameter int unsigned PayloadBits = 512,
  localparam int unsigned DigitBits = WideBits + 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             narrow_i,
  input  logic                             context_valid_i,
  input  logic [ContextBits-1:0]           context_i,
  output logic                             group_done_o,

  input  logic                             valid_i,
  output logic                             ready_o,
  input  logic                             end_i,
  input  logic [PassWindows-1:0]           nonzero_i,
  input  logic [PassWindows*DigitBits-1:0] digits_i,
  input  logic [PayloadBits-1:0]           payload_i,

  output logic                             valid_o,
  input  logic                             ready_i,
  output logic                             mark_o,
  output logic                             negative_o,
  output logic [ContextBits-1:0]           context_o,
  output logic [AddressBits-1:0]           address_o,
  output logic [PayloadBits-1:0]           payload_o
);
  if (NarrowBits < 2 || NarrowBits > WideBits)
    $fatal(1, "pc_digit_walk: NarrowBits: expected 2 to WideBits, found %0d", NarrowBits);
  if (AddressBits < ContextBits + NarrowBits - 1)
    $fatal(1, "pc_digit_walk: AddressBits: expected a context and its buckets, found %0d", AddressBits);
  localparam logic [DigitBits-1:0] WideHalf = DigitBits'(2**(WideBits-1));
  localparam logic [DigitBits-1:0] NarrowHalf = DigitBits'(2**(NarrowBits-1));

  // What is left of the scalar at hand: its digits, or that it is an end.
  logic [PassWindows-1:0] left_q, lowest;
  logic [$clog2(PassWindows)-1:0] window;
  logic [PassWindows*DigitBits-1:0] held_q;
  logic [PayloadBits-1:0] payload_q;
  logic end_q, last, take, pop;
  pc_lowest #(.Width(PassWindows)) u_lowest (.bits_i(left_q), .lowest_o(lowest), .index_o(window));
  assign last = left_q == lowest;  // also when nothing is left
  assign take = (~valid_o | ready_i) & (context_valid_i | ((left_q == '0) & ~end_q));
  assign ready_o = take & last;
  assign pop = valid_i & ready_o;
  assign group_done_o = take & end_q;

  logic [DigitBits-1:0] digit, magnitude;
  logic negative;
  logic [ContextBits-1:0] place;
  always_comb begin
    digit = '0;
    for (int unsigned k = 0; k < PassWindows; k++) begin
      if (lowest[k]) digit = digit | held_q[k*DigitBits+:DigitBits];
    end
    negative = digit < (narrow_i ? NarrowHalf : WideHalf);
    magnitude = digit - (narrow_i ? NarrowHalf : WideHalf);
    if (negative) magnitude = (narrow_i ? NarrowHalf : WideHalf) - digit;
    place = context_i + ContextBits'(window);
  end
  always_ff @(posedge clk_i) begin
    if (take) begin
      payload_o <= payload_q;
      negative_o <= negative;
      mark_o <= end_q;
      context_o <= place;
      // Bucket 2^(c - 1) has address 0.
      address_o <= narrow_i ? (AddressBits'(place) << (NarrowBits - 1)) | AddressBits'(magnitude[NarrowBits-2:0])
                            : (AddressBits'(place) << (WideBits - 1)) | AddressBits'(magnitude[WideBits-2:0]);
    end
    if (pop) begin
      held_q <= digits_i;
      payload_q <= payload_i;
    end
    if (!rst_ni) begin
      valid_o <= 1'b0;
      left_q <= '0;
      end_q <= 1'b0;
    end else begin
      if (take) valid_o <= (left_q != '0) | end_q;
      else if (ready_i) valid_o <= 1'b0;
      if (pop) begin
        left_q <= nonzero_i;
        end_q <= end_i;
      end else if (take) begin
        left_q <= left_q & ~lowest;
        end_q <= 1'b0;
      end
    end
  end
  logic unused;
  assign unused = ^magnitude[DigitBits-1:WideBits-1];
endmodule

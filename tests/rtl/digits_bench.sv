// pc_recode and pc_digit_walk, one after the other, in the two named configurations: small (windows of 5 and 4 bits) and u55c
// (13 and 8). A digit's window shows in its bucket's address, its scalar's index is the payload. For
// tests/rtl/digits_test.cpp.
module digits_bench (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         narrow_i,
  input  logic [7:0]   first_window_i,
  input  logic [7:0]   num_windows_i,
  input  logic [7:0]   top_window_i,
  input  logic [1:0]   valid_i,
  output logic [1:0]   ready_o,
  input  logic [255:0] scalar_i [2],
  input  logic [31:0]  tag_i [2],
  output logic [1:0]   valid_o,
  input  logic [1:0]   ready_i,
  output logic [31:0]  tag_o [2],
  output logic [1:0]   negative_o,
  output logic [15:0]  address_o [2],
  output logic [1:0]   idle_o
);
  localparam int unsigned PassWindows = 7;
  for (genvar n = 0; n < 2; n++) begin : gen_config
    localparam int unsigned WideBits = (n == 0) ? 5 : 13;
    localparam int unsigned NarrowBits = (n == 0) ? 4 : 8;
    logic valid, ready, ends, idle, unused_done, unused_mark;
    logic [31:0] index;
    logic [3:0] unused_context;
    logic [PassWindows-1:0] nonzero;
    logic [PassWindows*(WideBits+1)-1:0] digits;
    pc_recode #(.WideBits(WideBits), .NarrowBits(NarrowBits), .PassWindows(PassWindows)) u_recode (
      .clk_i, .rst_ni, .narrow_i, .top_window_i,
      .valid_i(valid_i[n]), .ready_o(ready_o[n]), .end_i(1'b0), .index_i(tag_i[n]), .scalar_i(scalar_i[n]),
      .first_window_i, .num_windows_i,
      .valid_o(valid), .ready_i(ready), .end_o(ends), .index_o(index), .nonzero_o(nonzero), .digits_o(digits), .idle_o(idle)
    );
    pc_digit_walk #(
      .WideBits(WideBits), .NarrowBits(NarrowBits), .PassWindows(PassWindows), .ContextBits(4), .AddressBits(16),
      .PayloadBits(32)
    ) u_walk (
      .clk_i, .rst_ni, .narrow_i, .context_valid_i(1'b1), .context_i('0), .group_done_o(unused_done),
      .valid_i(valid), .ready_o(ready), .end_i(ends), .nonzero_i(nonzero), .digits_i(digits), .payload_i(index),
      .valid_o(valid_o[n]), .ready_i(ready_i[n]), .mark_o(unused_mark), .negative_o(negative_o[n]), .context_o(unused_context),
      .address_o(address_o[n]), .payload_o(tag_o[n])
    );
    // Nothing is in pc_recode, and the walk has nothing at hand or at its output.
    assign idle_o[n] = idle & ready & ~valid_o[n];
    logic unused;
    assign unused = ^{unused_done, unused_mark, unused_context};
  end
endmodule

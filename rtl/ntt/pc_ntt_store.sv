// Tiles from the lanes to memory, the reverse of pc_ntt_load.
//
// Timing:  a word a cycle; a tile is read only after the last word of the tile before has left. read_o asks the lanes for a word,
//          which is here StoreLatency cycles later. A queue holds what memory does not take yet; reads stop before it is
//          full. done_o in the cycle after a tile's last word left. go_i = 0 holds the next tile back; it stays 1 until
//          done_o.
// Reset:   rst_ni forgets everything.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_store #(
  parameter int unsigned LogLanes = 6,
  parameter int unsigned Bits = 64,
  parameter int unsigned AddressBits = 13,
  parameter int unsigned LogRun = 2,
  parameter int unsigned StoreLatency = 3,
  localparam int unsigned WordBits = Bits << LogLanes
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   go_i,
  output logic                   done_o,
  input  logic [23:0]            tile_i,
  input  logic                   two_pass_i,
  input  logic [31:0]            num_rows_i,
  input  logic                   transposed_i,
  input  logic                   reverse_i,
  input  logic [3:0]             bits_i,
  input  logic [3:0]             width_i,
  input  logic [3:0]             group_i,
  input  logic [3:0]             low_bits_i,
  input  logic [3:0]             run_i,
  output logic                   read_o,
  output logic [AddressBits-1:0] address_o,
  input  logic [WordBits-1:0]    data_i,
  output logic                   valid_o,
  input  logic                   ready_i,
  output logic [WordBits-1:0]    data_o
);
  localparam int unsigned Lanes = 1 << LogLanes;
  localparam int unsigned Blocks = 2 * Lanes << LogRun;  // two, or a block would not be whole before the one ahead has left
  localparam int unsigned Depth = (Blocks < 64) ? 64 : Blocks;
  localparam int unsigned LevelBits = $clog2(Depth + 1);
  logic [AddressBits:0] asked_q, left_q, num_words;
  logic [LevelBits-1:0] level_q;  // words asked for that have not left
  logic ask, here, transposed_valid, push, head_valid, pop, missing, finished_q;
  logic [31:0] row;
  logic [WordBits-1:0] transposed, pushed;
  assign num_words = (AddressBits+1)'(1) << ({1'b0, width_i} + {1'b0, group_i});
  assign ask = go_i & ~finished_q & (asked_q != num_words) & (level_q != LevelBits'(Depth));
  pc_ntt_positions #(.AddressBits(AddressBits)) u_positions (
    .clk_i, .rst_ni,
    .valid_i(ask), .number_i(asked_q[AddressBits-1:0]),
    .reverse_i, .bits_i, .width_i, .group_i, .low_bits_i,
    .valid_o(read_o), .address_o
  );
  logic [StoreLatency-1:0] read_q;  // cleared by reset, unlike a delay line
  always_ff @(posedge clk_i) begin
    if (!rst_ni) read_q <= '0;
    else read_q <= {read_q[StoreLatency-2:0], read_o};
  end
  assign here = read_q[StoreLatency-1];
  pc_ntt_transpose #(.Lanes(Lanes), .Bits(Bits), .LogRun(LogRun), .RunsOut(1'b1)) u_transpose (
    .clk_i, .rst_ni, .run_i, .valid_i(here & transposed_i), .data_i,
    .valid_o(transposed_valid), .data_o(transposed)
  );
  assign push = transposed_i ? transposed_valid : here;
  assign pushed = transposed_i ? transposed : data_i;
  pc_fifo #(.Width(WordBits), .Depth(Depth)) u_queue (
    .clk_i, .rst_ni, .push_i(push), .data_i(pushed), .valid_o(head_valid), .data_o, .pop_i(pop)
  );
  assign row = ((({8'b0, tile_i} << group_i) | (32'(left_q) >> width_i)) << LogLanes)
             | ((32'(left_q) >> run_i) & ((32'd1 << LogLanes) - 32'd1));
  assign missing = transposed_i & ~two_pass_i & (row >= num_rows_i);
  assign valid_o = head_valid & ~missing;
  assign pop = head_valid & (missing | ready_i);
  assign done_o = finished_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      asked_q <= '0;
      left_q <= '0;
      level_q <= '0;
      finished_q <= 1'b0;
    end else begin
      level_q <= level_q + LevelBits'(ask) - LevelBits'(pop);
      finished_q <= pop & (left_q + 1'b1 == num_words);
      if (finished_q) asked_q <= '0;
      else asked_q <= asked_q + (AddressBits+1)'(ask);
      if (finished_q) left_q <= '0;
      else left_q <= left_q + (AddressBits+1)'(pop);
    end
  end
endmodule

// Words from one stream to another, each of their parts of 32 bits with a mask: the core of the kernel echo.
//
// Method:  a block of words is asked for and announced; then the next. A word passes in the cycle in which both sides can.
// Range:   num_words_i from 1 to 2^24. The arguments stay while a job runs.
// Timing:  latency 0, one word a cycle. done_o when all words are written and answered.
// Reset:   rst_ni forgets everything; words move again after start_i.
// Model:   rtl/model/echo_model.hpp.  Test: tests/rtl_echo/kernel_test.cpp.
module pc_echo_core #(
  parameter int unsigned BlockWords = 1024
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  output logic         done_o,
  input  logic [24:0]  num_words_i,
  input  logic [31:0]  mask_i,
  output logic [63:0]  busy_o,  // words that have moved
  // Words of the input.
  output logic         load_cmd_valid_o,
  input  logic         load_cmd_ready_i,
  output logic [24:0]  load_cmd_word_o,
  output logic [15:0]  load_cmd_beats_o,
  input  logic         load_valid_i,
  output logic         load_ready_o,
  input  logic [511:0] load_data_i,
  // Words of the output.
  output logic         store_cmd_valid_o,
  input  logic         store_cmd_ready_i,
  output logic [24:0]  store_cmd_word_o,
  output logic [15:0]  store_cmd_beats_o,
  output logic         store_valid_o,
  input  logic         store_ready_i,
  output logic [511:0] store_data_o,
  input  logic         store_idle_i  // what was stored has been answered
);
  if (BlockWords == 0 || BlockWords > 65535) $fatal(1, "pc_echo_core: BlockWords: expected 1 to 65535, found %0d", BlockWords);

  // ---- commands: the same block for both sides; the next one when both have taken it ----
  logic [24:0] word_q, left_q;
  logic [15:0] beats;
  logic load_taken_q, store_taken_q, load_taken, store_taken;
  assign beats = (left_q < 25'(BlockWords)) ? 16'(left_q) : 16'(BlockWords);
  assign load_cmd_valid_o = (left_q != '0) & ~load_taken_q;
  assign store_cmd_valid_o = (left_q != '0) & ~store_taken_q;
  assign {load_cmd_word_o, store_cmd_word_o} = {2{word_q}};
  assign {load_cmd_beats_o, store_cmd_beats_o} = {2{beats}};
  assign load_taken = load_taken_q | (load_cmd_valid_o & load_cmd_ready_i);
  assign store_taken = store_taken_q | (store_cmd_valid_o & store_cmd_ready_i);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q <= '0;
      {load_taken_q, store_taken_q} <= '0;
    end else if (start_i) begin
      left_q <= num_words_i;
      word_q <= '0;
    end else if (load_taken && store_taken) begin
      left_q <= left_q - 25'(beats);
      word_q <= word_q + 25'(beats);
      {load_taken_q, store_taken_q} <= '0;
    end else begin
      {load_taken_q, store_taken_q} <= {load_taken, store_taken};
    end
  end

  // ---- words ----
  assign store_valid_o = load_valid_i;
  assign load_ready_o = store_ready_i;
  assign store_data_o = load_data_i ^ {16{mask_i}};

  // ---- the end ----
  logic [24:0] moved_q;
  logic running_q, moves;
  assign moves = store_valid_o & store_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      moved_q <= '0;
      running_q <= 1'b0;
    end else begin
      moved_q <= moved_q + 25'(moves);
      running_q <= running_q | start_i;
    end
  end
  assign busy_o = {39'b0, moved_q};
  assign done_o = running_q & (moved_q == num_words_i) & store_idle_i;
endmodule

// Transposes blocks of Lanes x Lanes 2^run words of Lanes elements: element x of word (i, j) leaves as element i of word (x, j), where
// i and x count to Lanes and j to 2^run.
//
// Method:  bank x ^ i holds element x of word i, so that a column of the block is in all banks once too; two blocks of space.
//          On the side of memory, which is the input (RunsOut = 0) or the output, j counts first, so that what belongs to
//          one lane comes in runs; on the side of the lanes the other index does.
// Range:   run_i at most LogRun, and the same while words are inside. LogRun at least 1.
// Timing:  one word a cycle; a block leaves, without a pause, from 3 cycles after its last word; the next may come meanwhile.
// Reset:   rst_ni empties it.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_transpose #(
  parameter int unsigned Lanes = 64,
  parameter int unsigned Bits = 64,
  parameter int unsigned LogRun = 2,
  parameter bit RunsOut = 1'b0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [3:0]            run_i,
  input  logic                  valid_i,
  input  logic [Lanes*Bits-1:0] data_i,
  output logic                  valid_o,
  output logic [Lanes*Bits-1:0] data_o
);
  if (LogRun == 0) $fatal(1, "pc_ntt_transpose: LogRun: expected at least 1, found %0d", LogRun);
  if (Lanes < 2 || (1 << $clog2(Lanes)) != Lanes)
    $fatal(1, "pc_ntt_transpose: Lanes: expected a power of two from 2 on, found %0d", Lanes);
  localparam int unsigned IndexBits = $clog2(Lanes);
  logic write_half_q, write_half_2_q, read_half_q;  // which block
  logic [IndexBits-1:0] write_index_q, write_index_2_q, read_index_q, read_index_2_q;
  logic [LogRun-1:0] write_low_q, write_low_2_q, read_low_q, last_low_q;
  logic write_low_ends, write_ends, write_ends_q, read_low_ends, read_ends;
  logic write_valid_q, read_valid_q, reading;
  logic [1:0] full_q;  // blocks that wait or are being read
  assign reading = full_q[read_half_q];
  assign write_low_ends = write_low_q == last_low_q;
  assign write_ends = write_low_ends & (&write_index_q);
  assign read_low_ends = read_low_q == last_low_q;
  assign read_ends = read_low_ends & (&read_index_q);

  // Element k of a permuted word is element k ^ index of the word: a butterfly network.
  function automatic logic [Lanes*Bits-1:0] permuted(logic [Lanes*Bits-1:0] word, logic [IndexBits-1:0] index);
    logic [Lanes*Bits-1:0] next;
    permuted = word;
    for (int unsigned level = 0; level < IndexBits; level++) begin
      for (int unsigned k = 0; k < Lanes; k++) begin
        next[k*Bits+:Bits] = index[level] ? permuted[(k^(1<<level))*Bits+:Bits] : permuted[k*Bits+:Bits];
      end
      permuted = next;
    end
  endfunction

  logic [Lanes*Bits-1:0] banked_q, column_q;
  always_ff @(posedge clk_i) begin
    last_low_q <= LogRun'((32'd1 << run_i) - 32'd1);
    banked_q <= permuted(data_i, write_index_q);
    {write_half_2_q, write_low_2_q, write_index_2_q} <= {write_half_q, write_low_q, write_index_q};
    write_ends_q <= write_ends;
    read_index_2_q <= read_index_q;
    data_o <= permuted(column_q, read_index_2_q);
    if (!rst_ni) begin
      {write_half_q, write_low_q, write_index_q} <= '0;
      {read_half_q, read_low_q, read_index_q} <= '0;
      full_q <= '0;
      write_valid_q <= 1'b0;
      read_valid_q <= 1'b0;
      valid_o <= 1'b0;
    end else begin
      write_valid_q <= valid_i;
      if (valid_i) begin
        write_half_q <= write_half_q ^ write_ends;
        if (RunsOut || write_low_ends) write_index_q <= write_index_q + 1'b1;
        if (!RunsOut || (&write_index_q)) write_low_q <= write_low_ends ? '0 : write_low_q + 1'b1;
      end
      if (reading) begin
        read_half_q <= read_half_q ^ read_ends;
        if (!RunsOut || read_low_ends) read_index_q <= read_index_q + 1'b1;
        if (RunsOut || (&read_index_q)) read_low_q <= read_low_ends ? '0 : read_low_q + 1'b1;
      end
      if (reading && read_ends) full_q[read_half_q] <= 1'b0;
      if (write_valid_q && write_ends_q) full_q[write_half_2_q] <= 1'b1;
      read_valid_q <= reading;
      valid_o <= read_valid_q;
    end
  end
  for (genvar k = 0; k < Lanes; k++) begin : gen_bank
    logic [Bits-1:0] bank_q [2*Lanes<<LogRun];
    always_ff @(posedge clk_i) begin
      if (write_valid_q) bank_q[{write_half_2_q, write_low_2_q, write_index_2_q}] <= banked_q[k*Bits+:Bits];
      column_q[k*Bits+:Bits] <= bank_q[{read_half_q, read_low_q, read_index_q ^ IndexBits'(k)}];
    end
  end
endmodule

// Transposes blocks of Lanes words of Lanes elements: element x of word i of a block leaves as element i of word x.
//
// Method:  bank x ^ i holds element x of word i, so that a column of the block is in all banks once too; two blocks of space.
// Timing:  one word a cycle; a block leaves, without a pause, from 3 cycles after its last word; the next may come meanwhile.
// Reset:   rst_ni empties it.
// Test:    tests/rtl_ntt/ntt_core_test.cpp (through pc_ntt_core).
module pc_ntt_transpose #(
  parameter int unsigned Lanes = 64,
  parameter int unsigned Bits = 64
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  valid_i,
  input  logic [Lanes*Bits-1:0] data_i,
  output logic                  valid_o,
  output logic [Lanes*Bits-1:0] data_o
);
  localparam int unsigned IndexBits = $clog2(Lanes);
  logic [IndexBits:0] write_q, write_2_q, read_q;  // the block's half and the word in it
  logic [IndexBits-1:0] read_2_q;
  logic write_valid_q, read_valid_q, reading;
  logic [1:0] full_q;  // halves that wait or are being read
  assign reading = full_q[read_q[IndexBits]];

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
    banked_q <= permuted(data_i, write_q[IndexBits-1:0]);
    write_2_q <= write_q;
    read_2_q <= read_q[IndexBits-1:0];
    data_o <= permuted(column_q, read_2_q);
    if (!rst_ni) begin
      write_q <= '0;
      read_q <= '0;
      full_q <= '0;
      write_valid_q <= 1'b0;
      read_valid_q <= 1'b0;
      valid_o <= 1'b0;
    end else begin
      write_valid_q <= valid_i;
      write_q <= write_q + (IndexBits+1)'(valid_i);
      read_q <= read_q + (IndexBits+1)'(reading);
      if (reading && (&read_q[IndexBits-1:0])) full_q[read_q[IndexBits]] <= 1'b0;
      if (write_valid_q && (&write_2_q[IndexBits-1:0])) full_q[write_2_q[IndexBits]] <= 1'b1;
      read_valid_q <= reading;
      valid_o <= read_valid_q;
    end
  end
  for (genvar k = 0; k < Lanes; k++) begin : gen_bank
    logic [Bits-1:0] bank_q [2*Lanes];
    always_ff @(posedge clk_i) begin
      if (write_valid_q) bank_q[write_2_q] <= banked_q[k*Bits+:Bits];
      column_q[k*Bits+:Bits] <= bank_q[{read_q[IndexBits], read_q[IndexBits-1:0] ^ IndexBits'(k)}];
    end
  end
endmodule

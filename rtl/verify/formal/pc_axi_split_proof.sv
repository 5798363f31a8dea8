// Proof of pc_axi_split: the bursts of a command are its beats, each once and in order, and none crosses a multiple of BurstBeats.
module pc_axi_split_proof #(
  parameter int unsigned BurstBeats = 4,
  parameter int unsigned LogBeat = 1
) (
  input logic        clk_i,
  input logic        stop_i,
  input logic        valid_i,
  input logic [63:0] address_i,
  input logic [15:0] beats_i,
  input logic        take_i
);
  localparam int unsigned CountBits = $clog2(BurstBeats + 1);
  localparam int unsigned OffsetBits = $clog2(BurstBeats);
  logic rst_n = 1'b0;
  logic ready, valid, first_q;
  logic [63:0] address, next_q;
  logic [CountBits-1:0] beats;
  logic [15:0] left_q;
  logic [OffsetBits:0] end_of_burst;
  pc_axi_split #(.BurstBeats(BurstBeats), .LogBeat(LogBeat)) u_split (
    .clk_i, .rst_ni(rst_n), .stop_i, .valid_i, .ready_o(ready), .address_i, .beats_i, .valid_o(valid), .take_i,
    .address_o(address), .beats_o(beats)
  );
  assign end_of_burst = {1'b0, address[LogBeat+:OffsetBits]} + (OffsetBits+1)'(beats);
  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) begin
      {left_q, first_q} <= '0;
    end else begin
      assume (!take_i || valid);
      assume (address_i[LogBeat-1:0] == '0);
      if (stop_i) begin
        left_q <= '0;
      end else if (valid_i && ready) begin
        left_q <= beats_i;
        next_q <= address_i;
      end else if (take_i) begin
        left_q <= left_q - 16'(beats);
        next_q <= next_q + (64'(beats) << LogBeat);
      end
      first_q <= valid_i & ready & ~stop_i & (beats_i != '0);
      assert (valid == (left_q != '0)) else $error("pc_axi_split: bursts for other beats than those of the command");
      assert (!first_q || valid) else $error("pc_axi_split: the first burst is late");
      if (valid) begin
        assert (address == next_q) else $error("pc_axi_split: a burst does not begin where the last one ended");
        assert (beats != '0 && 16'(beats) <= left_q) else $error("pc_axi_split: a burst of no beats, or of too many");
        assert (end_of_burst <= (OffsetBits+1)'(BurstBeats)) else $error("pc_axi_split: a burst crosses its boundary");
        assert (16'(beats) == left_q || end_of_burst == (OffsetBits+1)'(BurstBeats))
        else $error("pc_axi_split: a burst is shorter than it must be");
      end
      assert (ready == (!stop_i && left_q == (take_i ? 16'(beats) : '0)))
      else $error("pc_axi_split: a command is not taken with the last burst of the one before");
    end
  end
endmodule

// Proof of pc_fifo: any entry that is watched comes out once, in its turn and as it went in; the queue is never late.
module pc_fifo_proof #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 4
) (
  input logic             clk_i,
  input logic             push_i,
  input logic [Width-1:0] data_i,
  input logic             pop_i,
  input logic             watch_i
);
  localparam int unsigned CountBits = $clog2(Depth + 1);
  logic rst_n = 1'b0;
  logic valid, watching_q, waited_q, follows_q;  // follows_q: the head was popped, and another entry was there
  logic [Width-1:0] data, value_q;
  logic [CountBits-1:0] held_q, ahead_q;
  pc_fifo #(.Width(Width), .Depth(Depth)) u_fifo (
    .clk_i, .rst_ni(rst_n), .push_i, .data_i, .valid_o(valid), .data_o(data), .pop_i
  );
  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    if (!rst_n) begin
      {held_q, watching_q, waited_q, follows_q} <= '0;
    end else begin
      // What the header asks of the caller.
      assume (!push_i || held_q != CountBits'(Depth));
      assume (!pop_i || valid);
      held_q <= held_q + CountBits'(push_i) - CountBits'(pop_i);
      if (push_i && watch_i && !watching_q) begin
        watching_q <= 1'b1;
        value_q <= data_i;
        ahead_q <= held_q - CountBits'(pop_i);
      end else if (watching_q && pop_i) begin
        watching_q <= ahead_q != '0;
        ahead_q <= ahead_q - 1'b1;
      end
      waited_q <= (held_q != '0) & ~pop_i;
      follows_q <= (held_q > CountBits'(1)) & pop_i;
      assert (!valid || held_q != '0) else $error("pc_fifo: an entry that was not pushed");
      assert (!waited_q || valid) else $error("pc_fifo: an entry is not at the head after two cycles");
      assert (!follows_q || valid) else $error("pc_fifo: a cycle without an entry that is there");
      assert (!(watching_q && pop_i && ahead_q == '0) || data == value_q) else $error("pc_fifo: an entry changed, or its turn");
    end
  end
endmodule

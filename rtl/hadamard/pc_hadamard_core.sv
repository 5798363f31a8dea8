// Element by element in Fr: a b / 2^260 - c, from words of two elements in two channels to words that are consecutive.
//
// Method:  blocks of a, of b and of c are read in turn, as bursts of the same channels, into a queue each; the elements of a word
//          go through one multiplier one after the other. Commands run ahead of the data as far as the masters let them.
// Range:   elements in [0, r); the results are too. num_elements_i from 1 to 2^27. The arguments stay while a job runs.
//          BlockWords is a power of two; QueueWords, one of at least twice as many.
// Timing:  LATENCY = 91 cycles from a word's c to its first result. A word takes three cycles of the channels, so a job takes
//          1.5 cycles an element, and what memory and the pipeline answer after. done_o when all words are written.
// Reset:   rst_ni forgets everything; results begin again after start_i.
// Body:    that of pc_fr_mul.
// Test:    tests/rtl_hadamard/kernel_test.cpp.
module pc_hadamard_core #(
  parameter int unsigned Body = pc_fq_pkg::BODY_STRUCTURAL,
  parameter int unsigned BlockWords = 32,
  parameter int unsigned QueueWords = 64
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  output logic         done_o,
  input  logic [27:0]  num_elements_i,
  input  logic [31:0]  first_word_i,
  input  logic [31:0]  stride_words_i,
  output logic [63:0]  busy_o,           // products
  // Words of both channels: elements 0 and 1.
  output logic         load_cmd_valid_o,
  input  logic         load_cmd_ready_i,
  output logic [34:0]  load_cmd_word_o,
  output logic [15:0]  load_cmd_beats_o,
  input  logic         load_valid_i,
  output logic         load_ready_o,
  input  logic [511:0] load_data_i,
  // Words of results.
  output logic         store_cmd_valid_o,
  input  logic         store_cmd_ready_i,
  output logic [27:0]  store_cmd_word_o,
  output logic [15:0]  store_cmd_beats_o,
  output logic         store_valid_o,
  input  logic         store_ready_i,
  output logic [511:0] store_data_o,
  input  logic         store_idle_i      // what was stored has been answered
);
  if (BlockWords < 2 || (1 << $clog2(BlockWords)) != BlockWords)
    $fatal(1, "pc_hadamard_core: BlockWords: expected a power of two from 2 on, found %0d", BlockWords);
  if (QueueWords < 2 * BlockWords || (1 << $clog2(QueueWords)) != QueueWords)
    $fatal(1, "pc_hadamard_core: QueueWords: expected a power of two from 2 * BlockWords on, found %0d", QueueWords);
  localparam int unsigned Latency = 1 + pc_fr_pkg::MUL_LATENCY + pc_fr_pkg::SUMS_LATENCY + pc_fr_pkg::SETTLE_LATENCY;
  localparam int unsigned BlockBits = $clog2(BlockWords + 1);
  localparam int unsigned LevelBits = $clog2(QueueWords + 1);

  // Words of the block with which so many begin.
  function automatic logic [BlockBits-1:0] block_of(logic [27:0] left);
    block_of = (left < 28'(BlockWords)) ? BlockBits'(left) : BlockBits'(BlockWords);
  endfunction
  logic [27:0] num_words;
  assign num_words = (num_elements_i + 28'd1) >> 1;

  // ---- commands: a, b and c of a block, then the next; blocks of results. One is made while none is offered, so that what a
  // master answers goes no further than here. ----
  logic [27:0] ask_left_q, store_left_q, store_word_q;
  logic [34:0] block_word_q, ask_word_q;
  logic [1:0] ask_side_q;
  logic ask, ask_store;
  assign ask = ~load_cmd_valid_o & (ask_left_q != '0);
  assign ask_store = ~store_cmd_valid_o & (store_left_q != '0);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ask_left_q <= '0;
      store_left_q <= '0;
      load_cmd_valid_o <= 1'b0;
      store_cmd_valid_o <= 1'b0;
    end else if (start_i) begin
      ask_left_q <= num_words;
      store_left_q <= num_words;
      block_word_q <= {3'b0, first_word_i};
      ask_word_q <= {3'b0, first_word_i};
      ask_side_q <= 2'd0;
      store_word_q <= '0;
    end else begin
      load_cmd_valid_o <= load_cmd_valid_o ? ~load_cmd_ready_i : ask;
      store_cmd_valid_o <= store_cmd_valid_o ? ~store_cmd_ready_i : ask_store;
      if (ask && ask_side_q != 2'd2) begin
        ask_side_q <= ask_side_q + 2'd1;
        ask_word_q <= ask_word_q + {3'b0, stride_words_i};
      end else if (ask) begin
        ask_side_q <= 2'd0;
        ask_left_q <= ask_left_q - 28'(block_of(ask_left_q));
        block_word_q <= block_word_q + 35'(BlockWords);
        ask_word_q <= block_word_q + 35'(BlockWords);
      end
      if (ask_store) begin
        store_left_q <= store_left_q - 28'(block_of(store_left_q));
        store_word_q <= store_word_q + 28'(BlockWords);
      end
    end
    if (ask) begin
      load_cmd_word_o <= ask_word_q;
      load_cmd_beats_o <= 16'(block_of(ask_left_q));
    end
    if (ask_store) begin
      store_cmd_word_o <= store_word_q;
      store_cmd_beats_o <= 16'(block_of(store_left_q));
    end
  end

  // ---- words into their queues: there are never more of b and c than of a ----
  logic [27:0] take_left_q;
  logic [BlockBits-1:0] take_count_q;  // of the side's words of this block, those that are here
  logic [1:0] take_side_q;
  logic [LevelBits-1:0] level_q;       // of a
  logic take, take_a, side_ends, pop;
  logic [2:0] queue_valid;
  logic [3*512-1:0] head;
  assign load_ready_o = (take_left_q != '0) & ((take_side_q != 2'd0) | (level_q != LevelBits'(QueueWords)));
  assign take = load_valid_i & load_ready_o;
  assign take_a = take & (take_side_q == 2'd0);
  assign side_ends = take_count_q + 1'b1 == block_of(take_left_q);
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      take_left_q <= '0;
      level_q <= '0;
    end else begin
      level_q <= level_q + LevelBits'(take_a) - LevelBits'(pop);
      if (start_i) begin
        take_left_q <= num_words;
        take_side_q <= 2'd0;
        take_count_q <= '0;
      end else if (take && side_ends) begin
        take_count_q <= '0;
        take_side_q <= (take_side_q == 2'd2) ? 2'd0 : take_side_q + 2'd1;
        if (take_side_q == 2'd2) take_left_q <= take_left_q - 28'(block_of(take_left_q));
      end else if (take) begin
        take_count_q <= take_count_q + 1'b1;
      end
    end
  end
  for (genvar k = 0; k < 3; k++) begin : gen_side
    pc_fifo #(.Width(512), .Depth(QueueWords)) u_queue (
      .clk_i, .rst_ni, .push_i(take & (take_side_q == 2'(k))), .data_i(load_data_i), .valid_o(queue_valid[k]),
      .data_o(head[512*k+:512]), .pop_i(pop)
    );
  end

  // ---- elements: a word's first when there is room for its result, then its second if the job has it ----
  logic [27:0] issued_q;
  logic [LevelBits-1:0] open_q;  // words that are begun and not stored
  logic issue, begun, second_q, last, stored;
  assign last = issued_q + 28'd1 == num_elements_i;
  assign issue = (&queue_valid) & (second_q | (open_q != LevelBits'(QueueWords)));
  assign begun = issue & ~second_q;
  assign pop = issue & (second_q | last);
  assign stored = store_valid_o & store_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || start_i) begin
      issued_q <= '0;
      second_q <= 1'b0;
      open_q <= '0;
    end else begin
      issued_q <= issued_q + 28'(issue);
      second_q <= issue ? ~second_q & ~last : second_q;
      open_q <= open_q + LevelBits'(begun) - LevelBits'(stored);
    end
  end
  assign busy_o = {36'b0, issued_q};

  // ---- arithmetic ----
  logic [255:0] a_q, b_q, c_q, c, product, difference, result, unused_sum;
  always_ff @(posedge clk_i) begin
    a_q <= second_q ? head[256+:256] : head[0+:256];
    b_q <= second_q ? head[512+256+:256] : head[512+:256];
    c_q <= second_q ? head[1024+256+:256] : head[1024+:256];
  end
  pc_fr_mul #(.Body(Body)) u_mul (.clk_i, .rst_ni, .a_i(a_q), .b_i(b_q), .y_o(product));
  pc_delay #(.Width(256), .Depth(pc_fr_pkg::MUL_LATENCY)) u_c (.clk_i, .rst_ni, .data_i(c_q), .data_o(c));
  pc_fr_sums u_sums (.clk_i, .halve_i(1'b0), .a_i(product), .b_i(c), .sum_o(unused_sum), .difference_o(difference));
  pc_fr_settle u_settle (.clk_i, .value_i(difference), .settled_o(result));

  // ---- results into words ----
  logic [Latency-1:0] valid_q, first_q, last_q;
  logic here, here_first, here_last;
  logic [255:0] first_result_q;
  logic word_valid_q;
  logic [511:0] word_q;
  assign here = valid_q[Latency-1];
  assign here_first = first_q[Latency-1];
  assign here_last = last_q[Latency-1];
  always_ff @(posedge clk_i) begin
    first_q <= {first_q[Latency-2:0], ~second_q};
    last_q <= {last_q[Latency-2:0], last};
    if (here && here_first) first_result_q <= result;
    word_q <= here_first ? {256'b0, result} : {result, first_result_q};
    if (!rst_ni) begin
      valid_q <= '0;
      word_valid_q <= 1'b0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], issue};
      word_valid_q <= here & (~here_first | here_last);
    end
  end
  pc_fifo #(.Width(512), .Depth(QueueWords)) u_results (
    .clk_i, .rst_ni, .push_i(word_valid_q), .data_i(word_q), .valid_o(store_valid_o), .data_o(store_data_o), .pop_i(stored)
  );
  logic [27:0] unstored_q;
  logic running_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      running_q <= 1'b0;
      done_o <= 1'b0;
    end else begin
      running_q <= start_i | running_q;
      done_o <= running_q & (unstored_q == '0) & store_idle_i;
    end
    unstored_q <= start_i ? num_words : unstored_q - 28'(stored);
  end
  logic unused;
  assign unused = ^unused_sum;
endmodule

// Proof of pc_job_order: one record a job, after all else was answered and before done; a core that starts once, out of reset, and
// only with arguments that are right; an error in the record for each fault; counters as they were before the core was cleared.
//
// The environment: start and arguments stay until done. Masters are idle until the core starts, stay idle once they are stopped
// and idle, and are not idle from the record's acceptance until its answer. Counters are 3 until the core is cleared, then 0.
module pc_job_order_proof #(
  parameter logic KeepCore = 1'b0
) (
  input logic        clk_i,
  input logic        start_i,
  input logic        soft_reset_i,
  input logic [31:0] check_error_i,
  input logic        record_bad_i,
  input logic        empty_i,
  input logic [31:0] job_id_i,
  input logic        core_ready_i,
  input logic        core_done_i,
  input logic        reads_idle_i,
  input logic        writes_idle_i,
  input logic        read_fault_i,
  input logic        write_fault_i,
  input logic        record_ready_i,
  input logic        answered_i
);
  localparam logic [63:0] Hash = 64'h0123456789abcdef;
  logic rst_n = 1'b0;
  logic done, idle, running, core_rst_n, core_start, stop, record_valid;
  logic [511:0] record;
  pc_job_order #(.AbiHash(Hash), .KeepCore(KeepCore)) u_order (
    .clk_i, .rst_ni(rst_n), .start_i, .done_o(done), .soft_reset_i, .idle_o(idle), .check_error_i, .record_bad_i, .empty_i, .job_id_i,
    .plan_i(32'd1), .build_i(32'd2), .core_rst_no(core_rst_n), .core_start_o(core_start), .core_ready_i, .core_done_i,
    .running_o(running), .counters_i(core_rst_n ? 256'd3 : 256'd0), .stop_o(stop), .reads_idle_i, .writes_idle_i, .read_fault_i,
    .write_fault_i, .record_valid_o(record_valid), .record_ready_i, .record_o(record)
  );

  logic inside_q;       // a job runs: from start to done
  logic cleared_q;      // the core has been in reset since the last job; if it is kept, since the last that ended early
  logic started_q;      // the core has started in this job
  logic ended_q;        // and ended, or a fault ended it
  logic faulted_q;      // with a fault
  logic stopped_q;      // masters have been stopped since
  logic recorded_q;     // the record is accepted
  logic answer_q;       // and not answered
  logic was_idle_q, done_before_q;
  logic [31:0] check_q, job_id_q;
  logic record_bad_q;
  always_ff @(posedge clk_i) begin
    rst_n <= 1'b1;
    check_q <= check_error_i;
    record_bad_q <= record_bad_i;
    job_id_q <= job_id_i;
    if (!rst_n) begin
      {inside_q, cleared_q, started_q, ended_q, faulted_q, stopped_q, recorded_q, answer_q} <= '0;
      {was_idle_q, done_before_q} <= '0;
    end else begin
      // ---- the environment ----
      assume (!inside_q || start_i || done_before_q);
      assume (!inside_q || ({check_error_i, record_bad_i, job_id_i} == {check_q, record_bad_q, job_id_q}));
      assume (!answer_q || !writes_idle_i);
      assume (started_q || answer_q || (reads_idle_i && writes_idle_i));
      assume (!was_idle_q || (reads_idle_i && writes_idle_i));
      was_idle_q <= stop & reads_idle_i & writes_idle_i;
      // ---- what has happened ----
      inside_q <= (inside_q | start_i) & ~done;
      cleared_q <= (cleared_q | ~core_rst_n) & ~(KeepCore ? running & (read_fault_i | write_fault_i | soft_reset_i) : core_start);
      started_q <= (started_q | core_start) & ~done;
      ended_q <= (ended_q | (started_q & (core_done_i | read_fault_i | write_fault_i))) & ~done;
      faulted_q <= (faulted_q | (started_q & ~ended_q & (read_fault_i | write_fault_i))) & ~done;
      stopped_q <= (stopped_q | (stop & reads_idle_i & writes_idle_i)) & ~core_start & ~done;
      recorded_q <= (recorded_q | (record_valid & record_ready_i)) & ~done;
      answer_q <= (record_valid & record_ready_i) | (answer_q & ~answered_i);
      done_before_q <= done;
      // ---- what must hold ----
      assert (!core_start || (core_rst_n && cleared_q)) else $error("pc_job_order: the core starts without having been cleared");
      assert (!core_start || (check_error_i == '0 && !started_q)) else $error("pc_job_order: the core starts in vain, or twice");
      assert (!record_valid || (inside_q && !recorded_q)) else $error("pc_job_order: a record without a job, or a second one");
      assert (!(record_valid && stop)) else $error("pc_job_order: a record while the masters are stopped");
      assert (!record_valid || stopped_q) else $error("pc_job_order: a record before the masters have stopped and are idle");
      assert (!record_valid || record[255+192:192] == (started_q ? 256'd3 : 256'd0)) else $error("pc_job_order: not the job's counters");
      assert (!core_start || core_ready_i) else $error("pc_job_order: the core starts when it is not ready");
      assert (!idle || !inside_q || start_i) else $error("pc_job_order: no job in the middle of one");
      assert (!running || started_q) else $error("pc_job_order: it runs without having started");
      assert (!record_valid || !started_q || ended_q || record[127:96] == 32'd6) else $error("pc_job_order: a record before the end");
      assert (!record_valid || started_q || record[127:96] == check_error_i) else $error("pc_job_order: not the error of the checks");
      assert (!(record_valid && faulted_q) || record[127:96] != '0) else $error("pc_job_order: a fault is not in the record");
      assert (!record_valid || record[95:0] == {job_id_i, Hash}) else $error("pc_job_order: not this record");
      assert (!done || (recorded_q && !answer_q) || record_bad_i) else $error("pc_job_order: done before the record is answered");
      assert (!record_bad_i || (!record_valid && !core_start)) else $error("pc_job_order: a record where there is no place for one");
      assert (!(done && done_before_q)) else $error("pc_job_order: done twice");
      assert (!(core_start && stop)) else $error("pc_job_order: the core starts while the masters are stopped");
    end
  end
endmodule

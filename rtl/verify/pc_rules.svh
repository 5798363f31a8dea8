// A rule of a checker: what its own side must keep is asserted; what the other side must keep is assumed where Assumed is set, as
// formal tools want it, and asserted otherwise. In simulation an assumption is an assertion.
`ifndef PC_RULES_SVH
`define PC_RULES_SVH
`define PC_RULE(Assumed, Holds, Message) \
  if (Assumed) begin \
    assume (Holds) else $error(Message); \
  end else begin \
    assert (Holds) else $error(Message); \
  end
`endif

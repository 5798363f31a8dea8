// Which field an NTT core computes in, and how tiles go through memory.
package pc_ntt_pkg;
  localparam int unsigned FIELD_GL = 0;
  localparam int unsigned FIELD_FR = 1;

  // Order of a tile's words in memory; docs/rtl/ntt.md has the picture.
  localparam logic [1:0] SIDE_STRIDED = 2'd0;     // 2^t places a stride apart, 2^v words at each
  localparam logic [1:0] SIDE_BLOCKS = 2'd1;      // the intermediate layout as the column pass sees it
  localparam logic [1:0] SIDE_CONTIGUOUS = 2'd2;  // the intermediate layout as the row pass sees it
  localparam logic [1:0] SIDE_ROWS = 2'd3;        // rows of consecutive elements, one word at a time
endpackage

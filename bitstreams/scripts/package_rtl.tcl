# Packages a kernel of rtl/ as an object for v++: vivado -mode batch -source package_rtl.tcl -tclargs ROOT PART WORK XO KERNEL
# Written after the vendor's documentation of package_xo; Vivado was never run in this project.
if {[llength $argv] != 5} {
  error "expected ROOT PART WORK XO KERNEL"
}
lassign $argv root part work xo kernel
# Beside the packages, rtl/common and rtl/field; and the buses of each kernel's ports.
set files [dict create \
  msm_g1 {msm/*.sv top/*.sv} \
  ntt_fr {ntt/*.sv top/pc_*.sv ntt_top/ntt_fr.sv} \
  hadamard_fr {hadamard/*.sv top/pc_*.sv}]
set ports [dict create \
  msm_g1 {m_axi_gmem_bases m_axi_gmem_scalars m_axi_gmem_results} \
  ntt_fr {m_axi_gmem_in_0 m_axi_gmem_in_1 m_axi_gmem_out_0 m_axi_gmem_out_1} \
  hadamard_fr {m_axi_gmem_in_0 m_axi_gmem_in_1 m_axi_gmem_out}]
# Of each bus: beats of a burst at most, full bursts of reads outstanding at most (places of the queue), bursts of writes; 0: it does not do that.
# Where a port has two masters, those of the one with more. tests/scripts/package_rtl_test.py compares with the RTL.
set limits [dict create \
  msm_g1 {m_axi_gmem_bases {16 32 0} m_axi_gmem_scalars {16 32 0} m_axi_gmem_results {16 0 16}} \
  ntt_fr {m_axi_gmem_in_0 {32 16 0} m_axi_gmem_in_1 {32 16 0} m_axi_gmem_out_0 {32 2 128} m_axi_gmem_out_1 {32 0 128}} \
  hadamard_fr {m_axi_gmem_in_0 {32 16 0} m_axi_gmem_in_1 {32 16 0} m_axi_gmem_out {16 0 32}}]
set ip $work/ip
file delete -force $work
file mkdir $work

create_project -force -part $part $kernel $work/project
# Packages first: Vivado finds the order of the rest itself.
set modules [glob $root/rtl/common/*.sv $root/rtl/field/*.sv]
foreach pattern [dict get $files $kernel] {
  lappend modules {*}[glob $root/rtl/$pattern]
}
set sources [concat [lsort [glob $root/rtl/pkg/*.sv]] [lsort $modules]]
add_files -norecurse $sources
# For reading the sources here; synthesis of the packaged IP defines it by itself.
set_property verilog_define {SYNTHESIS} [current_fileset]
set_property top $kernel [current_fileset]
update_compile_order -fileset sources_1

# Vendor, library, name and version as in the kernel's .kernel.xml.
ipx::package_project -root_dir $ip -vendor proofcard -library kernel -taxonomy /KernelIP -import_files -set_current true
set core [ipx::current_core]
set_property name $kernel $core
set_property version 1.0 $core
set_property sdx_kernel true $core
set_property sdx_kernel_type rtl $core
set_property supported_families {} $core
set_property auto_family_support_level level_2 $core
set_property vitis_drc {ctrl_protocol ap_ctrl_chain} $core
# The link sets the clock; what the packaging assumes is not to be compared with it.
set_property ipi_drc {ignore_freq_hz true} $core
proc set_parameter {interface name value} {
  set_property value $value [ipx::add_bus_parameter $name $interface]
}
ipx::infer_bus_interface ap_clk xilinx.com:signal:clock_rtl:1.0 $core
ipx::infer_bus_interface ap_rst_n xilinx.com:signal:reset_rtl:1.0 $core
ipx::infer_bus_interface interrupt xilinx.com:signal:interrupt_rtl:1.0 $core
set_parameter [ipx::get_bus_interfaces ap_rst_n -of_objects $core] POLARITY ACTIVE_LOW
set_parameter [ipx::get_bus_interfaces interrupt -of_objects $core] SENSITIVITY LEVEL_HIGH
ipx::associate_bus_interfaces -clock ap_clk -reset ap_rst_n $core
foreach bus [list s_axi_control {*}[dict get $ports $kernel]] {
  ipx::associate_bus_interfaces -busif $bus -clock ap_clk $core
}
foreach bus [dict get $ports $kernel] {
  lassign [dict get $limits $kernel $bus] beats reads writes
  set interface [ipx::get_bus_interfaces $bus -of_objects $core]
  set_parameter $interface MAX_BURST_LENGTH $beats
  set_parameter $interface NUM_READ_OUTSTANDING $reads
  set_parameter $interface NUM_WRITE_OUTSTANDING $writes
  set_parameter $interface SUPPORTS_NARROW_BURST 0
}
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity -kernel $core
ipx::save_core $core
close_project

package_xo -force -xo_path $xo -kernel_name $kernel -ip_directory $ip -kernel_xml $root/bitstreams/abi/$kernel.kernel.xml

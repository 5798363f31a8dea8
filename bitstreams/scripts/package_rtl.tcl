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
foreach interface [list s_axi_control {*}[dict get $ports $kernel]] {
  ipx::associate_bus_interfaces -busif $interface -clock ap_clk $core
}
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity -kernel $core
ipx::save_core $core
close_project

package_xo -force -xo_path $xo -kernel_name $kernel -ip_directory $ip -kernel_xml $root/bitstreams/abi/$kernel.kernel.xml

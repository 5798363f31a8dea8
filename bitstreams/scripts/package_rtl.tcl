# Packages rtl/ as the kernel object msm_g1 for v++: vivado -mode batch -source package_rtl.tcl -tclargs ROOT PART WORK XO
# Written after the vendor's documentation of package_xo; Vivado was never run in this project.
if {[llength $argv] != 4} {
  error "expected ROOT PART WORK XO"
}
lassign $argv root part work xo
set ip $work/ip
file delete -force $work
file mkdir $work

create_project -force -part $part msm_g1 $work/project
# Packages first: Vivado finds the order of the rest itself.
set sources [concat [lsort [glob $root/rtl/pkg/*.sv]] \
  [lsort [glob $root/rtl/common/*.sv $root/rtl/field/*.sv $root/rtl/msm/*.sv $root/rtl/top/*.sv]]]
add_files -norecurse $sources
set_property verilog_define {SYNTHESIS} [current_fileset]
set_property top msm_g1 [current_fileset]
update_compile_order -fileset sources_1

# Vendor, library, name and version as in msm_g1.kernel.xml.
ipx::package_project -root_dir $ip -vendor proofcard -library kernel -taxonomy /KernelIP -import_files -set_current true
set core [ipx::current_core]
set_property name msm_g1 $core
set_property version 1.0 $core
set_property sdx_kernel true $core
set_property sdx_kernel_type rtl $core
set_property supported_families {} $core
set_property auto_family_support_level level_2 $core
foreach interface {s_axi_control m_axi_gmem_bases m_axi_gmem_scalars m_axi_gmem_results} {
  ipx::associate_bus_interfaces -busif $interface -clock ap_clk $core
}
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity -kernel $core
ipx::save_core $core
close_project

package_xo -force -xo_path $xo -kernel_name msm_g1 -ip_directory $ip -kernel_xml $root/bitstreams/abi/msm_g1.kernel.xml

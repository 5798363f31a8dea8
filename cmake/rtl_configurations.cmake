# The configurations of rtl/ that this build makes, for scripts/lint_rtl.py: rtl_configurations.txt in the build folder, a line
# each with name, top module, parameters (-Gname=value ...) and files, parted by tabs; parameters and files by blanks.
# proofcard_rtl_configuration(NAME TOP module FILES file... [PARAMETERS -Gname=value...]) adds one,
# proofcard_write_rtl_configurations() writes the file.

function(proofcard_rtl_configuration name)
  cmake_parse_arguments(ARG "" "TOP" "FILES;PARAMETERS" ${ARGN})
  list(TRANSFORM ARG_FILES REPLACE "^${PROJECT_SOURCE_DIR}/" "")
  list(JOIN ARG_PARAMETERS " " parameters)
  list(JOIN ARG_FILES " " files)
  set_property(GLOBAL APPEND_STRING PROPERTY PROOFCARD_RTL_CONFIGURATIONS "${name}\t${ARG_TOP}\t${parameters}\t${files}\n")
endfunction()

function(proofcard_write_rtl_configurations)
  get_property(lines GLOBAL PROPERTY PROOFCARD_RTL_CONFIGURATIONS)
  file(WRITE ${PROJECT_BINARY_DIR}/rtl_configurations.txt "${lines}")
endfunction()

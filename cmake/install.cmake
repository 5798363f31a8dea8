# What `make install` and packagers get: the program, its licence, and what it prints about itself: the manual page and the
# completions of three shells, made by the program that is installed.
include(GNUInstallDirs)
install(TARGETS proofcard RUNTIME)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The library, for find_package(proofcard) and pkg-config.
install(TARGETS proofcard_library EXPORT proofcard LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/proofcard DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/proofcard)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/proofcardConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT proofcard NAMESPACE proofcard:: FILE proofcardConfig.cmake DESTINATION ${package_folder})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/proofcardConfigVersion.cmake DESTINATION ${package_folder})
file(RELATIVE_PATH prefix_from_pkgconfig /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/proofcard.pc.in proofcard.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/proofcard.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# proofcard_install_printed(ARGUMENTS FOLDER NAME): what `proofcard ARGUMENTS` prints, as FOLDER/NAME.
function(proofcard_install_printed arguments folder name)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/printed/${name})
  install(CODE "
    file(MAKE_DIRECTORY \"${CMAKE_CURRENT_BINARY_DIR}/printed\")
    execute_process(COMMAND \"$<TARGET_FILE:proofcard>\" ${arguments} OUTPUT_FILE \"${file}\" COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${file} DESTINATION ${folder})
endfunction()

proofcard_install_printed("man" ${CMAKE_INSTALL_MANDIR}/man1 proofcard.1)
proofcard_install_printed("completion bash" ${CMAKE_INSTALL_DATADIR}/bash-completion/completions proofcard)
proofcard_install_printed("completion zsh" ${CMAKE_INSTALL_DATADIR}/zsh/site-functions _proofcard)
proofcard_install_printed("completion fish" ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d proofcard.fish)

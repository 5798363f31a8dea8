# What `make install` and packagers get: the program, its licence, and what it prints about itself: the manual page and the
# completions of three shells, made by the program that is installed.
include(GNUInstallDirs)
install(TARGETS proofcard RUNTIME)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

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

# What `cmake --install` brings: cmake -DBUILD=... -DSCRATCH=... -P install_test.cmake
file(REMOVE_RECURSE ${SCRATCH})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

# expect(FILE TEXT): the file is there and has the text.
function(expect file text)
  file(READ ${SCRATCH}/${file} content)
  string(FIND "${content}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${file}: expected \"${text}\", found none")
  endif()
endfunction()

expect(share/man/man1/proofcard.1 ".TH PROOFCARD 1")
expect(share/bash-completion/completions/proofcard "complete -o bashdefault -o default -F _proofcard proofcard")
expect(share/zsh/site-functions/_proofcard "#compdef proofcard")
expect(share/fish/vendor_completions.d/proofcard.fish "complete -c proofcard")
execute_process(COMMAND ${SCRATCH}/bin/proofcard --version OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${SCRATCH})

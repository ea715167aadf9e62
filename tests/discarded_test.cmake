# A guard that nobody names ends at once: under -Werror the compiler refuses it, with the reason, and takes the named one.
#   cmake -DINCLUDE=<folder of libtensor/> -DCXX=... -DWORK=<scratch folder> -P discarded_test.cmake
function(compile statement)
  file(WRITE ${WORK}/program.cpp "#include <libtensor/autograd/variable.h>\nint main() {\n  ${statement}\n}\n")
  execute_process(COMMAND ${CXX} -std=c++20 -Werror -fsyntax-only -I${INCLUDE} ${WORK}/program.cpp
                  RESULT_VARIABLE code OUTPUT_QUIET ERROR_VARIABLE errors)
  set(code ${code} PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

compile("const lt::NoGrad no_grad;")
if(NOT code EQUAL 0)
  message(SEND_ERROR "a named NoGrad does not compile:\n${errors}")
endif()
foreach(statement "lt::NoGrad();" "lt::NoGrad{};")
  compile("${statement}")
  if(code EQUAL 0 OR NOT errors MATCHES "const NoGrad no_grad;")
    message(SEND_ERROR "${statement} compiles, or its error does not say why it must not:\n${errors}")
  endif()
endforeach()

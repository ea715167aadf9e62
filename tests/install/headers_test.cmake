# What the installed headers of the build tree BUILD promise, compiled with CXX and its FLAGS in a folder of their own, WORK.
#   cmake -DBUILD=... -DWORK=... -DCXX=... "-DFLAGS=..." -DVERSION=... -P headers_test.cmake
file(REMOVE_RECURSE ${WORK})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE paths ${WORK}/prefix/libtensor.h)
cmake_path(GET paths PARENT_PATH folder)
cmake_path(GET folder PARENT_PATH include)
file(GLOB_RECURSE headers RELATIVE ${include} ${include}/libtensor/*.h)

# compile(STANDARD TEXT): leaves the exit code in `code` and what the compiler said in `said`.
function(compile standard text)
  file(WRITE ${WORK}/program.cpp "${text}")
  execute_process(COMMAND ${CXX} -std=${standard} ${FLAGS} -fsyntax-only -I${include} ${WORK}/program.cpp
                  RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(code ${code} PARENT_SCOPE)
  set(said "${said}" PARENT_SCOPE)
endfunction()

file(READ ${include}/libtensor/libtensor.h everything)
foreach(header IN LISTS headers)
  file(READ ${include}/${header} text)
  string(FIND "${everything}" "#include <${header}>\n" place)
  if(place EQUAL -1 AND NOT header MATCHES "/(libtensor|eigen)[.]h$")
    message(SEND_ERROR "libtensor.h leaves out ${header}")
  endif()
  # So every header comes to version.h, which refuses an older C++, before it declares anything.
  if(NOT text MATCHES "#include <libtensor/" AND NOT header MATCHES "/version[.]h$")
    message(SEND_ERROR "${header} includes nothing of ours, not even version.h")
  endif()
  if(header MATCHES "/eigen[.]h$")
    continue()  # which needs Eigen
  endif()
  compile(c++20 "#include <${header}>\n")
  if(NOT code EQUAL 0 OR said)
    message(SEND_ERROR "${header} by itself:\n${said}")
  endif()
  if(NOT text MATCHES "#include <libtensor/(tensor|autograd|nn)/")
    compile(c++17 "#include <${header}>\n")
    string(REGEX MATCHALL "error: " errors "${said}")
    list(LENGTH errors count)
    if(count GREATER 2 OR NOT said MATCHES "error: [^\n]*libtensor needs C..20: compile with -std=c..20 or later")
      message(SEND_ERROR "${header} as C++17 gives ${count} errors:\n${said}")
    endif()
  endif()
endforeach()

string(REGEX MATCH "^([0-9]+)[.]([0-9]+)[.]([0-9]+)$" matched "${VERSION}")
set(major ${CMAKE_MATCH_1})
math(EXPR number "${CMAKE_MATCH_1} * 10000 + ${CMAKE_MATCH_2} * 100 + ${CMAKE_MATCH_3}")
compile(c++20 "#include <libtensor/libtensor.h>
#include <string_view>
#if LIBTENSOR_VERSION < ${number}
#error older than the project
#endif
static_assert(LIBTENSOR_VERSION == ${number} && std::string_view(LIBTENSOR_VERSION_STRING) == \"${VERSION}\");
// Names carry the major version, which nobody writes.
static_assert(std::is_same_v<lt::Tensor, lt::v${major}::Tensor> && std::is_same_v<lt::nn::Linear, lt::v${major}::nn::Linear>);
int main() {}
")
if(NOT code EQUAL 0 OR said)
  message(SEND_ERROR "the version:\n${said}")
endif()

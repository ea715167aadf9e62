# What CMake makes of the tree where it is given little: no build type, no CLI11, no PCRE2, no GoogleTest; and inside another project.
# It builds nothing.
#   cmake -DROOT=<source tree> -DWORK=<a folder> -DGENERATOR=<name> -DCXX=<compiler> -P configure_test.cmake

# configure(SOURCE ARGUMENT...): leaves `out`, and the compile commands in `commands`.
function(configure source)
  file(REMOVE_RECURSE ${WORK}/build)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${source} -B ${WORK}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX}
                          -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN}
                  RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${source} ${ARGN}: exit code ${code}:\n${out}${err}")
  endif()
  file(READ ${WORK}/build/compile_commands.json commands)
  set(out "${out}" PARENT_SCOPE)
  set(commands "${commands}" PARENT_SCOPE)
endfunction()

function(expect what text pattern)
  if(NOT text MATCHES "${pattern}")
    message(SEND_ERROR "${what}: no '${pattern}' in:\n${text}")
  endif()
endfunction()

function(refuse what text pattern)
  if(text MATCHES "${pattern}")
    message(SEND_ERROR "${what}: '${pattern}' in:\n${text}")
  endif()
endfunction()

configure(${ROOT} -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON)
expect("no build type" "${out}" "-- libtensor: no CMAKE_BUILD_TYPE is set, so it is Release\n")
expect("no build type" "${commands}" " -O3 -DNDEBUG ")
expect("no CLI11" "${out}" "-- Without CLI11: the apps\n")
expect("no GoogleTest" "${out}" "-- Without GoogleTest: the tests\n")
refuse("no CLI11" "${commands}" "libtensor_apps_common")
refuse("no GoogleTest" "${commands}" "_tests[.]dir")

configure(${ROOT} -DCMAKE_DISABLE_FIND_PACKAGE_PCRE2=ON -DLIBTENSOR_TESTS=OFF)
expect("no PCRE2" "${out}" "-- Without PCRE2: the app tokenizer, and --weights of gpt\n")
refuse("no PCRE2" "${commands}" "tokenizer")
expect("no PCRE2" "${commands}" "libtensor_bigram")

configure(${ROOT} -DCMAKE_BUILD_TYPE=Debug -DLIBTENSOR_APPS=OFF -DLIBTENSOR_TESTS=OFF)
refuse("a build type" "${out}" "Release|Without")
refuse("a build type" "${commands}" " -O3 ")

# Only what is ours is Release there; the rest is as its owner left it.
file(WRITE ${WORK}/parent/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)
project(parent LANGUAGES CXX)
add_subdirectory(${ROOT} libtensor)
add_executable(program program.cpp)
target_link_libraries(program libtensor::libtensor)
")
file(WRITE ${WORK}/parent/program.cpp "int main() {}\n")
configure(${WORK}/parent)
expect("inside another project" "${out}" "so it is Release")
refuse("inside another project" "${out}" "Without")
expect("inside another project" "${commands}" " -O3 -DNDEBUG [^\n]*parallel.cpp")
refuse("inside another project" "${commands}" " -O3 [^\n]*program.cpp|libtensor_apps_common|_tests[.]dir")

# Fails when two headers of tensor/kernels/ give one name to two things: then no file can include both, and a reader who
# looks for the name finds the wrong one.
#   cmake -DROOT=<source tree> -P kernel_names.cmake
#
# Looks at what begins in the first column, as all does in a formatted header that is directly in a namespace: types,
# constants, aliases, concepts and functions. Overloads within a file share their name.
set(name "[A-Za-z_][A-Za-z0-9_]*")
set(no_function "^(static_assert|requires|alignas|decltype|operator|[A-Z0-9_]+)$")
set(found "")

# The name that `line` gives to something, or nothing, in `result`. "@" stands for a semicolon.
function(name_given line result)
  set(given "")
  string(REGEX REPLACE "^template <.*> " "" line "${line}")
  if(line MATCHES "^(struct|class|union|enum|enum class|enum struct) (alignas[^ ]* )?(${name})( final)?( :[^:].*)? {")
    set(given ${CMAKE_MATCH_3})
  elseif(line MATCHES "^(using|concept) (${name}) =")
    set(given ${CMAKE_MATCH_2})
  elseif(line MATCHES "^(inline |constexpr |const |constinit |static )+([^=({@]*[ &*>])?(${name}) *[={@]")
    set(given ${CMAKE_MATCH_3})
  elseif(line MATCHES "^(|[A-Za-z_][^=(@]*[ &*])(${name})\\(")
    set(given ${CMAKE_MATCH_2})
    if(given MATCHES "${no_function}")
      set(given "")
    endif()
  endif()
  set(${result} "${given}" PARENT_SCOPE)
endfunction()

file(GLOB headers RELATIVE ${ROOT} ${ROOT}/tensor/kernels/*.h)
foreach(header IN LISTS headers)
  file(READ ${ROOT}/${header} text)
  # What CMake's lists read as their own goes first: attributes, brackets, semicolons.
  string(REGEX REPLACE "\\[\\[[^]]*\\]\\] ?" "" text "${text}")
  string(REPLACE "[" " = " text "${text}")
  string(REPLACE "]" "" text "${text}")
  string(REPLACE "\\" "" text "${text}")
  string(REPLACE ";" "@" text "${text}")
  string(REPLACE "\n" ";" lines "${text}")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^[A-Za-z_]")
      continue()
    endif()
    name_given("${line}" given)
    if(given AND NOT DEFINED header_of_${given})
      set(header_of_${given} ${header})
    elseif(given AND NOT header_of_${given} STREQUAL header)
      string(APPEND found "  ${given}: ${header_of_${given}} and ${header}\n")
    endif()
  endforeach()
endforeach()

list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "no kernels under ${ROOT}")
elseif(found)
  message(FATAL_ERROR "names that two headers of kernels share:\n${found}")
endif()
message("the names in ${count} headers are each other's only once")

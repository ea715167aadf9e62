# What every target of this project is compiled with, and the one way to declare a room.

add_library(libtensor_flags INTERFACE)
target_compile_options(libtensor_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 warns inside its own AVX-512 header, of operands left undefined on purpose (GCC bug 105593).
  target_compile_options(libtensor_flags INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
endif()
if(LIBTENSOR_ISA)
  target_compile_options(libtensor_flags INTERFACE -march=${LIBTENSOR_ISA})
endif()
if(LIBTENSOR_SANITIZE)
  target_compile_options(libtensor_flags INTERFACE -fsanitize=${LIBTENSOR_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(libtensor_flags INTERFACE -fsanitize=${LIBTENSOR_SANITIZE})
endif()

# libtensor_room(NAME): a library target libtensor::NAME from every .cpp at or below this folder.
# Sources are found by pattern (checked at every build), so adding an op is adding its files.
function(libtensor_room name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS *.h)
  add_library(libtensor_${name} ${sources} ${headers})
  add_library(libtensor::${name} ALIAS libtensor_${name})
  set_target_properties(libtensor_${name} PROPERTIES OUTPUT_NAME libtensor_${name} PREFIX "" EXPORT_NAME ${name})
  target_compile_features(libtensor_${name} PUBLIC cxx_std_20)
  target_include_directories(libtensor_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                      $<INSTALL_INTERFACE:include/libtensor>)
  target_link_libraries(libtensor_${name} PRIVATE $<BUILD_INTERFACE:libtensor_flags>)
endfunction()

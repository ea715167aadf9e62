# Which instruction sets the rooms are compiled for: LIBTENSOR_ISA, and the levels that LIBTENSOR_HWCAPS adds: ON for
# all, or a list of them.

set(isas native)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
  list(APPEND isas x86-64 x86-64-v2 x86-64-v3 x86-64-v4)
endif()
set_property(CACHE LIBTENSOR_ISA PROPERTY STRINGS ${isas} "")
if(LIBTENSOR_ISA AND NOT LIBTENSOR_ISA IN_LIST isas)
  list(JOIN isas ", " isas)
  message(FATAL_ERROR "LIBTENSOR_ISA=${LIBTENSOR_ISA}: for ${CMAKE_SYSTEM_PROCESSOR} it can be ${isas}, or empty")
endif()

# The dynamic linker (glibc 2.33) looks into glibc-hwcaps/LEVEL below each folder that it searches, for the highest level
# that the processor has. What is in the folder itself serves every other processor, so it must not be built for this one.
set(LIBTENSOR_LEVELS "")
if(LIBTENSOR_HWCAPS)
  if(NOT BUILD_SHARED_LIBS OR NOT LIBTENSOR_ISA MATCHES "^x86-64")
    message(FATAL_ERROR "LIBTENSOR_HWCAPS=${LIBTENSOR_HWCAPS} needs BUILD_SHARED_LIBS=ON and LIBTENSOR_ISA=x86-64, as cmake --preset package sets them")
  endif()
  set(levels x86-64-v2 x86-64-v3 x86-64-v4)
  if(LIBTENSOR_HWCAPS MATCHES "^x86-64")
    set(LIBTENSOR_LEVELS ${LIBTENSOR_HWCAPS})
    list(REMOVE_ITEM LIBTENSOR_HWCAPS ${levels})
    if(LIBTENSOR_HWCAPS)
      message(FATAL_ERROR "LIBTENSOR_HWCAPS: there is no level ${LIBTENSOR_HWCAPS}; it can be ON, or a list of ${levels}")
    endif()
  else()
    set(LIBTENSOR_LEVELS ${levels})
  endif()
endif()

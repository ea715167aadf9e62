# What an app shows of itself: the text of its sources, of which reports cut their cells, and its table of figures, as
# lt::apps::kAppTexts (apps/common/cells.h).
#   libtensor_embed_app(TARGET FIGURES SOURCE...)     FIGURES: a .csv, or a name that is not there
function(libtensor_embed_app target figures)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_embedded.cpp)
  set(inputs ${ARGN})
  if(EXISTS ${figures})
    list(APPEND inputs ${figures})
  endif()
  list(JOIN ARGN "|" sources)
  add_custom_command(OUTPUT ${output} DEPENDS ${inputs} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFIGURES=${figures} -DSOURCES=${sources}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  target_sources(${target} PRIVATE ${output})
  # Clang counts strings beside each other as one; both compilers take it.
  set_source_files_properties(${output} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  # literal(VARIABLE FILE...): C++ raw strings beside each other, of no more than the 64 KiB that a compiler must take.
  function(literal variable)
    set(text "\"\"")
    foreach(file IN LISTS ARGN)
      file(READ ${file} content)
      string(APPEND text "\n    R\"__lt(${content})__lt\"")
    endforeach()
    set(${variable} "${text}" PARENT_SCOPE)
  endfunction()
  string(REPLACE "|" ";" sources "${SOURCES}")
  literal(source_text ${sources})
  set(figure_text "\"\"")
  if(EXISTS ${FIGURES})
    literal(figure_text ${FIGURES})
  endif()
  file(WRITE ${OUTPUT} "#include <libtensor/apps/common/cells.h>

namespace lt::apps {
const AppTexts kAppTexts{.sources = ${source_text},
                         .figures = ${figure_text}};
}  // namespace lt::apps
")
endif()

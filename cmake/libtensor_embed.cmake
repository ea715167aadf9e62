# libtensor_embed(TARGET SYMBOL FILE): compiles the file's bytes into the target, as
#   extern const unsigned char SYMBOL[]; extern const unsigned long SYMBOLSize;
# in namespace lt::apps. Written when CMake configures, and again when the file changes; needs CMake alone.
function(libtensor_embed target symbol file)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"namespace lt::apps {
extern const unsigned char @symbol@[];
extern const unsigned long @symbol@Size;
const unsigned char @symbol@[] = {
@bytes@
};
const unsigned long @symbol@Size = sizeof @symbol@;
}  // namespace lt::apps
")
  target_sources(${target} PRIVATE ${source})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endfunction()

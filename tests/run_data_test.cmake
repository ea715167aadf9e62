# ./run data, in a tree of its own: what it fetches, what it leaves alone, and that nothing half written stays. The files of
# this test stand for the lecture's: their checksums take the place of its.
#   cmake -DROOT=<source tree> -DWORK=<another folder> -P run_data_test.cmake
find_program(curl curl)
if(NOT curl)  # wget takes no file://
  message("Skipped: no curl")
  return()
endif()
set(tree ${WORK}/tree)
set(origin ${WORK}/origin)
file(REMOVE_RECURSE ${WORK})
file(COPY ${ROOT}/run DESTINATION ${tree})
file(WRITE ${origin}/names.txt "emma\nolivia")
file(WRITE ${origin}/tinyshakespeare.txt "First Citizen:\n")
file(READ ${ROOT}/data/fetch.sh script)
foreach(pair "names.txt;0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"
             "tinyshakespeare.txt;86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed")
  list(GET pair 0 name)
  list(GET pair 1 lecture)
  if(NOT script MATCHES "${lecture}")
    message(SEND_ERROR "the lecture's ${name} has another sha256")
  endif()
  file(SHA256 ${origin}/${name} own)
  string(REPLACE ${lecture} ${own} script "${script}")
endforeach()
file(WRITE ${tree}/data/fetch.sh "${script}")

# run_data(CODE OUT ERR): regular expressions for all that is said.
function(run_data expected_code expected_out expected_err)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env LIBTENSOR_DATA_URL=file://${origin} ${tree}/run data
                  RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL expected_code OR NOT out MATCHES "^${expected_out}$" OR NOT err MATCHES "^${expected_err}$")
    message(SEND_ERROR "./run data: exit code ${code}:\n${out}${err}")
  endif()
endfunction()

function(expect_files)
  file(GLOB_RECURSE files RELATIVE ${tree}/data/lecture ${tree}/data/lecture/* ${tree}/data/lecture/.*)
  list(SORT files)
  if(NOT "${files}" STREQUAL "${ARGN}")
    message(SEND_ERROR "data/lecture/ has '${files}', not '${ARGN}'")
  endif()
endfunction()

run_data(0 "data/lecture/names.txt fetched\ndata/lecture/tinyshakespeare.txt fetched\n" "")
expect_files(names.txt tinyshakespeare.txt)
file(READ ${tree}/data/lecture/names.txt names)
if(NOT names STREQUAL "emma\nolivia")
  message(SEND_ERROR "names.txt has other bytes: ${names}")
endif()

# What is right is left alone, even where nothing can be fetched; what is not is fetched again.
file(RENAME ${origin} ${WORK}/gone)
run_data(0 "data/lecture/names.txt is there\ndata/lecture/tinyshakespeare.txt is there\n" "")
file(RENAME ${WORK}/gone ${origin})
file(WRITE ${tree}/data/lecture/names.txt "emma\n")
run_data(0 "data/lecture/names.txt fetched\ndata/lecture/tinyshakespeare.txt is there\n" "")

# A file that is not the lecture's, and none: one line each, and nothing is left.
file(WRITE ${origin}/tinyshakespeare.txt "Second Citizen:\n")
file(REMOVE ${tree}/data/lecture/tinyshakespeare.txt)
set(sha256 "[0-9a-f]+")
run_data(1 "data/lecture/names.txt is there\n"
         "run: file://[^\n]*/tinyshakespeare.txt is not the lecture's file: its sha256 is ${sha256}, and ${sha256} is right\n")
expect_files(names.txt)
file(REMOVE ${origin}/names.txt ${tree}/data/lecture/names.txt)
run_data(1 "" "run: cannot fetch file://[^\n]*/names.txt: [^\n]+\n")
if(EXISTS ${tree}/data/lecture)
  message(SEND_ERROR "an empty data/lecture/ is left")
endif()

# bench_compare: made-up turns of two commits as one table, and what it says of those that it cannot read.
#   cmake -DPROGRAM=<bench_compare> -DWORK=<a folder> -P bench_compare_test.cmake
function(expect what want_code want_out want_err)
  execute_process(COMMAND ${PROGRAM} ${ARGN} WORKING_DIRECTORY ${WORK} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL want_code OR NOT out MATCHES "${want_out}" OR NOT err MATCHES "${want_err}")
    message(SEND_ERROR "${what}: exit code ${code}:\n${out}${err}")
  endif()
endfunction()

# turn(FILE WORK US): a file of one row.
function(turn file work us)
  file(WRITE ${WORK}/${file} "[{\"bench\":\"matmul\",\"work\":\"${work}\",\"threads\":1,\"ours_us\":${us},\"peers\":{\"eigen\":3},\"limit_us\":1}]")
endfunction()

file(REMOVE_RECURSE ${WORK})
turn(ours/1.json 64,64,64 2)
turn(ours/2.json 64,64,64 3)
turn(ours/3.json new 1)
turn(theirs/1.json 64,64,64 5)
turn(theirs/2.json 64,64,64 5)

expect("works" 0 "^matmul\t1\t64,64,64\n$" "^$" . --works)
expect("table" 0 "^ours: abc1234 . changes; theirs: 7a79b6d\n.*\nmatmul\n  64,64,64 +1 +5.00 +2.50 +2.00 +2.50 +21 %\n.*\nonly ours: matmul new, 1 thread\n$" "^$"
       . "abc1234 + changes" 7a79b6d --json rows.json)
file(READ ${WORK}/rows.json rows)
if(NOT rows MATCHES "\"ours_us\": 2.5,.*\"7a79b6d\": 5.0" OR rows MATCHES "eigen|new")
  message(SEND_ERROR "rows.json:\n${rows}")
endif()

expect("unwritable" 1 "^$" "^cannot write 'no_such_folder/rows.json': No such file or directory\n$" . a b --json no_such_folder/rows.json)
expect("help" 0 "^usage: bench_compare FOLDER" "^$" --help)
foreach(wrong "" "." ".;a" ".;a;b;c" ".;--works;a" "--nonesuch;.;a;b" ".;a;b;--json")
  expect("wrong '${wrong}'" 2 "^$" "^usage: bench_compare FOLDER" ${wrong})
endforeach()
file(WRITE ${WORK}/theirs/3.json "[")
expect("torn" 1 "^$" "^./theirs/3.json: not JSON at byte [0-9]+: [^\n]*\n$" . a b)
file(REMOVE_RECURSE ${WORK}/theirs)
file(MAKE_DIRECTORY ${WORK}/theirs)
expect("nothing in common" 1 "^$" "^there is no work that both sides have\n$" . a b)
file(REMOVE_RECURSE ${WORK}/ours)
expect("no folder" 1 "^$" "ours" . a b)

# ./run test --all: what takes longer than CI has. Sourced by ./run.
#
# Each part is a function of && lists: what they say goes to build/all/PART.log, whose last line is shown.

parts=(g++-static g++-shared clang++-static clang++-shared no-build-type levels address thread random kills tidy
       lectures)

all_usage() {
  cat <<'END'
usage: ./run test --all [--data FILE] [PART...]
  g++-static, g++-shared, clang++-static, clang++-shared
                  every test, in Release with this compiler and linkage;
                  static: file by file, warnings as errors
  no-build-type   every test, where CMake is given neither preset nor build type
  levels          the rooms' tests with the kernels of each level of x86-64
  address         every test under the address and undefined sanitizers
  thread          every test under the thread sanitizer
  kills           a training run that is killed 300 times and resumed
  random          100,000 more random programs, and gradients of 20,000 random
                  expressions, here and in PyTorch
  tidy            clang-tidy on every file
  lectures        the programs' whole runs with --check, 200,000 steps where
                  the lecture has them. FILE is the lecture's names.txt, with
                  tinyshakespeare.txt beside it; default:
                  ../shared/data/names.txt, if it is there. Without it the
                  figures on the embedded data alone
Hours on two cores. A line for each part; the logs are in build/all/.
END
}

# every_test NAME CMAKE-ARGUMENT...: builds all in build/all/NAME and tests it.
every_test() {
  local folder=build/all/$1
  shift
  cmake "$@" -B "$folder" "${required[@]}" && cmake --build "$folder" && run_ctest --test-dir "$folder"
}

# preset_tests PRESET [TARGET LABEL]: builds TARGET, or all, in the preset's own folder, and runs its tests of that label.
preset_tests() {
  cmake --preset "$1" "${required[@]}" &&
    "${fixed_addresses[@]}" cmake --build --preset "$1" ${2:+--target "$2"} &&
    run_ctest --preset "$1" ${3:+-L "$3"}
}

run_ctest() {
  "${fixed_addresses[@]}" ctest --output-on-failure --no-label-summary --timeout 7200 -j "$(nproc)" "$@"
}

kills() {
  cmake --preset release "${required[@]}" && cmake --build --preset release --target apps_tests &&
    LIBTENSOR_KILLS=300 run_ctest --preset release -R '^Kills\.'
}

# beside_pytorch FOLDER PROGRAM FLAG...: a comparison of tests/, skipped where PyTorch is absent.
beside_pytorch() { python3 "tests/$1/compare.py" "build/release/bin/$2" "${@:3}" || (($? == 77)); }

random_programs() {
  cmake --preset release "${required[@]}" &&
    cmake --build --preset release --target differential_programs differential_gradients &&
    beside_pytorch differential differential_programs --headers tensor --first 10000 --programs 100000 &&
    beside_pytorch differential_grad differential_gradients --seed 2 --programs 20000
}

# Each file by itself, without g++'s precompiled headers.
tidy() {
  cmake --preset release -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_UNITY_BUILD=OFF "${required[@]}" &&
    git ls-files -z '*.cpp' ':!bench' ':!tests/install' ':!tests/threads' |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build/tidy --quiet --extra-arg=-Wno-unknown-warning-option \
      --extra-arg=-Wno-ignored-optimization-argument
}

lectures() {
  local table program own source failed=''
  cmake --preset release "${required[@]}" && cmake --build --preset release || return
  for table in apps/*/figures.csv; do
    program=$(basename "$(dirname "$table")")
    own=$data
    [[ $program != gpt && $program != tokenizer ]] || own=${data:+$(dirname "$data")/tinyshakespeare.txt}
    for source in embedded ${own:+"$own"}; do
      if [[ $program == micrograd ]]; then  # which reads no data
        echo "$program --check"
        "build/release/bin/$program" --check --quiet || failed+=" $program"
        break
      fi
      echo "$program --check --data $source"
      "build/release/bin/$program" --check --quiet --data "$source" || failed+=" $program"
    done
  done
  [[ -z $failed ]] || { echo "failed:$failed" && return 1; }
  echo "every figure agrees, on the embedded data${data:+ and on $data}"
}

run_part() {
  case $1 in
    # File by file: does each include what it uses?
    *-static) every_test "$1" --preset release -DCMAKE_CXX_COMPILER="${1%-*}" -DCMAKE_UNITY_BUILD=OFF -DLIBTENSOR_WERROR=ON ;;
    *-shared) every_test "$1" --preset release -DCMAKE_CXX_COMPILER="${1%-*}" -DBUILD_SHARED_LIBS=ON ;;
    no-build-type) every_test "$1" -S . -G Ninja ;;
    levels) preset_tests package levels levels ;;
    address) preset_tests dev ;;
    thread) preset_tests tsan ;;
    kills) kills ;;
    random) random_programs ;;
    tidy) tidy ;;
    lectures) lectures ;;
  esac
}

# watch PART LOG: notes every second how far it is.
watch() {
  local start=$SECONDS
  while sleep 1; do note "$1, $((SECONDS - start)) s: $(tail -n 1 "$2")"; done
}

# summary LOG: what CTest says of all tests, or the last line.
summary() {
  local said
  said=$(grep 'tests passed' "$1") || said=$(tail -n 1 "$1")
  echo "$said"
}

# test_all ARGUMENT...: a line for each part with its result, and exit code 1 if one failed.
test_all() {
  local part log data='' result start watcher failed=0
  local -a wanted=() fixed_addresses=() required
  while (($#)); do
    case $1 in
      -h | --help) all_usage && return ;;
      --data)
        [[ -r ${2-} ]] || die "--data needs a file that can be read" 2
        data=$(realpath "$2") && shift
        ;;
      *)
        [[ " ${parts[*]} " == *" $1 "* ]] || die "no part '$1'; there are: ${parts[*]}" 2
        wanted+=("$1")
        ;;
    esac
    shift
  done
  ((${#wanted[@]})) || wanted=("${parts[@]}")
  need "${libraries[@]}" clang clang-tidy libclang-rt-dev libomp-dev
  cd "$root"
  mkdir -p build/all
  [[ -n $data || ! -r ../shared/data/names.txt ]] || data=$(realpath ../shared/data/names.txt)
  required=(-DCMAKE_REQUIRE_FIND_PACKAGE_CLI11=ON -DCMAKE_REQUIRE_FIND_PACKAGE_PCRE2=ON -DCMAKE_REQUIRE_FIND_PACKAGE_GTest=ON)
  # Clang 14's thread sanitizer does not start where the kernel randomises many address bits.
  if setarch -R true 2>/dev/null; then fixed_addresses=(setarch -R); fi
  if [[ -z ${CMAKE_CXX_COMPILER_LAUNCHER-} ]] && command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
  lock_builds
  for part in "${wanted[@]}"; do
    log=build/all/$part.log
    start=$SECONDS
    : >"$log"
    watch "$part" "$log" {lock}>&- &
    watcher=$!
    trap 'kill "$watcher" 2>/dev/null; note ""' EXIT
    result=passed
    run_part "$part" >"$log" 2>&1 </dev/null || result=FAILED
    kill "$watcher"
    wait "$watcher" 2>/dev/null || true
    trap - EXIT
    note ''
    printf '%-14s  %s %6d s  %s\n' "$part" "$result" $((SECONDS - start)) "$(summary "$log")"
    [[ $result == passed ]] || { printf '  see %s\n' "$log" && failed=$((failed + 1)); }
  done
  unlock_builds
  printf '%d of %d parts passed\n' $((${#wanted[@]} - failed)) "${#wanted[@]}"
  ((failed == 0))
}

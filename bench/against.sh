# ./run bench --against COMMIT: that commit's benchmarks and ours, measured in turns. Sourced by ./run.
#
# Both are built the same way, without the peers but Eigen: they would take most of the time. The other commit is built
# from its own sources, with its own benchmarks. A first turn runs each program whole; then each work that both have is run
# by itself, ours and theirs at once after the other, so that a slow moment of the machine falls on both.

# build_bench COMMIT SOURCE FOLDER: those of the programs `names` that it has.
build_bench() {
  local commit=$1 source=$2 folder=$3 name
  local -a targets=() options=(-DCMAKE_BUILD_TYPE=Release -DLIBTENSOR_BENCH=ON -DLIBTENSOR_TESTS=OFF)
  options+=(-DOPENBLAS_LIBRARY=OFF -DONEDNN_LIBRARY=OFF -DTORCH_LIBRARY=OFF)
  if [[ -z ${CMAKE_CXX_COMPILER_LAUNCHER-} ]] && command -v ccache >/dev/null; then
    options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  for name in "${names[@]}"; do
    [[ ! -f $source/bench/$name.cpp ]] || targets+=("$name")
  done
  ((${#targets[@]})) || die "$commit has none of these benchmarks: ${names[*]}"
  [[ $source != "$root" ]] || targets+=(bench_compare)
  lock_builds
  if [[ ! -f $folder/build.ninja ]] || ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$source" "$folder/CMakeCache.txt"; then
    quietly "configuring $commit" cmake --fresh -S "$source" -B "$folder" -G Ninja "${options[@]}"
  fi
  compile "the benchmarks of $commit" "$folder" "${targets[@]}"
  unlock_builds
}

# turn NAME FLAGS...: NAME's rows of ours and of theirs; which of them is first takes turns too.
turn() {
  local name=$1 side program file
  local -a sides=(ours theirs)
  shift
  ((++turns_run % 2)) || sides=(theirs ours)
  printf -v file '%06d-%s.json' "$turns_run" "$name"
  for side in "${sides[@]}"; do
    program=${programs[$side]}/$name
    [[ -x $program ]] || continue
    # Where Python does not find its own library it does not start: no peer beside train_step and micrograd.
    PYTHONHOME=/nonexistent "$program" "$@" --quick --json "$scratch/$side/$file" >/dev/null 2>"$scratch/said" || {
      note ''
      cat "$scratch/said" >&2
      die "failed: $name $* (${commits[$side]})"
    }
  done
}

# fetch SHA FOLDER: that commit's files.
fetch() {
  [[ ! -d $2 ]] || return 0
  rm -rf "$2.new"
  mkdir -p "$2.new"
  git -C "$root" archive "$1" | tar -x -C "$2.new"
  mv "$2.new" "$2"
}

# measure_in_turns: turn 1 of whole programs, the others of one work each.
measure_in_turns() {
  local name threads work round turns_run=0 at=0
  local -a idle=()
  [[ " ${flags[*]} " != *" --idle "* ]] || idle=(--idle)
  for name in "${names[@]}"; do
    note "turn 1 of $turns: $name"
    turn "$name" "${flags[@]}"
  done
  "${programs[ours]}/bench_compare" "$scratch" --works >"$scratch/works"
  while IFS=$'\t' read -r name threads work <&3; do
    note "turns 2 to $turns: work $((++at)) of $(wc -l <"$scratch/works"), $name $work"
    for ((round = 2; round <= turns; ++round)); do
      turn "${name}_bench" "${idle[@]}" --threads "$threads" --filter "$work"
    done
  done 3<"$scratch/works"
  note ''
}

# measure_against: run_bench's `names` with its `flags`, `turns` times, here and at its commit `against`.
measure_against() {
  local sha folder
  local -A commits programs
  command -v git >/dev/null || die "--against needs git"
  sha=$(git -C "$root" rev-parse --verify -q "$against^{commit}") || die "no commit '$against' here" 2
  folder=$root/build/against/$sha
  commits=([theirs]=$(git -C "$root" rev-parse --short "$sha") [ours]=$(git -C "$root" rev-parse --short HEAD))
  [[ -z $(git -C "$root" status --porcelain) ]] || commits[ours]+=" + changes"
  programs=([ours]=$root/build/against/ours/bin [theirs]=$folder/build/bin)
  need "${libraries[@]}" libbenchmark-dev
  fetch "$sha" "$folder/source"
  build_bench "${commits[theirs]}" "$folder/source" "$folder/build"
  build_bench "${commits[ours]}" "$root" "$root/build/against/ours"
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  mkdir "$scratch/ours" "$scratch/theirs"
  measure_in_turns
  "${programs[ours]}/bench_compare" "$scratch" "${commits[ours]}" "${commits[theirs]}" ${json:+--json "$json"}
}

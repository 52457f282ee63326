# The long tests, as functions for ./run, which sources this file. Each job stands for itself and ends with ctest's closing
# lines or with an exit status other than 0.

long_jobs=(sanitizers threads fuzzing conformance endurance style)

# Address and undefined-behaviour sanitizer over the ordinary tests.
long_sanitizers() {
  provide_caf release
  configure build-asan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCREAMERY_SANITIZE=address,undefined
  compile build-asan
  # CAF itself is not instrumented; a module is never unloaded, so what it holds is no leak.
  ASAN_OPTIONS=detect_odr_violation=0:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
    run_ctest build-asan -L ordinary
}

# Thread sanitizer over supervision, delivery, actors and networking, and over the real program while its actors are killed. CAF is
# built with it, too, or its synchronisation would not be seen.
long_threads() {
  provide_caf thread -fsanitize=thread -g1
  configure build-tsan -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCREAMERY_SANITIZE=thread
  compile build-tsan
  TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 suppressions=$PWD/tests/thread-sanitizer.supp" \
    run_ctest build-tsan -L ordinary -R '^(sanitizer\.|unit\.(supervision|delivery|actors|net|admin|store)|integration\.(chaos|supervision|shutdown|gaps|process_death|cogs|storage|eventsub|webhooks|conduits|pubsub|event_chat))'
}

# Every fuzz target for a minute, beginning with the inputs that are kept.
long_fuzzing() {
  install_packages long
  local seconds=${CREAMERY_FUZZ_SECONDS:-60} compiler target name
  compiler=$(ls /usr/bin/clang++-[0-9]* /usr/bin/clang++ 2>/dev/null | sort -V | tail -n 1)
  [ -n "$compiler" ] || die "there is no clang++ here, which the fuzzers need"
  mkdir -p build-fuzz
  cmake -S tests/fuzz -B build-fuzz -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo >build-fuzz/configure.log 2>&1 || { tail -n 20 build-fuzz/configure.log >&2; die "CMake failed"; }
  compile build-fuzz
  (cd build-fuzz && CREAMERY_FUZZ_SECONDS=$seconds ctest --output-on-failure --no-tests=error)
}

# Clients that others wrote, against the simulator; and Erlang's supervisor beside ours.
long_conformance() {
  install_packages conformance
  tests/conformance/run --program "$build/creamery" --cache "$cache/conformance" || return 1
  tests/conformance/otp/run --program "$build/supervisor_trace"
}

# The tests that take minutes.
long_endurance() { run_ctest "$build" -L long; }

# The rules of .clang-format and .clang-tidy, the latter where no actor library is included.
long_style() {
  install_packages style
  tests/check-style "$build"
}

# $1: --long for all jobs, or --part K for one of them, the K-th, counted round and round.
run_long() {
  local job status=0 failed=()
  case $1 in
    --long) for job in "${long_jobs[@]}"; do
              say "long tests: $job"
              "long_$job" || { status=1; failed+=("$job"); }
            done ;;
    --part) job=${long_jobs[$((${2:?which part?} % ${#long_jobs[@]}))]}
            say "long tests, one part: $job"
            "long_$job" || { status=1; failed+=("$job"); } ;;
    *)      die "unknown argument '$1'" ;;
  esac
  [ $status = 0 ] || say "failed: ${failed[*]}"
  return $status
}

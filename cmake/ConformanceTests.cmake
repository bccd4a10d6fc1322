# Read by ctest each time it starts, not when the build is configured: makes a test of every case, so that another target,
# another profile or an edited case file shows at once.
#
# md5spec_conformance_tests(MD5SPEC program [TARGET HOST:PORT | START command] [PROFILES name|file…] [CASES path…]
#   [PREFIX name FOLDER path] [KNOWN_FAILING file] [STRICT] [LABELS label…])
#
# A PREFIX stands before the tests' names, and they have it for a label: so they are a server project's, whose own words
# count more than the environment. FOLDER is what is relative in those words: that of the project's CMakeLists.txt.
#
# The environment variables MD5SPEC_TARGET, MD5SPEC_START, MD5SPEC_PROFILE and MD5SPEC_CASES, where they aren't empty, count
# instead of what is given here; a target there also instead of a command here, and the other way round. Paths in them are
# relative to the folder that ctest was called in; so is MD5SPEC_REPORT_DIR, where each test leaves a report.

# A list that couldn't be made is a failing test that says why; no test at all would look like success. Said here too,
# since a choice of tests (ctest -R) may leave that one out.
function(md5spec_listing_failed error)
  message(NOTICE "md5spec: the list of cases couldn't be made: ${error}")
  add_test(conformance/the_list_of_cases sh -c "printf '%s\\n' \"$1\" >&2; exit 1" sh
    "The list of cases couldn't be made: ${error}")
  set_tests_properties(conformance/the_list_of_cases PROPERTIES LABELS conformance)
endfunction()

function(md5spec_conformance_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "STRICT" "MD5SPEC;TARGET;START;PREFIX;FOLDER;KNOWN_FAILING" "PROFILES;CASES;LABELS")
  # A summary for each of a thousand processes is more than GitHub takes of a step, and no summary.
  set(environment env -u GITHUB_STEP_SUMMARY)
  if(arg_PREFIX)
    list(APPEND environment -u MD5SPEC_TARGET -u MD5SPEC_START -u MD5SPEC_PROFILE -u MD5SPEC_CASES -u MD5SPEC_KNOWN_FAILING)
  else()
    if(NOT "$ENV{MD5SPEC_TARGET}$ENV{MD5SPEC_START}" STREQUAL "")
      set(arg_TARGET "$ENV{MD5SPEC_TARGET}")
      set(arg_START "$ENV{MD5SPEC_START}")
    endif()
    foreach(word PROFILE CASES)
      if(NOT "$ENV{MD5SPEC_${word}}" STREQUAL "")
        string(REPLACE PROFILE PROFILES argument ${word})
        set(arg_${argument} "$ENV{MD5SPEC_${word}}")
      endif()
    endforeach()
  endif()
  # ctest has gone to the build folder by now; the shell's own folder is what a person means by a relative path.
  set(folder "$ENV{PWD}")
  if(NOT IS_DIRECTORY "${folder}")
    set(folder "${CMAKE_CURRENT_BINARY_DIR}")
  endif()
  if(NOT "$ENV{MD5SPEC_REPORT_DIR}" STREQUAL "")
    set(reports "$ENV{MD5SPEC_REPORT_DIR}")
    cmake_path(ABSOLUTE_PATH reports BASE_DIRECTORY "${folder}")
    list(APPEND environment "MD5SPEC_REPORT_DIR=${reports}")
  endif()
  if(arg_FOLDER)
    set(folder "${arg_FOLDER}")
  endif()

  # Each test starts a server of its own unless there is a target.
  set(server)
  if(arg_TARGET)
    list(APPEND server --target "${arg_TARGET}")
  endif()
  if(arg_START)
    list(APPEND server --start "${arg_START}")
  endif()
  if(server AND NOT arg_PROFILES)
    set(arg_PROFILES classic)
  endif()
  set(cases)
  foreach(path IN LISTS arg_CASES)
    list(APPEND cases --cases "${path}")
  endforeach()

  set(judging)
  if(arg_KNOWN_FAILING)
    list(APPEND judging --known-failing "${arg_KNOWN_FAILING}")
  endif()
  if(arg_STRICT)
    list(APPEND judging --strict)
  endif()
  set(labels conformance ${arg_PREFIX} ${arg_LABELS})
  list(JOIN labels "\\;" labels)

  set(wanted ${arg_PROFILES})
  if(NOT wanted)
    set(wanted "all the bundled ones")
  endif()
  foreach(profile IN LISTS wanted)
    set(chosen)
    if(arg_PROFILES)
      set(chosen --profile "${profile}")
    endif()
    execute_process(COMMAND "${arg_MD5SPEC}" list --plain ${chosen} ${cases} WORKING_DIRECTORY "${folder}"
      RESULT_VARIABLE status OUTPUT_VARIABLE listed ERROR_VARIABLE error OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT status STREQUAL "0")
      if(NOT EXISTS "${arg_MD5SPEC}")
        set(error "${arg_MD5SPEC} isn't built")
      endif()
      md5spec_listing_failed("${error} (status ${status})")
      return()
    endif()
    string(REPLACE "\n" ";" lines "${listed}")
    foreach(line IN LISTS lines)
      # PROFILE/GROUP.NAME, and how many may run at once or "alone".
      if(NOT line MATCHES "^([a-z0-9_]+)/([a-z0-9_]+\\.[a-z0-9_]+) ([0-9]+|alone)$")
        md5spec_listing_failed("${line}")
        return()
      endif()
      set(label ${CMAKE_MATCH_1})
      set(case ${CMAKE_MATCH_2})
      set(at_once ${CMAKE_MATCH_3})
      set(test ${label}/${case})
      if(arg_PREFIX)
        set(test ${arg_PREFIX}/${test})
      endif()
      if(arg_PROFILES)
        set(speaks "${profile}")
      else()
        set(speaks ${label})
      endif()
      add_test(${test} ${environment} "${arg_MD5SPEC}" run --profile "${speaks}" --only ${case} ${server} ${cases} ${judging})
      set(properties LABELS "${labels}\\;${label}" SKIP_RETURN_CODE 6 TIMEOUT 600 WORKING_DIRECTORY "${folder}")
      if(at_once STREQUAL "alone")
        list(APPEND properties RUN_SERIAL ON)
      elseif(arg_TARGET)
        # However many jobs ctest is given, the server gets no more at once than its profile lets it expect: each test
        # holds one of so many locks.
        math(EXPR next "(${next} + 1) % ${at_once}" OUTPUT_FORMAT DECIMAL)
        list(APPEND properties RESOURCE_LOCK md5spec_connection_${next})
      endif()
      set_tests_properties(${test} PROPERTIES ${properties})
    endforeach()
  endforeach()
endfunction()

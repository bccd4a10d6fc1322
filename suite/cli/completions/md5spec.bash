# Completion of md5spec's command line for bash. Commands and flags are those that the program itself names, so they are
# never out of date; cases, requirements and profiles are looked up, too.

# Only what stands where the help defines flags: what it mentions elsewhere may be another command's, or GoogleTest's.
_md5spec_flags() {
  "$1" ${2:+"$2"} --help 2>/dev/null | sed -nE 's/^  (-[a-z],)?(-[-a-z]+).*/\2/p' | sort -u
}

_md5spec_commands() {
  "$1" --help 2>/dev/null | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

_md5spec() {
  local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=run words=
  if [ "$COMP_CWORD" -gt 1 ] && [[ ${COMP_WORDS[1]} != -* ]]; then command=${COMP_WORDS[1]}; fi
  compopt +o default 2>/dev/null
  case $before in
    --profile) words=$("$program" list profiles 2>/dev/null | awk '{print $1}') ;;
    --only | --skip | explain)
      words=$("$program" list requirements 2>/dev/null | awk 'NR > 1 {print $1}'; "$program" list cases 2>/dev/null | awk '{print $1}') ;;
    --tags) words=huge ;;
    list) words="cases requirements profiles" ;;
  esac
  if [[ $word == -* ]]; then
    words=$(_md5spec_flags "$program" "$command")
  elif [ "$COMP_CWORD" -eq 1 ]; then
    words=$(_md5spec_commands "$program")
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  # Everything else is a file: case files, profiles, reports, keys.
  if [ ${#COMPREPLY[@]} -eq 0 ]; then compopt -o default 2>/dev/null; fi
}

complete -F _md5spec md5spec

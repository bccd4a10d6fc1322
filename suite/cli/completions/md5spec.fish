# Completion of md5spec's command line for fish. Commands and flags are those that the program itself names.

function __md5spec_commands
    md5spec --help 2>/dev/null | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/\1\t\2/p'
end

function __md5spec_flags
    set -l words (commandline -opc)
    set -l command run
    if set -q words[2]; and not string match -q -- '-*' $words[2]
        set command $words[2]
    end
    md5spec $command --help 2>/dev/null | sed -nE 's/^  (-[a-z],)?(-[-a-z]+).*/\2/p' | sort -u
end

function __md5spec_ids
    md5spec list requirements 2>/dev/null | awk 'NR > 1 {print $1}'
    md5spec list cases 2>/dev/null | awk '{print $1}'
end

complete -c md5spec -n __fish_use_subcommand -f -a '(__md5spec_commands)'
complete -c md5spec -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__md5spec_flags)'
complete -c md5spec -n '__fish_seen_subcommand_from explain' -f -a '(__md5spec_ids)'
complete -c md5spec -n '__fish_seen_subcommand_from list' -f -a 'cases requirements profiles'
complete -c md5spec -l only -x -a '(__md5spec_ids)'
complete -c md5spec -l skip -x -a '(__md5spec_ids)'
complete -c md5spec -l tags -x -a huge
complete -c md5spec -l profile -r -a "(md5spec list profiles 2>/dev/null | awk '{print \$1}')"

# Completion of W2S for fish: put this file into ~/.config/fish/conf.d. From completions/ fish loads it only for programs on the PATH.
function __w2s_suggestions
    set -l words (commandline -opc)
    set -l rest (string join ' ' -- $words[2..] (commandline -ct))
    set -l program (string replace -r '^~' $HOME -- $words[1])
    type -q $program; or return
    set -l found ($program "[complete:"(string length -- "$rest")"]" "$rest" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c run.sh -f -a '(__w2s_suggestions)'
complete -c W2S -f -a '(__w2s_suggestions)'

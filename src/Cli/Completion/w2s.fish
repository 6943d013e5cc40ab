# Completion of W2S for fish: source this file, or put it into ~/.config/fish/completions as run.sh.fish.
function __w2s_suggestions
    set -l words (commandline -opc)
    set -l rest (string join ' ' -- $words[2..] (commandline -ct))
    set -l found (eval (string escape -- $words[1] | string replace -r '^\\\\~' $HOME) (string escape -- "[complete:"(string length -- "$rest")"]" "$rest") 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c run.sh -f -a '(__w2s_suggestions)'
complete -c W2S -f -a '(__w2s_suggestions)'

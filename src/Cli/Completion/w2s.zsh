#compdef run.sh W2S
# Completion of W2S for zsh: source this file after compinit, or put it as _w2s on the fpath.
_w2s() {
    local rest line label
    (( CURRENT == 2 )) && rest="" || rest="${(j: :)words[2,CURRENT-1]} "
    rest+="${words[CURRENT]}"
    local -a whole open
    for line in "${(@f)$(${~words[1]} "[complete:${#rest}]" "$rest" 2>/dev/null)}"; do
        [[ -n "$line" ]] || continue
        label="${${line%%$'\t'*}//:/\\:}"
        [[ "$line" == *$'\t'* ]] && line="$label:${line#*$'\t'}" || line="$label"
        # The value of a setting follows at once.
        [[ "$label" == *= ]] && open+=("$line") || whole+=("$line")
    done
    (( $#whole + $#open )) || { _files; return }
    (( $#whole )) && _describe 'W2S' whole
    (( $#open )) && _describe 'setting' open -S ''
    return 0
}
compdef _w2s run.sh W2S

# Completion of W2S for bash: source this file, or put it where bash-completion finds it.
_w2s() {
    local line="${COMP_LINE:0:COMP_POINT}"
    local rest="${line#*[[:space:]]}"
    local word="${line##*[[:space:]]}"
    # What bash cuts at = and : is one word to the program: what stands before the last cut is not inserted again.
    local before="${word%"${COMP_WORDS[COMP_CWORD]}"}"
    [[ "$word" != *= ]] || before="$word"
    local item IFS=$'\n'
    COMPREPLY=()
    for item in $("${1/#\~/$HOME}" "[suggest:${#rest}]" "$rest" 2>/dev/null); do COMPREPLY+=("${item#"$before"}"); done
    # The value follows at once.
    [[ ${#COMPREPLY[@]} -ne 1 || "${COMPREPLY[0]}" != *= ]] || compopt -o nospace
}
complete -o default -F _w2s run.sh W2S

# Completes kubectl-arbtune in bash, by asking it. For kubectl arbtune, kubectl asks plugin/kubectl_complete-arbtune.
#
#   source <(kubectl-arbtune completion bash)

_kubectl_arbtune() {
    local words=() word glue='' at n=0 output line directive

    # bash takes words apart at = and :, which the tool expects whole.
    for ((at = 1; at <= COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        if [[ $n -gt 0 && ($word == [=:] || -n $glue) ]]; then
            words[n - 1]+=$word
            [[ $word == [=:] ]] && glue=1 || glue=
        else
            words[n++]=$word
        fi
    done

    # What is completed is the value; where bash leaves words whole, it comes with its flag.
    local value=$2 before=''
    if [[ $COMP_WORDBREAKS != *=* && $2 == --*=* ]]; then
        before=${2%%=*}=
        value=${2#*=}
    fi

    COMPREPLY=()
    output=$("${1/#\~/$HOME}" __complete "${words[@]}" 2>/dev/null) || return
    directive=${output##*:}
    case $directive in
    0 | 16)
        local kind=file option=default
        [[ $directive == 16 ]] && kind=directory option=dirnames
        # With nothing to offer, bash completes paths by itself, if it can be told to.
        [[ -z $before ]] && compopt -o $option 2>/dev/null && return
        compopt -o filenames 2>/dev/null
        output=$(compgen -A $kind -- "$value")
        ;;
    6)
        # The word continues, so no space is added.
        compopt -o nospace 2>/dev/null
        ;;
    esac
    while IFS= read -r line; do
        [[ -z $line || $line == :* ]] || COMPREPLY+=("$before${line%%$'\t'*}")
    done <<<"$output"
}

complete -o nosort -F _kubectl_arbtune kubectl-arbtune 2>/dev/null || complete -F _kubectl_arbtune kubectl-arbtune

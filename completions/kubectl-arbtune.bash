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

    COMPREPLY=()
    output=$("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null) || return
    directive=${output##*:}
    case $directive in
    0)
        compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2"))
        return
        ;;
    16)
        compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$2"))
        return
        ;;
    esac

    # Where bash does not take words apart at =, the value comes with its flag.
    local before=''
    if [[ $COMP_WORDBREAKS != *=* && ${words[n - 1]} == --*=* ]]; then
        before=${words[n - 1]%%=*}=
    fi
    while IFS= read -r line; do
        [[ $line == :* ]] || COMPREPLY+=("$before${line%%$'\t'*}")
    done <<<"$output"
}

complete -o nosort -F _kubectl_arbtune kubectl-arbtune 2>/dev/null || complete -F _kubectl_arbtune kubectl-arbtune

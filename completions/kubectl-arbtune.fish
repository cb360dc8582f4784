# Completes kubectl-arbtune in fish, by asking it. For kubectl arbtune, kubectl asks plugin/kubectl_complete-arbtune.
#
#   kubectl-arbtune completion fish | source

function __kubectl_arbtune_complete
    set -l before (commandline --current-process --tokenize --cut-at-cursor)
    set -l token (commandline --current-token --cut-at-cursor)
    set -l output ($before[1] __complete $before[2..] $token 2>/dev/null)
    or return
    # What is completed is the value; what stands before it stays.
    set -l flag ''
    set -l value $token
    if string match --quiet -- '--*=*' $token
        set flag (string split --max 1 -- = $token)[1]=
        set value (string split --max 1 -- = $token)[2]
    end
    switch $output[-1]
        case :0
            set output (__fish_complete_path $value)
        case :16
            set output (__fish_complete_directories $value '')
        case '*'
            set -e output[-1]
    end
    for line in $output
        echo -- "$flag$line"
    end
end

complete --command kubectl-arbtune --no-files --keep-order --arguments '(__kubectl_arbtune_complete)'

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_arbtune_global_optspecs
    string join \n color= h/help V/version
end

function __fish_kubectl_arbtune_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_arbtune_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_arbtune_using_subcommand
    set -l cmd (__fish_kubectl_arbtune_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "generate" -d 'Write the Jobs of a session to stdout, or to a directory'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "plan" -d 'Show a session\'s workers, totals and settings; write nothing'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "validate" -d 'Say what the API server, and the tuning guide, would say of Jobs and CronJobs'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "status" -d 'Say what became of a session, from what kubectl get prints'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "results" -d 'Collect the workers\' CSV files into one, and say what is there'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_needs_command" -f -a "__complete" -d 'Answer `kubectl __complete`: print the completions of the last word'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l k8s-config -d 'The session\'s K8s configuration (D29); - reads standard input' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l orchestrator-config -d 'An orchestrator configuration (D28), which gives the iterations and the workers' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -s n -l namespace -d 'The namespace of the Jobs, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l session-id -d 'The session\'s id, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l session-short -d 'What stands for the session in Job names, instead of its id\'s first 8 characters' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -s d -l output-dir -d 'Write one file per Job into this directory, and the summary to stdout' -r -f -a "(__fish_complete_directories)"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -s o -l output -d 'What to write: yaml, json (one v1 List) or name' -r -f -a "yaml\t'A YAML stream'
json\t'One v1 List'
name\t'Names only'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l created-at -d 'The Jobs\' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l kubernetes-version -d 'The version of Kubernetes that the Jobs are for' -r -f -a "1.33\t''
1.34\t''
1.35\t''
1.36\t''"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l prune -d 'Remove the session\'s files that this run does not make from the directory'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l keep-stale -d 'Leave the session\'s files that this run does not make in the directory'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -s q -l quiet -d 'Write no summary'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -l allow-live -d 'Allow mode live, which trades real money'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand generate" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l k8s-config -d 'The session\'s K8s configuration (D29); - reads standard input' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l orchestrator-config -d 'An orchestrator configuration (D28), which gives the iterations and the workers' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -s n -l namespace -d 'The namespace of the Jobs, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l session-id -d 'The session\'s id, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l session-short -d 'What stands for the session in Job names, instead of its id\'s first 8 characters' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l diff -d 'Show what would change: against the manifests of a directory, of a file, or of standard input (-)' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l exit-code -d 'Whether --diff exits with 1 where something differs; above 1 is an error in any case' -r -f -a "true\t''
false\t''"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -s o -l output -d 'How to show it: table, wide (all rows), json, yaml or name' -r -f -a "table\t'Tables; a long one shows its head and its tail'
wide\t'Tables with all rows'
json\t'One JSON object'
yaml\t'The same as YAML'
name\t'Names of the Jobs only'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l kubernetes-version -d 'The version of Kubernetes that the Jobs are for' -r -f -a "1.33\t''
1.34\t''
1.35\t''
1.36\t''"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand plan" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l k8s-config -d 'The session\'s K8s configuration (D29); - reads standard input' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l orchestrator-config -d 'An orchestrator configuration (D28), which gives the iterations and the workers' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -s n -l namespace -d 'The namespace of the Jobs, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l session-id -d 'The session\'s id, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l session-short -d 'What stands for the session in Job names, instead of its id\'s first 8 characters' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -s f -l filename -d 'A manifest file, a directory of them, or - for standard input; may be repeated' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l rules -d 'Whose rules to apply: api (the API server\'s), tuning (the guide\'s)' -r -f -a "api\t'The API server\'s'
tuning\t'The guide\'s'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l skip-rule -d 'Leave out a rule of the guide; may be repeated' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l kubernetes-version -d 'The version of Kubernetes that the Jobs are for' -r -f -a "1.33\t''
1.34\t''
1.35\t''
1.36\t''"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l explain -d 'Print what a rule demands, with a bad and a good example; or what a feature gate drops' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -s o -l output -d 'How to report: table, json, github, junit or sarif' -r -f -a "table\t'For a person'
json\t'One JSON object'
github\t'Workflow commands that mark the lines in a pull request'
junit\t'One test case per document'
sarif\t'SARIF 2.1.0, for code scanning'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -s R -l recursive -d 'Look into sub-directories too'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l fail-on-skipped -d 'Take a document that is neither a Job nor a CronJob for an error'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -l list-rules -d 'List all rules, and the fields and feature gates that differ between versions'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand validate" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -s f -l filename -d 'What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -l k8s-config -d 'A session\'s K8s configuration (D29), which says what workers there should be; may be repeated' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -l orchestrator-config -d 'An orchestrator configuration (D28), which gives the iterations and the workers' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -s n -l namespace -d 'The namespace of the Jobs, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -l session-id -d 'The session\'s id, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -l session-short -d 'What stands for the session in Job names, instead of its id\'s first 8 characters' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -l exit-code -d 'Whether to exit with 1 or 2 where something needs a look or has failed; above 2 is an error in any case' -r -f -a "true\t''
false\t''"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -s o -l output -d 'How to show it: table, wide (all rows), json, yaml, name, junit or github' -r -f -a "table\t'Tables; a long one shows its head and its tail'
wide\t'Tables with all rows'
json\t'One JSON object'
yaml\t'The same as YAML'
name\t'Names of the Jobs only'
junit\t'One test case per worker'
github\t'Workflow commands'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -s w -l watch -d 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand status" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -l k8s-config -d 'The session\'s K8s configuration (D29), which says what there should be; - reads standard input' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -l orchestrator-config -d 'An orchestrator configuration (D28), which gives the iterations and the workers' -r -F
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -s n -l namespace -d 'The namespace of the Jobs, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -l session-id -d 'The session\'s id, instead of the configuration\'s' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -l session-short -d 'What stands for the session in Job names, instead of its id\'s first 8 characters' -r
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -s o -l output -d 'What to write: csv (with the table on stderr), table, wide (all rows), json or yaml' -r -f -a "csv\t'One CSV'
table\t'A table of what is there; a long one shows its head and its tail'
wide\t'A table with all rows'
json\t'One JSON object'
yaml\t'The same as YAML'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand results" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand completion" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand completion" -s h -l help -d 'Print help'
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand __complete" -l color -d 'When to use colours: auto, always or never. NO_COLOR is respected' -r -f -a "auto\t'On a terminal'
always\t'In any case'
never\t'Not at all'"
complete -c kubectl-arbtune -n "__fish_kubectl_arbtune_using_subcommand __complete" -s h -l help -d 'Print help'


use builtin;
use str;

set edit:completion:arg-completer[kubectl-arbtune] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'kubectl-arbtune'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'kubectl-arbtune'= {
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand generate 'Write the Jobs of a session to stdout, or to a directory'
            cand plan 'Show a session''s workers, totals and settings; write nothing'
            cand status 'Say what became of a session, from what kubectl get prints'
            cand results 'Collect the workers'' CSV files into one, and say what is there'
            cand init 'Make commented starter configurations in a directory'
            cand completion 'Print the completion script of a shell'
            cand help 'Show the help of a command'
            cand version 'Show the version'
            cand validate 'Say what the API server, and the tuning guide, would say of Jobs and CronJobs'
        }
        &'kubectl-arbtune;generate'= {
            cand --k8s-config 'The session''s K8s configuration (D29); - reads standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28), which gives the iterations and the workers'
            cand -n 'The namespace of the Jobs, instead of the configuration''s'
            cand --namespace 'The namespace of the Jobs, instead of the configuration''s'
            cand --session-id 'The session''s id, instead of the configuration''s'
            cand --session-short 'What stands for the session in Job names, instead of its id''s first 8 characters'
            cand --set 'A key of the K8s configuration, instead of what the files say; may be repeated'
            cand -d 'Write one file per Job into this directory, and the summary to stdout'
            cand --output-dir 'Write one file per Job into this directory, and the summary to stdout'
            cand --only 'Make the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9'
            cand --from-status 'Make the Jobs of the workers that have failed or have none, by what kubectl get jobs printed; - reads standard input'
            cand -o 'What to write: yaml, kyaml, json (one v1 List) or name'
            cand --output 'What to write: yaml, kyaml, json (one v1 List) or name'
            cand --created-at 'The Jobs'' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]'
            cand --kubernetes-version 'The version of Kubernetes that the Jobs are for'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand --prune 'Remove the session''s files that this run does not make from the directory'
            cand --keep-stale 'Leave the session''s files that this run does not make in the directory'
            cand --kustomize 'Write a kustomization.yaml that lists the files too, for kubectl apply -k'
            cand --replace 'Let Jobs that failed keep their names, instead of adding an attempt to them: they have to be deleted first'
            cand -q 'Write no summary'
            cand --quiet 'Write no summary'
            cand --no-headers 'Write the summary''s table without its headers'
            cand --allow-live 'Allow mode live, which trades real money'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;plan'= {
            cand --k8s-config 'The session''s K8s configuration (D29); - reads standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28), which gives the iterations and the workers'
            cand -n 'The namespace of the Jobs, instead of the configuration''s'
            cand --namespace 'The namespace of the Jobs, instead of the configuration''s'
            cand --session-id 'The session''s id, instead of the configuration''s'
            cand --session-short 'What stands for the session in Job names, instead of its id''s first 8 characters'
            cand --set 'A key of the K8s configuration, instead of what the files say; may be repeated'
            cand --diff 'Show what would change: against the manifests of a directory, of a file, or of standard input (-)'
            cand --quota 'Say what a namespace''s quotas, limit ranges and Pod Security labels would refuse, from files, directories or standard input (-); exits with 1 where something is refused, above 1 is an error'
            cand --exit-code 'Whether --diff exits with 1 where something differs; above 1 is an error in any case'
            cand -o 'How to show it: table, wide (all rows), json, yaml or name'
            cand --output 'How to show it: table, wide (all rows), json, yaml or name'
            cand --kubernetes-version 'The version of Kubernetes that the Jobs are for'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -q 'Write nothing to stdout; the exit code and stderr tell'
            cand --quiet 'Write nothing to stdout; the exit code and stderr tell'
            cand --no-headers 'Write tables without their headers'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;status'= {
            cand -f 'What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated'
            cand --filename 'What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated'
            cand --k8s-config 'A session''s K8s configuration (D29), which says what workers there should be; may be repeated'
            cand --orchestrator-config 'An orchestrator configuration (D28), which gives the iterations and the workers'
            cand -n 'The namespace of the Jobs, instead of the configuration''s'
            cand --namespace 'The namespace of the Jobs, instead of the configuration''s'
            cand --session-id 'The session''s id, instead of the configuration''s'
            cand --session-short 'What stands for the session in Job names, instead of its id''s first 8 characters'
            cand --set 'A key of the K8s configuration, instead of what the files say; may be repeated'
            cand --exit-code 'Whether to exit with 1 or 2 where something needs a look or has failed; above 2 is an error in any case'
            cand -o 'How to show it: table, wide (all rows), json, yaml, name, junit or github'
            cand --output 'How to show it: table, wide (all rows), json, yaml, name, junit or github'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -w 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere'
            cand --watch 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;results'= {
            cand --k8s-config 'The session''s K8s configuration (D29), which says what there should be; - reads standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28), which gives the iterations and the workers'
            cand -n 'The namespace of the Jobs, instead of the configuration''s'
            cand --namespace 'The namespace of the Jobs, instead of the configuration''s'
            cand --session-id 'The session''s id, instead of the configuration''s'
            cand --session-short 'What stands for the session in Job names, instead of its id''s first 8 characters'
            cand --set 'A key of the K8s configuration, instead of what the files say; may be repeated'
            cand -o 'What to write: csv (with the table on stderr), table, wide (all rows), json or yaml'
            cand --output 'What to write: csv (with the table on stderr), table, wide (all rows), json or yaml'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;init'= {
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;completion'= {
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;help'= {
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;version'= {
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;validate'= {
            cand --k8s-config 'The session''s K8s configuration (D29); - reads standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28), which gives the iterations and the workers'
            cand -n 'The namespace of the Jobs, instead of the configuration''s'
            cand --namespace 'The namespace of the Jobs, instead of the configuration''s'
            cand --session-id 'The session''s id, instead of the configuration''s'
            cand --session-short 'What stands for the session in Job names, instead of its id''s first 8 characters'
            cand --set 'A key of the K8s configuration, instead of what the files say; may be repeated'
            cand -f 'Manifest files, directories of them, or - for standard input; may be repeated'
            cand --filename 'Manifest files, directories of them, or - for standard input; may be repeated'
            cand --rules 'Whose rules to apply: api (the API server''s), tuning (the guide''s)'
            cand --pod-security 'Hold the pods against a Pod Security Standard too: baseline or restricted'
            cand --kubernetes-version 'The version of Kubernetes that the Jobs are for'
            cand -o 'How to report: table, json, github, junit or sarif'
            cand --output 'How to report: table, json, github, junit or sarif'
            cand --skip-rule 'Leave out a rule of the guide; may be repeated'
            cand --explain 'Print what a rule demands, with a bad and a good example; or what a feature gate drops'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -R 'Look into sub-directories too'
            cand --recursive 'Look into sub-directories too'
            cand --fail-on-skipped 'Take a document that is neither a Job nor a CronJob for an error'
            cand --list-rules 'List all rules, and the fields and feature gates that differ between versions'
            cand -q 'In the table format, write the findings alone'
            cand --quiet 'In the table format, write the findings alone'
            cand --no-headers 'Write tables without their headers'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}


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
            cand plan 'Show a session''s workers, totals and settings without writing anything'
            cand status 'Show the progress of a session from the output of kubectl get'
            cand results 'Merge the workers'' CSV files into one and report what is missing'
            cand init 'Create commented starter configurations in a directory'
            cand completion 'Print the completion script for a shell'
            cand help 'Show the help for a command'
            cand version 'Show the version'
            cand validate 'Check Jobs and CronJobs against the API server''s rules and the tuning guide''s'
        }
        &'kubectl-arbtune;generate'= {
            cand --k8s-config 'The session''s K8s configuration (D29); - for standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28); its iterations and workers take precedence'
            cand -n 'The namespace of the Jobs; overrides the configuration'
            cand --namespace 'The namespace of the Jobs; overrides the configuration'
            cand --session-id 'The session''s id; overrides the configuration'
            cand --session-short 'The session''s short name in Job names [default: the first 8 characters of its id]'
            cand --set 'Set a key of the K8s configuration; overrides the files; may be repeated'
            cand -d 'Write one file per Job into this directory, and the summary to stdout'
            cand --output-dir 'Write one file per Job into this directory, and the summary to stdout'
            cand --only 'Generate the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9'
            cand --from-status 'Generate the Jobs of the workers that failed or have no Job, according to the output of kubectl get jobs; - for standard input'
            cand -o 'Output format: yaml, kyaml, json (one v1 List) or name'
            cand --output 'Output format: yaml, kyaml, json (one v1 List) or name'
            cand --created-at 'The Jobs'' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]'
            cand --kubernetes-version 'The Kubernetes version to check against'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand --prune 'Remove stale files of the session from the directory: those that this run does not generate'
            cand --keep-stale 'Keep stale files of the session in the directory'
            cand --kustomize 'Also write a kustomization.yaml that lists the files, for kubectl apply -k'
            cand --replace 'Reuse the names of failed Jobs instead of adding an attempt number; delete the failed Jobs first'
            cand -q 'Do not write the summary'
            cand --quiet 'Do not write the summary'
            cand --no-headers 'Write the summary''s table without headers'
            cand --allow-live 'Allow mode live, which trades with real money'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;plan'= {
            cand --k8s-config 'The session''s K8s configuration (D29); - for standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28); its iterations and workers take precedence'
            cand -n 'The namespace of the Jobs; overrides the configuration'
            cand --namespace 'The namespace of the Jobs; overrides the configuration'
            cand --session-id 'The session''s id; overrides the configuration'
            cand --session-short 'The session''s short name in Job names [default: the first 8 characters of its id]'
            cand --set 'Set a key of the K8s configuration; overrides the files; may be repeated'
            cand --diff 'Show what applying the session would change, compared with the manifests in a directory, a file, or standard input (-)'
            cand --quota 'Show what a namespace''s quotas, limit ranges and Pod Security labels would refuse; reads them from files, directories or standard input (-); exits with 1 if something would be refused, and above 1 on an error'
            cand --exit-code 'Whether --diff exits with 1 if something differs; an error always exits above 1'
            cand -o 'Output format: table, wide (all rows), json, yaml or name'
            cand --output 'Output format: table, wide (all rows), json, yaml or name'
            cand --kubernetes-version 'The Kubernetes version to check against'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -q 'Write nothing to stdout; use only the exit code and stderr'
            cand --quiet 'Write nothing to stdout; use only the exit code and stderr'
            cand --no-headers 'Write tables without headers'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;status'= {
            cand -f 'Output of kubectl get for Jobs and pods: a file, a directory of files, or - for standard input; may be repeated'
            cand --filename 'Output of kubectl get for Jobs and pods: a file, a directory of files, or - for standard input; may be repeated'
            cand --k8s-config 'A session''s K8s configuration (D29), to find out which workers are missing; may be repeated'
            cand --orchestrator-config 'An orchestrator configuration (D28); its iterations and workers take precedence'
            cand -n 'The namespace of the Jobs; overrides the configuration'
            cand --namespace 'The namespace of the Jobs; overrides the configuration'
            cand --session-id 'The session''s id; overrides the configuration'
            cand --session-short 'The session''s short name in Job names [default: the first 8 characters of its id]'
            cand --set 'Set a key of the K8s configuration; overrides the files; may be repeated'
            cand --exit-code 'Whether to exit with 1 or 2 if something needs attention or has failed; an error always exits above 2'
            cand -o 'Output format: table, wide (all rows), json, yaml, name, junit or github'
            cand --output 'Output format: table, wide (all rows), json, yaml, name, junit or github'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -w 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere'
            cand --watch 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'kubectl-arbtune;results'= {
            cand --k8s-config 'The session''s K8s configuration (D29), to find out what is missing; - for standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28); its iterations and workers take precedence'
            cand -n 'The namespace of the Jobs; overrides the configuration'
            cand --namespace 'The namespace of the Jobs; overrides the configuration'
            cand --session-id 'The session''s id; overrides the configuration'
            cand --session-short 'The session''s short name in Job names [default: the first 8 characters of its id]'
            cand --set 'Set a key of the K8s configuration; overrides the files; may be repeated'
            cand -o 'Output format: csv (with the table on stderr), table, wide (all rows), json or yaml'
            cand --output 'Output format: csv (with the table on stderr), table, wide (all rows), json or yaml'
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
            cand --k8s-config 'The session''s K8s configuration (D29); - for standard input'
            cand --orchestrator-config 'An orchestrator configuration (D28); its iterations and workers take precedence'
            cand -n 'The namespace of the Jobs; overrides the configuration'
            cand --namespace 'The namespace of the Jobs; overrides the configuration'
            cand --session-id 'The session''s id; overrides the configuration'
            cand --session-short 'The session''s short name in Job names [default: the first 8 characters of its id]'
            cand --set 'Set a key of the K8s configuration; overrides the files; may be repeated'
            cand -f 'Manifest files, directories of them, or - for standard input; may be repeated'
            cand --filename 'Manifest files, directories of them, or - for standard input; may be repeated'
            cand --rules 'The rules to apply: api (the API server''s), tuning (the guide''s)'
            cand --pod-security 'Also check the pods against a Pod Security Standard: baseline or restricted'
            cand --kubernetes-version 'The Kubernetes version to check against'
            cand -o 'Output format: table, json, github, junit or sarif'
            cand --output 'Output format: table, json, github, junit or sarif'
            cand --skip-rule 'Skip a rule of the guide; may be repeated'
            cand --explain 'Explain a rule, with a bad and a good example, or which fields a feature gate drops'
            cand --color 'When to use colours: auto, always or never. NO_COLOR is respected'
            cand -R 'Also read subdirectories'
            cand --recursive 'Also read subdirectories'
            cand --fail-on-skipped 'Treat a document that is neither a Job nor a CronJob as an error'
            cand --list-rules 'List all rules, and the fields and feature gates that differ between Kubernetes versions'
            cand -q 'In the table format, write only the findings'
            cand --quiet 'In the table format, write only the findings'
            cand --no-headers 'Write tables without headers'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}

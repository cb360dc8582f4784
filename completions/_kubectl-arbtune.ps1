
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'kubectl-arbtune' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'kubectl-arbtune'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'kubectl-arbtune' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Write the Jobs of a session to stdout, or to a directory')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show a session''s workers, totals and settings without writing anything')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the progress of a session from the output of kubectl get')
            [CompletionResult]::new('results', 'results', [CompletionResultType]::ParameterValue, 'Merge the workers'' CSV files into one and report what is missing')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create commented starter configurations in a directory')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show the help for a command')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check Jobs and CronJobs against the API server''s rules and the tuning guide''s')
            break
        }
        'kubectl-arbtune;generate' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29); - for standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28); its iterations and workers take precedence')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id; overrides the configuration')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'The session''s short name in Job names [default: the first 8 characters of its id]')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a key of the K8s configuration; overrides the files; may be repeated')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Write one file per Job into this directory, and the summary to stdout')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write one file per Job into this directory, and the summary to stdout')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Generate the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9')
            [CompletionResult]::new('--from-status', '--from-status', [CompletionResultType]::ParameterName, 'Generate the Jobs of the workers that failed or have no Job, according to the output of kubectl get jobs; - for standard input')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: yaml, kyaml, json (one v1 List) or name')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: yaml, kyaml, json (one v1 List) or name')
            [CompletionResult]::new('--created-at', '--created-at', [CompletionResultType]::ParameterName, 'The Jobs'' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The Kubernetes version to check against')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Remove stale files of the session from the directory: those that this run does not generate')
            [CompletionResult]::new('--keep-stale', '--keep-stale', [CompletionResultType]::ParameterName, 'Keep stale files of the session in the directory')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Also write a kustomization.yaml that lists the files, for kubectl apply -k')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Reuse the names of failed Jobs instead of adding an attempt number; delete the failed Jobs first')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not write the summary')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not write the summary')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Write the summary''s table without headers')
            [CompletionResult]::new('--allow-live', '--allow-live', [CompletionResultType]::ParameterName, 'Allow mode live, which trades with real money')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;plan' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29); - for standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28); its iterations and workers take precedence')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id; overrides the configuration')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'The session''s short name in Job names [default: the first 8 characters of its id]')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a key of the K8s configuration; overrides the files; may be repeated')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Show what applying the session would change, compared with the manifests in a directory, a file, or standard input (-)')
            [CompletionResult]::new('--quota', '--quota', [CompletionResultType]::ParameterName, 'Show what a namespace''s quotas, limit ranges and Pod Security labels would refuse; reads them from files, directories or standard input (-); exits with 1 if something would be refused, and above 1 on an error')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Whether --diff exits with 1 if something differs; an error always exits above 1')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: table, wide (all rows), json, yaml or name')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: table, wide (all rows), json, yaml or name')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The Kubernetes version to check against')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stdout; use only the exit code and stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stdout; use only the exit code and stderr')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Write tables without headers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;status' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Output of kubectl get for Jobs and pods: a file, a directory of files, or - for standard input; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Output of kubectl get for Jobs and pods: a file, a directory of files, or - for standard input; may be repeated')
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'A session''s K8s configuration (D29), to find out which workers are missing; may be repeated')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28); its iterations and workers take precedence')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id; overrides the configuration')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'The session''s short name in Job names [default: the first 8 characters of its id]')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a key of the K8s configuration; overrides the files; may be repeated')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Whether to exit with 1 or 2 if something needs attention or has failed; an error always exits above 2')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: table, wide (all rows), json, yaml, name, junit or github')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: table, wide (all rows), json, yaml, name, junit or github')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;results' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29), to find out what is missing; - for standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28); its iterations and workers take precedence')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id; overrides the configuration')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'The session''s short name in Job names [default: the first 8 characters of its id]')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a key of the K8s configuration; overrides the files; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: csv (with the table on stderr), table, wide (all rows), json or yaml')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: csv (with the table on stderr), table, wide (all rows), json or yaml')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;init' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;completion' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;help' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;version' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;validate' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29); - for standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28); its iterations and workers take precedence')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs; overrides the configuration')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id; overrides the configuration')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'The session''s short name in Job names [default: the first 8 characters of its id]')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a key of the K8s configuration; overrides the files; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest files, directories of them, or - for standard input; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest files, directories of them, or - for standard input; may be repeated')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'The rules to apply: api (the API server''s), tuning (the guide''s)')
            [CompletionResult]::new('--pod-security', '--pod-security', [CompletionResultType]::ParameterName, 'Also check the pods against a Pod Security Standard: baseline or restricted')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The Kubernetes version to check against')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: table, json, github, junit or sarif')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: table, json, github, junit or sarif')
            [CompletionResult]::new('--skip-rule', '--skip-rule', [CompletionResultType]::ParameterName, 'Skip a rule of the guide; may be repeated')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Explain a rule, with a bad and a good example, or which fields a feature gate drops')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Also read subdirectories')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Also read subdirectories')
            [CompletionResult]::new('--fail-on-skipped', '--fail-on-skipped', [CompletionResultType]::ParameterName, 'Treat a document that is neither a Job nor a CronJob as an error')
            [CompletionResult]::new('--list-rules', '--list-rules', [CompletionResultType]::ParameterName, 'List all rules, and the fields and feature gates that differ between Kubernetes versions')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'In the table format, write only the findings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'In the table format, write only the findings')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Write tables without headers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}

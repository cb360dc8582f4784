
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
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show a session''s workers, totals and settings; write nothing')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say what became of a session, from what kubectl get prints')
            [CompletionResult]::new('results', 'results', [CompletionResultType]::ParameterValue, 'Collect the workers'' CSV files into one, and say what is there')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make commented starter configurations in a directory')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show the help of a command')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Say what the API server, and the tuning guide, would say of Jobs and CronJobs')
            break
        }
        'kubectl-arbtune;generate' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29); - reads standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28), which gives the iterations and the workers')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id, instead of the configuration''s')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'What stands for the session in Job names, instead of its id''s first 8 characters')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'A key of the K8s configuration, instead of what the files say; may be repeated')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Write one file per Job into this directory, and the summary to stdout')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, 'Write one file per Job into this directory, and the summary to stdout')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Make the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9')
            [CompletionResult]::new('--from-status', '--from-status', [CompletionResultType]::ParameterName, 'Make the Jobs of the workers that have failed or have none, by what kubectl get jobs printed; - reads standard input')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to write: yaml, kyaml, json (one v1 List) or name')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to write: yaml, kyaml, json (one v1 List) or name')
            [CompletionResult]::new('--created-at', '--created-at', [CompletionResultType]::ParameterName, 'The Jobs'' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The version of Kubernetes that the Jobs are for')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Remove the session''s files that this run does not make from the directory')
            [CompletionResult]::new('--keep-stale', '--keep-stale', [CompletionResultType]::ParameterName, 'Leave the session''s files that this run does not make in the directory')
            [CompletionResult]::new('--kustomize', '--kustomize', [CompletionResultType]::ParameterName, 'Write a kustomization.yaml that lists the files too, for kubectl apply -k')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Let Jobs that failed keep their names, instead of adding an attempt to them: they have to be deleted first')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write no summary')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write no summary')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Write the summary''s table without its headers')
            [CompletionResult]::new('--allow-live', '--allow-live', [CompletionResultType]::ParameterName, 'Allow mode live, which trades real money')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;plan' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29); - reads standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28), which gives the iterations and the workers')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id, instead of the configuration''s')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'What stands for the session in Job names, instead of its id''s first 8 characters')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'A key of the K8s configuration, instead of what the files say; may be repeated')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Show what would change: against the manifests of a directory, of a file, or of standard input (-)')
            [CompletionResult]::new('--quota', '--quota', [CompletionResultType]::ParameterName, 'Say what a namespace''s quotas, limit ranges and Pod Security labels would refuse, from files, directories or standard input (-); exits with 1 where something is refused, above 1 is an error')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Whether --diff exits with 1 where something differs; above 1 is an error in any case')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to show it: table, wide (all rows), json, yaml or name')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to show it: table, wide (all rows), json, yaml or name')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The version of Kubernetes that the Jobs are for')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Write nothing to stdout; the exit code and stderr tell')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Write nothing to stdout; the exit code and stderr tell')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Write tables without their headers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;status' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated')
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'A session''s K8s configuration (D29), which says what workers there should be; may be repeated')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28), which gives the iterations and the workers')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id, instead of the configuration''s')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'What stands for the session in Job names, instead of its id''s first 8 characters')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'A key of the K8s configuration, instead of what the files say; may be repeated')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Whether to exit with 1 or 2 where something needs a look or has failed; above 2 is an error in any case')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to show it: table, wide (all rows), json, yaml, name, junit or github')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to show it: table, wide (all rows), json, yaml, name, junit or github')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Follow a stream on standard input: redraw on a terminal, append lines elsewhere')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-arbtune;results' {
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29), which says what there should be; - reads standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28), which gives the iterations and the workers')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id, instead of the configuration''s')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'What stands for the session in Job names, instead of its id''s first 8 characters')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'A key of the K8s configuration, instead of what the files say; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'What to write: csv (with the table on stderr), table, wide (all rows), json or yaml')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'What to write: csv (with the table on stderr), table, wide (all rows), json or yaml')
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
            [CompletionResult]::new('--k8s-config', '--k8s-config', [CompletionResultType]::ParameterName, 'The session''s K8s configuration (D29); - reads standard input')
            [CompletionResult]::new('--orchestrator-config', '--orchestrator-config', [CompletionResultType]::ParameterName, 'An orchestrator configuration (D28), which gives the iterations and the workers')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the Jobs, instead of the configuration''s')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'The session''s id, instead of the configuration''s')
            [CompletionResult]::new('--session-short', '--session-short', [CompletionResultType]::ParameterName, 'What stands for the session in Job names, instead of its id''s first 8 characters')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'A key of the K8s configuration, instead of what the files say; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Manifest files, directories of them, or - for standard input; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Manifest files, directories of them, or - for standard input; may be repeated')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Whose rules to apply: api (the API server''s), tuning (the guide''s)')
            [CompletionResult]::new('--pod-security', '--pod-security', [CompletionResultType]::ParameterName, 'Hold the pods against a Pod Security Standard too: baseline or restricted')
            [CompletionResult]::new('--kubernetes-version', '--kubernetes-version', [CompletionResultType]::ParameterName, 'The version of Kubernetes that the Jobs are for')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to report: table, json, github, junit or sarif')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to report: table, json, github, junit or sarif')
            [CompletionResult]::new('--skip-rule', '--skip-rule', [CompletionResultType]::ParameterName, 'Leave out a rule of the guide; may be repeated')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Print what a rule demands, with a bad and a good example; or what a feature gate drops')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: auto, always or never. NO_COLOR is respected')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'Look into sub-directories too')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Look into sub-directories too')
            [CompletionResult]::new('--fail-on-skipped', '--fail-on-skipped', [CompletionResultType]::ParameterName, 'Take a document that is neither a Job nor a CronJob for an error')
            [CompletionResult]::new('--list-rules', '--list-rules', [CompletionResultType]::ParameterName, 'List all rules, and the fields and feature gates that differ between versions')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'In the table format, write the findings alone')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'In the table format, write the findings alone')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Write tables without their headers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}

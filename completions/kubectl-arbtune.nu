module completions {

  def "nu-complete kubectl-arbtune color" [] {
    [ "auto" "always" "never" ]
  }

  # Turn a parameter-tuning session into Kubernetes Jobs, one per worker
  export extern kubectl-arbtune [
    --color: string@"nu-complete kubectl-arbtune color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    --version(-V)             # Print version
  ]

  def "nu-complete kubectl-arbtune generate output" [] {
    [ "yaml" "kyaml" "json" "name" ]
  }

  def "nu-complete kubectl-arbtune generate kubernetes_version" [] {
    [ "1.33" "1.34" "1.35" "1.36" ]
  }

  def "nu-complete kubectl-arbtune generate color" [] {
    [ "auto" "always" "never" ]
  }

  # Write the Jobs of a session to stdout, or to a directory
  export extern "kubectl-arbtune generate" [
    --k8s-config: path        # The session's K8s configuration (D29); - reads standard input
    --orchestrator-config: path # An orchestrator configuration (D28), which gives the iterations and the workers
    --namespace(-n): string   # The namespace of the Jobs, instead of the configuration's
    --session-id: string      # The session's id, instead of the configuration's
    --session-short: string   # What stands for the session in Job names, instead of its id's first 8 characters
    --set: string             # A key of the K8s configuration, instead of what the files say; may be repeated
    --output-dir(-d): directory # Write one file per Job into this directory, and the summary to stdout
    --prune                   # Remove the session's files that this run does not make from the directory
    --keep-stale              # Leave the session's files that this run does not make in the directory
    --kustomize               # Write a kustomization.yaml that lists the files too, for kubectl apply -k
    --only: string            # Make the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9
    --from-status: path       # Make the Jobs of the workers that have failed or have none, by what kubectl get jobs printed; - reads standard input
    --replace                 # Let Jobs that failed keep their names, instead of adding an attempt to them: they have to be deleted first
    --output(-o): string@"nu-complete kubectl-arbtune generate output" # What to write: yaml, kyaml, json (one v1 List) or name
    --created-at: string      # The Jobs' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]
    --quiet(-q)               # Write no summary
    --no-headers              # Write the summary's table without its headers
    --allow-live              # Allow mode live, which trades real money
    --kubernetes-version: string@"nu-complete kubectl-arbtune generate kubernetes_version" # The version of Kubernetes that the Jobs are for
    --color: string@"nu-complete kubectl-arbtune generate color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

  def "nu-complete kubectl-arbtune plan exit_code" [] {
    [ "true" "false" ]
  }

  def "nu-complete kubectl-arbtune plan output" [] {
    [ "table" "wide" "json" "yaml" "name" ]
  }

  def "nu-complete kubectl-arbtune plan kubernetes_version" [] {
    [ "1.33" "1.34" "1.35" "1.36" ]
  }

  def "nu-complete kubectl-arbtune plan color" [] {
    [ "auto" "always" "never" ]
  }

  # Show a session's workers, totals and settings; write nothing
  export extern "kubectl-arbtune plan" [
    --k8s-config: path        # The session's K8s configuration (D29); - reads standard input
    --orchestrator-config: path # An orchestrator configuration (D28), which gives the iterations and the workers
    --namespace(-n): string   # The namespace of the Jobs, instead of the configuration's
    --session-id: string      # The session's id, instead of the configuration's
    --session-short: string   # What stands for the session in Job names, instead of its id's first 8 characters
    --set: string             # A key of the K8s configuration, instead of what the files say; may be repeated
    --diff: path              # Show what would change: against the manifests of a directory, of a file, or of standard input (-)
    --quota: path             # Say what a namespace's quotas, limit ranges and Pod Security labels would refuse, from files, directories or standard input (-); exits with 1 where something is refused, above 1 is an error
    --exit-code: string@"nu-complete kubectl-arbtune plan exit_code" # Whether --diff exits with 1 where something differs; above 1 is an error in any case
    --output(-o): string@"nu-complete kubectl-arbtune plan output" # How to show it: table, wide (all rows), json, yaml or name
    --quiet(-q)               # Write nothing to stdout; the exit code and stderr tell
    --no-headers              # Write tables without their headers
    --kubernetes-version: string@"nu-complete kubectl-arbtune plan kubernetes_version" # The version of Kubernetes that the Jobs are for
    --color: string@"nu-complete kubectl-arbtune plan color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

  def "nu-complete kubectl-arbtune status exit_code" [] {
    [ "true" "false" ]
  }

  def "nu-complete kubectl-arbtune status output" [] {
    [ "table" "wide" "json" "yaml" "name" "junit" "github" ]
  }

  def "nu-complete kubectl-arbtune status color" [] {
    [ "auto" "always" "never" ]
  }

  # Say what became of a session, from what kubectl get prints
  export extern "kubectl-arbtune status" [
    --filename(-f): path      # What kubectl get printed of Jobs and pods: a file, a directory of them, or - for standard input; may be repeated
    --k8s-config: path        # A session's K8s configuration (D29), which says what workers there should be; may be repeated
    --orchestrator-config: path # An orchestrator configuration (D28), which gives the iterations and the workers
    --namespace(-n): string   # The namespace of the Jobs, instead of the configuration's
    --session-id: string      # The session's id, instead of the configuration's
    --session-short: string   # What stands for the session in Job names, instead of its id's first 8 characters
    --set: string             # A key of the K8s configuration, instead of what the files say; may be repeated
    --watch(-w)               # Follow a stream on standard input: redraw on a terminal, append lines elsewhere
    --exit-code: string@"nu-complete kubectl-arbtune status exit_code" # Whether to exit with 1 or 2 where something needs a look or has failed; above 2 is an error in any case
    --output(-o): string@"nu-complete kubectl-arbtune status output" # How to show it: table, wide (all rows), json, yaml, name, junit or github
    --color: string@"nu-complete kubectl-arbtune status color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

  def "nu-complete kubectl-arbtune results output" [] {
    [ "csv" "table" "wide" "json" "yaml" ]
  }

  def "nu-complete kubectl-arbtune results color" [] {
    [ "auto" "always" "never" ]
  }

  # Collect the workers' CSV files into one, and say what is there
  export extern "kubectl-arbtune results" [
    --k8s-config: path        # The session's K8s configuration (D29), which says what there should be; - reads standard input
    --orchestrator-config: path # An orchestrator configuration (D28), which gives the iterations and the workers
    --namespace(-n): string   # The namespace of the Jobs, instead of the configuration's
    --session-id: string      # The session's id, instead of the configuration's
    --session-short: string   # What stands for the session in Job names, instead of its id's first 8 characters
    --set: string             # A key of the K8s configuration, instead of what the files say; may be repeated
    --output(-o): string@"nu-complete kubectl-arbtune results output" # What to write: csv (with the table on stderr), table, wide (all rows), json or yaml
    --color: string@"nu-complete kubectl-arbtune results color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    ...paths: path            # CSV files, or directories of them
  ]

  def "nu-complete kubectl-arbtune init color" [] {
    [ "auto" "always" "never" ]
  }

  # Make commented starter configurations in a directory
  export extern "kubectl-arbtune init" [
    --color: string@"nu-complete kubectl-arbtune init color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    directory?: directory     # The directory; it is made where there is none
  ]

  def "nu-complete kubectl-arbtune completion shell" [] {
    [ "bash" "zsh" "fish" "powershell" "elvish" "nushell" ]
  }

  def "nu-complete kubectl-arbtune completion color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the completion script of a shell
  export extern "kubectl-arbtune completion" [
    --color: string@"nu-complete kubectl-arbtune completion color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    shell: string@"nu-complete kubectl-arbtune completion shell" # The shell: bash, zsh, fish, powershell, elvish or nushell
  ]

  def "nu-complete kubectl-arbtune help command" [] {
    [ "generate" "plan" "validate" "status" "results" "init" "completion" "help" "version" ]
  }

  def "nu-complete kubectl-arbtune help color" [] {
    [ "auto" "always" "never" ]
  }

  # Show the help of a command
  export extern "kubectl-arbtune help" [
    --color: string@"nu-complete kubectl-arbtune help color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    command?: string@"nu-complete kubectl-arbtune help command" # The command; all of them in a line each, if none is named
  ]

  def "nu-complete kubectl-arbtune version color" [] {
    [ "auto" "always" "never" ]
  }

  # Show the version
  export extern "kubectl-arbtune version" [
    --color: string@"nu-complete kubectl-arbtune version color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

  def "nu-complete kubectl-arbtune validate rules" [] {
    [ "api" "tuning" ]
  }

  def "nu-complete kubectl-arbtune validate pod_security" [] {
    [ "baseline" "restricted" ]
  }

  def "nu-complete kubectl-arbtune validate kubernetes_version" [] {
    [ "1.33" "1.34" "1.35" "1.36" ]
  }

  def "nu-complete kubectl-arbtune validate output" [] {
    [ "table" "json" "github" "junit" "sarif" ]
  }

  def "nu-complete kubectl-arbtune validate skip_rule" [] {
    [ "tuning-type" "tuning-name" "tuning-labels" "tuning-annotations" "tuning-container" "tuning-args" "tuning-env" "tuning-restart-policy" "tuning-backoff-limit" "tuning-image" "tuning-live-mode" "tuning-duplicate-name" "tuning-workers" "tuning-session-short" "tuning-split" ]
  }

  def "nu-complete kubectl-arbtune validate explain" [] {
    [ "syntax" "duplicate-key" "skipped-document" "object-kind" "field-type" "field-quantity" "unknown-field" "metadata-name" "metadata-generate-name" "metadata-namespace" "metadata-labels" "metadata-annotations" "metadata-owner-references" "metadata-finalizers" "metadata-managed-fields" "label-selector" "job-numbers" "job-completion-mode" "job-indexed" "job-backoff-per-index" "job-selector" "job-pod-labels" "job-pod-replacement-policy" "job-managed-by" "job-restart-policy" "job-failure-policy" "job-failure-exit-codes" "job-failure-pod-conditions" "job-success-policy" "cron-job-name" "cron-job-numbers" "cron-job-concurrency-policy" "cron-job-selector" "cron-job-schedule" "cron-job-schedule-time-zone" "cron-job-time-zone" "config-map-data" "pod-restart-policy" "pod-active-deadline" "pod-references" "pod-node-selector" "pod-preemption-policy" "pod-readiness-gates" "pod-scheduling-gates" "pod-host-users" "pod-host-users-devices" "pod-ephemeral-containers" "pod-annotations" "pod-profile-annotations" "volume-name" "volume-source" "volume-source-required" "volume-empty-dir" "volume-host-path" "volume-numbers" "volume-nfs" "volume-iscsi" "volume-fc" "volume-azure-disk" "volume-csi" "volume-other-sources" "volume-file-mode" "volume-items" "volume-downward-api" "volume-projected" "volume-claim-template" "volume-claim" "volume-claim-attributes-class" "pod-resource-claims" "container-resource-claims" "pod-containers" "container-name" "container-termination-message-policy" "init-container-fields" "ephemeral-container-fields" "container-image" "container-image-pull-policy" "container-port" "container-port-name" "container-host-port" "env-name" "env-value-from" "field-ref" "resource-field-ref" "env-key-ref" "env-file-key-ref" "env-from" "volume-mount" "volume-mount-sub-path" "volume-mount-propagation" "volume-mount-recursive-read-only" "volume-device" "resource-name" "resource-amount" "resource-request" "resource-huge-pages" "container-resize-policy" "init-container-resize-policy" "pod-resources" "container-restart-policy" "container-no-restart-policy" "container-restart-rules" "container-restart-all" "handler" "handler-exec" "handler-http-get" "handler-port" "handler-sleep" "probe" "security-ids" "security-proc-mount" "security-privilege-escalation" "security-seccomp-profile" "security-app-armor-profile" "security-windows-options" "host-network-ports" "dns-policy" "dns-config" "host-aliases" "ip-address-strict" "pod-hostname" "pod-hostname-override" "pod-share-process-namespace" "pod-sysctls" "pod-security-policies" "affinity-node-selector" "affinity-weight" "affinity-pod-term" "affinity-repeated-keys" "toleration" "topology-spread-constraint" "topology-spread-repeated-keys" "topology-spread-selected-keys" "pod-os" "pod-os-fields" "pod-windows-host-process" "job-host-name" "env-duplicate" "port-duplicate" "metadata-duplicate-owner" "resource-fraction" "null-label-selector" "pod-grace-period" "pod-image-pull-secrets" "ip-address-spelling" "host-aliases-duplicate" "job-many-indexes" "volume-projected-nothing" "volume-overlapping-paths" "affinity-preferred-value" "deprecated" "deprecated-volume" "pss-host-namespaces" "pss-host-ports" "pss-host-probes" "pss-windows-host-process" "pss-host-path-volumes" "pss-volume-types" "pss-privileged" "pss-privilege-escalation" "pss-capabilities-baseline" "pss-capabilities-restricted" "pss-proc-mount" "pss-proc-mount-restricted" "pss-run-as-non-root" "pss-run-as-user" "pss-app-armor" "pss-se-linux" "pss-seccomp-baseline" "pss-seccomp-restricted" "pss-sysctls" "tuning-type" "tuning-name" "tuning-labels" "tuning-annotations" "tuning-container" "tuning-args" "tuning-env" "tuning-restart-policy" "tuning-backoff-limit" "tuning-image" "tuning-live-mode" "tuning-duplicate-name" "tuning-workers" "tuning-session-short" "tuning-split" "config-file" "config-duplicate-key" "config-unknown-key" "config-missing-key" "config-type" "config-word" "config-quotes" "config-number" "config-empty" "config-workers" "config-session-id" "config-session-short" "config-namespace" "config-image" "config-extra-env" "config-resources" "config-amount" "config-working-dir" "config-tuning-config" "config-secret-env" "config-env-from" "config-credential" "config-worker-env" "config-results" "config-queue" "config-labels" "config-job-template" "config-agreement" "config-overruled" "config-expansion" "tuning-file" "config-pod-security" "ContainerStopSignals" "ClusterTrustBundleProjection" "PodCertificateRequest" "GenericWorkload" "PodLevelResources" "DynamicResourceAllocation" "ContainerRestartRules" "EnvFiles" "HostnameOverride" "ImageVolume" ]
  }

  def "nu-complete kubectl-arbtune validate color" [] {
    [ "auto" "always" "never" ]
  }

  # Say what the API server, and the tuning guide, would say of Jobs and CronJobs
  export extern "kubectl-arbtune validate" [
    --k8s-config: path        # The session's K8s configuration (D29); - reads standard input
    --orchestrator-config: path # An orchestrator configuration (D28), which gives the iterations and the workers
    --namespace(-n): string   # The namespace of the Jobs, instead of the configuration's
    --session-id: string      # The session's id, instead of the configuration's
    --session-short: string   # What stands for the session in Job names, instead of its id's first 8 characters
    --set: string             # A key of the K8s configuration, instead of what the files say; may be repeated
    --filename(-f): path      # Manifest files, directories of them, or - for standard input; may be repeated
    --recursive(-R)           # Look into sub-directories too
    --rules: string@"nu-complete kubectl-arbtune validate rules" # Whose rules to apply: api (the API server's), tuning (the guide's)
    --pod-security: string@"nu-complete kubectl-arbtune validate pod_security" # Hold the pods against a Pod Security Standard too: baseline or restricted
    --kubernetes-version: string@"nu-complete kubectl-arbtune validate kubernetes_version" # The version of Kubernetes that the Jobs are for
    --fail-on-skipped         # Take a document that is neither a Job nor a CronJob for an error
    --list-rules              # List all rules, and the fields and feature gates that differ between versions
    --output(-o): string@"nu-complete kubectl-arbtune validate output" # How to report: table, json, github, junit or sarif
    --quiet(-q)               # In the table format, write the findings alone
    --no-headers              # Write tables without their headers
    --skip-rule: string@"nu-complete kubectl-arbtune validate skip_rule" # Leave out a rule of the guide; may be repeated
    --explain: string@"nu-complete kubectl-arbtune validate explain" # Print what a rule demands, with a bad and a good example; or what a feature gate drops
    --color: string@"nu-complete kubectl-arbtune validate color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

}

export use completions *

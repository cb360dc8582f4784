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
    --k8s-config: path        # The session's K8s configuration (D29); - for standard input
    --orchestrator-config: path # An orchestrator configuration (D28); its iterations and workers take precedence
    --namespace(-n): string   # The namespace of the Jobs; overrides the configuration
    --session-id: string      # The session's id; overrides the configuration
    --session-short: string   # The session's short name in Job names [default: the first 8 characters of its id]
    --set: string             # Set a key of the K8s configuration; overrides the files; may be repeated
    --output-dir(-d): directory # Write one file per Job into this directory, and the summary to stdout
    --prune                   # Remove stale files of the session from the directory: those that this run does not generate
    --keep-stale              # Keep stale files of the session in the directory
    --kustomize               # Also write a kustomization.yaml that lists the files, for kubectl apply -k
    --only: string            # Generate the Jobs of these workers only: worker-3, or worker-3..9 for worker-3 to worker-9
    --from-status: path       # Generate the Jobs of the workers that failed or have no Job, according to the output of kubectl get jobs; - for standard input
    --replace                 # Reuse the names of failed Jobs instead of adding an attempt number; delete the failed Jobs first
    --output(-o): string@"nu-complete kubectl-arbtune generate output" # Output format: yaml, kyaml, json (one v1 List) or name
    --created-at: string      # The Jobs' created_at (RFC 3339) [default: SOURCE_DATE_EPOCH, else now]
    --quiet(-q)               # Do not write the summary
    --no-headers              # Write the summary's table without headers
    --allow-live              # Allow mode live, which trades with real money
    --kubernetes-version: string@"nu-complete kubectl-arbtune generate kubernetes_version" # The Kubernetes version to check against
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

  # Show a session's workers, totals and settings without writing anything
  export extern "kubectl-arbtune plan" [
    --k8s-config: path        # The session's K8s configuration (D29); - for standard input
    --orchestrator-config: path # An orchestrator configuration (D28); its iterations and workers take precedence
    --namespace(-n): string   # The namespace of the Jobs; overrides the configuration
    --session-id: string      # The session's id; overrides the configuration
    --session-short: string   # The session's short name in Job names [default: the first 8 characters of its id]
    --set: string             # Set a key of the K8s configuration; overrides the files; may be repeated
    --diff: path              # Show what applying the session would change, compared with the manifests in a directory, a file, or standard input (-)
    --quota: path             # Show what a namespace's quotas, limit ranges and Pod Security labels would refuse; reads them from files, directories or standard input (-); exits with 1 if something would be refused, and above 1 on an error
    --exit-code: string@"nu-complete kubectl-arbtune plan exit_code" # Whether --diff exits with 1 if something differs; an error always exits above 1
    --output(-o): string@"nu-complete kubectl-arbtune plan output" # Output format: table, wide (all rows), json, yaml or name
    --quiet(-q)               # Write nothing to stdout; use only the exit code and stderr
    --no-headers              # Write tables without headers
    --kubernetes-version: string@"nu-complete kubectl-arbtune plan kubernetes_version" # The Kubernetes version to check against
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

  # Show the progress of a session from the output of kubectl get
  export extern "kubectl-arbtune status" [
    --filename(-f): path      # Output of kubectl get for Jobs and pods: a file, a directory of files, or - for standard input; may be repeated
    --k8s-config: path        # A session's K8s configuration (D29), to find out which workers are missing; may be repeated
    --orchestrator-config: path # An orchestrator configuration (D28); its iterations and workers take precedence
    --namespace(-n): string   # The namespace of the Jobs; overrides the configuration
    --session-id: string      # The session's id; overrides the configuration
    --session-short: string   # The session's short name in Job names [default: the first 8 characters of its id]
    --set: string             # Set a key of the K8s configuration; overrides the files; may be repeated
    --watch(-w)               # Follow a stream on standard input: redraw on a terminal, append lines elsewhere
    --exit-code: string@"nu-complete kubectl-arbtune status exit_code" # Whether to exit with 1 or 2 if something needs attention or has failed; an error always exits above 2
    --output(-o): string@"nu-complete kubectl-arbtune status output" # Output format: table, wide (all rows), json, yaml, name, junit or github
    --color: string@"nu-complete kubectl-arbtune status color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

  def "nu-complete kubectl-arbtune results output" [] {
    [ "csv" "table" "wide" "json" "yaml" ]
  }

  def "nu-complete kubectl-arbtune results color" [] {
    [ "auto" "always" "never" ]
  }

  # Merge the workers' CSV files into one and report what is missing
  export extern "kubectl-arbtune results" [
    --k8s-config: path        # The session's K8s configuration (D29), to find out what is missing; - for standard input
    --orchestrator-config: path # An orchestrator configuration (D28); its iterations and workers take precedence
    --namespace(-n): string   # The namespace of the Jobs; overrides the configuration
    --session-id: string      # The session's id; overrides the configuration
    --session-short: string   # The session's short name in Job names [default: the first 8 characters of its id]
    --set: string             # Set a key of the K8s configuration; overrides the files; may be repeated
    --output(-o): string@"nu-complete kubectl-arbtune results output" # Output format: csv (with the table on stderr), table, wide (all rows), json or yaml
    --color: string@"nu-complete kubectl-arbtune results color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    ...paths: path            # CSV files, or directories of them
  ]

  def "nu-complete kubectl-arbtune init color" [] {
    [ "auto" "always" "never" ]
  }

  # Create commented starter configurations in a directory
  export extern "kubectl-arbtune init" [
    --color: string@"nu-complete kubectl-arbtune init color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    directory?: directory     # The directory; created if it does not exist
  ]

  def "nu-complete kubectl-arbtune completion shell" [] {
    [ "bash" "zsh" "fish" "powershell" "elvish" "nushell" ]
  }

  def "nu-complete kubectl-arbtune completion color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the completion script for a shell
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

  # Show the help for a command
  export extern "kubectl-arbtune help" [
    --color: string@"nu-complete kubectl-arbtune help color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
    command?: string@"nu-complete kubectl-arbtune help command" # The command; without one, all commands are listed
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

  # Check Jobs and CronJobs against the API server's rules and the tuning guide's
  export extern "kubectl-arbtune validate" [
    --k8s-config: path        # The session's K8s configuration (D29); - for standard input
    --orchestrator-config: path # An orchestrator configuration (D28); its iterations and workers take precedence
    --namespace(-n): string   # The namespace of the Jobs; overrides the configuration
    --session-id: string      # The session's id; overrides the configuration
    --session-short: string   # The session's short name in Job names [default: the first 8 characters of its id]
    --set: string             # Set a key of the K8s configuration; overrides the files; may be repeated
    --filename(-f): path      # Manifest files, directories of them, or - for standard input; may be repeated
    --recursive(-R)           # Also read subdirectories
    --rules: string@"nu-complete kubectl-arbtune validate rules" # The rules to apply: api (the API server's), tuning (the guide's)
    --pod-security: string@"nu-complete kubectl-arbtune validate pod_security" # Also check the pods against a Pod Security Standard: baseline or restricted
    --kubernetes-version: string@"nu-complete kubectl-arbtune validate kubernetes_version" # The Kubernetes version to check against
    --fail-on-skipped         # Treat a document that is neither a Job nor a CronJob as an error
    --list-rules              # List all rules, and the fields and feature gates that differ between Kubernetes versions
    --output(-o): string@"nu-complete kubectl-arbtune validate output" # Output format: table, json, github, junit or sarif
    --quiet(-q)               # In the table format, write only the findings
    --no-headers              # Write tables without headers
    --skip-rule: string@"nu-complete kubectl-arbtune validate skip_rule" # Skip a rule of the guide; may be repeated
    --explain: string@"nu-complete kubectl-arbtune validate explain" # Explain a rule, with a bad and a good example, or which fields a feature gate drops
    --color: string@"nu-complete kubectl-arbtune validate color" # When to use colours: auto, always or never. NO_COLOR is respected
    --help(-h)                # Print help
  ]

}

export use completions *

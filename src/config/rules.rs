//! The rules for the two configuration files of a session, which reports name and `--explain` prints.

use crate::diagnostic::rule::rules;

rules! {
    Config;

    /// A file is what its flag expects: a K8s configuration (D29) or an orchestrator configuration (D28), not a
    /// manifest, a kustomization or a tuning file.
    FILE = "config-file" in Config: "apiVersion: batch/v1\nkind: Job", "k8s_namespace: trading-bots";

    /// Each key occurs only once in its mapping. kubectl would silently use the last of two; here, a duplicate is an
    /// error.
    DUPLICATE_KEY = "config-duplicate-key" in Config: "workers: 2\nworkers: 3", "workers: 2";

    /// Every key is known and spelled correctly. A mistyped key is a lost setting.
    UNKNOWN_KEY = "config-unknown-key" in Config:
        "resources:\n  limit:\n    cpu: \"1\"",
        "resources:\n  limits:\n    cpu: \"1\"";

    /// All keys without a default are present.
    MISSING_KEY = "config-missing-key" in Config:
        "# image: your-registry/arbitrage-lite:latest",
        "image: your-registry/arbitrage-lite:latest";

    /// Each value has the type of its key. Text is quoted if YAML would read it as something else: the value of an
    /// environment variable is a string, and a bare 6379 is a number.
    TYPE = "config-type" in Config: "extra_env:\n  REDIS_PORT: 6379", "extra_env:\n  REDIS_PORT: \"6379\"";

    /// mode is paper, shadow or live; env is docker, local, stage or prod; optimizer is grid, random or bayesian.
    WORD = "config-word" in Config: "mode: papr", "mode: paper";

    /// No value is in curly quotes, which YAML treats as part of the value.
    #[severity(Error, Warning)]
    QUOTES = "config-quotes" in Config: "mode: “paper”", "mode: \"paper\"";

    /// total_iterations and workers are whole numbers of at least 1. A number that looks like another one (010 is 8) is
    /// a warning.
    #[severity(Error, Warning)]
    NUMBER = "config-number" in Config: "workers: 0", "workers: 2";

    /// A path in the configuration is not empty.
    EMPTY = "config-empty" in Config:
        "config_path: \"\"",
        "config_path: configs/d23_tuning/advanced_baseline.yaml";

    /// There are no more workers than iterations: the pods of surplus workers would have nothing to do.
    WORKERS = "config-workers" in Config: "total_iterations: 6\nworkers: 9", "total_iterations: 6\nworkers: 6";

    /// session_id is a valid label value. Unless session_short is set, its first 8 characters are part of each Job's
    /// name, so they must be lowercase letters, digits and '-'.
    SESSION_ID = "config-session-id" in Config: "session_id: D29_demo", "session_id: d29-demo";

    /// session_short, which is part of each Job's name, has 1 to 8 lowercase letters, digits and '-', and does not
    /// start with '-'.
    SESSION_SHORT = "config-session-short" in Config: "session_short: second_session", "session_short: second";

    /// k8s_namespace is the name of a namespace: up to 63 lowercase letters, digits and '-', which does not start or
    /// end with '-'.
    NAMESPACE = "config-namespace" in Config: "k8s_namespace: trading_bots", "k8s_namespace: trading-bots";

    /// image is a valid image reference: an optional registry, a lowercase path, and a tag or a digest. The API server
    /// accepts any text, but the pods would not start.
    IMAGE = "config-image" in Config:
        "image: your registry/arbitrage-lite:latest",
        "image: your-registry/arbitrage-lite:latest";

    /// The names in extra_env are valid environment variable names other than SESSION_ID, WORKER_ID and MODE, which
    /// identify the worker.
    EXTRA_ENV = "config-extra-env" in Config: "extra_env:\n  WORKER_ID: worker-1", "extra_env:\n  LOG_LEVEL: debug";

    /// The names in resources are resources that a container can request, the amounts are valid quantities that are not
    /// negative, and no request is above its limit.
    RESOURCES = "config-resources" in Config:
        "resources:\n  requests:\n    memory: 1 GB",
        "resources:\n  requests:\n    memory: 1Gi";

    /// Amounts are plausible: memory does not use m, which means thousandths of a byte, and is at least 1Mi; cpu is at
    /// most 1000. Other amounts are warnings.
    #[severity(Warning)]
    AMOUNT = "config-amount" in Config:
        "resources:\n  requests:\n    memory: 512m",
        "resources:\n  requests:\n    memory: 512Mi";

    /// working_dir is an absolute path: the directory in the image that the guide's paths are relative to.
    WORKING_DIR = "config-working-dir" in Config: "working_dir: app", "working_dir: /app";

    /// A mounted tuning file needs an absolute path: config_path is absolute, or working_dir says what it is relative
    /// to. A seed per worker needs a mounted file.
    TUNING_CONFIG = "config-tuning-config" in Config:
        "tuning_config:\n  seed: per-worker",
        "working_dir: /app\ntuning_config:\n  mount: true\n  seed: per-worker";

    /// secret_env names a Secret and a key for each variable, and sets no variable that extra_env or the worker sets.
    SECRET_ENV = "config-secret-env" in Config:
        "secret_env:\n  API_KEY:\n    secret: exchange",
        "secret_env:\n  API_KEY:\n    secret: exchange\n    key: api-key";

    /// Each item of env_from names one Secret or one ConfigMap.
    ENV_FROM = "config-env-from" in Config:
        "env_from:\n- prefix: EXCHANGE_",
        "env_from:\n- secret: exchange\n  prefix: EXCHANGE_";

    /// No variable in extra_env holds a credential, which is recognized by a name with the word KEY, SECRET, TOKEN,
    /// PASSWORD, PASSPHRASE or CREDENTIAL. With mode live, this is an error. The values of these variables are never
    /// shown.
    #[severity(Error, Warning)]
    CREDENTIAL = "config-credential" in Config:
        "extra_env:\n  API_KEY: abc",
        "secret_env:\n  API_KEY:\n    secret: exchange\n    key: api-key";

    /// The worker only accepts the environments local and docker; the guide's stage and prod are a warning.
    #[severity(Warning)]
    WORKER_ENV = "config-worker-env" in Config: "env: stage", "env: docker";

    /// results names a PersistentVolumeClaim, which is mounted below working_dir.
    RESULTS = "config-results" in Config: "results:\n  claim: tuning", "working_dir: /app\nresults:\n  claim: tuning";

    /// queue is the name of a LocalQueue: a valid label value.
    QUEUE = "config-queue" in Config: "queue: \"no queue\"", "queue: tuning";

    /// labels and annotations have valid keys and values, and none of the guide's keys.
    LABELS = "config-labels" in Config: "labels:\n  app: mine", "labels:\n  team: quant";

    /// job_template is a partial batch/v1 Job: labels and annotations in its metadata, and a spec. It is decoded as
    /// strictly as a complete Job, and cannot change what identifies a worker or what it runs.
    JOB_TEMPLATE = "config-job-template" in Config:
        "job_template:\n  metadata:\n    name: mine",
        "job_template:\n  spec:\n    ttlSecondsAfterFinished: 3600";

    /// mode and env are the same in both files, so that paper in one and live in the other is never accepted.
    AGREEMENT = "config-agreement" in Config:
        "# with mode: paper in the orchestrator config\nmode: live",
        "# with mode: paper in the orchestrator config\nmode: paper";

    /// optimizer and config_path are the same in both files. If they differ, the K8s configuration takes precedence,
    /// and this is a warning.
    #[severity(Warning)]
    OVERRULED = "config-overruled" in Config:
        "# with optimizer: bayesian in the orchestrator config\noptimizer: grid",
        "# with optimizer: bayesian in the orchestrator config\noptimizer: bayesian";

    /// No value contains $(NAME) or $$. In variables and arguments, the kubelet replaces $(NAME) with the value of that
    /// variable, and $$ with $, so the value may not arrive as written.
    #[severity(Warning)]
    EXPANSION = "config-expansion" in Config: "extra_env:\n  PRICE: a$$b", "extra_env:\n  PRICE: a$b";
}

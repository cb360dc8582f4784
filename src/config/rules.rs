//! What the two configuration files of a session demand of their keys, as rules that reports name and `--explain` prints.

use crate::diagnostic::rule::rules;

rules! {
    Config;

    /// A file is what its flag takes: a K8s configuration (D29) or an orchestrator configuration (D28), and not a
    /// manifest, a kustomization or a tuning file.
    FILE = "config-file" in Config: "apiVersion: batch/v1\nkind: Job", "k8s_namespace: trading-bots";

    /// A key stands once in its mapping. kubectl would silently take the last of two; here, none counts.
    DUPLICATE_KEY = "config-duplicate-key" in Config: "workers: 2\nworkers: 3", "workers: 2";

    /// Every key is one that the file has, in its own spelling. A mistyped key is a setting lost.
    UNKNOWN_KEY = "config-unknown-key" in Config:
        "resources:\n  limit:\n    cpu: \"1\"",
        "resources:\n  limits:\n    cpu: \"1\"";

    /// The keys that have no default are there.
    MISSING_KEY = "config-missing-key" in Config:
        "# image: your-registry/arbitrage-lite:latest",
        "image: your-registry/arbitrage-lite:latest";

    /// Each value has its key's type. Text is quoted where YAML would read something else: the value of an environment
    /// variable is a string, and a bare 6379 is a number.
    TYPE = "config-type" in Config: "extra_env:\n  REDIS_PORT: 6379", "extra_env:\n  REDIS_PORT: \"6379\"";

    /// mode, env and optimizer have one of their words: paper, shadow or live; docker, local, stage or prod; grid,
    /// random or bayesian.
    WORD = "config-word" in Config: "mode: papr", "mode: paper";

    /// No value stands in curly quotes, which YAML takes for a part of it.
    #[severity(Error, Warning)]
    QUOTES = "config-quotes" in Config: "mode: “paper”", "mode: \"paper\"";

    /// total_iterations and workers are whole numbers from 1. One that does not read as it looks (010 is 8) is a warning.
    #[severity(Error, Warning)]
    NUMBER = "config-number" in Config: "workers: 0", "workers: 2";

    /// A path that is given is not empty.
    EMPTY = "config-empty" in Config:
        "config_path: \"\"",
        "config_path: configs/d23_tuning/advanced_baseline.yaml";

    /// There are no more workers than iterations: the pod of each further one would start with nothing to do.
    WORKERS = "config-workers" in Config: "total_iterations: 6\nworkers: 9", "total_iterations: 6\nworkers: 6";

    /// session_id is the value of a label. Unless there is a session_short, its first 8 characters stand in the name of
    /// each Job, so that they are lowercase letters, digits and '-'.
    SESSION_ID = "config-session-id" in Config: "session_id: D29_demo", "session_id: d29-demo";

    /// session_short stands in the name of each Job: 1 to 8 lowercase letters, digits and '-', of which the first is no
    /// '-'.
    SESSION_SHORT = "config-session-short" in Config: "session_short: second_session", "session_short: second";

    /// k8s_namespace is the name of a namespace: up to 63 lowercase letters, digits and '-', of which the first and the
    /// last are no '-'.
    NAMESPACE = "config-namespace" in Config: "k8s_namespace: trading_bots", "k8s_namespace: trading-bots";

    /// image is a reference to an image, as container runtimes read it: an optional registry, a path in lowercase, and a
    /// tag or a digest. The API server takes any text, and the pods would not start.
    IMAGE = "config-image" in Config:
        "image: your registry/arbitrage-lite:latest",
        "image: your-registry/arbitrage-lite:latest";

    /// The names in extra_env can be those of environment variables, and none is SESSION_ID, WORKER_ID or MODE, which
    /// say which worker a pod is.
    EXTRA_ENV = "config-extra-env" in Config: "extra_env:\n  WORKER_ID: worker-1", "extra_env:\n  LOG_LEVEL: debug";

    /// The names in resources are resources that a container can ask for, the amounts are quantities that are not below
    /// zero, and no request is above its limit.
    RESOURCES = "config-resources" in Config:
        "resources:\n  requests:\n    memory: 1 GB",
        "resources:\n  requests:\n    memory: 1Gi";

    /// An amount is probably what was meant: memory is not counted in m, which is thousandths of a byte, and is at least
    /// 1Mi; cpu is not above 1000. Others are a warning.
    #[severity(Warning)]
    AMOUNT = "config-amount" in Config:
        "resources:\n  requests:\n    memory: 512m",
        "resources:\n  requests:\n    memory: 512Mi";

    /// working_dir is an absolute path: the directory of the image that the guide's relative paths start from.
    WORKING_DIR = "config-working-dir" in Config: "working_dir: app", "working_dir: /app";

    /// A tuning file that is mounted has a place to be mounted at, and a seed for each worker needs a file that is
    /// mounted. A mount needs an absolute path: config_path is one, or working_dir says where it starts.
    TUNING_CONFIG = "config-tuning-config" in Config:
        "tuning_config:\n  seed: per-worker",
        "working_dir: /app\ntuning_config:\n  mount: true\n  seed: per-worker";

    /// secret_env names a Secret and a key for each variable, and no variable that extra_env or the worker has.
    SECRET_ENV = "config-secret-env" in Config:
        "secret_env:\n  API_KEY:\n    secret: exchange",
        "secret_env:\n  API_KEY:\n    secret: exchange\n    key: api-key";

    /// Each item of env_from names one Secret or one ConfigMap.
    ENV_FROM = "config-env-from" in Config:
        "env_from:\n- prefix: EXCHANGE_",
        "env_from:\n- secret: exchange\n  prefix: EXCHANGE_";

    /// No variable in extra_env holds a credential: a name with the word KEY, SECRET, TOKEN, PASSWORD, PASSPHRASE or
    /// CREDENTIAL. With mode live this is an error. The values of such variables are never shown.
    #[severity(Error, Warning)]
    CREDENTIAL = "config-credential" in Config:
        "extra_env:\n  API_KEY: abc",
        "secret_env:\n  API_KEY:\n    secret: exchange\n    key: api-key";

    /// The worker knows the environments local and docker only; the guide's stage and prod are a warning.
    #[severity(Warning)]
    WORKER_ENV = "config-worker-env" in Config: "env: stage", "env: docker";

    /// results names a claim, which is mounted below working_dir.
    RESULTS = "config-results" in Config: "results:\n  claim: tuning", "working_dir: /app\nresults:\n  claim: tuning";

    /// queue is the name of a LocalQueue: the value of a label.
    QUEUE = "config-queue" in Config: "queue: \"no queue\"", "queue: tuning";

    /// labels and annotations have keys and values that the API takes, and none of the guide's keys.
    LABELS = "config-labels" in Config: "labels:\n  app: mine", "labels:\n  team: quant";

    /// job_template is a partial batch/v1 Job: labels and annotations of its metadata, and its spec. It is decoded as
    /// strictly as a whole one, and does not change what makes a worker's Job what it is.
    JOB_TEMPLATE = "config-job-template" in Config:
        "job_template:\n  metadata:\n    name: mine",
        "job_template:\n  spec:\n    ttlSecondsAfterFinished: 3600";

    /// mode and env are the same in both files. Paper in one and live in the other must never pass.
    AGREEMENT = "config-agreement" in Config:
        "# with mode: paper in the orchestrator config\nmode: live",
        "# with mode: paper in the orchestrator config\nmode: paper";

    /// optimizer and config_path may differ between the two files; the K8s configuration's are the ones that count.
    #[severity(Warning)]
    OVERRULED = "config-overruled" in Config:
        "# with optimizer: bayesian in the orchestrator config\noptimizer: grid",
        "# with optimizer: bayesian in the orchestrator config\noptimizer: bayesian";

    /// The kubelet replaces $(NAME) in variables and arguments by the value of a variable, and $$ by $, so that a value
    /// that holds one may not arrive as it was written.
    #[severity(Warning)]
    EXPANSION = "config-expansion" in Config: "extra_env:\n  PRICE: a$$b", "extra_env:\n  PRICE: a$b";
}

//! The types of a Job (Kubernetes 1.36), for [`super::schema`]. Plain fields are not listed, and neither are types that
//! have only plain fields.

use super::schema::{ANY, ANY_ATOMIC, ApplyList, Field, List, PatchList, Type};
use Field::{Map, Object, Optional, OptionalQuantity, Pointer, Quantities, Quantity};

const MAP: Field = Map { atomic: false };

/// A list of objects that is replaced as a whole.
const fn atomic(item: &'static Type) -> Field {
    Field::List(List { item, patch: PatchList::Replace, apply: ApplyList::Atomic })
}

/// A list of objects with one merge key, and with these keys for server-side apply.
const fn keyed(item: &'static Type, key: &'static str, keys: &'static [&'static str]) -> Field {
    Field::List(List { item, patch: PatchList::Key { key, retain_keys: false }, apply: ApplyList::Keys(keys) })
}

/// The same, for objects whose fields exclude each other.
const fn union(item: &'static Type, key: &'static str, keys: &'static [&'static str]) -> Field {
    Field::List(List { item, patch: PatchList::Key { key, retain_keys: true }, apply: ApplyList::Keys(keys) })
}

/// A list of scalars that a patch replaces, and that server-side apply treats as a set.
const SET: Field = Field::List(List { item: &ANY, patch: PatchList::Replace, apply: ApplyList::Set });

/// `batch/v1` Job.
pub static JOB: Type = Type::of(&[("metadata", Object(&METADATA)), ("spec", Object(&JOB_SPEC))]);

static METADATA: Type = Type::of(&[
    ("annotations", MAP),
    ("deletionGracePeriodSeconds", Optional),
    ("finalizers", Field::List(List { item: &ANY, patch: PatchList::Scalars, apply: ApplyList::Set })),
    ("labels", MAP),
    ("ownerReferences", keyed(&OWNER_REFERENCE, "uid", &["uid"])),
]);
static OWNER_REFERENCE: Type = Type::atomic(&[("blockOwnerDeletion", Optional), ("controller", Optional)]);

static JOB_SPEC: Type = Type::of(&[
    ("activeDeadlineSeconds", Optional),
    ("backoffLimit", Optional),
    ("backoffLimitPerIndex", Optional),
    ("completionMode", Optional),
    ("completions", Optional),
    ("managedBy", Optional),
    ("manualSelector", Optional),
    ("maxFailedIndexes", Optional),
    ("parallelism", Optional),
    ("podFailurePolicy", Pointer(&POD_FAILURE_POLICY)),
    ("podReplacementPolicy", Optional),
    ("selector", Pointer(&LABEL_SELECTOR)),
    ("successPolicy", Pointer(&SUCCESS_POLICY)),
    ("suspend", Optional),
    ("template", Object(&POD_TEMPLATE)),
    ("ttlSecondsAfterFinished", Optional),
]);
static POD_FAILURE_POLICY: Type = Type::of(&[("rules", atomic(&POD_FAILURE_RULE))]);
static POD_FAILURE_RULE: Type =
    Type::of(&[("onExitCodes", Pointer(&ON_EXIT_CODES)), ("onPodConditions", atomic(&ANY))]);
static ON_EXIT_CODES: Type = Type::of(&[("containerName", Optional), ("values", SET)]);
static SUCCESS_POLICY: Type = Type::of(&[("rules", atomic(&SUCCESS_RULE))]);
static SUCCESS_RULE: Type = Type::of(&[("succeededCount", Optional), ("succeededIndexes", Optional)]);
static LABEL_SELECTOR: Type = Type::atomic(&[("matchExpressions", atomic(&ANY)), ("matchLabels", MAP)]);

static POD_TEMPLATE: Type = Type::of(&[("metadata", Object(&METADATA)), ("spec", Object(&POD_SPEC))]);
static POD_SPEC: Type = Type::of(&[
    ("activeDeadlineSeconds", Optional),
    ("affinity", Pointer(&AFFINITY)),
    ("automountServiceAccountToken", Optional),
    ("containers", keyed(&CONTAINER, "name", &["name"])),
    ("dnsConfig", Pointer(&DNS_CONFIG)),
    ("enableServiceLinks", Optional),
    ("ephemeralContainers", keyed(&CONTAINER, "name", &["name"])),
    ("hostAliases", keyed(&ANY, "ip", &["ip"])),
    ("hostUsers", Optional),
    ("hostnameOverride", Optional),
    ("imagePullSecrets", keyed(&ANY_ATOMIC, "name", &["name"])),
    ("initContainers", keyed(&CONTAINER, "name", &["name"])),
    ("nodeSelector", Map { atomic: true }),
    ("os", Pointer(&ANY)),
    ("overhead", Quantities),
    ("preemptionPolicy", Optional),
    ("priority", Optional),
    ("readinessGates", atomic(&ANY)),
    ("resourceClaims", union(&RESOURCE_CLAIM, "name", &["name"])),
    ("resources", Pointer(&RESOURCES)),
    ("runtimeClassName", Optional),
    ("schedulingGates", keyed(&ANY, "name", &["name"])),
    ("schedulingGroup", Pointer(&SCHEDULING_GROUP)),
    ("securityContext", Pointer(&POD_SECURITY)),
    ("setHostnameAsFQDN", Optional),
    ("shareProcessNamespace", Optional),
    ("terminationGracePeriodSeconds", Optional),
    ("tolerations", atomic(&TOLERATION)),
    ("topologySpreadConstraints", keyed(&SPREAD, "topologyKey", &["topologyKey", "whenUnsatisfiable"])),
    ("volumes", union(&VOLUME, "name", &["name"])),
]);
static RESOURCE_CLAIM: Type = Type::of(&[("resourceClaimName", Optional), ("resourceClaimTemplateName", Optional)]);
static SCHEDULING_GROUP: Type = Type::of(&[("podGroupName", Optional)]);
static DNS_CONFIG: Type = Type::of(&[("options", atomic(&DNS_OPTION))]);
static DNS_OPTION: Type = Type::of(&[("value", Optional)]);
static TOLERATION: Type = Type::of(&[("tolerationSeconds", Optional)]);
static SPREAD: Type = Type::of(&[
    ("labelSelector", Pointer(&LABEL_SELECTOR)),
    ("minDomains", Optional),
    ("nodeAffinityPolicy", Optional),
    ("nodeTaintsPolicy", Optional),
]);

static AFFINITY: Type = Type::of(&[
    ("nodeAffinity", Pointer(&NODE_AFFINITY)),
    ("podAffinity", Pointer(&POD_AFFINITY)),
    ("podAntiAffinity", Pointer(&POD_AFFINITY)),
]);
static NODE_AFFINITY: Type = Type::of(&[
    ("preferredDuringSchedulingIgnoredDuringExecution", atomic(&PREFERRED_NODES)),
    ("requiredDuringSchedulingIgnoredDuringExecution", Pointer(&NODE_SELECTOR)),
]);
static PREFERRED_NODES: Type = Type::of(&[("preference", Object(&NODE_TERM))]);
static NODE_SELECTOR: Type = Type::atomic(&[("nodeSelectorTerms", atomic(&NODE_TERM))]);
static NODE_TERM: Type = Type::atomic(&[("matchExpressions", atomic(&ANY)), ("matchFields", atomic(&ANY))]);
static POD_AFFINITY: Type = Type::of(&[
    ("preferredDuringSchedulingIgnoredDuringExecution", atomic(&PREFERRED_PODS)),
    ("requiredDuringSchedulingIgnoredDuringExecution", atomic(&POD_TERM)),
]);
static PREFERRED_PODS: Type = Type::of(&[("podAffinityTerm", Object(&POD_TERM))]);
static POD_TERM: Type =
    Type::of(&[("labelSelector", Pointer(&LABEL_SELECTOR)), ("namespaceSelector", Pointer(&LABEL_SELECTOR))]);

static POD_SECURITY: Type = Type::of(&[
    ("appArmorProfile", Pointer(&LOCAL_PROFILE)),
    ("fsGroup", Optional),
    ("fsGroupChangePolicy", Optional),
    ("runAsGroup", Optional),
    ("runAsNonRoot", Optional),
    ("runAsUser", Optional),
    ("seLinuxChangePolicy", Optional),
    ("seLinuxOptions", Pointer(&ANY)),
    ("seccompProfile", Pointer(&LOCAL_PROFILE)),
    ("supplementalGroupsPolicy", Optional),
    ("sysctls", atomic(&ANY)),
    ("windowsOptions", Pointer(&WINDOWS)),
]);
static SECURITY: Type = Type::of(&[
    ("allowPrivilegeEscalation", Optional),
    ("appArmorProfile", Pointer(&LOCAL_PROFILE)),
    ("capabilities", Pointer(&ANY)),
    ("privileged", Optional),
    ("procMount", Optional),
    ("readOnlyRootFilesystem", Optional),
    ("runAsGroup", Optional),
    ("runAsNonRoot", Optional),
    ("runAsUser", Optional),
    ("seLinuxOptions", Pointer(&ANY)),
    ("seccompProfile", Pointer(&LOCAL_PROFILE)),
    ("windowsOptions", Pointer(&WINDOWS)),
]);
static LOCAL_PROFILE: Type = Type::of(&[("localhostProfile", Optional)]);
static WINDOWS: Type = Type::of(&[
    ("gmsaCredentialSpec", Optional),
    ("gmsaCredentialSpecName", Optional),
    ("hostProcess", Optional),
    ("runAsUserName", Optional),
]);

static CONTAINER: Type = Type::of(&[
    ("env", keyed(&ENV_VAR, "name", &["name"])),
    ("envFrom", atomic(&ENV_FROM)),
    ("lifecycle", Pointer(&LIFECYCLE)),
    ("livenessProbe", Pointer(&PROBE)),
    ("ports", keyed(&ANY, "containerPort", &["containerPort", "protocol"])),
    ("readinessProbe", Pointer(&PROBE)),
    ("resizePolicy", atomic(&ANY)),
    ("resources", Object(&RESOURCES)),
    ("restartPolicy", Optional),
    ("restartPolicyRules", atomic(&RESTART_RULE)),
    ("securityContext", Pointer(&SECURITY)),
    ("startupProbe", Pointer(&PROBE)),
    ("volumeDevices", keyed(&ANY, "devicePath", &["devicePath"])),
    ("volumeMounts", keyed(&VOLUME_MOUNT, "mountPath", &["mountPath"])),
]);
static RESTART_RULE: Type = Type::of(&[("exitCodes", Pointer(&RESTART_EXIT_CODES))]);
static RESTART_EXIT_CODES: Type = Type::of(&[("values", SET)]);
static VOLUME_MOUNT: Type = Type::of(&[("mountPropagation", Optional), ("recursiveReadOnly", Optional)]);
/// A patch replaces `claims`; only server-side apply merges them.
static RESOURCES: Type = Type::of(&[
    ("claims", Field::List(List { item: &ANY, patch: PatchList::Replace, apply: ApplyList::Keys(&["name"]) })),
    ("limits", Quantities),
    ("requests", Quantities),
]);
static ENV_VAR: Type = Type::of(&[("valueFrom", Pointer(&ENV_SOURCE))]);
static ENV_SOURCE: Type = Type::of(&[
    ("configMapKeyRef", Pointer(&KEY_SELECTOR)),
    ("fieldRef", Pointer(&ANY_ATOMIC)),
    ("fileKeyRef", Pointer(&KEY_SELECTOR)),
    ("resourceFieldRef", Pointer(&RESOURCE_FIELD)),
    ("secretKeyRef", Pointer(&KEY_SELECTOR)),
]);
static KEY_SELECTOR: Type = Type::atomic(&[("optional", Optional)]);
static RESOURCE_FIELD: Type = Type::atomic(&[("divisor", Quantity)]);
static ENV_FROM: Type =
    Type::of(&[("configMapRef", Pointer(&MAYBE_OPTIONAL)), ("secretRef", Pointer(&MAYBE_OPTIONAL))]);
static MAYBE_OPTIONAL: Type = Type::of(&[("optional", Optional)]);
static PROBE: Type = Type::of(&[
    ("exec", Pointer(&ANY)),
    ("grpc", Pointer(&GRPC)),
    ("httpGet", Pointer(&HTTP_GET)),
    ("tcpSocket", Pointer(&TCP_SOCKET)),
    ("terminationGracePeriodSeconds", Optional),
]);
static GRPC: Type = Type::of(&[("service", Optional)]);
static HTTP_GET: Type = Type::of(&[("httpHeaders", atomic(&ANY)), ("port", Optional)]);
static TCP_SOCKET: Type = Type::of(&[("port", Optional)]);
static LIFECYCLE: Type =
    Type::of(&[("postStart", Pointer(&HANDLER)), ("preStop", Pointer(&HANDLER)), ("stopSignal", Optional)]);
static HANDLER: Type = Type::of(&[
    ("exec", Pointer(&ANY)),
    ("httpGet", Pointer(&HTTP_GET)),
    ("sleep", Pointer(&ANY)),
    ("tcpSocket", Pointer(&TCP_SOCKET)),
]);

static VOLUME: Type = Type::of(&[
    ("awsElasticBlockStore", Pointer(&ANY)),
    ("azureDisk", Pointer(&AZURE_DISK)),
    ("azureFile", Pointer(&ANY)),
    ("cephfs", Pointer(&WITH_SECRET)),
    ("cinder", Pointer(&WITH_SECRET)),
    ("configMap", Pointer(&WITH_ITEMS)),
    ("csi", Pointer(&CSI)),
    ("downwardAPI", Pointer(&DOWNWARD)),
    ("emptyDir", Pointer(&EMPTY_DIR)),
    ("ephemeral", Pointer(&EPHEMERAL)),
    ("fc", Pointer(&FIBRE_CHANNEL)),
    ("flexVolume", Pointer(&FLEX_VOLUME)),
    ("flocker", Pointer(&ANY)),
    ("gcePersistentDisk", Pointer(&ANY)),
    ("gitRepo", Pointer(&ANY)),
    ("glusterfs", Pointer(&ANY)),
    ("hostPath", Pointer(&HOST_PATH)),
    ("image", Pointer(&ANY)),
    ("iscsi", Pointer(&ISCSI)),
    ("nfs", Pointer(&ANY)),
    ("persistentVolumeClaim", Pointer(&ANY)),
    ("photonPersistentDisk", Pointer(&ANY)),
    ("portworxVolume", Pointer(&ANY)),
    ("projected", Pointer(&PROJECTED)),
    ("quobyte", Pointer(&ANY)),
    ("rbd", Pointer(&WITH_SECRET)),
    ("scaleIO", Pointer(&WITH_SECRET)),
    ("secret", Pointer(&WITH_ITEMS)),
    ("storageos", Pointer(&WITH_SECRET)),
    ("vsphereVolume", Pointer(&ANY)),
]);
static AZURE_DISK: Type =
    Type::of(&[("cachingMode", Optional), ("fsType", Optional), ("kind", Optional), ("readOnly", Optional)]);
static WITH_SECRET: Type = Type::of(&[("secretRef", Pointer(&ANY_ATOMIC))]);
static ISCSI: Type = Type::of(&[("initiatorName", Optional), ("secretRef", Pointer(&ANY_ATOMIC))]);
static FLEX_VOLUME: Type = Type::of(&[("options", MAP), ("secretRef", Pointer(&ANY_ATOMIC))]);
static FIBRE_CHANNEL: Type = Type::of(&[("lun", Optional)]);
static HOST_PATH: Type = Type::of(&[("type", Optional)]);
static EMPTY_DIR: Type = Type::of(&[("sizeLimit", OptionalQuantity)]);
static CSI: Type = Type::of(&[
    ("fsType", Optional),
    ("nodePublishSecretRef", Pointer(&ANY_ATOMIC)),
    ("readOnly", Optional),
    ("volumeAttributes", MAP),
]);
static WITH_ITEMS: Type =
    Type::of(&[("defaultMode", Optional), ("items", atomic(&KEY_TO_PATH)), ("optional", Optional)]);
static KEY_TO_PATH: Type = Type::of(&[("mode", Optional)]);
static DOWNWARD: Type = Type::of(&[("defaultMode", Optional), ("items", atomic(&DOWNWARD_FILE))]);
static DOWNWARD_FILE: Type =
    Type::of(&[("fieldRef", Pointer(&ANY_ATOMIC)), ("mode", Optional), ("resourceFieldRef", Pointer(&RESOURCE_FIELD))]);
static PROJECTED: Type = Type::of(&[("defaultMode", Optional), ("sources", atomic(&PROJECTION))]);
static PROJECTION: Type = Type::of(&[
    ("clusterTrustBundle", Pointer(&TRUST_BUNDLE)),
    ("configMap", Pointer(&WITH_ITEMS)),
    ("downwardAPI", Pointer(&DOWNWARD)),
    ("podCertificate", Pointer(&POD_CERTIFICATE)),
    ("secret", Pointer(&WITH_ITEMS)),
    ("serviceAccountToken", Pointer(&TOKEN)),
]);
static TRUST_BUNDLE: Type = Type::of(&[
    ("labelSelector", Pointer(&LABEL_SELECTOR)),
    ("name", Optional),
    ("optional", Optional),
    ("signerName", Optional),
]);
static POD_CERTIFICATE: Type = Type::of(&[("maxExpirationSeconds", Optional), ("userAnnotations", MAP)]);
static TOKEN: Type = Type::of(&[("expirationSeconds", Optional)]);
static EPHEMERAL: Type = Type::of(&[("volumeClaimTemplate", Pointer(&CLAIM_TEMPLATE))]);
static CLAIM_TEMPLATE: Type = Type::of(&[("metadata", Object(&METADATA)), ("spec", Object(&CLAIM_SPEC))]);
static CLAIM_SPEC: Type = Type::of(&[
    ("dataSource", Pointer(&DATA_SOURCE)),
    ("dataSourceRef", Pointer(&DATA_SOURCE_REF)),
    ("resources", Object(&RESOURCES)),
    ("selector", Pointer(&LABEL_SELECTOR)),
    ("storageClassName", Optional),
    ("volumeAttributesClassName", Optional),
    ("volumeMode", Optional),
]);
static DATA_SOURCE: Type = Type::atomic(&[("apiGroup", Optional)]);
static DATA_SOURCE_REF: Type = Type::of(&[("apiGroup", Optional), ("namespace", Optional)]);

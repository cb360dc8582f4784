//! The names of all fields below Job and `CronJob`: the compiler looks up those that the code writes down.

use std::fmt;

/// The name of a field that a Job or `CronJob` has somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldName(&'static str);

impl FieldName {
    /// The field `name`. In a constant, a name that no type has does not compile.
    ///
    /// # Panics
    /// If no type below Job and `CronJob` has such a field.
    pub const fn new(name: &'static str) -> Self {
        assert!(contains(name), "no type below Job and CronJob has this field");
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Whether a field of some type has this name.
const fn contains(name: &str) -> bool {
    let mut nth = 0;
    while nth < NAMES.len() && !equal(NAMES[nth].as_bytes(), name.as_bytes()) {
        nth += 1;
    }
    nth < NAMES.len()
}

/// What `==` says of two texts, where the compiler cannot ask it yet.
const fn equal(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) => *a == *b && equal(one, other),
        _ => false,
    }
}

/// A test holds them against the types, in the order of their bytes.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "accessModes", "action", "active", "activeDeadlineSeconds", "add", "affinity", "allowPrivilegeEscalation",
    "annotations", "apiGroup", "apiVersion", "appArmorProfile", "args", "audience", "automountServiceAccountToken",
    "awsElasticBlockStore", "azureDisk", "azureFile", "backoffLimit", "backoffLimitPerIndex", "blockOwnerDeletion",
    "cachingMode", "capabilities", "cephfs", "certificateChainPath", "chapAuthDiscovery", "chapAuthSession", "cinder",
    "claimName", "claims", "clusterTrustBundle", "command", "completedIndexes", "completionMode", "completionTime",
    "completions", "concurrencyPolicy", "conditionType", "conditions", "configMap", "configMapKeyRef", "configMapRef",
    "containerName", "containerPort", "containers", "controller", "creationTimestamp", "credentialBundlePath", "csi",
    "dataSource", "dataSourceRef", "datasetName", "datasetUUID", "defaultMode", "deletionGracePeriodSeconds",
    "deletionTimestamp", "devicePath", "directory", "diskName", "diskURI", "divisor", "dnsConfig", "dnsPolicy",
    "downwardAPI", "driver", "drop", "effect", "emptyDir", "enableServiceLinks", "endpoints", "env", "envFrom",
    "ephemeral", "ephemeralContainers", "exec", "exitCodes", "expirationSeconds", "failed", "failedIndexes",
    "failedJobsHistoryLimit", "failureThreshold", "fc", "fieldPath", "fieldRef", "fieldsType", "fieldsV1",
    "fileKeyRef", "finalizers", "flexVolume", "flocker", "fsGroup", "fsGroupChangePolicy", "fsType", "gateway",
    "gcePersistentDisk", "generateName", "generation", "gitRepo", "glusterfs", "gmsaCredentialSpec",
    "gmsaCredentialSpecName", "group", "grpc", "host", "hostAliases", "hostIP", "hostIPC", "hostNetwork", "hostPID",
    "hostPath", "hostPort", "hostProcess", "hostUsers", "hostname", "hostnameOverride", "hostnames", "httpGet",
    "httpHeaders", "image", "imagePullPolicy", "imagePullSecrets", "initContainers", "initialDelaySeconds",
    "initiatorName", "ip", "iqn", "iscsi", "iscsiInterface", "items", "jobTemplate", "key", "keyPath", "keyType",
    "keyring", "kind", "labelSelector", "labels", "lastProbeTime", "lastScheduleTime", "lastSuccessfulTime",
    "lastTransitionTime", "level", "lifecycle", "limits", "livenessProbe", "localhostProfile", "lun", "managedBy",
    "managedFields", "manager", "manualSelector", "matchExpressions", "matchFields", "matchLabelKeys", "matchLabels",
    "maxExpirationSeconds", "maxFailedIndexes", "maxSkew", "medium", "message", "metadata", "minDomains",
    "mismatchLabelKeys", "mode", "monitors", "mountPath", "mountPropagation", "name", "nameservers", "namespace",
    "namespaceSelector", "namespaces", "nfs", "nodeAffinity", "nodeAffinityPolicy", "nodeName", "nodePublishSecretRef",
    "nodeSelector", "nodeSelectorTerms", "nodeTaintsPolicy", "onExitCodes", "onPodConditions", "operation", "operator",
    "optional", "options", "os", "overhead", "ownerReferences", "parallelism", "partition", "path", "pdID", "pdName",
    "periodSeconds", "persistentVolumeClaim", "photonPersistentDisk", "podAffinity", "podAffinityTerm",
    "podAntiAffinity", "podCertificate", "podFailurePolicy", "podGroupName", "podReplacementPolicy", "pool", "port",
    "portals", "ports", "portworxVolume", "postStart", "preStop", "preemptionPolicy", "preference",
    "preferredDuringSchedulingIgnoredDuringExecution", "prefix", "priority", "priorityClassName", "privileged",
    "procMount", "projected", "protectionDomain", "protocol", "pullPolicy", "quobyte", "rbd", "readOnly",
    "readOnlyRootFilesystem", "readinessGates", "readinessProbe", "ready", "reason", "recursiveReadOnly", "reference",
    "registry", "repository", "request", "requests", "requiredDuringSchedulingIgnoredDuringExecution", "resizePolicy",
    "resource", "resourceClaimName", "resourceClaimTemplateName", "resourceClaims", "resourceFieldRef", "resourceName",
    "resourceVersion", "resources", "restartPolicy", "restartPolicyRules", "revision", "role", "rules", "runAsGroup",
    "runAsNonRoot", "runAsUser", "runAsUserName", "runtimeClassName", "scaleIO", "schedule", "schedulerName",
    "schedulingGates", "schedulingGroup", "scheme", "seLinuxChangePolicy", "seLinuxOptions", "searches",
    "seccompProfile", "seconds", "secret", "secretFile", "secretKeyRef", "secretName", "secretRef", "securityContext",
    "selector", "selfLink", "server", "service", "serviceAccount", "serviceAccountName", "serviceAccountToken",
    "setHostnameAsFQDN", "shareName", "shareProcessNamespace", "signerName", "sizeLimit", "sleep", "sources", "spec",
    "sslEnabled", "startTime", "startingDeadlineSeconds", "startupProbe", "status", "stdin", "stdinOnce", "stopSignal",
    "storageClassName", "storageMode", "storagePolicyID", "storagePolicyName", "storagePool", "storageos", "subPath",
    "subPathExpr", "subdomain", "subresource", "succeeded", "succeededCount", "succeededIndexes", "successPolicy",
    "successThreshold", "successfulJobsHistoryLimit", "supplementalGroups", "supplementalGroupsPolicy", "suspend",
    "sysctls", "system", "targetContainerName", "targetPortal", "targetWWNs", "tcpSocket", "template", "tenant",
    "terminating", "terminationGracePeriodSeconds", "terminationMessagePath", "terminationMessagePolicy", "time",
    "timeZone", "timeoutSeconds", "tolerationSeconds", "tolerations", "topologyKey", "topologySpreadConstraints",
    "ttlSecondsAfterFinished", "tty", "type", "uid", "uncountedTerminatedPods", "user", "userAnnotations", "value",
    "valueFrom", "values", "volume", "volumeAttributes", "volumeAttributesClassName", "volumeClaimTemplate",
    "volumeDevices", "volumeID", "volumeMode", "volumeMounts", "volumeName", "volumeNamespace", "volumePath",
    "volumes", "vsphereVolume", "weight", "whenUnsatisfiable", "windowsOptions", "workingDir", "wwids",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::schema::{self, Type};
    use super::*;

    fn collect(node: &'static Type, names: &mut BTreeSet<&'static str>) {
        match node {
            Type::Other => {}
            Type::List(item) | Type::Map(item) => collect(item, names),
            Type::Object(fields) => fields.iter().for_each(|(name, field)| {
                names.insert(name);
                collect(field, names);
            }),
        }
    }

    #[test]
    fn the_names_are_those_of_the_types() {
        let mut names = BTreeSet::new();
        collect(schema::document(), &mut names);
        assert_eq!(NAMES, names.iter().copied().collect::<Vec<_>>());
        assert!(NAMES.iter().all(|name| contains(name)));
        assert!(!contains("") && !contains("sucurityContext") && !contains("zzz") && !contains("nam"));
    }

    #[test]
    #[should_panic(expected = "no type below Job and CronJob has this field")]
    fn a_mistyped_field_is_no_field() {
        let _ = FieldName::new("sucurityContext");
    }
}

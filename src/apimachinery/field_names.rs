//! The names of all fields below Job and `CronJob`: the compiler looks up those that the code writes down.

/// Whether a field of some type has this name.
pub(super) const fn contains(name: &str) -> bool {
    let (mut low, mut high) = (0, NAMES.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        match compare(NAMES[middle].as_bytes(), name.as_bytes()) {
            0 => return true,
            1.. => high = middle,
            _ => low = middle + 1,
        }
    }
    false
}

/// How two texts compare: below zero, zero or above.
const fn compare(one: &[u8], other: &[u8]) -> i32 {
    let mut nth = 0;
    loop {
        match (nth < one.len(), nth < other.len()) {
            (true, true) if one[nth] == other[nth] => nth += 1,
            (true, true) => return one[nth] as i32 - other[nth] as i32,
            (longer, is_shorter) => return longer as i32 - is_shorter as i32,
        }
    }
}

/// In the order of their bytes; a test holds them against the types.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "accessModes", "action", "active", "activeDeadlineSeconds", "add", "affinity", "allowPrivilegeEscalation",
    "annotations", "apiGroup", "apiVersion", "appArmorProfile", "args", "audience", "automountServiceAccountToken",
    "awsElasticBlockStore", "azureDisk", "azureFile", "backoffLimit", "backoffLimitPerIndex", "binaryData", "blockOwnerDeletion",
    "cachingMode", "capabilities", "cephfs", "certificateChainPath", "chapAuthDiscovery", "chapAuthSession", "cinder",
    "claimName", "claims", "clusterTrustBundle", "command", "completedIndexes", "completionMode", "completionTime",
    "completions", "concurrencyPolicy", "conditionType", "conditions", "configMap", "configMapKeyRef", "configMapRef",
    "containerName", "containerPort", "containers", "controller", "creationTimestamp", "credentialBundlePath", "csi",
    "data", "dataSource", "dataSourceRef", "datasetName", "datasetUUID", "defaultMode", "deletionGracePeriodSeconds",
    "deletionTimestamp", "devicePath", "directory", "diskName", "diskURI", "divisor", "dnsConfig", "dnsPolicy",
    "downwardAPI", "driver", "drop", "effect", "emptyDir", "enableServiceLinks", "endpoints", "env", "envFrom",
    "ephemeral", "ephemeralContainers", "exec", "exitCodes", "expirationSeconds", "failed", "failedIndexes",
    "failedJobsHistoryLimit", "failureThreshold", "fc", "fieldPath", "fieldRef", "fieldsType", "fieldsV1",
    "fileKeyRef", "finalizers", "flexVolume", "flocker", "fsGroup", "fsGroupChangePolicy", "fsType", "gateway",
    "gcePersistentDisk", "generateName", "generation", "gitRepo", "glusterfs", "gmsaCredentialSpec",
    "gmsaCredentialSpecName", "group", "grpc", "host", "hostAliases", "hostIP", "hostIPC", "hostNetwork", "hostPID",
    "hostPath", "hostPort", "hostProcess", "hostUsers", "hostname", "hostnameOverride", "hostnames", "httpGet",
    "httpHeaders", "image", "imagePullPolicy", "imagePullSecrets", "immutable", "initContainers", "initialDelaySeconds",
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
}

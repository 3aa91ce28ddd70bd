package kube

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
)

// externalSecretKind belongs to the External Secrets Operator, which is not part of this module: what the library writes of it is checked by the rules of its
// CRD, and every other field is a finding.
var externalSecretKind = schema.GroupVersionKind{Group: "external-secrets.io", Version: "v1", Kind: "ExternalSecret"}

type externalSecret struct {
	SecretStoreRef struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"secretStoreRef"`
	RefreshInterval string `json:"refreshInterval"`
	Target          struct {
		Name string `json:"name"`
	} `json:"target"`
	Data []struct {
		SecretKey string `json:"secretKey"`
		RemoteRef struct {
			Key      string `json:"key"`
			Property string `json:"property"`
		} `json:"remoteRef"`
	} `json:"data"`
}

func problemsOfExternalSecret(o *unstructured.Unstructured) []string {
	raw, err := json.Marshal(o.Object["spec"])
	if err != nil {
		return []string{line(err.Error())}
	}
	spec := externalSecret{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&spec); err != nil {
		return []string{"spec: " + line(err.Error())}
	}
	found := []string{}
	check := func(field, value string, messages []string) {
		for _, message := range messages {
			found = append(found, fmt.Sprintf("spec.%s: %q: %s", field, value, message))
		}
	}
	if kind := spec.SecretStoreRef.Kind; kind != "SecretStore" && kind != "ClusterSecretStore" {
		check("secretStoreRef.kind", kind, []string{"must be SecretStore or ClusterSecretStore"})
	}
	check("secretStoreRef.name", spec.SecretStoreRef.Name, validation.IsDNS1123Subdomain(spec.SecretStoreRef.Name))
	check("target.name", spec.Target.Name, validation.IsDNS1123Subdomain(spec.Target.Name))
	if _, err := time.ParseDuration(spec.RefreshInterval); err != nil {
		check("refreshInterval", spec.RefreshInterval, []string{line(err.Error())})
	}
	if len(spec.Data) == 0 {
		found = append(found, "spec.data: has nothing to read")
	}
	for i, data := range spec.Data {
		check(fmt.Sprintf("data[%d].secretKey", i), data.SecretKey, validation.IsConfigMapKey(data.SecretKey))
		if data.RemoteRef.Key == "" {
			check(fmt.Sprintf("data[%d].remoteRef.key", i), "", []string{"must name a value of the store"})
		}
	}
	return found
}

package kube

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/discovery"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	"k8s.io/kubernetes/pkg/apis/discovery/validation"
)

// endpointSliceKind is validated without its strategy, which needs the controllers of Kubernetes.
var endpointSliceKind = schema.GroupVersionKind{Group: "discovery.k8s.io", Version: "v1", Kind: "EndpointSlice"}

func problemsOfEndpointSlice(o *unstructured.Unstructured) []string {
	raw, err := o.MarshalJSON()
	if err != nil {
		return []string{line(err.Error())}
	}
	decoded, _, err := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDeserializer().Decode(raw, nil, nil)
	if err != nil {
		return []string{line(err.Error())}
	}
	legacyscheme.Scheme.Default(decoded)
	internal, err := legacyscheme.Scheme.ConvertToVersion(decoded, schema.GroupVersion{Group: endpointSliceKind.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		return []string{line(err.Error())}
	}
	found := []string{}
	for _, problem := range validation.ValidateEndpointSliceCreate(internal.(*discovery.EndpointSlice)) {
		found = append(found, line(problem.Error()))
	}
	return found
}

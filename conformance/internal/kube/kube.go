// Package kube validates Kubernetes' own kinds with the code the API server runs when such an object is created.
package kube

import (
	"context"
	"fmt"
	"strings"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicy"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicybinding"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "kubernetes"

var strategies = map[schema.GroupKind]rest.RESTCreateStrategy{
	{Group: "", Kind: "ConfigMap"}:                            configmap.Strategy,
	{Group: "", Kind: "Namespace"}:                            namespace.Strategy,
	{Group: "", Kind: "Secret"}:                               secret.Strategy,
	{Group: "", Kind: "Service"}:                              service.Strategy,
	{Group: "", Kind: "ServiceAccount"}:                       serviceaccount.Strategy,
	{Group: "apps", Kind: "DaemonSet"}:                        daemonset.Strategy,
	{Group: "apps", Kind: "Deployment"}:                       deployment.Strategy,
	{Group: "apps", Kind: "StatefulSet"}:                      statefulset.Strategy,
	{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}:   horizontalpodautoscaler.Strategy,
	{Group: "batch", Kind: "Job"}:                             job.Strategy,
	{Group: "networking.k8s.io", Kind: "NetworkPolicy"}:       networkpolicy.Strategy,
	{Group: "policy", Kind: "PodDisruptionBudget"}:            poddisruptionbudget.Strategy,
	{Group: "rbac.authorization.k8s.io", Kind: "Role"}:        role.Strategy,
	{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}: rolebinding.Strategy,
	// Without parameters there is nothing to authorize or to look up.
	{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicy"}:        validatingadmissionpolicy.NewStrategy(nil, nil),
	{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicyBinding"}: validatingadmissionpolicybinding.NewStrategy(nil, nil, nil),
}

// foreign kinds belong to operators that are not part of this module, or have a strategy that needs more of Kubernetes than this module has.
var foreign = map[schema.GroupVersionKind]func(*unstructured.Unstructured) []string{
	externalSecretKind: problemsOfExternalSecret,
	endpointSliceKind:  problemsOfEndpointSlice,
	prometheusRuleKind: problemsOfPrometheusRule,
}

// Run validates every object of a set that has no CRD of Istio or of the Gateway API; a kind that nothing here can judge is a finding, so that none passes unseen.
func Run(set *manifests.Set) *verdict.Result {
	result := verdict.New(set.Name, Check, "objects")
	strict := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	for _, o := range set.Namespaced() {
		if manifests.HasCRD(o) {
			continue
		}
		result.Checked++
		subject := manifests.Subject(o)
		if check, known := foreign[o.GroupVersionKind()]; known {
			for _, problem := range check(o) {
				result.Find(subject, problem)
			}
			continue
		}
		strategy, known := strategies[o.GroupVersionKind().GroupKind()]
		if !known {
			result.Find(subject, fmt.Sprintf("no validator for %s; add one to the checks", o.GroupVersionKind()))
			continue
		}
		for _, problem := range append(problems(strict, strategy, o), problemsOfDashboards(o)...) {
			result.Find(subject, problem)
		}
	}
	return result
}

func problems(codecs serializer.CodecFactory, strategy rest.RESTCreateStrategy, o *unstructured.Unstructured) []string {
	raw, err := o.MarshalJSON()
	if err != nil {
		return []string{line(err.Error())}
	}
	gvk := o.GroupVersionKind()
	decoded, _, err := codecs.UniversalDeserializer().Decode(raw, nil, nil)
	if err != nil {
		return []string{line(err.Error())}
	}
	legacyscheme.Scheme.Default(decoded)
	internal, err := legacyscheme.Scheme.ConvertToVersion(decoded, schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		return []string{line(err.Error())}
	}
	ctx := genericapirequest.WithRequestInfo(
		genericapirequest.WithNamespace(context.Background(), o.GetNamespace()),
		&genericapirequest.RequestInfo{APIGroup: gvk.Group, APIVersion: gvk.Version},
	)
	if meta, err := apimeta.Accessor(internal); err == nil {
		rest.FillObjectMetaSystemFields(meta)
	}
	if err := rest.BeforeCreate(strategy, ctx, internal); err != nil {
		return []string{line(err.Error())}
	}
	found := []string{}
	for _, w := range strategy.WarningsOnCreate(ctx, internal) {
		found = append(found, "warning: "+line(w))
	}
	return found
}

func line(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

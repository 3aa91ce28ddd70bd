// Package judge runs every check over sets of manifests.
package judge

import (
	"sync"

	"cdk8s-istio-egress/conformance/internal/analysis"
	"cdk8s-istio-egress/conformance/internal/crdschema"
	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/injection"
	"cdk8s-istio-egress/conformance/internal/kube"
	"cdk8s-istio-egress/conformance/internal/layout"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/mesh"
	"cdk8s-istio-egress/conformance/internal/pods"
	"cdk8s-istio-egress/conformance/internal/policies"
	"cdk8s-istio-egress/conformance/internal/verdict"
	"cdk8s-istio-egress/conformance/internal/webhook"
)

// Judge holds what is made once for many sets.
type Judge struct {
	schema   *crdschema.Checker
	policies *policies.Checker
	pods     *pods.Checker
}

// New reads what the checks need from the folder of the istio.io/istio module.
func New(istio string) (*Judge, error) {
	schema, err := crdschema.New(istio)
	if err != nil {
		return nil, err
	}
	expressions, err := policies.New(istio)
	if err != nil {
		return nil, err
	}
	// The other way to redirect traffic needs a container that no Pod Security Standard but `privileged` admits.
	injected, err := pods.New(injection.New(injection.WithCNI))
	return &Judge{schema: schema, policies: expressions, pods: injected}, err
}

// Set runs every check over one set.
func (j *Judge) Set(set *manifests.Set) ([]*verdict.Result, error) {
	domain := "cluster.local"
	if set.Expect != nil {
		domain = set.Expect.Mesh.ClusterDomain
	}
	hook, err := webhook.New(domain)
	if err != nil {
		return nil, err
	}
	cluster, err := fixtures.New(set)
	if err != nil {
		return nil, err
	}
	analysed, err := analysis.Run(set, cluster)
	if err != nil {
		return nil, err
	}
	found := []*verdict.Result{j.schema.Run(set), kube.Run(set), j.policies.Run(set), hook.Run(set), layout.Run(set), j.pods.Run(set), analysed}
	return append(found, mesh.Run(set, cluster)...), nil
}

// Sets runs every check over many sets, several at a time; the results come in the order of the sets.
func (j *Judge) Sets(sets []*manifests.Set, parallel int) ([]*verdict.Result, error) {
	results := make([][]*verdict.Result, len(sets))
	errs := make([]error, len(sets))
	work := make(chan int)
	var workers sync.WaitGroup
	for range max(parallel, 1) {
		workers.Go(func() {
			for i := range work {
				results[i], errs[i] = j.Set(sets[i])
			}
		})
	}
	for i := range sets {
		work <- i
	}
	close(work)
	workers.Wait()
	all := []*verdict.Result{}
	for i := range sets {
		if errs[i] != nil {
			return nil, errs[i]
		}
		all = append(all, results[i]...)
	}
	return all, nil
}

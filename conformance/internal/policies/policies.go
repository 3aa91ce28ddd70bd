// Package policies checks the types of the expressions in admission policies, with the code of the API server and the schemas of Istio's CRDs.
//
// In a cluster a controller does it, but not for policies of every version of a kind, as those of the library are.
package policies

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	admission "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/yaml"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "expressions"

// Checker knows the schemas of Istio's kinds.
type Checker struct {
	types    *validating.TypeChecker
	versions []string
}

type schemas map[schema.GroupVersionKind]*spec.Schema

func (s schemas) ResolveSchema(kind schema.GroupVersionKind) (*spec.Schema, error) {
	if found, known := s[kind]; known {
		return found, nil
	}
	return nil, resolver.ErrSchemaNotFound
}

type definition struct {
	Kind string `json:"kind"`
	Spec struct {
		Group string `json:"group"`
		Names struct {
			Kind   string `json:"kind"`
			Plural string `json:"plural"`
		} `json:"names"`
		Versions []struct {
			Name   string `json:"name"`
			Schema struct {
				OpenAPIV3Schema json.RawMessage `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

// New reads the CRDs of the Istio release in a source folder.
func New(istio string) (*Checker, error) {
	file := filepath.Join(istio, "manifests", "charts", "base", "files", "crd-all.gen.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: no CRDs in this folder; give the folder of the istio.io/istio module with --istio", istio)
	}
	known := schemas{}
	mapper := meta.NewDefaultRESTMapper(nil)
	versions := map[string]bool{}
	for _, document := range strings.Split(string(text), "\n---") {
		var d definition
		if err := yaml.Unmarshal([]byte(document), &d); err != nil {
			return nil, fmt.Errorf("%s: %v", file, err)
		}
		for _, version := range d.Spec.Versions {
			kind := schema.GroupVersionKind{Group: d.Spec.Group, Version: version.Name, Kind: d.Spec.Names.Kind}
			s := &spec.Schema{}
			if err := json.Unmarshal(version.Schema.OpenAPIV3Schema, s); err != nil {
				return nil, fmt.Errorf("%s: %v", file, err)
			}
			// A CRD leaves out what every object has, and the API server publishes it.
			s.SetProperty("apiVersion", *spec.StringProperty())
			s.SetProperty("kind", *spec.StringProperty())
			s.SetProperty("metadata", *metadata())
			known[kind] = s
			resource := kind.GroupVersion().WithResource(d.Spec.Names.Plural)
			mapper.AddSpecific(kind, resource, resource, meta.RESTScopeNamespace)
			versions[version.Name] = true
		}
	}
	c := &Checker{types: &validating.TypeChecker{SchemaResolver: known, RestMapper: mapper}}
	for version := range versions {
		c.versions = append(c.versions, version)
	}
	return c, nil
}

func metadata() *spec.Schema {
	s := (&spec.Schema{}).Typed("object", "")
	for _, name := range []string{"name", "generateName", "namespace"} {
		s.SetProperty(name, *spec.StringProperty())
	}
	for _, name := range []string{"labels", "annotations"} {
		s.SetProperty(name, *spec.MapProperty(spec.StringProperty()))
	}
	return s
}

// Run checks every admission policy of a set. A policy about kinds that are not Istio's is a finding, so that none passes unseen.
func (c *Checker) Run(set *manifests.Set) *verdict.Result {
	result := verdict.New(set.Name, Check, "policies")
	for _, o := range set.Objects {
		if o.GroupVersionKind().GroupKind() != (schema.GroupKind{Group: admission.GroupName, Kind: "ValidatingAdmissionPolicy"}) {
			continue
		}
		result.Checked++
		for _, problem := range c.problems(o) {
			result.Find(manifests.Subject(o), problem)
		}
	}
	return result
}

func (c *Checker) problems(o *unstructured.Unstructured) []string {
	policy := &admission.ValidatingAdmissionPolicy{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, policy); err != nil {
		return []string{err.Error()}
	}
	if policy.Spec.MatchConstraints == nil {
		return []string{"spec.matchConstraints: has no kinds"}
	}
	for i := range policy.Spec.MatchConstraints.ResourceRules {
		rule := &policy.Spec.MatchConstraints.ResourceRules[i]
		if len(rule.APIVersions) == 1 && rule.APIVersions[0] == "*" {
			rule.APIVersions = c.versions
		}
	}
	context := c.types.CreateContext(policy)
	found := []string{}
	check := func(place, expression string) {
		if results := c.types.CheckExpression(context, expression); len(results) > 0 {
			found = append(found, place+": "+strings.Join(strings.Fields(results.String()), " "))
		}
	}
	if !c.knows(policy) {
		return []string{"spec.matchConstraints: no schema for these kinds; add them to the checks"}
	}
	for _, variable := range policy.Spec.Variables {
		check("variable "+variable.Name, variable.Expression)
	}
	for i, validation := range policy.Spec.Validations {
		check(fmt.Sprintf("validation %d", i), validation.Expression)
		if validation.MessageExpression != "" {
			check(fmt.Sprintf("message %d", i), validation.MessageExpression)
		}
	}
	return found
}

// knows says whether there is a schema to check with: without one, every expression would pass.
func (c *Checker) knows(policy *admission.ValidatingAdmissionPolicy) bool {
	for _, rule := range policy.Spec.MatchConstraints.ResourceRules {
		for _, group := range rule.APIGroups {
			for _, version := range rule.APIVersions {
				for _, resource := range rule.Resources {
					kinds, err := c.types.RestMapper.KindsFor(schema.GroupVersionResource{Group: group, Version: version, Resource: resource})
					if err == nil && len(kinds) > 0 {
						return true
					}
				}
			}
		}
	}
	return false
}

// Package crdschema validates objects with the schemas and CEL rules of Istio's own CRDs, and of the Gateway API that Istio is tested with.
package crdschema

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"istio.io/istio/pkg/config/crd"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "schema"

// Checker holds the compiled schemas.
type Checker struct {
	validator *crd.Validator
}

// New compiles the CRDs of the Istio release in a source folder.
func New(istio string) (*Checker, error) {
	file := filepath.Join(istio, "manifests", "charts", "base", "files", "crd-all.gen.yaml")
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("%s: no CRDs in this folder; give the folder of the istio.io/istio module with --istio", istio)
	}
	gatewayAPI := filepath.Join(istio, "tests", "integration", "pilot", "testdata", "gateway-api-crd.yaml")
	validator, err := crd.NewValidatorFromFilesWithOptions([]string{file, gatewayAPI}, crd.WithoutCRDValidation())
	if err != nil {
		return nil, fmt.Errorf("%s: %v", file, err)
	}
	return &Checker{validator: validator}, nil
}

// Run validates every object of a set that has a CRD.
func (c *Checker) Run(set *manifests.Set) *verdict.Result {
	result := verdict.New(set.Name, Check, "objects")
	for _, o := range set.Objects {
		if !manifests.HasCRD(o) {
			continue
		}
		result.Checked++
		if err := c.validator.ValidateCustomResource(o.DeepCopy()); err != nil {
			result.Find(manifests.Subject(o), strings.Join(strings.Fields(err.Error()), " "))
		}
	}
	return result
}

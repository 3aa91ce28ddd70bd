// Package versions asks the CRDs of several releases of Istio about the same objects, in every version of the API that each release serves.
package versions

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"istio.io/istio/pkg/config/crd"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"cdk8s-istio-egress/conformance/internal/manifests"
)

// Release of Istio, by its minor version, with the file of its CRDs.
type Release struct {
	Istio, File string
}

// Answer of the CRDs of one release.
type Answer struct {
	Istio string `json:"istio"`
	// Checked objects, one for each version of the API.
	Checked int       `json:"checked"`
	Refused []Refusal `json:"refused"`
}

// Refusal of an object: by the schema, by a CEL rule, for a field that the schema does not have, or for its kind.
type Refusal struct {
	Set     string `json:"set"`
	Version string `json:"version"`
	Subject string `json:"subject"`
	Message string `json:"message"`
}

// Write asks every release about every set and writes the answers as JSON.
func Write(out io.Writer, releases []Release, sets []*manifests.Set) error {
	answers := []Answer{}
	for _, release := range releases {
		answer, err := ask(release, sets)
		if err != nil {
			return err
		}
		answers = append(answers, answer)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answers)
}

func ask(release Release, sets []*manifests.Set) (Answer, error) {
	answer := Answer{Istio: release.Istio, Refused: []Refusal{}}
	served, err := servedIn(release.File)
	if err != nil {
		return answer, err
	}
	validator, err := crd.NewValidatorFromFilesWithOptions([]string{release.File}, crd.WithoutCRDValidation())
	if err != nil {
		return answer, fmt.Errorf("%s: %v", release.File, err)
	}
	for _, set := range sets {
		for _, o := range set.Objects {
			if !manifests.IsIstio(o) {
				continue
			}
			kind := o.GroupVersionKind()
			refuse := func(version, message string) {
				answer.Refused = append(answer.Refused, Refusal{set.Name, version, manifests.Subject(o), message})
			}
			if len(served[kind.GroupKind()]) == 0 {
				answer.Checked++
				refuse(kind.Version, fmt.Sprintf("no kind %q in %q", kind.Kind, kind.Group))
			}
			for _, version := range served[kind.GroupKind()] {
				answer.Checked++
				written := o.DeepCopy()
				written.SetGroupVersionKind(kind.GroupKind().WithVersion(version))
				// Fields that the schema does not have are refused as well.
				if err := validator.ValidateCustomResource(written); err != nil {
					refuse(version, strings.Join(strings.Fields(err.Error()), " "))
				}
			}
		}
	}
	return answer, nil
}

// servedIn gives the versions in which the CRDs of a file serve each kind.
func servedIn(file string) (map[schema.GroupKind][]string, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	served := map[schema.GroupKind][]string{}
	for documents := utilyaml.NewYAMLOrJSONDecoder(in, 4096); ; {
		definition := apiextensions.CustomResourceDefinition{}
		if err := documents.Decode(&definition); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("%s: %v", file, err)
		}
		kind := schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind}
		for _, version := range definition.Spec.Versions {
			if version.Served {
				served[kind] = append(served[kind], version.Name)
			}
		}
		slices.Sort(served[kind])
	}
	return served, nil
}

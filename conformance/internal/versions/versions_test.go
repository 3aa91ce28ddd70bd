package versions_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/versions"
)

const crds = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: doors.test.istio.io}
spec:
  group: test.istio.io
  names: {kind: Door, listKind: DoorList, plural: doors, singular: door}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, schema: &schema {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {
      way: {type: string, enum: [IN, OUT]}, FIELD: {type: string}}}}}}}
  - {name: v1beta1, served: true, storage: false, schema: *schema}
  - {name: v1alpha1, served: false, storage: false, schema: *schema}
`

func answersAbout(t *testing.T, object string) []versions.Answer {
	t.Helper()
	releases := []versions.Release{}
	for istio, field := range map[string]string{"1.22": "width", "1.32": "height"} {
		file := filepath.Join(t.TempDir(), "crds.yaml")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(crds, "FIELD", field)), 0o600); err != nil {
			t.Fatal(err)
		}
		releases = append(releases, versions.Release{Istio: istio, File: file})
	}
	objects, err := manifests.Parse("door.yaml", []byte(object))
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.Buffer{}
	if err := versions.Write(&out, releases, []*manifests.Set{{Name: "house", Objects: objects}}); err != nil {
		t.Fatal(err)
	}
	answers := []versions.Answer{}
	if err := json.Unmarshal(out.Bytes(), &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestObjectsAreAskedAboutInEveryVersionThatIsServed(t *testing.T) {
	for _, answer := range answersAbout(t, "{apiVersion: test.istio.io/v1, kind: Door, metadata: {name: front, namespace: shop}, spec: {way: IN}}") {
		if answer.Checked != 2 || len(answer.Refused) != 0 {
			t.Errorf("Istio %s: %d checked, refused: %v", answer.Istio, answer.Checked, answer.Refused)
		}
	}
}

func TestReleasesRefuseWhatTheyDoNotHave(t *testing.T) {
	for name, test := range map[string]struct {
		spec, message string
		by            map[string]int
	}{
		"a field": {"spec: {height: tall}", "unknown fields [spec.height]", map[string]int{"1.22": 2}},
		"a value": {"spec: {way: UP}", "Unsupported value", map[string]int{"1.22": 2, "1.32": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, answer := range answersAbout(t, "{apiVersion: test.istio.io/v1, kind: Door, metadata: {name: front, namespace: shop}, "+test.spec+"}") {
				if len(answer.Refused) != test.by[answer.Istio] {
					t.Errorf("Istio %s refused %v", answer.Istio, answer.Refused)
				}
				for _, refusal := range answer.Refused {
					if refusal.Set != "house" || refusal.Subject != "Door shop/front" || !strings.Contains(refusal.Message, test.message) {
						t.Errorf("Istio %s refused %v", answer.Istio, refusal)
					}
				}
			}
		})
	}
}

func TestAKindThatNoReleaseHasIsRefused(t *testing.T) {
	for _, answer := range answersAbout(t, "{apiVersion: test.istio.io/v1, kind: Window, metadata: {name: back, namespace: shop}, spec: {}}") {
		if len(answer.Refused) != 1 || !strings.Contains(answer.Refused[0].Message, `no kind "Window"`) {
			t.Errorf("Istio %s refused %v", answer.Istio, answer.Refused)
		}
	}
}

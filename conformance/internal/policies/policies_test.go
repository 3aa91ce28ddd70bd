package policies

import (
	"os/exec"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"cdk8s-istio-egress/conformance/internal/manifests"
)

const right = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: gateways }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [networking.istio.io], apiVersions: ["*"], operations: [CREATE], resources: [gateways] }]
  variables:
    - { name: selector, expression: 'has(object.spec.selector) ? object.spec.selector : {}' }
    - { name: named, expression: 'has(object.metadata.annotations) && "name" in object.metadata.annotations' }
  validations:
    - { expression: '"istio" in variables.selector', messageExpression: '"no istio in " + object.metadata.name' }
`

func TestPolicies(t *testing.T) {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "istio.io/istio").Output()
	if err != nil {
		t.Fatal(err)
	}
	checker, err := New(strings.TrimSpace(string(folder)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"types that fit", "", "", ""},
		{"a field that is misspelt", "object.spec.selector)", "object.spec.selectors)", "variable selector"},
		{"a text compared with a number", `"istio" in variables.selector`, "object.metadata.name > 3", "validation 0"},
		{"a variable that is not there", "in variables.selector", "in variables.selectors", "validation 0"},
		{"a number in a message", "object.metadata.name'", "size(object.spec.servers)'", "message 0"},
		{"kinds without a schema", "resources: [gateways]", "resources: [pods]", "no schema"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(right, c.old, c.new, 1)
			if c.old != "" && text == right {
				t.Fatal("nothing is spoiled")
			}
			o := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
				t.Fatal(err)
			}
			result := checker.Run(&manifests.Set{Name: "test", Objects: []*unstructured.Unstructured{o}})
			if result.Checked != 1 {
				t.Fatalf("checked %d", result.Checked)
			}
			if c.want == "" && len(result.Findings) > 0 || c.want != "" && (len(result.Findings) == 0 || !strings.Contains(result.Findings[0].Message, c.want)) {
				t.Fatalf("want %q, got %v", c.want, result.Findings)
			}
		})
	}
}

package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const right = `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: account, namespace: shop }
spec:
  secretStoreRef: { kind: SecretStore, name: vault }
  refreshInterval: 3600s
  target: { name: account }
  data:
    - { secretKey: password, remoteRef: { key: shop/orders, property: password } }
`

func TestExternalSecret(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"what the library writes", "", "", ""},
		{"a kind of store that does not exist", "kind: SecretStore", "kind: Store", "spec.secretStoreRef.kind"},
		{"a store without a name", "name: vault", "name: ''", "spec.secretStoreRef.name"},
		{"a Secret with a bad name", "target: { name: account }", "target: { name: Account }", "spec.target.name"},
		{"an interval without a unit", "3600s", `"3600"`, "spec.refreshInterval"},
		{"a bad key", "secretKey: password", "secretKey: a b", "spec.data[0].secretKey"},
		{"no key in the store", "key: shop/orders", "key: ''", "spec.data[0].remoteRef.key"},
		{"a field that is misspelt", "secretKey", "secretkee", `unknown field "secretkee"`},
		{"a value", "property: password", "value: hunter2", `unknown field "value"`},
		{"nothing to read", "    - { secretKey: password, remoteRef: { key: shop/orders, property: password } }", "    []", "spec.data: has nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := right
			if c.old != "" {
				text = strings.Replace(right, c.old, c.new, 1)
				if text == right {
					t.Fatalf("nothing is spoiled")
				}
			}
			o := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
				t.Fatal(err)
			}
			if o.GroupVersionKind() != externalSecretKind {
				t.Fatalf("unexpected kind %s", o.GroupVersionKind())
			}
			found := strings.Join(problemsOfExternalSecret(o), "; ")
			if (c.want == "") != (found == "") || !strings.Contains(found, c.want) {
				t.Errorf("want %q, got %q", c.want, found)
			}
		})
	}
}

package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestEndpointSlice(t *testing.T) {
	slice := func(address string, more map[string]any) *unstructured.Unstructured {
		object := map[string]any{
			"apiVersion":  "discovery.k8s.io/v1",
			"kind":        "EndpointSlice",
			"metadata":    map[string]any{"name": "db-1", "namespace": "shop"},
			"addressType": "IPv4",
			"ports":       []any{map[string]any{"name": "tcp", "port": int64(3306)}},
			"endpoints":   []any{map[string]any{"addresses": []any{address}}},
		}
		for field, value := range more {
			object[field] = value
		}
		return &unstructured.Unstructured{Object: object}
	}
	for name, test := range map[string]struct {
		object *unstructured.Unstructured
		want   string
	}{
		"a valid one":      {slice("192.0.2.14", nil), ""},
		"a name":           {slice("db.example.com", nil), "must be a valid IP address"},
		"an unknown field": {slice("192.0.2.14", map[string]any{"portz": []any{}}), "unknown field"},
		"no address type":  {slice("192.0.2.14", map[string]any{"addressType": ""}), "addressType"},
	} {
		t.Run(name, func(t *testing.T) {
			found := strings.Join(problemsOfEndpointSlice(test.object), "\n")
			if test.want == "" && found != "" || !strings.Contains(found, test.want) {
				t.Errorf("got %q, want %q", found, test.want)
			}
		})
	}
}

package judge_test

import (
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"istio.io/istio/pkg/test/env"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/judge"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/quiet/loggers"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

func TestMain(m *testing.M) {
	loggers.Silence()
	os.Exit(m.Run())
}

func load(t *testing.T, name string) *manifests.Set {
	t.Helper()
	set, err := manifests.Load(name, "../../testdata/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func run(t *testing.T, set *manifests.Set) []verdict.Finding {
	t.Helper()
	j, err := judge.New(env.IstioSrc)
	if err != nil {
		t.Fatal(err)
	}
	results, err := j.Set(set)
	if err != nil {
		t.Fatal(err)
	}
	found := []verdict.Finding{}
	for _, r := range results {
		found = append(found, r.Findings...)
	}
	return found
}

func TestGoodSetsAreClean(t *testing.T) {
	for _, name := range []string{"direct", "via-gateway"} {
		t.Run(name, func(t *testing.T) {
			for _, f := range run(t, load(t, name)) {
				t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Message)
			}
		})
	}
}

// object of a set, to be broken.
func object(t *testing.T, set *manifests.Set, kind, name string) map[string]any {
	t.Helper()
	for _, o := range set.Objects {
		if o.GetKind() == kind && o.GetName() == name {
			return o.Object
		}
	}
	t.Fatalf("no %s %s in the set", kind, name)
	return nil
}

func drop(set *manifests.Set, kind, name string) {
	kept := []*unstructured.Unstructured{}
	for _, o := range set.Objects {
		if o.GetKind() != kind || o.GetName() != name {
			kept = append(kept, o)
		}
	}
	set.Objects = kept
}

// at follows keys and indexes into an object.
func at(t *testing.T, in any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch key := p.(type) {
		case string:
			in = in.(map[string]any)[key]
		case int:
			in = in.([]any)[key]
		}
		if in == nil {
			t.Fatalf("nothing at %v", path)
		}
	}
	return in
}

func put(t *testing.T, in any, value any, path ...any) {
	t.Helper()
	parent := at(t, in, path[:len(path)-1]...)
	switch key := path[len(path)-1].(type) {
	case string:
		parent.(map[string]any)[key] = value
	case int:
		parent.([]any)[key] = value
	}
}

func TestBrokenSetsAreCaught(t *testing.T) {
	cases := []struct {
		name  string
		set   string
		spoil func(t *testing.T, set *manifests.Set)
		check string
		want  string
	}{
		{"wrong subset name", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", "mysql-to-gateway"), "bookinfo-mysql", "spec", "tcp", 0, "route", 0, "destination", "subset")
		}, "istiod", "want outbound|443|bookinfo-mysql-3306|istio-egressgateway.istio-system.svc.cluster.local"},
		{"route to a port that no server has", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "mysql-egress"), int64(80), "spec", "servers", 0, "port", "number")
		}, "istiod", "at the gateway, port 8443"},
		{"server on a port that the gateway's service does not offer", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "mysql-egress"), int64(15443), "spec", "servers", 0, "port", "number")
		}, "analysis", "IST0162"},
		{"policy on the wrong SNI", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "bookinfo-mysql-clients"), []any{"mysqldb.example.com"}, "spec", "rules", 0, "when", 0, "values")
		}, "istiod", "lets cluster.local/ns/bookinfo/sa/stranger pass"},
		{"policy that refuses the client", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "bookinfo-mysql-clients"), []any{"cluster.local/ns/bookinfo/sa/default"},
				"spec", "rules", 0, "from", 0, "source", "notPrincipals")
		}, "istiod", "refuses cluster.local/ns/bookinfo/sa/bookinfo-ratings-v2-mysql"},
		{"policy in a namespace without the gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "bookinfo-mysql-clients"), "bookinfo", "metadata", "namespace")
		}, "istiod", "nobody named it"},
		{"missing policy", "via-gateway", func(t *testing.T, set *manifests.Set) {
			drop(set, "AuthorizationPolicy", "bookinfo-mysql-clients")
		}, "istiod", "nobody named it"},
		{"missing gateway leg", "via-gateway", func(t *testing.T, set *manifests.Set) {
			drop(set, "VirtualService", "mysql-from-gateway-3306")
		}, "istiod", "at the gateway, port 8443"},
		{"missing mesh leg", "via-gateway", func(t *testing.T, set *manifests.Set) {
			drop(set, "VirtualService", "mysql-to-gateway")
		}, "istiod", "ends in outbound|3306||mysqldb.example.com"},
		{"gateway leg not exported to the gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", "mysql-from-gateway-3306"), []any{"."}, "spec", "exportTo")
		}, "istiod", "at the gateway, port 8443"},
		{"service entry not exported to the gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql"), []any{"."}, "spec", "exportTo")
		}, "istiod", "bookinfo/Mysql"},
		{"visible everywhere", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql"), []any{"*"}, "spec", "exportTo")
		}, "istiod", "sidecars in elsewhere have the cluster outbound|3306||mysqldb.example.com"},
		{"resolution NONE behind a gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			entry := object(t, set, "ServiceEntry", "mysql")
			put(t, entry, "NONE", "spec", "resolution")
			delete(at(t, entry, "spec").(map[string]any), "endpoints")
			set.Expect.Services[0].Resolution = expect.None
			set.Expect.Services[0].Endpoints = nil
		}, "istiod", "resolution NONE behind a gateway"},
		{"wrong endpoint", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql"), "192.0.2.15", "spec", "endpoints", 0, "address")
		}, "istiod", "has the endpoints [192.0.2.15:3306], want [192.0.2.14:3306]"},
		{"SNI of the subset differs from the server's host", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "mysql-to-gateway"), "mysqldb.example.com",
				"spec", "subsets", 0, "trafficPolicy", "portLevelSettings", 0, "tls", "sni")
		}, "istiod", `sends SNI "mysqldb.example.com"`},
		{"plaintext to a server that wants mutual TLS", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "mysql-to-gateway"), map[string]any{"mode": "DISABLE"},
				"spec", "subsets", 0, "trafficPolicy", "portLevelSettings", 0, "tls")
		}, "istiod", "sends plaintext to the gateway"},
		{"one server for two hosts", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "mysql-egress"), []any{"./p3306.bookinfo.mysqldb.example.com", "./other.example.com"},
				"spec", "servers", 0, "hosts")
		}, "istiod", "serves [other.example.com p3306.bookinfo.mysqldb.example.com] as well"},
		{"two servers with the same host", "via-gateway", func(t *testing.T, set *manifests.Set) {
			gateway := object(t, set, "Gateway", "mysql-egress")
			servers := at(t, gateway, "spec", "servers").([]any)
			second := (&unstructured.Unstructured{Object: map[string]any{"s": servers[0]}}).DeepCopy().Object["s"].(map[string]any)
			put(t, second, "tls-2", "port", "name")
			put(t, gateway, append(servers, second), "spec", "servers")
		}, "istiod", "pilot_total_rejected_configs"},
		{"a field that does not exist", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "mysql-egress"), int64(6379), "spec", "servers", 0, "targetPort")
		}, "schema", "unknown field"},
		{"a CEL rule", "direct", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql"), []any{"*"}, "spec", "hosts")
		}, "schema", "hosts"},
		{"a webhook error", "direct", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql"), "CARRIER-PIGEON", "spec", "ports", 0, "protocol")
		}, "webhook", "unsupported protocol"},
		{"a webhook warning", "direct", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "mysql"), "spec").(map[string]any), "addresses")
		}, "webhook", "warning: "},
		{"a kind that nobody can judge", "direct", func(t *testing.T, set *manifests.Set) {
			set.Objects = append(set.Objects, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "example.com/v1", "kind": "Thing", "metadata": map[string]any{"name": "x"},
			}})
		}, "kubernetes", "no validator for example.com/v1, Kind=Thing"},
		{"a deployment that the API server refuses", "direct", func(t *testing.T, set *manifests.Set) {
			set.Objects = append(set.Objects, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "x"},
				"spec": map[string]any{
					"selector": map[string]any{"matchLabels": map[string]any{"app": "x"}},
					"template": map[string]any{
						"metadata": map[string]any{"labels": map[string]any{"app": "y"}},
						"spec":     map[string]any{"containers": []any{map[string]any{"name": "c", "image": "i"}}},
					},
				},
			}})
		}, "kubernetes", "`selector` does not match template `labels`"},
		{"an unknown field in a deployment", "direct", func(t *testing.T, set *manifests.Set) {
			set.Objects = append(set.Objects, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "x"},
				"spec": map[string]any{"ports": []any{map[string]any{"port": int64(80)}}, "selektor": map[string]any{}},
			}})
		}, "kubernetes", `unknown field "spec.selektor"`},
		{"a host that leads to another's cluster", "direct", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql"), []any{"0.0.0.0/0"}, "spec", "addresses")
		}, "istiod", "a stranger's 198.51.100.201:3306 ends in outbound|3306||mysqldb.example.com"},
		{"two services known by name only on one port without DNS capture", "direct", func(t *testing.T, set *manifests.Set) {
			byName(t, set)
			second := set.Objects[0].DeepCopy()
			second.SetName("redis")
			put(t, second.Object, []any{"redis.example.com"}, "spec", "hosts")
			set.Objects = append(set.Objects, second)
			service := set.Expect.Services[0]
			service.Path, service.Name, service.Hosts = "bookinfo/Redis", "redis", []string{"redis.example.com"}
			set.Expect.Services = append(set.Expect.Services, service)
		}, "istiod", "pilot_conflict_outbound_listener_tcp_over_current_tcp"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			set := load(t, c.set)
			c.spoil(t, set)
			found := run(t, set)
			for _, f := range found {
				if f.Check == c.check && strings.Contains(f.Subject+" "+f.Message, c.want) {
					return
				}
			}
			t.Errorf("want a finding of %s with %q, got:", c.check, c.want)
			for _, f := range found {
				t.Errorf("  %s: %s: %s", f.Check, f.Subject, f.Message)
			}
		})
	}
}

func byName(t *testing.T, set *manifests.Set) {
	entry := object(t, set, "ServiceEntry", "mysql")
	put(t, entry, "DNS", "spec", "resolution")
	delete(at(t, entry, "spec").(map[string]any), "addresses")
	set.Expect.Services[0].Resolution = expect.DNS
	set.Expect.Services[0].Addresses = nil
}

func TestByNameWithoutCaptureIsAStatedException(t *testing.T) {
	set := load(t, "direct")
	byName(t, set)
	j, err := judge.New(env.IstioSrc)
	if err != nil {
		t.Fatal(err)
	}
	results, err := j.Set(set)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, r := range results {
		for _, f := range r.Findings {
			t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Message)
		}
		for _, e := range r.Exceptions {
			told = told || e.Message == "catches every address of port 3306"
		}
	}
	if !told {
		t.Error("the report does not say that the service catches every address of its port")
	}
}

func TestByNameWithCaptureIsExact(t *testing.T) {
	set := load(t, "direct")
	byName(t, set)
	set.Expect.Mesh.DNSCapture = true
	for _, f := range run(t, set) {
		t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Message)
	}
}

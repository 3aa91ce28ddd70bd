package judge_test

import (
	"os"
	"slices"
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
	for _, name := range []string{
		"direct", "via-gateway", "whole-namespace", "two-repositories", "http", "inside", "machines", "endpoints", "virtual-ips", "wildcard", "locked-down", "own-gateway",
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range run(t, load(t, name)) {
				t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Message)
			}
		})
	}
}

// Names of the sets in testdata.
const (
	upstream    = "mysql.bookinfo.upstream"
	gateway     = "mysql--bookinfo"
	toGateway   = "mysql.bookinfo.to-gateway"
	fromGateway = "mysql.bookinfo.from-gateway"
	ratings     = "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings-v2-mysql"
	orders      = "spiffe://cluster.local/ns/shop/sa/orders"
	legName     = "p3306.bookinfo.mysqldb.example.com"
	policy      = "shop.data.platform"
	machine     = "mysqldb.vm.192-0-2-30"
)

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

// copyClientRule gives another namespace the rule that leads a client's traffic to the gateway.
func copyClientRule(t *testing.T, set *manifests.Set, namespace string) {
	t.Helper()
	rule := (&unstructured.Unstructured{Object: object(t, set, "DestinationRule", "mysql.bookinfo.to-gateway.shop")}).DeepCopy()
	rule.SetName("mysql.bookinfo.to-gateway." + namespace)
	rule.SetNamespace(namespace)
	set.Objects = append(set.Objects, rule)
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
			put(t, object(t, set, "VirtualService", toGateway), "bookinfo-mysql", "spec", "tcp", 0, "route", 0, "destination", "subset")
		}, "istiod", "want outbound|443|p3306--bookinfo--mysqldb--example--com|istio-egressgateway.istio-system.svc.cluster.local"},
		{"route to a port that no server has", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), int64(80), "spec", "servers", 0, "port", "number")
		}, "istiod", "at the gateway, port 8443"},
		{"server on a port that the gateway's service does not offer", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), int64(15443), "spec", "servers", 0, "port", "number")
		}, "analysis", "IST0162"},

		{"no names in the handshake", "via-gateway", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "Gateway", gateway), "spec", "servers", 0, "tls").(map[string]any), "subjectAltNames")
		}, "istiod", "lets cluster.local/ns/bookinfo/sa/stranger pass on SNI " + legName},
		{"a wrong account in the handshake lets it pass", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), ratings+"-2", "spec", "servers", 0, "tls", "subjectAltNames", 0)
		}, "istiod", "lets cluster.local/ns/bookinfo/sa/bookinfo-ratings-v2-mysql-2 pass"},
		{"a wrong account in the handshake refuses the client", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), ratings+"-2", "spec", "servers", 0, "tls", "subjectAltNames", 0)
		}, "istiod", "refuses cluster.local/ns/bookinfo/sa/bookinfo-ratings-v2-mysql on SNI"},
		{"the account of another namespace in the handshake", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), "spiffe://cluster.local/ns/elsewhere/sa/orders", "spec", "servers", 0, "tls", "subjectAltNames", 1)
		}, "istiod", "lets cluster.local/ns/elsewhere/sa/orders pass"},
		{"another trust domain in the handshake", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), strings.Replace(orders, "cluster.local", "other.cluster.local", 1),
				"spec", "servers", 0, "tls", "subjectAltNames", 1)
		}, "istiod", "lets other.cluster.local/ns/shop/sa/orders pass"},
		{"an alias of the trust domain is missing", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), []any{ratings, orders}, "spec", "servers", 0, "tls", "subjectAltNames")
		}, "istiod", "refuses old.example/ns/shop/sa/orders on SNI"},
		{"a prefix where Istio matches exactly", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), []any{"spiffe://cluster.local/ns/bookinfo/sa/*"}, "spec", "servers", 0, "tls", "subjectAltNames")
		}, "istiod", "refuses cluster.local/ns/bookinfo/sa/bookinfo-ratings-v2-mysql on SNI"},
		{"a server that asks for no certificate", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), map[string]any{"mode": "SIMPLE", "credentialName": "own"}, "spec", "servers", 0, "tls")
		}, "istiod", "ends in invalid mTLS"},
		{"a server for certificates of another authority", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), map[string]any{"mode": "MUTUAL", "credentialName": "own"}, "spec", "servers", 0, "tls")
		}, "istiod", "ends in invalid mTLS"},
		{"a server that trusts every certificate", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), true, "spec", "servers", 0, "tls", "insecureSkipVerify")
		}, "istiod", "does not ask for a certificate of the mesh on SNI " + legName},

		{"missing policy", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			drop(set, "AuthorizationPolicy", policy)
		}, "istiod", "lets cluster.local/ns/elsewhere/sa/worker pass on SNI in.shop.data.p6379.redis.example.com"},
		{"policy on the wrong prefix", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), []any{"in.data.shop.*"}, "spec", "rules", 0, "when", 0, "values")
		}, "istiod", "lets cluster.local/ns/data/sa/stranger pass on SNI in.shop.data."},
		{"policy on a prefix that takes the named accounts in", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), []any{"*.redis.example.com"}, "spec", "rules", 0, "when", 0, "values")
		}, "istiod", "refuses cluster.local/ns/data/sa/worker on SNI p6379.data.redis.example.com"},
		{"policy for another namespace", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), []any{"cluster.local/ns/data/sa/*"}, "spec", "rules", 0, "from", 0, "source", "notPrincipals")
		}, "istiod", "refuses cluster.local/ns/shop/sa/any-account on SNI in.shop.data."},
		{"policy for a namespace whose name begins the same", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), []any{"cluster.local/ns/shop*"}, "spec", "rules", 0, "from", 0, "source", "notPrincipals")
		}, "istiod", "lets cluster.local/ns/shop-2/sa/any-account pass on SNI in.shop.data."},
		{"policy in a namespace without the gateway", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), "data", "metadata", "namespace")
		}, "istiod", "pass on SNI in.shop.data.p6379.redis.example.com, nobody named it"},
		{"policy in a namespace without the gateway is out of place", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), "data", "metadata", "namespace")
		}, "layout", "in a namespace without a gateway"},
		{"policy for other pods", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", policy), map[string]any{"istio": "egressgateway"}, "spec", "selector", "matchLabels")
		}, "istiod", "pass on SNI in.shop.data.p6379.redis.example.com, nobody named it"},
		{"policy that allows, and so denies everything else", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			policy := object(t, set, "AuthorizationPolicy", policy)
			put(t, policy, "ALLOW", "spec", "action")
			put(t, policy, map[string]any{"principals": []any{"cluster.local/ns/shop/sa/*"}}, "spec", "rules", 0, "from", 0, "source")
		}, "istiod", "refuses cluster.local/ns/data/sa/worker on SNI p6379.data.redis.example.com"},
		{"policy after the gateway", "whole-namespace", func(_ *testing.T, set *manifests.Set) {
			slices.Reverse(set.Objects)
		}, "layout", "no policy for in.shop.data.p6379.redis.example.com comes before it"},
		{"a policy for each service", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			second := &unstructured.Unstructured{Object: object(t, set, "AuthorizationPolicy", policy)}
			second = second.DeepCopy()
			second.SetName("shop.data.redis")
			set.Objects = append([]*unstructured.Unstructured{second}, set.Objects...)
		}, "layout", "2 policies select this gateway, want at most 1"},
		{"policy about nobody that is a whole namespace", "via-gateway", func(_ *testing.T, set *manifests.Set) {
			set.Objects = append(set.Objects, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy",
				"metadata": map[string]any{"name": "mysql.bookinfo.clients", "namespace": "istio-system"},
				"spec": map[string]any{
					"selector": map[string]any{"matchLabels": map[string]any{"istio": "egressgateway"}}, "action": "DENY",
					"rules": []any{map[string]any{"when": []any{map[string]any{"key": "connection.sni", "values": []any{"in.shop.bookinfo.*"}}}}},
				},
			}})
		}, "layout", "is about no client that is a whole namespace"},
		{"a gateway that is deployed with a policy for each service", "locked-down", func(t *testing.T, set *manifests.Set) {
			second := (&unstructured.Unstructured{Object: object(t, set, "AuthorizationPolicy", "shop")}).DeepCopy()
			second.SetName("shop.redis")
			set.Objects = append(set.Objects, second)
		}, "layout", "3 policies select this gateway, want at most 2"},
		{"a deployed gateway with more policies than ways", "locked-down", func(t *testing.T, set *manifests.Set) {
			secondWay(t, set)
			third := (&unstructured.Unstructured{Object: object(t, set, "AuthorizationPolicy", "shop")}).DeepCopy()
			third.SetName("shop.third")
			set.Objects = append(set.Objects, third)
		}, "layout", "4 policies select this gateway, want at most 3"},
		{"a gateway that is deployed allows what nobody declares", "locked-down", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "shop"), "p3306.data.mysqldb.example.com", "spec", "rules", 0, "when", 0, "values", 0)
		}, "layout", "is about no client that is a whole namespace, and about no service of a gateway that is deployed"},
		{"a deployed gateway runs before it is closed", "locked-down", func(_ *testing.T, set *manifests.Set) {
			slices.Reverse(set.Objects)
		}, "layout", "Deployment egress/gateway no policy that denies everything comes before it"},
		{"a deployed gateway's policy for other pods", "locked-down", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "closed"), "other", "spec", "selector", "matchLabels", "app")
		}, "layout", "AuthorizationPolicy egress/closed"},
		{"the account of a whole namespace in the names of the others", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			names := at(t, object(t, set, "Gateway", "redis--data"), "spec", "servers", 0, "tls", "subjectAltNames").([]any)
			put(t, object(t, set, "Gateway", "redis--data"), append(names, "spiffe://cluster.local/ns/shop/sa/cart"),
				"spec", "servers", 0, "tls", "subjectAltNames")
		}, "istiod", "lets cluster.local/ns/shop/sa/cart pass on SNI p6379.data.redis.example.com"},
		{"the clients of a whole namespace ask for the others' server name", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "redis.data.to-gateway.shop"), "p6379.data.redis.example.com",
				"spec", "subsets", 0, "trafficPolicy", "portLevelSettings", 0, "tls", "sni")
		}, "istiod", `sends SNI "p6379.data.redis.example.com" to the gateway, want "in.shop.data.p6379.redis.example.com"`},
		{"no server for a whole namespace", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			servers := at(t, object(t, set, "Gateway", "redis--data"), "spec", "servers").([]any)
			put(t, object(t, set, "Gateway", "redis--data"), servers[:1], "spec", "servers")
		}, "istiod", `does not serve SNI in.shop.data.p6379.redis.example.com`},
		{"a server for a namespace that is no client", "via-gateway", func(t *testing.T, set *manifests.Set) {
			more(t, set, "in.shop.bookinfo.p3306.mysqldb.example.com")
			put(t, object(t, set, "VirtualService", fromGateway), []any{legName, "in.shop.bookinfo.p3306.mysqldb.example.com"}, "spec", "hosts")
		}, "istiod", "serves SNI in.shop.bookinfo.p3306.mysqldb.example.com, no service has it"},

		{"missing upstream", "via-gateway", func(_ *testing.T, set *manifests.Set) {
			drop(set, "ServiceEntry", upstream)
		}, "istiod", "bookinfo/Mysql"},
		{"upstream exported to everybody", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), []any{"*"}, "spec", "exportTo")
		}, "istiod", "sidecars in elsewhere have the cluster outbound|443||" + legName},
		{"upstream exported to the clients", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), []any{"istio-system", "shop"}, "spec", "exportTo")
		}, "istiod", "sidecars in shop have the cluster outbound|443||" + legName},
		{"upstream not exported to the gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), []any{"."}, "spec", "exportTo")
		}, "istiod", "has no cluster outbound|443||" + legName},
		{"upstream of the protocol TCP", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), "TCP", "spec", "ports", 0, "protocol")
		}, "istiod", "catches every address of port 443 in namespace istio-system"},
		{"upstream on the real port", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), int64(3306), "spec", "ports", 0, "number")
			put(t, object(t, set, "VirtualService", fromGateway), int64(3306), "spec", "tcp", 0, "route", 0, "destination", "port", "number")
		}, "istiod", "want outbound|443||" + legName},
		{"upstream with another target port", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "redis.data.upstream"), int64(6379), "spec", "ports", 0, "targetPort")
		}, "istiod", "has the endpoints [redis.example.com:6379], want [redis.example.com:16379]"},
		{"upstream found in another way", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "redis.data.upstream"), "DNS_ROUND_ROBIN", "spec", "resolution")
		}, "istiod", "is LOGICAL_DNS, want STRICT_DNS"},
		{"upstream without the real host", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "redis.data.upstream"), "spec").(map[string]any), "endpoints")
		}, "istiod", "has the endpoints [p6379.data.redis.example.com:16379], want [redis.example.com:16379]"},
		{"upstream in the gateway's namespace", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), "istio-system", "metadata", "namespace")
		}, "layout", "belongs into the namespace of the service, bookinfo"},
		{"upstream that originates TLS", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "redis.data.upstream"), map[string]any{"mode": "SIMPLE"}, "spec", "trafficPolicy", "tls")
		}, "istiod", "originates TLS, nothing declares it"},
		{"wrong endpoint", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", upstream), "192.0.2.15", "spec", "endpoints", 0, "address")
		}, "istiod", "has the endpoints [192.0.2.15:3306], want [192.0.2.14:3306]"},
		{"resolution NONE behind a gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			entry := object(t, set, "ServiceEntry", upstream)
			put(t, entry, "NONE", "spec", "resolution")
			delete(at(t, entry, "spec").(map[string]any), "endpoints")
			delete(at(t, entry, "spec", "ports", 0).(map[string]any), "targetPort")
		}, "istiod", "has the endpoints [], want [192.0.2.14:3306]"},

		{"real host exported to the gateway's namespace", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql.bookinfo"), []any{".", "shop", "istio-system"}, "spec", "exportTo")
		}, "istiod", "sidecars in istio-system have the cluster outbound|3306||mysqldb.example.com"},
		{"real host known to the gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql.bookinfo"), []any{".", "shop", "istio-system"}, "spec", "exportTo")
		}, "istiod", "the gateway istio-system/istio-egressgateway-0 have the cluster outbound|3306||mysqldb.example.com"},
		{"visible everywhere", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql.bookinfo"), []any{"*"}, "spec", "exportTo")
		}, "istiod", "sidecars in elsewhere have the cluster outbound|3306||mysqldb.example.com"},
		{"not visible to a client", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql.bookinfo"), []any{"."}, "spec", "exportTo")
		}, "istiod", "bookinfo/Mysql from shop/orders"},

		{"HTTP with its real host on the way to the gateway", "http", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "VirtualService", "api.shop.outbound"), "spec", "http", 1).(map[string]any), "rewrite")
		}, "istiod", `sends the host "" on, want "p80.shop.api.example.com"`},
		{"HTTP of a whole namespace with the host of the named accounts", "http", func(t *testing.T, set *manifests.Set) {
			spec := at(t, object(t, set, "VirtualService", "api.shop.outbound"), "spec").(map[string]any)
			spec["http"] = spec["http"].([]any)[1:]
		}, "istiod", `sends the host "p80.shop.api.example.com" on, want "in.data.shop.p80.api.example.com"`},
		{"HTTP with the server name as the host outside", "http", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "VirtualService", "api.shop.from-gateway.80"), "spec", "http", 0).(map[string]any), "rewrite")
		}, "istiod", `sends the host "" on, want "api.example.com"`},
		{"plaintext to a host outside that wants TLS", "http", func(_ *testing.T, set *manifests.Set) {
			drop(set, "DestinationRule", "api.shop.upstream.80")
		}, "istiod", "sends plaintext, want TLS (MUTUAL)"},
		{"another server name to the host outside", "http", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "api.shop.upstream.80"), "other.example.com", "spec", "trafficPolicy", "tls", "sni")
		}, "istiod", `sends SNI "other.example.com", want "api.example.com"`},
		{"any name in the certificate of the host outside", "http", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "DestinationRule", "api.shop.upstream.80"), "spec", "trafficPolicy", "tls").(map[string]any), "subjectAltNames")
		}, "istiod", "verifies the names [], want [api.example.com]"},
		{"no client certificate", "http", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "api.shop.upstream.80"), "SIMPLE", "spec", "trafficPolicy", "tls", "mode")
		}, "istiod", "shows the certificates [], want [kubernetes://api]"},
		{"the certificate of another Secret", "http", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "api.shop.upstream.80"), "other", "spec", "trafficPolicy", "tls", "credentialName")
		}, "istiod", `takes the authority of the server's certificate from "kubernetes://other-cacert", want "kubernetes://api-cacert"`},
		{"TLS that nothing declares", "via-gateway", func(t *testing.T, set *manifests.Set) {
			set.Objects = append(set.Objects, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": map[string]any{"name": "tls", "namespace": "bookinfo"},
				"spec": map[string]any{
					"host": legName, "exportTo": []any{"istio-system"}, "trafficPolicy": map[string]any{"tls": map[string]any{"mode": "SIMPLE"}},
				},
			}})
		}, "istiod", "originates TLS, nothing declares it"},

		{"missing gateway leg", "via-gateway", func(_ *testing.T, set *manifests.Set) {
			drop(set, "VirtualService", fromGateway)
		}, "istiod", "at the gateway, port 8443"},
		{"missing mesh leg", "via-gateway", func(_ *testing.T, set *manifests.Set) {
			drop(set, "VirtualService", toGateway)
		}, "istiod", "ends in outbound|3306||mysqldb.example.com"},
		{"mesh leg not exported to a client", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", toGateway), []any{"."}, "spec", "exportTo")
		}, "istiod", "bookinfo/Mysql from shop/orders 192.0.2.14:3306 ends in outbound|3306||mysqldb.example.com"},
		{"gateway leg not exported to the gateway", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", fromGateway), []any{"."}, "spec", "exportTo")
		}, "istiod", "at the gateway, port 8443"},
		{"gateway leg without the server name of a namespace", "whole-namespace", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", "redis.data.from-gateway"), []any{"p6379.data.redis.example.com"}, "spec", "hosts")
		}, "istiod", `SNI "in.shop.data.p6379.redis.example.com": ends in`},
		{"gateway leg to the wrong upstream", "two-repositories", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", fromGateway), "p3306.warehouse.mysqldb.example.com", "spec", "tcp", 0, "route", 0, "destination", "host")
		}, "istiod", "ends in outbound|443||p3306.warehouse.mysqldb.example.com"},
		{"gateway leg past the upstream", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "mysql.bookinfo"), []any{".", "shop", "istio-system"}, "spec", "exportTo")
			destination := at(t, object(t, set, "VirtualService", fromGateway), "spec", "tcp", 0, "route", 0, "destination")
			put(t, destination, "mysqldb.example.com", "host")
			put(t, destination, int64(3306), "port", "number")
		}, "istiod", "ends in outbound|3306||mysqldb.example.com"},
		{"no rule in a client's namespace", "via-gateway", func(_ *testing.T, set *manifests.Set) {
			drop(set, "DestinationRule", "mysql.bookinfo.to-gateway.shop")
		}, "istiod", "bookinfo/Mysql from shop/orders"},
		{"a client's rule in the service's namespace", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "mysql.bookinfo.to-gateway.shop"), "bookinfo", "metadata", "namespace")
		}, "istiod", "bookinfo/Mysql from shop/orders"},
		{"a rule in a namespace without a client", "via-gateway", func(t *testing.T, set *manifests.Set) {
			copyClientRule(t, set, "data")
		}, "layout", "leads to the gateway from a namespace without a client"},
		{"a rule in the gateway's namespace, for everybody", "via-gateway", func(t *testing.T, set *manifests.Set) {
			copyClientRule(t, set, "istio-system")
		}, "istiod", "sidecars in elsewhere have the cluster outbound|443|p3306--bookinfo--mysqldb--example--com|"},
		{"the client's repository has no rule", "two-repositories", func(_ *testing.T, set *manifests.Set) {
			drop(set, "DestinationRule", "mysql.bookinfo.to-gateway.shop")
		}, "istiod", "bookinfo/Mysql from shop/orders"},
		{"two repositories with one object", "two-repositories", func(t *testing.T, set *manifests.Set) {
			second := set.Objects[len(set.Objects)-1].DeepCopy()
			set.Objects = append(set.Objects, second)
		}, "layout", "two apps of the set have it"},
		{"two objects that are written to one file", "via-gateway", func(t *testing.T, set *manifests.Set) {
			rule := &unstructured.Unstructured{Object: object(t, set, "DestinationRule", "mysql.bookinfo.to-gateway.shop")}
			rule.SetName("mysql.bookinfo.to-gateway.bookinfo")
		}, "layout", "its app has another DestinationRule mysql.bookinfo.to-gateway.bookinfo"},
		{"SNI of the subset differs from the server's host", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "mysql.bookinfo.to-gateway.shop"), "mysqldb.example.com",
				"spec", "subsets", 0, "trafficPolicy", "portLevelSettings", 0, "tls", "sni")
		}, "istiod", `sends SNI "mysqldb.example.com"`},
		{"plaintext to a server that wants mutual TLS", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "mysql.bookinfo.to-gateway.shop"), map[string]any{"mode": "DISABLE"},
				"spec", "subsets", 0, "trafficPolicy", "portLevelSettings", 0, "tls")
		}, "istiod", "sends plaintext to the gateway"},
		{"one server for two hosts", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), []any{"./" + legName, "./other.example.com"}, "spec", "servers", 0, "hosts")
		}, "istiod", "serves [other.example.com " + legName + "] as well"},
		{"two servers with the same host", "via-gateway", func(t *testing.T, set *manifests.Set) {
			more(t, set, legName)
		}, "istiod", "pilot_total_rejected_configs"},
		{"two gateways with the same host", "via-gateway", func(t *testing.T, set *manifests.Set) {
			second := (&unstructured.Unstructured{Object: object(t, set, "Gateway", gateway)}).DeepCopy()
			second.SetName("mysql--bookinfo-2")
			set.Objects = append(set.Objects, second)
		}, "istiod", "pilot_total_rejected_configs"},
		{"a field that does not exist", "via-gateway", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", gateway), int64(6379), "spec", "servers", 0, "targetPort")
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
		{"a header match after the default route", "inside", func(t *testing.T, set *manifests.Set) {
			spec := at(t, object(t, set, "VirtualService", "inside.shop"), "spec").(map[string]any)
			rules := spec["http"].([]any)
			spec["http"] = []any{rules[2], rules[0], rules[1]}
		}, "istiod", "map[end-user:jason] from shop goes to map[outbound|9080|v1|reviews.shop.svc.cluster.local:80"},
		{"a header match that the gateway does not have", "inside", func(t *testing.T, set *manifests.Set) {
			spec := at(t, object(t, set, "VirtualService", "exposed.shop"), "spec").(map[string]any)
			spec["http"] = spec["http"].([]any)[1:]
		}, "istiod", "map[end-user:jason] from outside goes to map[outbound|9080|v1|"},
		{"a match for another value", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", "inside.shop"), map[string]any{"prefix": "ja"}, "spec", "http", 0, "match", 0, "headers", "end-user")
		}, "istiod", "map[end-user:jas] from elsewhere goes to map[outbound|9080|v2|reviews.shop.svc.cluster.local:100]"},
		{"other weights", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", "inside.shop"), int64(70), "spec", "http", 2, "route", 0, "weight")
			put(t, object(t, set, "VirtualService", "inside.shop"), int64(20), "spec", "http", 2, "route", 1, "weight")
		}, "istiod", "reviews.shop.svc.cluster.local:70"},
		{"a version without pods", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "inside.shop"), "v9", "spec", "subsets", 1, "labels", "version")
		}, "istiod", "goes to outbound|9080|v2|reviews.shop.svc.cluster.local, which has no endpoint there"},
		{"a mirror at another version", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "VirtualService", "exposed.shop"), "v2", "spec", "http", 2, "mirror", "subset")
		}, "istiod", "is copied to [outbound|9080|v2|reviews.shop.svc.cluster.local: 25 %], want [outbound|9080|v3|"},
		{"a mirror for all", "inside", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "VirtualService", "inside.shop"), "spec", "http", 2).(map[string]any), "mirrorPercentage")
		}, "istiod", "reviews.shop.svc.cluster.local: 100 %], want"},
		{"no timeout", "inside", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "VirtualService", "inside.shop"), "spec", "http", 0).(map[string]any), "timeout")
		}, "istiod", "may take 0 s, want 3 s"},
		{"a fault for everybody", "inside", func(t *testing.T, set *manifests.Set) {
			fault := at(t, object(t, set, "VirtualService", "exposed.shop"), "spec", "http", 1, "fault")
			put(t, object(t, set, "VirtualService", "exposed.shop"), fault, "spec", "http", 2, "fault")
		}, "istiod", "map[] from outside is answered by a fault with 418, want 0"},
		{"a hash of another header", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "inside.shop"), "x-other", "spec", "trafficPolicy", "loadBalancer", "consistentHash", "httpHeaderName")
		}, "istiod", `is kept with a pod by "header x-other", want "header x-user"`},
		{"no hash", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "inside.shop"), map[string]any{"simple": "RANDOM"}, "spec", "trafficPolicy", "loadBalancer")
		}, "istiod", "chooses its endpoints by RANDOM"},
		{"no redirect", "inside", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "Gateway", "exposed--shop--ingress"), "spec", "servers", 0).(map[string]any), "tls")
		}, "istiod", "from outside is not redirected to HTTPS"},
		{"another certificate", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "exposed--shop--ingress"), "other", "spec", "servers", 1, "tls", "credentialName")
		}, "istiod", "is shown the certificates [kubernetes://other], want [kubernetes://certificate-0]"},
		{"a certificate demanded", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "exposed--shop--ingress"), "MUTUAL", "spec", "servers", 1, "tls", "mode")
		}, "istiod", "has to show a certificate: true, want false"},
		{"a gateway that does not serve the host", "inside", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Gateway", "exposed--shop--ingress"), []any{"other.example.com"}, "spec", "servers", 1, "hosts")
		}, "istiod", "from outside finds no filter chain for SNI app-0.example.com"},
		{"two gateways with one certificate", "inside", func(t *testing.T, set *manifests.Set) {
			second := (&unstructured.Unstructured{Object: object(t, set, "Gateway", "exposed--shop--ingress")}).DeepCopy()
			second.SetName("second--shop--ingress")
			put(t, second.Object, []any{"second.example.com"}, "spec", "servers", 0, "hosts")
			put(t, second.Object, []any{"second.example.com"}, "spec", "servers", 1, "hosts")
			set.Objects = append(set.Objects, second)
		}, "analysis", "[IST0138]"},
		{"no order of endpoints at the gateway", "endpoints", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "DestinationRule", "orders.shop.upstream.5432"), "spec", "trafficPolicy").(map[string]any), "loadBalancer")
		}, "istiod", "[192.0.2.14: 0 (weight 1), 198.51.100.14: 0 (weight 1), 203.0.113.14: 0 (weight 1), 192.0.2.15: 0 (weight 3)], want [192.0.2.14: 0 (weight 1), " +
			"192.0.2.15: 0 (weight 3), 198.51.100.14: 1 (weight 1), 203.0.113.14: 2 (weight 1)]"},
		{"an order that depends on the labels of the gateway's pods", "endpoints", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "orders.shop.upstream.5432"), []any{"failover-1", "failover-2"},
				"spec", "trafficPolicy", "loadBalancer", "localityLbSetting", "failoverPriority")
		}, "istiod", "asks the endpoints in the order [203.0.113.14: 0 (weight 1)"},
		{"an order without ejection, which Istio drops", "endpoints", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "DestinationRule", "orders.shop.upstream.5432"), "spec", "trafficPolicy").(map[string]any), "outlierDetection")
		}, "istiod", "cluster outbound|443||p5432.shop.orders.example.com of istio-egressgateway-0.istio-system ejects no endpoint"},
		{"an endpoint that lost its priority", "endpoints", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "orders.shop.upstream.5432"), "spec", "endpoints", 2).(map[string]any), "labels")
		}, "istiod", "192.0.2.15: 0 (weight 3), 198.51.100.14: 1 (weight 1), 203.0.113.14: 1 (weight 1)], want"},
		{"an endpoint that lost its weight", "endpoints", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "orders.shop.upstream.5432"), "spec", "endpoints", 1).(map[string]any), "weight")
		}, "istiod", "192.0.2.15: 0 (weight 1), 198.51.100.14"},
		{"an endpoint that lost its locality", "endpoints", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "stock.shop"), "spec", "endpoints", 2).(map[string]any), "locality")
		}, "istiod", "[b.stock.example.com: 0 (weight 2), a.stock.example.com: 1 (weight 1), c.stock.example.com: 1 (weight 1)], want [b.stock.example.com: 0 (weight 2), " +
			"c.stock.example.com: 1 (weight 1), a.stock.example.com: 2 (weight 1)]"},
		{"a replica that the gateway does not know", "endpoints", func(t *testing.T, set *manifests.Set) {
			endpoints := at(t, object(t, set, "ServiceEntry", "orders.shop.upstream.5432"), "spec", "endpoints").([]any)
			put(t, object(t, set, "ServiceEntry", "orders.shop.upstream.5432"), endpoints[:3], "spec", "endpoints")
		}, "istiod", "has the endpoints [192.0.2.14:5432 192.0.2.15:5432 198.51.100.14:5432], want"},

		{"settings of a port, of which Istio ignores how long a connection lives", "endpoints", func(t *testing.T, set *manifests.Set) {
			policy := at(t, object(t, set, "DestinationRule", "stock.shop.endpoints"), "spec", "trafficPolicy").(map[string]any)
			policy["port"] = map[string]any{"number": int64(7000)}
			put(t, object(t, set, "DestinationRule", "stock.shop.endpoints"), map[string]any{"portLevelSettings": []any{policy}}, "spec", "trafficPolicy")
		}, "istiod", "cluster outbound|7000||stock.example.com of default.shop: the idle timeout is 0, want 1200"},
		{"no limit of connections", "endpoints", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "DestinationRule", "stock.shop.endpoints"), "spec", "trafficPolicy", "connectionPool", "tcp").(map[string]any), "maxConnections")
		}, "istiod", "the limit of connections is 4294967295, want 10"},

		{"an endpoint that is the address of the host in its pod", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "orders.shop"), "orders.example.com", "spec", "endpoints", 0, "address")
		}, "istiod", `looks "orders.example.com" up without a dot at its end`},
		{"the same behind the gateway, where the sidecar looks the host up as well", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "users.shop"), "spec").(map[string]any), "endpoints")
		}, "istiod", `looks "users.example.com" up without a dot at its end`},
		{"an entry without the address of its host", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "orders.shop"), "spec").(map[string]any), "addresses")
		}, "istiod", "the sidecar does not listen on 240.111.232.236:3306, which stands for orders.example.com"},
		{"pods that resolve a host to the address of another", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Deployment", "checkout"), "240.75.111.71", "spec", "template", "spec", "hostAliases", 0, "ip")
		}, "layout", "resolves orders.example.com to 240.75.111.71, its sidecar listens on [240.111.232.236] for it"},
		{"an entry with another address than the pods have", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "users.shop"), []any{"240.64.0.1"}, "spec", "addresses")
		}, "layout", "resolves users.example.com to 240.75.111.71, its sidecar listens on [240.64.0.1] for it"},
		{"pods that resolve a host by DNS", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			aliases := at(t, object(t, set, "Deployment", "checkout"), "spec", "template", "spec", "hostAliases").([]any)
			put(t, object(t, set, "Deployment", "checkout"), aliases[:1], "spec", "template", "spec", "hostAliases")
		}, "layout", "is told users.example.com and does not resolve it to [240.75.111.71]"},
		{"pods that are told a host in a URL, and resolve it by DNS", "virtual-ips", func(t *testing.T, set *manifests.Set) {
			pod := at(t, object(t, set, "Deployment", "checkout"), "spec", "template", "spec").(map[string]any)
			delete(pod, "hostAliases")
			put(t, pod, []any{map[string]any{"name": "URL", "value": "mysql://x.example.com:3306,users.example.com:3306/stock"}}, "containers", 0, "env")
		}, "layout", "is told users.example.com and does not resolve it to [240.75.111.71]"},

		{"a wildcard with the server name of the domain itself", "wildcard", func(t *testing.T, set *manifests.Set) {
			rename(t, set, "any443.shop.example.com", "p443.shop.example.com")
		}, "istiod", `sends SNI "p443.shop.example.com" to the gateway, want "any443.shop.example.com"`},
		{"a wildcard for a whole namespace with the server name of the domain itself", "wildcard", func(t *testing.T, set *manifests.Set) {
			rename(t, set, "in.data.shop.any443.example.com", "in.data.shop.p443.example.com")
		}, "istiod", "the gateway does not serve SNI in.data.shop.any443.example.com"},
		{"a wildcard that the gateway looks up by its server name", "wildcard", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "ServiceEntry", "sites.shop.upstream.443"), "spec").(map[string]any), "endpoints")
		}, "istiod", "has the endpoints [any443.shop.example.com:443], want [any.example.net:443]"},
		{"a server for every name that no service has", "wildcard", func(t *testing.T, set *manifests.Set) {
			servers := at(t, object(t, set, "Gateway", "sites--shop"), "spec", "servers").([]any)
			second := (&unstructured.Unstructured{Object: map[string]any{"s": servers[0]}}).DeepCopy().Object["s"].(map[string]any)
			put(t, second, "tls-2", "port", "name")
			put(t, second, []any{"./any443.shop.example.org"}, "hosts")
			put(t, object(t, set, "Gateway", "sites--shop"), append(servers, second), "spec", "servers")
			put(t, object(t, set, "VirtualService", "sites.shop.from-gateway.443"),
				[]any{"any443.shop.example.com", "in.data.shop.any443.example.com", "any443.shop.example.org"}, "spec", "hosts")
		}, "istiod", "serves SNI any443.shop.example.org, no service has it"},
		{"a wildcard that goes to the address that the client dialled", "wildcard", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "apis.shop"), "NONE", "spec", "resolution")
		}, "istiod", "cluster outbound|443||*.example.org is ORIGINAL_DST, want envoy.clusters.dynamic_forward_proxy"},
		{"a wildcard of HTTP that goes to the address that the client dialled", "wildcard", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "partners.shop"), "NONE", "spec", "resolution")
		}, "istiod", "does not resolve the hosts of requests to *.example.net"},
		{"a port that Istio does not connect to", "wildcard", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "ServiceEntry", "apis.shop"), int64(8443), "spec", "ports", 0, "targetPort")
			set.Expect.Services[0].Ports[0].TargetPort = 8443
		}, "istiod", "does not resolve the server names of *.example.org on port 8443"},
		{"TLS to every name with the server name of the wildcard", "wildcard", func(t *testing.T, set *manifests.Set) {
			tls := at(t, object(t, set, "DestinationRule", "partners.shop.endpoints"), "spec", "trafficPolicy", "portLevelSettings", 0, "tls").(map[string]any)
			tls["sni"] = "*.example.net"
		}, "istiod", "does not send the host of a request as server name"},
		{"TLS to every name without looking for it in the certificate", "wildcard", func(t *testing.T, set *manifests.Set) {
			tls := at(t, object(t, set, "DestinationRule", "partners.shop.endpoints"), "spec", "trafficPolicy", "portLevelSettings", 0, "tls").(map[string]any)
			tls["insecureSkipVerify"] = true
		}, "istiod", "does not look for the host of a request in the certificate"},
		{"a rule of the root namespace that its own sidecars do not see", "endpoints", func(t *testing.T, set *manifests.Set) {
			set.Expect.Mesh.RootNamespace = "shop"
			put(t, object(t, set, "DestinationRule", "stock.shop.endpoints"), []any{".", "data"}, "spec", "exportTo")
		}, "istiod", "cluster outbound|7000||stock.example.com of default.shop ejects no endpoint"},

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

		{"a machine without an account", "machines", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "WorkloadEntry", machine), "spec").(map[string]any), "serviceAccount")
		}, "istiod", "speaks plaintext to 192.0.2.30:13306, want mutual TLS"},
		{"a machine of another account", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "WorkloadEntry", machine), "other", "spec", "serviceAccount")
		}, "istiod", "verifies the names [spiffe://cluster.local/ns/vm/sa/mysqldb spiffe://cluster.local/ns/vm/sa/other]"},
		{"a machine without the labels of its service", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "WorkloadEntry", machine), map[string]any{"app": "other"}, "spec", "labels")
		}, "istiod", "has the endpoints [192.0.2.31:13306], want [192.0.2.30:13306 192.0.2.31:13306]"},
		{"a machine in another namespace", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "WorkloadEntry", machine), "elsewhere", "metadata", "namespace")
		}, "istiod", "has the endpoints [192.0.2.31:13306], want [192.0.2.30:13306 192.0.2.31:13306]"},
		{"a port that the application does not listen on", "machines", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "Service", "mysqldb"), "spec", "ports", 0).(map[string]any), "targetPort")
		}, "istiod", "has the endpoints [192.0.2.30:3306 192.0.2.31:3306], want [192.0.2.30:13306 192.0.2.31:13306]"},
		{"no policy on the machines", "machines", func(_ *testing.T, set *manifests.Set) {
			drop(set, "AuthorizationPolicy", "mysqldb.vm")
		}, "istiod", `the machine lets "cluster.local/ns/bookinfo/sa/ratings-2" pass on port 13306, nobody named it`},
		{"a policy of the port that clients dial", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "mysqldb.vm"), []any{"3306"}, "spec", "rules", 0, "to", 0, "operation", "ports")
		}, "istiod", `the machine refuses "cluster.local/ns/bookinfo/sa/ratings" on port 13306`},
		{"a policy of other machines", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "mysqldb.vm"), map[string]any{"app": "other"}, "spec", "selector", "matchLabels")
		}, "analysis", "IST0127"},
		{"a policy for a namespace whose name begins the same", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "AuthorizationPolicy", "legacy.vm"), []any{"cluster.local/ns/shop*"}, "spec", "rules", 0, "from", 0, "source", "principals")
		}, "istiod", `lets "cluster.local/ns/shop-2/sa/any-account" pass on port 80`},
		{"a group without an account", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "WorkloadGroup", "legacy"), map[string]any{}, "spec", "template")
		}, "istiod", "speaks plaintext to 10.246.0.1:9000, want mutual TLS"},
		{"a group without labels", "machines", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "WorkloadGroup", "legacy"), "spec").(map[string]any), "metadata")
		}, "istiod", "no machine of namespace vm has the labels map[app:legacy]"},
		{"a service on machines that everybody sees", "machines", func(t *testing.T, set *manifests.Set) {
			delete(at(t, object(t, set, "Service", "mysqldb"), "metadata").(map[string]any), "annotations")
		}, "istiod", "sidecars in elsewhere have the cluster outbound|3306||mysqldb.vm.svc.cluster.local, it should be hidden from them"},
		{"a service on machines that its clients do not see", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "Service", "mysqldb"), ".", "metadata", "annotations", "networking.istio.io/exportTo")
		}, "istiod", "vm/Mysql from bookinfo/ratings"},
		{"TLS switched off on the way to machines", "machines", func(t *testing.T, set *manifests.Set) {
			put(t, object(t, set, "DestinationRule", "mysqldb.vm.machine-endpoints"), map[string]any{"mode": "DISABLE"}, "spec", "trafficPolicy", "tls")
		}, "istiod", "has no mutual TLS"},
		{"no Service of machines", "machines", func(_ *testing.T, set *manifests.Set) {
			drop(set, "Service", "mysqldb")
		}, "istiod", "has no Service vm/mysqldb"},
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

// secondWay of the chart through the deployed gateway, with a policy of its own.
func secondWay(t *testing.T, set *manifests.Set) {
	t.Helper()
	second := set.Expect.Ways[0]
	second.Path = "shop/EgressRulesLeft"
	set.Expect.Ways = append(set.Expect.Ways, second)
	policy := (&unstructured.Unstructured{Object: object(t, set, "AuthorizationPolicy", "shop")}).DeepCopy()
	policy.SetName("shop.rules-left")
	set.Objects = append(set.Objects, policy)
}

func TestEachWayThroughADeployedGatewayHasAPolicy(t *testing.T) {
	set := load(t, "locked-down")
	secondWay(t, set)
	for _, f := range run(t, set) {
		t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Message)
	}
}

// rename puts another text in the place of a host, wherever it stands in a set.
func rename(t *testing.T, set *manifests.Set, from, to string) {
	t.Helper()
	for _, o := range set.Objects {
		raw, err := o.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		// Quoted or after a namespace: not as a part of a longer host.
		text := strings.NewReplacer(`"`+from+`"`, `"`+to+`"`, `"./`+from+`"`, `"./`+to+`"`).Replace(string(raw))
		if err := o.UnmarshalJSON([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

// more adds a server for another host to the gateway of via-gateway.
func more(t *testing.T, set *manifests.Set, host string) {
	spec := object(t, set, "Gateway", gateway)
	servers := at(t, spec, "spec", "servers").([]any)
	second := (&unstructured.Unstructured{Object: map[string]any{"s": servers[0]}}).DeepCopy().Object["s"].(map[string]any)
	put(t, second, "tls-2", "port", "name")
	put(t, second, []any{"./" + host}, "hosts")
	put(t, spec, append(servers, second), "spec", "servers")
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

func TestAMachineTellsServicesByNameApartWhereTheMeshDoes(t *testing.T) {
	conflicts := func(capture bool) int {
		set := load(t, "machines")
		set.Expect.Mesh.DNSCapture = capture
		for _, name := range []string{"first", "second"} {
			set.Objects = append(set.Objects, &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "networking.istio.io/v1",
				"kind":       "ServiceEntry",
				"metadata":   map[string]any{"name": name, "namespace": "vm"},
				"spec": map[string]any{
					"hosts":      []any{name + ".example.com"},
					"exportTo":   []any{"."},
					"resolution": "DNS",
					"ports":      []any{map[string]any{"number": int64(54173), "name": "tcp", "protocol": "TCP"}},
				},
			}})
		}
		found := 0
		for _, f := range run(t, set) {
			if f.Subject == "0.0.0.0_54173" && strings.Contains(f.Message, "tcp_over_current_tcp") {
				found++
			} else {
				t.Errorf("%s: %s: %s", f.Check, f.Subject, f.Message)
			}
		}
		return found
	}
	if found := conflicts(true); found > 0 {
		t.Errorf("found %d conflicts where names have addresses of their own", found)
	}
	if conflicts(false) == 0 {
		t.Error("found no conflict where names have none")
	}
}

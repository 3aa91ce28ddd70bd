package judge_test

import (
	"slices"
	"strings"
	"testing"

	"istio.io/istio/pkg/test/env"

	"cdk8s-istio-egress/conformance/internal/judge"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// network policy of a set, by its namespace and name.
func network(t *testing.T, set *manifests.Set, namespace, name string) map[string]any {
	t.Helper()
	for _, o := range set.Objects {
		if o.GetKind() == "NetworkPolicy" && o.GetNamespace() == namespace && o.GetName() == name {
			return o.Object
		}
	}
	t.Fatalf("no NetworkPolicy %s/%s in the set", namespace, name)
	return nil
}

// Rules of the policies of "locked-down", in the order of their file.
const (
	toDNS = iota
	toIstiod
	toGatewayPods
	toRedis
	toMail
)

const toMysql = 2 // of the gateway's policy

func TestEveryHoleInTheNetworkIsFound(t *testing.T) {
	rules := func(t *testing.T, set *manifests.Set, namespace, name string) []any {
		return at(t, network(t, set, namespace, name), "spec", "egress").([]any)
	}
	without := func(namespace, name string, rule int) func(*testing.T, *manifests.Set) {
		return func(t *testing.T, set *manifests.Set) {
			put(t, network(t, set, namespace, name), slices.Delete(slices.Clone(rules(t, set, namespace, name)), rule, rule+1), "spec", "egress")
		}
	}
	with := func(namespace, name string, value any, path ...any) func(*testing.T, *manifests.Set) {
		return func(t *testing.T, set *manifests.Set) {
			put(t, network(t, set, namespace, name), value, append([]any{"spec"}, path...)...)
		}
	}
	cases := []struct {
		name  string
		spoil func(t *testing.T, set *manifests.Set)
		want  string
	}{
		{
			"no DNS over TCP", func(t *testing.T, set *manifests.Set) {
				ports := at(t, network(t, set, "shop", "lockdown"), "spec", "egress", toDNS, "ports").([]any)
				put(t, network(t, set, "shop", "lockdown"), ports[:1], "spec", "egress", toDNS, "ports")
			},
			"shop/orders, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes: " +
				"the NetworkPolicies of pod shop/orders-0 do not let it out to pod kube-system/coredns-0, TCP port 53",
		},
		{
			"no DNS over UDP", with("reports", "lockdown", "TCP", "egress", toDNS, "ports", 0, "protocol"),
			"reports/*, locked down: the NetworkPolicies of pod reports/*-0 do not let it out to pod kube-system/coredns-0, UDP port 53",
		},
		{
			"no DNS in a namespace without services", without("reports", "lockdown", toDNS),
			"reports/*, locked down: the NetworkPolicies of pod reports/*-0 do not let it out to pod kube-system",
		},
		{
			"DNS of another namespace", with("shop", "lockdown", "shop", "egress", toDNS, "to", 0, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"),
			"do not let it out to pod kube-system/coredns-0",
		},
		{
			"no istiod", without("shop", "lockdown", toIstiod),
			"shop/cart, locked down: the NetworkPolicies of pod shop/cart-0 do not let it out to pod istio-system/istiod-0, TCP port 15012",
		},
		{
			"no istiod for the gateway", without("egress", "gateway", toIstiod),
			"the gateway egress/gateway-0: the NetworkPolicies of pod egress/gateway-0 do not let it out to pod istio-system/istiod-0",
		},
		{
			"no istiod for the gateway, so nobody reaches what is behind it", without("egress", "gateway", toIstiod),
			"shop/orders, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes",
		},
		{
			"the port of the gateway's Service instead of its pods'", with("shop", "lockdown", int64(443), "egress", toGatewayPods, "ports", 0, "port"),
			"do not let it out to pod egress/gateway-0, TCP port 8443",
		},
		{
			"the gateway's pods by a label that they do not have", with("shop", "lockdown", "other", "egress", toGatewayPods, "to", 0, "podSelector", "matchLabels", "app"),
			"do not let it out to pod egress/gateway-0",
		},
		{"no way to the gateway", without("shop", "lockdown", toGatewayPods), "do not let it out to pod egress/gateway-0"},
		{
			"the gateway lets another namespace in", with("egress", "gateway", "reports", "ingress", 0, "from", 0, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"),
			"the NetworkPolicies of pod egress/gateway-0 do not let pod shop/orders-0 in on port 8443",
		},
		{
			"the gateway names a port that it does not have", with("egress", "gateway", "http", "ingress", 0, "ports", 0, "port"),
			"do not let pod shop/orders-0 in on port 8443",
		},
		{
			"the gateway does not reach the service", without("egress", "gateway", toMysql),
			"reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes: the NetworkPolicies of pod egress/gateway-0 do not let it out to 192.0.2.14, TCP port 3306",
		},
		{
			"the gateway reaches more than one address", with("egress", "gateway", "192.0.2.12/30", "egress", toMysql, "to", 0, "ipBlock", "cidr"),
			"the gateway egress/gateway-0: its NetworkPolicies let it out to 192.0.2.13:3306, which nothing declares for it",
		},
		{
			"the gateway reaches every port of a service", func(t *testing.T, set *manifests.Set) {
				delete(at(t, network(t, set, "egress", "gateway"), "spec", "egress", toMysql).(map[string]any), "ports")
			},
			"its NetworkPolicies let it out to 192.0.2.14:22, which nothing declares for it",
		},
		{
			"the gateway's policy is about other pods", with("egress", "gateway", "other", "podSelector", "matchLabels", "app"),
			"the gateway egress/gateway-0: its NetworkPolicies let it out to 198.51.100.201:3306, which nothing declares for it",
		},
		{
			"the gateway's policy is about ingress alone", with("egress", "gateway", []any{"Ingress"}, "policyTypes"),
			"the gateway egress/gateway-0: its NetworkPolicies let it out to",
		},
		{
			"a direct service is not let through", without("shop", "lockdown", toRedis),
			"reaches redis.example.com:6379 of shop/Redis: no, want yes: the NetworkPolicies of pod shop/cart-0 do not let it out to 192.0.2.65, TCP port 6379",
		},
		{
			"a direct service on another port", with("shop", "lockdown", int64(6380), "egress", toRedis, "ports", 0, "port"),
			"reaches redis.example.com:6379 of shop/Redis: no, want yes",
		},
		{
			"a direct service by UDP", with("shop", "lockdown", "UDP", "egress", toRedis, "ports", 0, "protocol"),
			"reaches redis.example.com:6379 of shop/Redis: no, want yes",
		},
		{
			"a range that is too wide", with("shop", "lockdown", "192.0.2.64/29", "egress", toRedis, "to", 0, "ipBlock", "cidr"),
			"shop/*, locked down: its NetworkPolicies let it out to 192.0.2.68:6379, which nothing declares for it",
		},
		{
			"every IPv6 address", with("shop", "lockdown", "::/0", "egress", toRedis, "to", 0, "ipBlock", "cidr"),
			"its NetworkPolicies let it out to [2001:db8:ffff::1]:6379, which nothing declares for it",
		},
		{
			"a routed service by its address", with("shop", "lockdown", "192.0.2.14/32", "egress", toRedis, "to", 0, "ipBlock", "cidr"),
			"its NetworkPolicies let it out to 192.0.2.14:6379",
		},
		{
			"a routed service straight out", func(t *testing.T, set *manifests.Set) {
				put(t, network(t, set, "shop", "lockdown"), append(rules(t, set, "shop", "lockdown"), map[string]any{
					"to": []any{map[string]any{"ipBlock": map[string]any{"cidr": "192.0.2.14/32"}}}, "ports": []any{map[string]any{"port": int64(3306)}},
				}), "spec", "egress")
			},
			"shop/orders, without its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"a second policy that opens everything", func(t *testing.T, set *manifests.Set) {
				for _, o := range set.Objects {
					if o.GetKind() == "NetworkPolicy" && o.GetNamespace() == "reports" {
						second := o.DeepCopy()
						second.SetName("open")
						put(t, second.Object, []any{map[string]any{}}, "spec", "egress")
						set.Objects = append(set.Objects, second)
						return
					}
				}
			},
			"reports/*, without its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"a namespace left open", func(t *testing.T, set *manifests.Set) {
				put(t, network(t, set, "reports", "lockdown"), "elsewhere", "metadata", "namespace")
			},
			"reports/*, without its sidecar: reaches redis.example.com:6379 of shop/Redis (yes), want no",
		},
		{
			"a namespace locked that nobody asked to lock", func(t *testing.T, set *manifests.Set) {
				put(t, network(t, set, "reports", "lockdown"), "elsewhere", "metadata", "namespace")
			},
			"elsewhere/*, without its sidecar: reaches redis.example.com:6379 of shop/Redis: no, want yes, because nothing says that elsewhere is locked down",
		},
		{
			"some pods of a namespace left open", with("shop", "lockdown", map[string]any{"matchLabels": map[string]any{"app": "orders"}}, "podSelector"),
			"shop/*, without its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"a policy without a type and without rules is about ingress alone", func(t *testing.T, set *manifests.Set) {
				spec := at(t, network(t, set, "reports", "lockdown"), "spec").(map[string]any)
				delete(spec, "policyTypes")
				delete(spec, "egress")
			},
			"reports/*, without its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"a policy of the wrong type", with("shop", "lockdown", []any{"Ingress"}, "policyTypes"),
			"shop/orders, without its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"a port that is open by name, to some addresses", with("shop", "lockdown", "192.0.2.0/24", "egress", toMail, "to", 0, "ipBlock", "cidr"),
			"reaches smtp.example.com:587 of shop/Mail: no, want yes",
		},
		{
			"a sidecar that lets everything out, behind policies that do not", func(t *testing.T, set *manifests.Set) {
				put(t, object(t, set, "Sidecar", "lockdown.reports"), "ALLOW_ANY", "spec", "outboundTrafficPolicy", "mode")
			},
			"reports/*, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"no Sidecar", func(_ *testing.T, set *manifests.Set) {
				drop(set, "Sidecar", "lockdown.reports")
			},
			"reports/*, through its sidecar: reaches redis.example.com:6379 of shop/Redis (yes), want no",
		},
		{
			"a Sidecar that does not know the services", func(t *testing.T, set *manifests.Set) {
				put(t, object(t, set, "Sidecar", "lockdown.shop"), []any{"egress/*"}, "spec", "egress", 0, "hosts")
			},
			"shop/orders, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes",
		},
		{
			"the client of another namespace in the handshake", func(t *testing.T, set *manifests.Set) {
				put(t, object(t, set, "Gateway", "mysql--shop"), "spiffe://cluster.local/ns/shop/sa/cart", "spec", "servers", 0, "tls", "subjectAltNames", 0)
			},
			"shop/cart, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql (yes), want no",
		},
		{
			"a client that the handshake does not know", func(t *testing.T, set *manifests.Set) {
				put(t, object(t, set, "Gateway", "mysql--shop"), "spiffe://cluster.local/ns/shop/sa/cart", "spec", "servers", 0, "tls", "subjectAltNames", 0)
			},
			"shop/orders, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes: the gateway refuses cluster.local/ns/shop/sa/orders",
		},
		{
			"a policy at the gateway that denies everything, and none that allows the service", func(_ *testing.T, set *manifests.Set) {
				drop(set, "AuthorizationPolicy", "shop")
			},
			"shop/orders, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes: the gateway refuses cluster.local/ns/shop/sa/orders",
		},
		{
			"the service is exported to a namespace that is locked down", func(t *testing.T, set *manifests.Set) {
				put(t, object(t, set, "ServiceEntry", "redis.shop"), []any{".", "reports"}, "spec", "exportTo")
				put(t, object(t, set, "Sidecar", "lockdown.reports"), []any{"./*", "shop/*"}, "spec", "egress", 0, "hosts")
			},
			"reports/*, through its sidecar: reaches redis.example.com:6379 of shop/Redis (yes), want no",
		},
		{
			"an endpoint that is somebody else's", func(t *testing.T, set *manifests.Set) {
				put(t, object(t, set, "ServiceEntry", "mysql.shop.upstream"), "192.0.2.99", "spec", "endpoints", 0, "address")
			},
			"shop/orders, through its sidecar: reaches mysqldb.example.com:3306 of shop/Mysql: no, want yes: it ends at 192.0.2.99:3306",
		},
	}
	j, err := judge.New(env.IstioSrc)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			set := load(t, "locked-down")
			c.spoil(t, set)
			results, err := j.Set(set)
			if err != nil {
				t.Fatal(err)
			}
			found := []string{}
			for _, r := range results {
				for _, f := range r.Findings {
					if r.Check == "reach" {
						found = append(found, f.Subject+": "+f.Message)
					}
				}
			}
			if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, c.want) }) {
				t.Errorf("not found: %s\nfound:\n%s", c.want, strings.Join(found, "\n"))
			}
		})
	}
}

func TestTheMatrixSaysWhoReachesWhat(t *testing.T) {
	j, err := judge.New(env.IstioSrc)
	if err != nil {
		t.Fatal(err)
	}
	results, err := j.Set(load(t, "locked-down"))
	if err != nil {
		t.Fatal(err)
	}
	var matrix *verdict.Matrix
	for _, r := range results {
		if r.Matrix != nil {
			matrix = r.Matrix
		}
	}
	if matrix == nil {
		t.Fatal("no matrix")
	}
	if matrix.NetworkPolicies != 3 || strings.Join(matrix.Locked, " ") != "reports shop" || matrix.OutboundTrafficPolicy != "ALLOW_ANY" {
		t.Errorf("got %d policies, locked %v, %s", matrix.NetworkPolicies, matrix.Locked, matrix.OutboundTrafficPolicy)
	}
	got := []string{}
	for _, c := range matrix.Cells {
		if c.Namespace == "shop" || c.Namespace == "reports" || c.Namespace == "elsewhere" {
			got = append(got, strings.Join([]string{c.Host, c.Namespace + "/" + c.Account, string(c.Through), c.Via, string(c.Alone)}, " "))
		}
	}
	want := []string{
		"mysqldb.example.com elsewhere/* yes  yes",
		"mysqldb.example.com reports/* no  no",
		"mysqldb.example.com shop/* no  no",
		"mysqldb.example.com shop/cart no  no",
		"mysqldb.example.com shop/orders yes gateway.egress no",
		"redis.example.com elsewhere/* yes  yes",
		"redis.example.com reports/* no  no",
		"redis.example.com shop/* yes  yes",
		"redis.example.com shop/cart yes  yes",
		"redis.example.com shop/orders yes  yes",
		"smtp.example.com elsewhere/* yes  yes",
		"smtp.example.com reports/* no  no",
		"smtp.example.com shop/* yes  yes",
		"smtp.example.com shop/cart yes  yes",
		"smtp.example.com shop/orders yes  yes",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package mesh

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

const tracedSet = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [192.0.2.1]
  ports: [{number: 3306, name: tcp, protocol: TCP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.1}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: shop}
spec:
  selector: {istio: egressgateway}
  servers:
  - port: {number: 443, name: tls, protocol: TLS}
    hosts: [db.example.com]
    tls: {mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/cart"]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: egress, namespace: shop}
spec:
  host: istio-egressgateway.istio-system.svc.cluster.local
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: db.example.com}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  gateways: [mesh, egress]
  tcp:
  - match: [{gateways: [mesh], port: 3306}]
    route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 443}}}]
  - match: [{gateways: [egress], port: 443}]
    route: [{destination: {host: db.example.com, port: {number: 3306}}}]
`

const right = `[{"namespace": "shop", "account": "cart", "host": "db.example.com", "port": 3306, "address": "192.0.2.1", "protocol": "TCP",
 "cluster": "outbound|443||istio-egressgateway.istio-system.svc.cluster.local",
 "gateway": {"port": 8443, "tls": "ISTIO_MUTUAL", "sni": "db.example.com", "hasChain": true, "handshake": "accepted", "admitted": "yes",
  "cluster": "outbound|3306||db.example.com"},
 "upstream": {"tls": "PLAINTEXT", "sni": "", "subjectAltNames": "", "endpoints": ["192.0.2.1:3306"]}, "isCut": false, "end": "REACHES"}]`

func followed(t *testing.T, traces string) []string {
	t.Helper()
	found, checked := followedIn(t, tracedSet, traces)
	if checked != 1 {
		t.Errorf("followed %d connections, want 1", checked)
	}
	return found
}

func followedIn(t *testing.T, objects, traces string) (found []string, checked int) {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{"set.yaml": objects, TracesFile: traces} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := manifests.Load("set", dir)
	if err != nil {
		t.Fatal(err)
	}
	cluster, err := fixtures.New(set)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Run(set, cluster) {
		if r.Check != TraceCheck {
			continue
		}
		checked += r.Checked
		for _, f := range r.Findings {
			found = append(found, told(f))
		}
	}
	return found, checked
}

func told(f verdict.Finding) string {
	return fmt.Sprintf("%s: %s", f.Subject, f.Message)
}

func TestTraceThatIstiodConfirmsIsNoFinding(t *testing.T) {
	if found := followed(t, right); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestEveryPartOfATraceIsCompared(t *testing.T) {
	for _, wrong := range []struct{ from, to, want string }{
		{`"outbound|443||istio`, `"outbound|80||istio`, "the sidecar sends it to"},
		{`"port": 8443`, `"port": 8080`, "enters the gateway at port"},
		{`"tls": "ISTIO_MUTUAL"`, `"tls": "SIMPLE"`, "enters the gateway with TLS"},
		{`"sni": "db.example.com"`, `"sni": "other.example.com"`, "enters the gateway with TLS"},
		{`"hasChain": true`, `"hasChain": false`, "has a filter chain"},
		{`"handshake": "accepted"`, `"handshake": "refused"`, "the handshake is accepted"},
		{`"account": "cart"`, `"account": "thief"`, "the handshake is accepted"},
		{`"admitted": "yes"`, `"admitted": "no"`, "policies admit it"},
		{`"outbound|3306||db`, `"outbound|3307||db`, "the gateway sends it to"},
		{`"tls": "PLAINTEXT"`, `"tls": "SIMPLE"`, "the last proxy speaks"},
		{`192.0.2.1:3306"]`, `192.0.2.2:3306"]`, "connects to"},
		{`"end": "REACHES"`, `"end": "NOWHERE"`, "ends as REACHES"},
		{`"isCut": false`, `"isCut": true`, "NetworkPolicies cut it"},
		{`"address": "192.0.2.1"`, `"address": "192.0.2.9"`, "the sidecar sends it to BlackHoleCluster"},
	} {
		found := followed(t, strings.Replace(right, wrong.from, wrong.to, 1))
		if len(found) != 1 || !strings.Contains(found[0], wrong.want) {
			t.Errorf("with %s: found %v, want %q", wrong.to, found, wrong.want)
		}
	}
}

func TestANameHasNoAddressOfTheSet(t *testing.T) {
	stranger := `[{"namespace": "shop", "account": "cart", "host": "stranger.invalid", "port": 3306, "address": "", "protocol": "TCP",
 "cluster": "BlackHoleCluster", "end": "NOWHERE"}]`
	if found, _ := followedIn(t, strings.ReplaceAll(tracedSet, "192.0.2.1", "198.18.0.2"), stranger); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if found, _ := followedIn(t, strings.ReplaceAll(tracedSet, "192.0.2.1", "198.19.0.2"), stranger); len(found) != 1 ||
		!strings.Contains(found[0], "ServiceEntry shop/db has an address of the range that names are resolved to") {
		t.Errorf("found %v, want a complaint", found)
	}
}

func TestRequestsOnPort80AreToldApartBesideTheStockGateways(t *testing.T) {
	byName := strings.NewReplacer("addresses: [192.0.2.1]", "", "3306", "80").Replace(tracedSet)
	request := `[{"namespace": "shop", "account": "cart", "host": "stranger.invalid", "port": 80, "address": "", "protocol": "HTTP",
 "cluster": "outbound|443||istio-egressgateway.istio-system.svc.cluster.local", "end": "REACHES"}]`
	if found, _ := followedIn(t, byName, request); len(found) > 0 {
		t.Errorf("found %v, want an exception", found)
	}
	open := byName + `
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: open, namespace: shop}
spec: {outboundTrafficPolicy: {mode: ALLOW_ANY}}
`
	if found, _ := followedIn(t, open, request); len(found) > 0 {
		t.Errorf("found %v where everything is let out, want an exception", found)
	}
	if found, _ := followedIn(t, byName, strings.Replace(request, `"HTTP"`, `"TCP"`, 1)); len(found) != 1 {
		t.Errorf("found %v, want one difference", found)
	}
}

func TestTheLargestShareOfAConnectionIsCompared(t *testing.T) {
	weighted := strings.Replace(tracedSet, "route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 443}}}]",
		"route: [{destination: {host: db.example.com}, weight: 30}, {destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 443}}, weight: 70}]", 1)
	if found, _ := followedIn(t, weighted, right); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	turned := strings.NewReplacer("weight: 30", "weight: 70", "weight: 70", "weight: 30").Replace(weighted)
	if found, _ := followedIn(t, turned, right); len(found) != 1 || !strings.Contains(found[0], "the sidecar sends it to outbound|3306||db.example.com") {
		t.Errorf("found %v, want the other destination", found)
	}
}

func TestAnAnswerOfTheProxyIsNoCluster(t *testing.T) {
	answered := `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 8080, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{directResponse: {status: 404}}]
`
	request := `[{"namespace": "shop", "account": "cart", "host": "api.example.com", "port": 8080, "address": "", "protocol": "HTTP", "end": "REFUSED"}]`
	if found, _ := followedIn(t, answered, request); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if found, _ := followedIn(t, answered, strings.Replace(request, "REFUSED", "NOWHERE", 1)); len(found) != 1 {
		t.Errorf("found %v, want one difference", found)
	}
}

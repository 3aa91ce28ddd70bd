package mesh

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"istio.io/istio/pkg/test"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/quiet/loggers"
)

func TestMain(m *testing.M) {
	loggers.Silence()
	os.Exit(m.Run())
}

// One routed service, as the specification has it; for named accounts or for the whole of a namespace.
const service = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db-%[1]d.data, namespace: data}
spec:
  hosts: [db-%[1]d.example.com]
  addresses: [192.0.2.%[1]d/32]
  ports: [{number: 3306, name: tcp-mysql, protocol: TCP}]
  location: MESH_EXTERNAL
  resolution: NONE
  exportTo: [shop]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db-%[1]d.data.upstream, namespace: data}
spec:
  hosts: [p3306.data.db-%[1]d.example.com]
  ports: [{number: 443, name: tls, protocol: TLS, targetPort: 3306}]
  location: MESH_EXTERNAL
  resolution: STATIC
  endpoints: [{address: 192.0.2.%[1]d}]
  exportTo: [istio-system]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: db-%[1]d--data, namespace: data}
spec:
  selector: {istio: egressgateway}
  servers:
    - port: {number: 443, name: tls-db-%[1]d-data, protocol: TLS}
      hosts: [./%[2]s]
      tls: %[3]s
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db-%[1]d.data.from-gateway, namespace: data}
spec:
  hosts: [%[2]s]
  gateways: [db-%[1]d--data]
  exportTo: [istio-system]
  tcp:
    - match: [{port: 443}]
      route:
        - destination:
            host: p3306.data.db-%[1]d.example.com
            port: {number: 443}
---
`

const namespacePolicy = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: %[1]s, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: egressgateway}}
  action: DENY
  rules:
    - from:
        - source: {notPrincipals: ["cluster.local/ns/shop/sa/*"]}
      when:
        - key: connection.sni
          values: [%[2]q]
---
`

func namedAccounts(i int) string {
	names := []string{}
	for a := range 2 {
		names = append(names, fmt.Sprintf("spiffe://cluster.local/ns/shop/sa/client-%d-%d", i, a))
	}
	return fmt.Sprintf(service, i, fmt.Sprintf("p3306.data.db-%d.example.com", i),
		fmt.Sprintf("{mode: ISTIO_MUTUAL, subjectAltNames: [%s]}", strings.Join(names, ", ")))
}

func wholeNamespace(i int) string {
	return fmt.Sprintf(service, i, fmt.Sprintf("in.shop.data.p3306.db-%d.example.com", i), "{mode: ISTIO_MUTUAL}")
}

// size of what a gateway is given: bytes of its listeners and clusters.
func size(t *testing.T, services int, head string, one func(i int) string) int {
	t.Helper()
	text := head
	for i := range services {
		text += one(i + 1)
	}
	objects, err := manifests.Parse("growth.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	set := &manifests.Set{Name: t.Name(), Objects: objects}
	set.Expect, _ = expect.Parse([]byte("{}"), set.Name)
	cluster, err := fixtures.New(set)
	if err != nil {
		t.Fatal(err)
	}
	bytes, chains := 0, 0
	err = test.Wrap(func(f test.Failer) {
		m, err := newMesh(f, cluster, set.Expect.Mesh)
		if err != nil {
			f.Fatal(err)
		}
		pods := cluster.PodsSelected(fixtures.SystemNamespace, map[string]string{"istio": "egressgateway"})
		gateway := m.gateway(pods[0].Status.PodIP)
		for _, l := range gateway.listeners {
			bytes += proto.Size(l)
			chains += len(l.GetFilterChains())
		}
		for _, c := range gateway.clusters {
			bytes += proto.Size(c)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if chains < services {
		t.Fatalf("the gateway has %d filter chains for %d services", chains, services)
	}
	return bytes
}

// growth of a gateway's configuration from 50 to 200 services: bytes of each service with 200, divided by those with 50.
func growth(t *testing.T, head func(services int) string, one func(i int) string) float64 {
	t.Helper()
	few, many := size(t, 50, head(50), one), size(t, 200, head(200), one)
	t.Logf("50 services: %d bytes, 200 services: %d bytes", few, many)
	return (float64(many) / 200) / (float64(few) / 50)
}

const tolerated = 0.15

func TestConfigurationGrowsWithTheServices(t *testing.T) {
	nothing := func(int) string { return "" }
	onePolicy := func(int) string { return fmt.Sprintf(namespacePolicy, "shop.data.platform", "in.shop.data.*") }
	for name, grown := range map[string]float64{
		"named accounts":   growth(t, nothing, namedAccounts),
		"whole namespaces": growth(t, onePolicy, wholeNamespace),
	} {
		if grown > 1+tolerated || grown < 1-tolerated {
			t.Errorf("%s: a service costs %.2f times as much among 200 as among 50", name, grown)
		}
	}
}

func TestOnePolicyForEachServiceGrowsWithTheirSquare(t *testing.T) {
	policies := func(services int) string {
		text := ""
		for i := range services {
			text += fmt.Sprintf(namespacePolicy, fmt.Sprintf("shop.data.db-%d", i+1), fmt.Sprintf("in.shop.data.p3306.db-%d.example.com", i+1))
		}
		return text
	}
	if grown := growth(t, policies, wholeNamespace); grown < 2 {
		t.Errorf("the measure does not see it: a service costs %.2f times as much among 200 as among 50", grown)
	}
}

package netpol_test

import (
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/netpol"
)

var (
	orders  = pod("shop", "orders", "10.1.0.5")
	reports = pod("shop", "reports", "10.1.0.6")
	intern  = pod("elsewhere", "orders", "10.1.0.7")
	gateway = pod("egress", "gateway", "10.1.0.8", corev1.ContainerPort{Name: "tls", ContainerPort: 8443, Protocol: corev1.ProtocolTCP})
)

func pod(namespace, app, ip string, ports ...corev1.ContainerPort) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: app + "-0", Labels: map[string]string{"app": app}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Ports: ports}}},
		Status:     corev1.PodStatus{PodIP: ip},
	}
}

func outside(address string) netpol.Peer {
	return netpol.Outside(netip.MustParseAddr(address))
}

// read policies of namespaces, each given as "NAMESPACE: SPEC" in YAML's flow style.
func read(t *testing.T, given []string) *netpol.Policies {
	t.Helper()
	documents := []string{}
	for i, policy := range given {
		namespace, spec, _ := strings.Cut(policy, ": ")
		documents = append(documents, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p"+string(rune('0'+i))+
			", namespace: "+namespace+" }\nspec: "+spec+"\n")
	}
	objects, err := manifests.Parse("policies", []byte(strings.Join(documents, "---\n")))
	if err != nil {
		t.Fatal(err)
	}
	policies, err := netpol.Read(objects, map[string]map[string]string{"egress": {"role": "gateways"}})
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

func TestWhatPoliciesLetThrough(t *testing.T) {
	const toGateway = "shop: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: egress } }," +
		" podSelector: { matchLabels: { app: gateway } } }], ports: [{ port: 8443 }] }] }"
	cases := []struct {
		name     string
		policies []string
		from, to netpol.Peer
		port     int
		protocol corev1.Protocol
		want     netpol.Verdict
	}{
		{"without a policy everything is open", nil, netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true}},
		{
			"a policy of another namespace is about nobody here", []string{"elsewhere: { podSelector: {}, policyTypes: [Egress] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"a policy about other pods is not about this one", []string{"shop: { podSelector: { matchLabels: { app: reports } }, policyTypes: [Egress] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"an absent list of rules denies", []string{"shop: { podSelector: {}, policyTypes: [Egress] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"an empty list of rules denies", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"an empty rule allows", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{}] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"without policyTypes a policy with egress rules is about both directions",
			[]string{"shop: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }] }"},
			netpol.Pod(reports), netpol.Pod(orders), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: false},
		},
		{
			"without policyTypes a policy without egress rules leaves egress open", []string{"shop: { podSelector: {} }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"a policy for egress leaves ingress open", []string{"shop: { podSelector: {}, policyTypes: [Egress] }"},
			netpol.Pod(intern), netpol.Pod(orders), 8080, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"policies add up", []string{
				"shop: { podSelector: {}, policyTypes: [Egress] }",
				"shop: { podSelector: { matchLabels: { app: orders } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 192.0.2.1/32 } }] }] }",
			},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"what is added for one pod is not added for another", []string{
				"shop: { podSelector: {}, policyTypes: [Egress] }",
				"shop: { podSelector: { matchLabels: { app: orders } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 192.0.2.1/32 } }] }] }",
			},
			netpol.Pod(reports), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"a namespace has its name as a label", []string{toGateway},
			netpol.Pod(orders), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"labels that are given to a namespace",
			[]string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ namespaceSelector: { matchLabels: { role: gateways } } }] }] }"},
			netpol.Pod(orders), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{"another port", []string{toGateway}, netpol.Pod(orders), netpol.Pod(gateway), 443, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true}},
		{
			"a port without a protocol is TCP", []string{toGateway},
			netpol.Pod(orders), netpol.Pod(gateway), 8443, corev1.ProtocolUDP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"a port outside is not one of the gateway's", []string{toGateway},
			netpol.Pod(orders), outside("192.0.2.1"), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"a named port is looked up at the pod that accepts, for egress",
			[]string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: tls }] }] }"},
			netpol.Pod(orders), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"a named port is nothing where no pod has it", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: tls }] }] }"},
			netpol.Pod(orders), netpol.Pod(intern), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"a named port is looked up at the pod that accepts, for ingress",
			[]string{"egress: { podSelector: {}, policyTypes: [Ingress], ingress: [{ ports: [{ port: tls }] }] }"},
			netpol.Pod(orders), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"a named port is no other port, for ingress", []string{"egress: { podSelector: {}, policyTypes: [Ingress], ingress: [{ ports: [{ port: tls }] }] }"},
			netpol.Pod(orders), netpol.Pod(gateway), 15012, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: false},
		},
		{
			"the last port of a range", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: 9092, endPort: 9094 }] }] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 9094, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"a port after a range", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: 9092, endPort: 9094 }] }] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 9095, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"an exception of a range of addresses",
			[]string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 192.0.2.0/24, except: [192.0.2.128/25] } }] }] }"},
			netpol.Pod(orders), outside("192.0.2.200"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"an IPv6 range", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: '2001:db8:1::/48' } }] }] }"},
			netpol.Pod(orders), outside("2001:db8:1::7"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"an IPv6 address in another range", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: '2001:db8:1::/48' } }] }] }"},
			netpol.Pod(orders), outside("2001:db8:2::7"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"every IPv4 address is no IPv6 address", []string{"shop: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }] }"},
			netpol.Pod(orders), outside("2001:db8:2::7"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"pods without a namespace are those of the policy's",
			[]string{"shop: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: orders } } }] }] }"},
			netpol.Pod(intern), netpol.Pod(reports), 8080, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: false},
		},
		{
			"namespace and pods of one peer are both needed",
			[]string{"egress: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }," +
				" podSelector: { matchLabels: { app: orders } } }] }] }"},
			netpol.Pod(reports), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: false},
		},
		{
			"of two peers one is enough",
			[]string{"egress: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }," +
				" { podSelector: { matchLabels: { app: orders } } }] }] }"},
			netpol.Pod(reports), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
		{
			"pods without a label are not in a list of its values",
			[]string{"shop: { podSelector: { matchExpressions: [{ key: unlocked, operator: NotIn, values: ['yes'] }] }, policyTypes: [Egress] }"},
			netpol.Pod(orders), outside("192.0.2.1"), 3306, corev1.ProtocolTCP, netpol.Verdict{Egress: false, Ingress: true},
		},
		{
			"somebody outside is asked for at the pod alone",
			[]string{"egress: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ namespaceSelector: {} }] }] }"},
			outside("192.0.2.1"), netpol.Pod(gateway), 8443, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: false},
		},
		{
			"a pod reaches itself", []string{"shop: { podSelector: {}, policyTypes: [Ingress, Egress] }"},
			netpol.Pod(orders), netpol.Pod(orders), 8080, corev1.ProtocolTCP, netpol.Verdict{Egress: true, Ingress: true},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := read(t, c.policies).Ask(c.from, c.to, c.port, c.protocol); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestPoliciesThatIsolateAPod(t *testing.T) {
	policies := read(t, []string{
		"shop: { podSelector: { matchLabels: { app: orders } }, policyTypes: [Egress], egress: [{}] }",
		"shop: { podSelector: {} }",
		"egress: { podSelector: {} }",
	})
	for direction, want := range map[networkingv1.PolicyType]string{networkingv1.PolicyTypeEgress: "shop/p0", networkingv1.PolicyTypeIngress: "shop/p1"} {
		if got := strings.Join(policies.Isolating(orders, direction), ","); got != want {
			t.Errorf("%s: got %s, want %s", direction, got, want)
		}
	}
}

func TestAPolicyThatIsNone(t *testing.T) {
	for spec, want := range map[string]string{
		"{ podSelector: { matchExpressions: [{ key: app, operator: Maybe }] } }": `NetworkPolicy shop/p0: spec.podSelector: "Maybe" is not a valid label selector operator`,
		"{ podSelector: all }": "NetworkPolicy shop/p0: json: cannot unmarshal",
	} {
		objects, err := manifests.Parse("policies", []byte("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p0, namespace: shop }\nspec: "+spec))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := netpol.Read(objects, nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", spec, err, want)
		}
	}
}

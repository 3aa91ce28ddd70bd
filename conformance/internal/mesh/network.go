package mesh

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/netpol"
)

// network is what lies between the proxies: DNS, and the NetworkPolicies of a set.
type network struct {
	policies *netpol.Policies
	names    map[string]netip.Addr
	pods     int
	// What every pod of a mesh needs.
	dns, istiod *corev1.Pod
}

// ofNames is the range of the addresses that names have: one that is never routed, and that no set uses.
var ofNames = [2]byte{198, 19}

func newNetwork(c *fixtures.Cluster, app *expect.App) (*network, error) {
	labels := map[string]map[string]string{}
	for _, n := range c.Namespaces {
		labels[n.Name] = n.Labels
	}
	policies, err := netpol.Read(c.Declared, labels)
	if err != nil {
		return nil, err
	}
	for _, o := range c.Declared {
		raw, err := o.MarshalJSON()
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(raw), fmt.Sprintf(`"%d.%d.`, ofNames[0], ofNames[1])) {
			return nil, fmt.Errorf("%s has an address of the range that names are resolved to, %d.%d.0.0/16", manifests.Subject(o), ofNames[0], ofNames[1])
		}
	}
	n := &network{policies: policies, names: map[string]netip.Addr{}}
	n.dns = n.pod("kube-system", "coredns", map[string]string{"k8s-app": "kube-dns"})
	n.dns.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{
		{Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}, {Name: "dns-tcp", ContainerPort: 53, Protocol: corev1.ProtocolTCP},
	}}}
	n.istiod = n.pod(app.Mesh.RootNamespace, "istiod", map[string]string{"app": "istiod", "istio": "pilot"})
	n.istiod.Spec.Containers = []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "tls-xds", ContainerPort: 15012, Protocol: corev1.ProtocolTCP}}}}
	for _, s := range app.Services {
		n.place(s)
	}
	return n, nil
}

// place the names of a service in its networks.
func (n *network) place(s expect.Service) {
	if !s.ByName() || len(s.Networks) == 0 {
		return
	}
	in := netip.MustParsePrefix(s.Networks[0])
	next := in.Masked().Addr()
	for _, name := range slices.Concat(s.Hosts, s.Endpoints) {
		if _, err := netip.ParseAddr(name); err == nil {
			continue
		}
		n.names[strings.TrimSuffix(name, ".")] = next
		if in.Contains(next.Next()) {
			next = next.Next()
		}
	}
}

// pod that runs beside those of a set.
func (n *network) pod(namespace, name string, labels map[string]string) *corev1.Pod {
	n.pods++
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name + "-0", Labels: labels},
		Status:     corev1.PodStatus{PodIP: fmt.Sprintf("10.247.%d.%d", n.pods/250, n.pods%250+1)},
	}
}

// resolve a name, or take an address as it is. Each name has an address of its own.
func (n *network) resolve(name string) netip.Addr {
	if address, err := netip.ParseAddr(name); err == nil {
		return address
	}
	name = strings.TrimSuffix(name, ".")
	if _, known := n.names[name]; !known {
		i := len(n.names) + 1
		n.names[name] = netip.AddrFrom4([4]byte{ofNames[0], ofNames[1], byte(i / 250), byte(i%250 + 1)})
	}
	return n.names[name]
}

// lets says whether NetworkPolicies let a connection through, and if not, which end does not.
func (n *network) lets(from, to netpol.Peer, port int, protocol corev1.Protocol) (bool, string) {
	verdict := n.policies.Ask(from, to, port, protocol)
	switch {
	case !verdict.Egress:
		return false, fmt.Sprintf("the NetworkPolicies of %s do not let it out to %s", podName(from.Pod), endName(to, port, protocol))
	case !verdict.Ingress:
		return false, fmt.Sprintf("the NetworkPolicies of %s do not let %s in on port %d", podName(to.Pod), podName(from.Pod), port)
	}
	return true, ""
}

func podName(p *corev1.Pod) string {
	return "pod " + p.Namespace + "/" + p.Name
}

func endName(to netpol.Peer, port int, protocol corev1.Protocol) string {
	name := to.Address.String()
	if to.Pod != nil {
		name = podName(to.Pod)
	}
	return fmt.Sprintf("%s, %s port %d", name, protocol, port)
}

// lacks says what a pod of the mesh needs and does not get: names, and its configuration and certificate from istiod. An answer that is too long for
// UDP comes by TCP.
func (n *network) lacks(p *corev1.Pod) string {
	for _, need := range []struct {
		pod      *corev1.Pod
		port     int
		protocol corev1.Protocol
	}{{n.dns, 53, corev1.ProtocolUDP}, {n.dns, 53, corev1.ProtocolTCP}, {n.istiod, 15012, corev1.ProtocolTCP}} {
		if let, why := n.lets(netpol.Pod(p), netpol.Pod(need.pod), need.port, need.protocol); !let {
			return why
		}
	}
	return ""
}

// out says whether a pod may connect to an address outside.
func (n *network) out(p *corev1.Pod, end netip.AddrPort) (bool, string) {
	return n.lets(netpol.Pod(p), netpol.Outside(end.Addr()), int(end.Port()), corev1.ProtocolTCP)
}

// target is one host and port of a service, with the addresses outside that it really has.
type target struct {
	service   *expect.Service
	host      string
	port      expect.Port
	addresses []netip.Prefix
}

func (t target) String() string {
	return fmt.Sprintf("%s:%d of %s", t.host, t.port.Number, t.service.Path)
}

// has says whether a connection that ends somewhere has reached the target.
func (t target) has(end netip.AddrPort) bool {
	port := int(end.Port())
	return (port == t.port.TargetPort || port == t.port.Number) && contain(t.addresses, end.Addr())
}

func contain(prefixes []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(address) })
}

// place is a port of some addresses.
type place struct {
	netip.Prefix
	port int
}

// places that NetworkPolicies let through for the target: its networks, or else its addresses.
func (t target) places() []place {
	found := []place{}
	for _, a := range t.addresses {
		found = append(found, place{a, t.port.TargetPort})
	}
	for _, n := range t.service.Networks {
		found = append(found, place{netip.MustParsePrefix(n), t.port.TargetPort})
	}
	return found
}

// overlaps says whether two targets are, at least in part, the same place.
func (t target) overlaps(other target) bool {
	return t.port.TargetPort == other.port.TargetPort && slices.ContainsFunc(t.addresses, func(p netip.Prefix) bool {
		return slices.ContainsFunc(other.addresses, p.Overlaps)
	})
}

// targets of an app.
func (n *network) targets(app *expect.App) []target {
	found := []target{}
	for i := range app.Services {
		s := &app.Services[i]
		for _, h := range s.Hosts {
			for _, port := range s.Ports {
				found = append(found, target{s, h, port, n.addresses(*s, h)})
			}
		}
	}
	return found
}

// addresses outside of a host: its endpoints, or those that clients dial, or what DNS says of its name.
func (n *network) addresses(s expect.Service, hostname string) []netip.Prefix {
	from := s.Endpoints
	if len(from) == 0 && !s.ByName() {
		from = s.Addresses
	}
	if len(from) == 0 {
		from = []string{concrete(hostname)}
	}
	found := []netip.Prefix{}
	for _, a := range from {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			address := n.resolve(a)
			p = netip.PrefixFrom(address, address.BitLen())
		}
		found = append(found, p.Masked())
	}
	return found
}

// last address of a range.
func last(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < p.Addr().BitLen(); bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	address, _ := netip.AddrFromSlice(bytes)
	return address
}

// neighbours of ranges: addresses just outside, which a range that is too wide takes in, and some that are far away.
func neighbours(declared []netip.Prefix) []netip.Addr {
	found := []netip.Addr{netip.MustParseAddr("2001:db8:ffff::1")}
	for _, s := range strangers {
		found = append(found, netip.MustParseAddr(s))
	}
	for _, p := range declared {
		found = append(found, p.Masked().Addr().Prev(), last(p).Next())
	}
	found = slices.DeleteFunc(found, func(a netip.Addr) bool { return !a.IsValid() || contain(declared, a) })
	slices.SortFunc(found, netip.Addr.Compare)
	return slices.Compact(found)
}

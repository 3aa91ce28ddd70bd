package mesh

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/config/protocol"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// machines follows the connections to a service on virtual machines: from the sidecar of each client to the machine, in mutual TLS, and into the sidecar on
// the machine, which admits the clients alone.
func (j *journey) machines(m expect.Machines) {
	addresses := m.Addresses
	if len(addresses) == 0 {
		addresses = j.mesh.cluster.MachinesOf(m.Namespace, m.Labels)
	}
	service := j.mesh.cluster.Service(m.Namespace, m.Name)
	if service == nil {
		j.find(m.Path, fmt.Sprintf("has no Service %s/%s", m.Namespace, m.Name))
		return
	}
	if len(addresses) == 0 {
		j.find(m.Path, fmt.Sprintf("no machine of namespace %s has the labels %v", m.Namespace, m.Labels))
	}
	for _, client := range m.Clients {
		account := client.ServiceAccount
		if account == "" {
			account = "default"
		}
		for _, port := range m.Ports {
			j.toMachines(m, client.Namespace, account, service.Spec.ClusterIP, port, addresses)
		}
	}
	for _, address := range addresses {
		for _, port := range m.Ports {
			j.onMachine(m, address, port)
		}
	}
	for _, n := range j.mesh.cluster.Namespaces {
		j.result.Checked++
		v := j.mesh.sidecar(n.Name, "default")
		for _, port := range m.Ports {
			if name := outbound(port.Number, "", m.Host); v.clusters[name] != nil && !slices.Contains(m.VisibleTo, n.Name) {
				j.find(m.Path, fmt.Sprintf("sidecars in %s have the cluster %s, it should be hidden from them", n.Name, name))
			}
		}
	}
}

// toMachines is the way from the sidecar of a client.
func (j *journey) toMachines(m expect.Machines, namespace, account, clusterIP string, port expect.Port, addresses []string) {
	subject := fmt.Sprintf("%s from %s/%s", m.Path, namespace, account)
	sidecar := j.mesh.sidecar(namespace, account)
	want := outbound(port.Number, "", m.Host)
	at := call(protocol.Parse(port.Protocol), clusterIP, port.Number, m.Host)
	got := sidecar.simulated.Run(at)
	j.result.Checked++
	if got.Error != nil || got.ClusterMatched != want {
		j.find(subject, fmt.Sprintf("%s ends in %s, want %s", describe(at), ending(got), want))
		return
	}
	c := sidecar.clusters[want]
	if c == nil {
		j.find(subject, fmt.Sprintf("the sidecar has no cluster %s", want))
		return
	}
	there := []string{}
	for _, a := range addresses {
		there = append(there, net.JoinHostPort(a, strconv.Itoa(port.TargetPort)))
	}
	if found := slices.Sorted(slices.Values(sidecar.endpoints(c))); !same(found, there) {
		j.find(subject, fmt.Sprintf("cluster %s has the endpoints %v, want %v", want, found, there))
	}
	j.mutual(subject, sidecar, c, m)
	if stranger := j.stranger(); stranger != "" && !protocol.Parse(port.Protocol).IsHTTP() {
		j.result.Checked++
		if other := sidecar.simulated.Run(call(protocol.Parse(port.Protocol), stranger, port.Number, foreignHost)); other.ClusterMatched == want {
			j.find(subject, fmt.Sprintf("a stranger's %s:%d ends in %s", stranger, port.Number, want))
		}
	}
}

// mutual asks whether each endpoint is spoken to in mutual TLS, with the identity of the machine verified.
func (j *journey) mutual(subject string, v *view, c *cluster.Cluster, m expect.Machines) {
	for _, e := range v.lbEndpoints(c) {
		mode := e.GetMetadata().GetFilterMetadata()["envoy.transport_socket_match"].GetFields()["tlsMode"].GetStringValue()
		if mode != model.IstioMutualTLSModeLabel {
			j.find(subject, fmt.Sprintf("cluster %s speaks plaintext to %s, want mutual TLS", c.Name, address(e)))
		}
	}
	for _, match := range c.GetTransportSocketMatches() {
		if match.GetName() != "tlsMode-"+model.IstioMutualTLSModeLabel {
			continue
		}
		context := &tls.UpstreamTlsContext{}
		if err := match.GetTransportSocket().GetTypedConfig().UnmarshalTo(context); err != nil {
			j.find(subject, err.Error())
			return
		}
		want := []string{}
		for _, domain := range j.app.Mesh.TrustDomains() {
			want = append(want, fmt.Sprintf("spiffe://%s/ns/%s/sa/%s", domain, m.Namespace, m.ServiceAccount))
		}
		if found := names(context); !same(found, want) {
			j.find(subject, fmt.Sprintf("cluster %s verifies the names %v, want %v", c.Name, found, want))
		}
		return
	}
	j.find(subject, fmt.Sprintf("cluster %s has no mutual TLS", c.Name))
}

// onMachine is what the sidecar on a machine does with connections to a port of the service.
func (j *journey) onMachine(m expect.Machines, address string, port expect.Port) {
	machine := j.mesh.machine(m.Namespace, m.ServiceAccount, address, m.Labels)
	subject := fmt.Sprintf("%s at %s", m.Path, address)
	want := model.BuildInboundSubsetKey(port.TargetPort)
	at := call(protocol.Parse(port.Protocol), address, port.TargetPort, m.Host)
	at.CallMode, at.TLS, at.Sni, at.Alpn = simulation.CallModeInbound, simulation.MTLS, "", "istio"
	got := machine.simulated.Run(at)
	j.result.Checked++
	if got.ClusterMatched != want {
		j.find(subject, fmt.Sprintf("port %d of the machine ends in %s, want %s", port.TargetPort, ending(got), want))
		return
	}
	chains := []*listener.FilterChain{}
	for _, l := range machine.listeners {
		for _, chain := range l.GetFilterChains() {
			if l.GetName() == got.ListenerMatched && chain.GetName() == got.FilterChainMatched {
				chains = append(chains, chain)
			}
		}
	}
	if len(chains) == 0 {
		j.find(subject, fmt.Sprintf("port %d of the machine has no filter chain %s", port.TargetPort, got.FilterChainMatched))
		return
	}
	for _, chain := range chains {
		j.admits(m, subject, chain, uint32(port.TargetPort))
	}
}

// admits asks a filter chain on a machine about every client, and about identities that come close to one.
func (j *journey) admits(m expect.Machines, subject string, chain *listener.FilterChain, port uint32) {
	rules, err := accessRules(chain)
	if err != nil {
		j.find(subject, err.Error())
		return
	}
	for _, identity := range append(j.identities(expect.Service{Namespace: m.Namespace}), "") {
		got, err := passes(rules, connection{principal: identity, port: port})
		want := slices.ContainsFunc(m.Clients, func(c expect.Client) bool { return j.isClient(c, identity) })
		j.result.Checked++
		switch {
		case err != nil:
			j.find(subject, err.Error())
		case got && !want:
			j.find(subject, fmt.Sprintf("the machine lets %q pass on port %d, nobody named it", identity, port))
		case !got && want:
			j.find(subject, fmt.Sprintf("the machine refuses %q on port %d, want it to pass", identity, port))
		}
	}
}

// isClient says whether an identity is that of a client, in the trust domain or an alias of it.
func (j *journey) isClient(c expect.Client, identity string) bool {
	return slices.ContainsFunc(j.app.Mesh.TrustDomains(), func(domain string) bool {
		rest, is := strings.CutPrefix(identity, domain+"/ns/"+c.Namespace+"/sa/")
		return is && (c.ServiceAccount == "" || rest == c.ServiceAccount)
	})
}

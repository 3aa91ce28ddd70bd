package mesh

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"

	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/config/protocol"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/fixtures"
)

// routed follows a connection from the sidecar's cluster through the gateway to the host outside.
func (j *journey) routed(
	subject string, v *view, at simulation.Result, s expect.Service, port expect.Port, leg expect.Leg, client expect.Client,
) {
	name := at.ClusterMatched
	c := v.clusters[name]
	if c == nil {
		j.find(subject, fmt.Sprintf("the sidecar has no cluster %s", name))
		return
	}
	serverName := leg.ServerName(client.Namespace)
	context, err := upstreamTLS(c)
	switch {
	case err != nil:
		j.find(subject, err.Error())
	case leg.Mutual && context == nil:
		j.find(subject, fmt.Sprintf("cluster %s sends plaintext to the gateway, want mutual TLS", name))
	case !leg.Mutual && context != nil:
		j.find(subject, fmt.Sprintf("cluster %s sends TLS to the gateway, want plaintext", name))
	case leg.Mutual:
		if context.GetSni() != serverName {
			j.find(subject, fmt.Sprintf("cluster %s sends SNI %q to the gateway, want %q", name, context.GetSni(), serverName))
		}
		if !meshIdentity(context.GetCommonTlsContext()) {
			j.find(subject, fmt.Sprintf("cluster %s does not show the workload's own identity to the gateway", name))
		}
	}
	if protocol.Parse(port.Protocol).IsHTTP() {
		j.rewrites(subject, v, at, serverName)
	}
	endpoints := v.endpoints(c)
	if len(endpoints) == 0 {
		j.find(subject, fmt.Sprintf("cluster %s has no endpoint: no gateway pod, or no such port on its Service", name))
	}
	for _, e := range endpoints {
		there, err := netip.ParseAddrPort(e)
		if err != nil {
			j.find(subject, fmt.Sprintf("cluster %s has the endpoint %s", name, e))
			continue
		}
		gateway := j.mesh.gateway(there.Addr().String())
		if gateway == nil {
			j.find(subject, fmt.Sprintf("cluster %s leads to %s, which is no gateway pod", name, e))
			continue
		}
		j.throughGateway(subject, gateway, there, s, port, leg, serverName)
	}
}

func meshIdentity(context *tls.CommonTlsContext) bool {
	for _, c := range context.GetTlsCertificateSdsSecretConfigs() {
		if c.GetName() == "default" {
			return true
		}
	}
	return false
}

func (j *journey) throughGateway(
	subject string, gateway *view, at netip.AddrPort, s expect.Service, port expect.Port, leg expect.Leg, serverName string,
) {
	c := simulation.Call{Address: at.Addr().String(), Port: int(at.Port()), CallMode: simulation.CallModeGateway, Protocol: simulation.TCP}
	if protocol.Parse(port.Protocol).IsHTTP() {
		// The sidecar has put the server name in the place of the host, which is what tells the gateway's routes apart.
		c.Protocol = simulation.HTTP
		c.HostHeader = serverName
	}
	if leg.Mutual {
		c.TLS = simulation.MTLS
		c.Sni = serverName
	}
	got := gateway.simulated.Run(c)
	want := outbound(port.UpstreamPort(), "", leg.Upstream)
	if got.Error != nil || got.ClusterMatched != want {
		j.find(subject, fmt.Sprintf("at the gateway, port %d, SNI %q: ends in %s, want %s", at.Port(), c.Sni, ending(got), want))
		return
	}
	if c.HostHeader != "" {
		j.rewrites(subject, gateway, got, authority(leg))
	}
	j.privately(subject, gateway, want, s, port, leg)
	chain, err := chainFor(gateway, got, leg, serverName)
	if err != nil {
		j.find(subject, err.Error())
		return
	}
	if !j.asked[chain] {
		j.asked[chain] = true
		j.access(s, chain, uint32(at.Port()), leg, serverName)
	}
}

// privateUpstream is where the gateway finds the host outside: at the addresses that the clients dial, or by its real name.
func privateUpstream(s expect.Service, leg expect.Leg) (resolution string, endpoints []string) {
	if len(s.Choice) > 0 {
		return s.Resolution, addressesOf(s.Choice)
	}
	if s.ByName() && len(s.Endpoints) == 0 {
		return s.Resolution, []string{leg.Host}
	}
	if s.ByName() {
		// The dot is for the clients' sidecars, whose pods may have another address for the name.
		for _, e := range s.Endpoints {
			endpoints = append(endpoints, strings.TrimSuffix(e, "."))
		}
		return s.Resolution, endpoints
	}
	addresses := s.Endpoints
	if len(addresses) == 0 {
		addresses = s.Addresses
	}
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a); err == nil && p.IsSingleIP() {
			a = p.Addr().String()
		}
		endpoints = append(endpoints, a)
	}
	return expect.Static, endpoints
}

// privately checks where the gateway goes for a leg, and what the library says about it.
func (j *journey) privately(subject string, gateway *view, name string, s expect.Service, port expect.Port, leg expect.Leg) {
	resolution, hosts := privateUpstream(s, leg)
	if leg.Resolution != "" && (leg.Resolution != resolution || !same(leg.Endpoints, hosts)) {
		j.find(s.Path, fmt.Sprintf("the library says that the gateway finds %s by %s at %v, want %s at %v", leg.Host, leg.Resolution, leg.Endpoints, resolution, hosts))
	}
	endpoints := []string{}
	for _, h := range hosts {
		endpoints = append(endpoints, net.JoinHostPort(h, strconv.Itoa(port.TargetPort)))
	}
	if c := j.upstream(subject, gateway, name, resolution, endpoints); c != nil {
		j.origination(subject, c, port, leg.Host)
		j.order(subject, gateway, c, s)
		j.connection(subject, gateway, c, s, port)
	}
}

// authority of a request as the application sends it.
func authority(leg expect.Leg) string {
	if leg.Port == 80 {
		return leg.Host
	}
	return net.JoinHostPort(leg.Host, strconv.Itoa(leg.Port))
}

// rewrites asks which host a request leaves a proxy with.
func (j *journey) rewrites(subject string, v *view, at simulation.Result, want string) {
	for _, host := range rewritten(v, at) {
		if host != want {
			j.find(subject, fmt.Sprintf("%s sends the host %q on, want %q", v.proxy.ID, host, want))
		}
	}
}

// rewritten hosts of the route that a request takes; an empty one is not rewritten.
func rewritten(v *view, at simulation.Result) []string {
	found := []string{}
	for _, config := range v.simulated.Routes {
		for _, virtual := range config.GetVirtualHosts() {
			for _, r := range virtual.GetRoutes() {
				if config.GetName() == at.RouteConfigMatched && virtual.GetName() == at.VirtualHostMatched && r.GetName() == at.RouteMatched {
					found = append(found, r.GetRoute().GetHostRewriteLiteral())
				}
			}
		}
	}
	return found
}

// chainFor is the filter chain that a leg's connections enter; a server name has one of its own.
func chainFor(gateway *view, got simulation.Result, leg expect.Leg, serverName string) (*listener.FilterChain, error) {
	var found *listener.FilterChain
	for _, l := range gateway.listeners {
		if l.Name != got.ListenerMatched {
			continue
		}
		for _, chain := range l.GetFilterChains() {
			serverNames := chain.GetFilterChainMatch().GetServerNames()
			if leg.Mutual && !slices.Contains(serverNames, serverName) {
				continue
			}
			if leg.Mutual && len(serverNames) > 1 {
				return nil, fmt.Errorf("the gateway's filter chain for SNI %s serves %v as well", serverName, serverNames)
			}
			if found != nil {
				return nil, fmt.Errorf("the gateway has several filter chains on %s for %q", l.Name, serverName)
			}
			found = chain
		}
	}
	if found == nil {
		return nil, fmt.Errorf("the gateway has no filter chain for SNI %s", serverName)
	}
	return found, nil
}

// access asks the gateway's filter chain about every identity that should pass and several that should not: first its TLS handshake, then the
// policies behind it.
func (j *journey) access(s expect.Service, chain *listener.FilterChain, port uint32, leg expect.Leg, serverName string) {
	shake, err := handshakeOf(chain)
	if err != nil {
		j.find(s.Path, err.Error())
		return
	}
	if leg.Mutual != (shake != nil) {
		j.find(s.Path, fmt.Sprintf("the gateway's filter chain for %q terminates TLS: %v, want %v", serverName, shake != nil, leg.Mutual))
		return
	}
	rules, err := accessRules(chain)
	if err != nil {
		j.find(s.Path, err.Error())
		return
	}
	if leg.Mutual {
		j.anonymous(s, shake, serverName)
	}
	for _, identity := range j.identities(s) {
		c := connection{principal: identity, port: port}
		if leg.Mutual {
			c.sni = serverName
		} else {
			c.principal = ""
		}
		want := !leg.Mutual || j.mayPass(s, leg, serverName, identity)
		got, err := shake.accepts(c)
		if err == nil && got {
			got, err = passes(rules, c)
		}
		switch {
		case err != nil:
			j.find(s.Path, err.Error())
		case got && !want:
			j.find(s.Path, fmt.Sprintf("the gateway lets %s pass on SNI %s, nobody named it", identity, serverName))
		case !got && want:
			j.find(s.Path, fmt.Sprintf("the gateway refuses %s on SNI %s, want it to pass", identity, serverName))
		}
		j.result.Checked++
	}
}

func (j *journey) anonymous(s expect.Service, shake *handshake, serverName string) {
	if !shake.identified {
		j.find(s.Path, fmt.Sprintf("the gateway does not ask for a certificate of the mesh on SNI %s", serverName))
	}
}

// identities to ask about: those that any service names, and for each of them some that come close.
func (j *journey) identities(s expect.Service) []string {
	found := map[string]bool{}
	add := func(trustDomain, namespace, account string) {
		found[trustDomain+"/ns/"+namespace+"/sa/"+account] = true
	}
	domains := j.app.Mesh.TrustDomains()
	clients := []expect.Client{}
	for _, other := range j.app.Services {
		clients = append(clients, other.Clients...)
	}
	for _, machines := range j.app.Machines {
		clients = append(clients, machines.Clients...)
	}
	for _, c := range clients {
		account := c.ServiceAccount
		if account == "" {
			account = "any-account"
		}
		for _, domain := range domains {
			add(domain, c.Namespace, account)
			add(domain, c.Namespace, account+"-2")
			add(domain, c.Namespace, "stranger")
			add(domain, c.Namespace+"-2", account)
			add(domain, fixtures.Elsewhere, account)
			add("other."+domain, c.Namespace, account)
			add(domain+".other", c.Namespace, account)
		}
	}
	for _, domain := range domains {
		add(domain, s.Namespace, "default")
		add(domain, s.Namespace, "stranger")
		add(domain, s.Namespace+"-2", "default")
	}
	return slices.Sorted(maps.Keys(found))
}

// mayPass says whether an identity may pass on one of a leg's server names: each name is for the named accounts, or for one namespace.
func (j *journey) mayPass(s expect.Service, leg expect.Leg, serverName, identity string) bool {
	namespace, known := s.ServerNames(leg)[serverName]
	if !known {
		return false
	}
	for _, domain := range j.app.Mesh.TrustDomains() {
		if namespace != "" && strings.HasPrefix(identity, domain+"/ns/"+namespace+"/sa/") {
			return true
		}
		if namespace != "" {
			continue
		}
		for _, c := range s.NamedClients() {
			if identity == domain+"/ns/"+c.Namespace+"/sa/"+c.ServiceAccount {
				return true
			}
		}
	}
	return false
}

var madeUp = regexp.MustCompile(`^(in\.[^.]+\.[^.]+\.)?(p|any)\d+\.`)

// serverNames compares the server names that gateways answer to with those that the services have.
func (j *journey) serverNames() {
	for _, p := range j.mesh.cluster.Pods {
		if !j.isGateway(p.Namespace, p.Labels) {
			continue
		}
		want := map[string]bool{}
		for _, s := range j.app.Services {
			if s.Route == nil || s.Route.Gateway.Namespace != p.Namespace || !within(s.Route.Gateway.Selector, p.Labels) {
				continue
			}
			for _, leg := range s.Route.Legs {
				for name := range s.ServerNames(leg) {
					want[name] = true
				}
			}
		}
		got := map[string]bool{}
		for _, l := range j.mesh.gateway(p.Status.PodIP).listeners {
			for _, chain := range l.GetFilterChains() {
				for _, name := range chain.GetFilterChainMatch().GetServerNames() {
					got[name] = true
				}
			}
		}
		subject := "Pod " + p.Namespace + "/" + p.Name
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if madeUp.MatchString(name) && !want[name] {
				j.find(subject, fmt.Sprintf("the gateway serves SNI %s, no service has it", name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if !got[name] {
				j.find(subject, fmt.Sprintf("the gateway does not serve SNI %s", name))
			}
		}
	}
}

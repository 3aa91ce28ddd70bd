package mesh

import (
	"fmt"
	"slices"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	snidfp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/sni_dynamic_forward_proxy/v3"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/config/protocol"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// virtually checks a service whose hosts have addresses of their own in the pods of its clients: the sidecar listens on these addresses, and looks the
// host up past the file of the pod that has them, which Envoy reads as well.
func (j *journey) virtually(subject string, v *view, s expect.Service, hostname string, port expect.Port) {
	if !s.ByName() || len(s.Addresses) == 0 {
		return
	}
	j.result.Checked++
	p := protocol.Parse(port.Protocol)
	for _, a := range j.addresses(s, hostname) {
		if !p.IsHTTP() && !p.IsTLS() && !listens(v, a, port.Number) {
			j.find(subject, fmt.Sprintf("the sidecar does not listen on %s:%d, which stands for %s", a, port.Number, hostname))
		}
	}
	name := outbound(port.Number, "", hostname)
	c := v.clusters[name]
	if c == nil {
		j.find(subject, fmt.Sprintf("the sidecar has no cluster %s", name))
		return
	}
	if slices.Contains(v.endpoints(c), fmt.Sprintf("%s:%d", hostname, port.TargetPort)) {
		j.find(subject, fmt.Sprintf("cluster %s looks %q up without a dot at its end, and would find the address that stands for it", name, hostname))
	}
}

func listens(v *view, address string, port int) bool {
	return slices.ContainsFunc(v.listeners, func(l *listener.Listener) bool {
		at := l.GetAddress().GetSocketAddress()
		return at.GetAddress() == address && int(at.GetPortValue()) == port
	})
}

// byRequest checks a wildcard whose names the sidecar resolves itself: where the connection or the request says which name is meant, and on which port.
func (j *journey) byRequest(subject string, v *view, got simulation.Result, s expect.Service, hostname string, port expect.Port) {
	if s.Resolution != expect.DynamicDNS {
		return
	}
	j.result.Checked++
	if protocol.Parse(port.Protocol).IsHTTP() {
		if !resolvesRequests(v, got.ListenerMatched) {
			j.find(subject, fmt.Sprintf("listener %s does not resolve the hosts of requests to %s", got.ListenerMatched, hostname))
		}
		return
	}
	cache := model.BuildDNSCacheName(host.Name(hostname))
	for _, filter := range sniResolvers(v, got.ListenerMatched) {
		if filter.GetDnsCacheConfig().GetName() == cache && int(filter.GetPortValue()) == port.TargetPort {
			return
		}
	}
	j.find(subject, fmt.Sprintf("listener %s does not resolve the server names of %s on port %d", got.ListenerMatched, hostname, port.TargetPort))
}

func sniResolvers(v *view, name string) []*snidfp.FilterConfig {
	found := []*snidfp.FilterConfig{}
	for _, f := range filtersOf(v, name) {
		config := &snidfp.FilterConfig{}
		if f.GetTypedConfig().MessageIs(config) && f.GetTypedConfig().UnmarshalTo(config) == nil {
			found = append(found, config)
		}
	}
	return found
}

func resolvesRequests(v *view, name string) bool {
	for _, f := range filtersOf(v, name) {
		manager := &hcm.HttpConnectionManager{}
		if !f.GetTypedConfig().MessageIs(manager) || f.GetTypedConfig().UnmarshalTo(manager) != nil {
			continue
		}
		if slices.ContainsFunc(manager.GetHttpFilters(), func(h *hcm.HttpFilter) bool { return h.GetName() == "envoy.filters.http.dynamic_forward_proxy" }) {
			return true
		}
	}
	return false
}

// filtersOf a listener, of all of its chains.
func filtersOf(v *view, name string) []*listener.Filter {
	found := []*listener.Filter{}
	for _, l := range v.listeners {
		if l.GetName() != name {
			continue
		}
		for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
			found = append(found, chain.GetFilters()...)
		}
	}
	return found
}

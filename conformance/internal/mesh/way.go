package mesh

import (
	"net/netip"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/util"
	"istio.io/istio/pilot/pkg/simulation"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// way that the proxies' configuration gives to a connection.
type way struct {
	// refused says why there is none.
	refused string
	// gateway is the pod that it passes, port where it enters the pod, and via the gateway's Service; nil: straight out.
	gateway *corev1.Pod
	port    int
	via     string
	// admits says whether the gateway lets an identity pass.
	admits func(principal string) (bool, error)
	// ends are the addresses outside of which one is chosen.
	ends []netip.AddrPort
}

// follow a call from a sidecar to the addresses outside. Names are resolved by the network; a proxy that resolves the name of each connection itself
// connects to the target's port.
func (n *network) follow(m *mesh, sidecar *view, c simulation.Call, t target) []way {
	got := sidecar.simulated.Run(c)
	switch {
	case got.Error != nil, got.ClusterMatched == "", got.ClusterMatched == util.BlackHoleCluster:
		return []way{{refused: "its sidecar sends it to " + ending(got)}}
	case got.ClusterMatched == util.PassthroughCluster:
		return []way{{ends: []netip.AddrPort{dialled(c)}}}
	case sidecar.clusters[got.ClusterMatched] == nil:
		return []way{{refused: "its sidecar has no cluster " + got.ClusterMatched}}
	}
	chosen := sidecar.clusters[got.ClusterMatched]
	found, straight := []way{}, way{}
	for _, end := range n.ends(sidecar, chosen, c, t) {
		if pod := m.podAt(end.Addr()); pod != nil {
			found = append(found, n.pass(m, sidecar, got, chosen, pod, end, c, t))
		} else {
			straight.ends = append(straight.ends, end)
		}
	}
	if len(straight.ends) > 0 {
		found = append(found, straight)
	}
	if len(found) == 0 {
		return []way{{refused: "cluster " + chosen.GetName() + " has no endpoint"}}
	}
	return found
}

// pass a gateway's pod.
func (n *network) pass(
	m *mesh, sidecar *view, at simulation.Result, chosen *cluster.Cluster, pod *corev1.Pod, end netip.AddrPort, c simulation.Call, t target,
) way {
	gateway := m.gateway(pod.Status.PodIP)
	entering := simulation.Call{
		Address: end.Addr().String(), Port: int(end.Port()), CallMode: simulation.CallModeGateway, Protocol: simulation.TCP,
	}
	if c.HostHeader != "" {
		entering.Protocol, entering.HostHeader = simulation.HTTP, c.HostHeader
		for _, host := range rewritten(sidecar, at) {
			if host != "" {
				entering.HostHeader = host
			}
		}
	}
	context, err := upstreamTLS(chosen)
	if err != nil {
		return way{refused: err.Error()}
	}
	if context != nil {
		entering.TLS, entering.Sni = simulation.MTLS, context.GetSni()
	}
	got := gateway.simulated.Run(entering)
	upstream := gateway.clusters[got.ClusterMatched]
	if got.Error != nil || upstream == nil {
		return way{refused: "the gateway sends it to " + ending(got)}
	}
	chain, err := chainFor(gateway, got, expect.Leg{Mutual: context != nil}, entering.Sni)
	if err != nil {
		return way{refused: err.Error()}
	}
	shake, err := handshakeOf(chain)
	if err != nil {
		return way{refused: err.Error()}
	}
	rules, err := accessRules(chain)
	if err != nil {
		return way{refused: err.Error()}
	}
	_, _, service, _ := model.ParseSubsetKey(chosen.GetName())
	return way{
		gateway: pod, port: int(end.Port()), via: string(service), ends: n.ends(gateway, upstream, c, t),
		admits: func(principal string) (bool, error) {
			who := connection{principal: principal, sni: entering.Sni, port: uint32(end.Port())}
			if context == nil {
				who.principal = ""
			}
			if accepted, err := shake.accepts(who); err != nil || !accepted {
				return false, err
			}
			return passes(rules, who)
		},
	}
}

// ends that a cluster leads to.
func (n *network) ends(v *view, chosen *cluster.Cluster, c simulation.Call, t target) []netip.AddrPort {
	switch {
	case typeOf(chosen) == dynamic:
		return []netip.AddrPort{netip.AddrPortFrom(n.resolve(concrete(t.host)), uint16(t.port.TargetPort))}
	case chosen.GetType() == cluster.Cluster_ORIGINAL_DST:
		end := dialled(c)
		// The address that the client dialled, and the port of the declaration.
		if port := chosen.GetOriginalDstLbConfig().GetUpstreamPortOverride(); port != nil {
			end = netip.AddrPortFrom(end.Addr(), uint16(port.GetValue()))
		}
		return []netip.AddrPort{end}
	}
	found := []netip.AddrPort{}
	for _, e := range v.lbEndpoints(chosen) {
		if socket := e.GetEndpoint().GetAddress().GetSocketAddress(); socket != nil {
			found = append(found, netip.AddrPortFrom(n.resolve(socket.GetAddress()), uint16(socket.GetPortValue())))
		}
	}
	return found
}

func dialled(c simulation.Call) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(c.Address), uint16(c.Port))
}

// podAt an address of the cluster; nil for an address outside.
func (m *mesh) podAt(address netip.Addr) *corev1.Pod {
	for _, p := range m.cluster.Pods {
		if p.Status.PodIP == address.String() {
			return p
		}
	}
	return nil
}

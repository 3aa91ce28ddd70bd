package mesh

import (
	"fmt"
	"slices"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"

	"istio.io/istio/pilot/pkg/networking/util"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pilot/pkg/util/protoconv"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// portion that a cluster has of the connections or requests with one match, in the order of the configuration.
type portion struct {
	cluster string
	weight  uint32
}

// nameShares gives the weighted clusters of a TCP proxy a name, because Istio's simulation looks at one cluster alone.
func (v *view) nameShares() {
	for _, l := range v.listeners {
		for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
			for _, f := range chain.GetFilters() {
				proxy := &tcp.TcpProxy{}
				if !f.GetTypedConfig().MessageIs(proxy) || f.GetTypedConfig().UnmarshalTo(proxy) != nil {
					continue
				}
				weighted := proxy.GetWeightedClusters().GetClusters()
				if len(weighted) == 0 {
					continue
				}
				name := fmt.Sprintf("weighted clusters %d", len(v.shares)+1)
				for _, c := range weighted {
					v.shares[name] = append(v.shares[name], portion{c.GetName(), c.GetWeight()})
				}
				proxy.ClusterSpecifier = &tcp.TcpProxy_Cluster{Cluster: name}
				f.ConfigType = &listener.Filter_TypedConfig{TypedConfig: protoconv.MessageToAny(proxy)}
			}
		}
	}
}

// sharesAt what was matched; none when the proxy answers a request itself, or has no route for it.
func (v *view) sharesAt(got simulation.Result, isPartial bool) []portion {
	if got.RouteConfigMatched == "" || got.VirtualHostMatched == util.BlackHole {
		if shares, weighted := v.shares[got.ClusterMatched]; weighted {
			return shares
		}
		return []portion{{got.ClusterMatched, 100}}
	}
	taken := v.routeTaken(got, isPartial)
	if one := taken.GetRoute().GetCluster(); one != "" {
		return []portion{{one, 100}}
	}
	found := []portion{}
	for _, c := range taken.GetRoute().GetWeightedClusters().GetClusters() {
		found = append(found, portion{c.GetName(), c.GetWeight().GetValue()})
	}
	return found
}

// routeTaken by a request without headers for the path "/". When the trace says that some requests alone have a route, it is the first one.
func (v *view) routeTaken(got simulation.Result, isPartial bool) *route.Route {
	taken, err := routeOf(v, got, expect.Request{Path: "/"})
	if err == nil || !isPartial {
		return taken
	}
	for _, config := range v.simulated.Routes {
		for _, virtual := range config.GetVirtualHosts() {
			if config.GetName() == got.RouteConfigMatched && virtual.GetName() == got.VirtualHostMatched && len(virtual.GetRoutes()) > 0 {
				return virtual.GetRoutes()[0]
			}
		}
	}
	return nil
}

// largest share; of equal ones the first.
func largest(shares []portion) string {
	chosen := portion{}
	for _, s := range shares {
		if chosen.cluster == "" || s.weight > chosen.weight {
			chosen = s
		}
	}
	return chosen.cluster
}

// sharesOtherwise than the trace says, or nothing: where a route sends all that it takes, and what it copies. Without a destination the trace names none.
func (v *view) sharesOtherwise(got simulation.Result, isPartial bool, shares, copies []string) string {
	if len(shares) == 0 {
		return ""
	}
	found := []string{}
	for _, s := range v.sharesAt(got, isPartial) {
		if s.weight > 0 {
			found = append(found, s.cluster)
		}
	}
	if names := sortedSet(found); !slices.Equal(names, sortedSet(shares)) {
		return fmt.Sprintf("%s shares it among %v, want %v", v.proxy.ID, names, shares)
	}
	copied := []string{}
	if got.RouteConfigMatched != "" && got.VirtualHostMatched != util.BlackHole {
		for _, m := range v.routeTaken(got, isPartial).GetRoute().GetRequestMirrorPolicies() {
			copied = append(copied, m.GetCluster())
		}
	}
	if names := sortedSet(copied); !slices.Equal(names, sortedSet(copies)) {
		return fmt.Sprintf("%s copies it to %v, want %v", v.proxy.ID, names, copies)
	}
	return ""
}

func sortedSet(names []string) []string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

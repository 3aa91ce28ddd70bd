package mesh

import (
	"fmt"
	"slices"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	tcp "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/tcp_proxy/v3"
	"google.golang.org/protobuf/types/known/durationpb"

	"istio.io/istio/pkg/config/protocol"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// connection compares how a proxy connects with the settings of the declaration. Istio has places in a rule for them in which it ignores them.
func (j *journey) connection(subject string, v *view, c *cluster.Cluster, s expect.Service, port expect.Port) {
	want := s.Connection
	if want == nil {
		return
	}
	j.result.Checked++
	http := protocol.Parse(port.Protocol).IsHTTP()
	errors := int(c.GetOutlierDetection().GetConsecutive_5Xx().GetValue())
	if http {
		errors = int(c.GetOutlierDetection().GetConsecutiveLocalOriginFailure().GetValue())
	}
	limit := 0
	for _, t := range c.GetCircuitBreakers().GetThresholds() {
		limit = int(t.GetMaxConnections().GetValue())
	}
	j.setting(subject, v, c, "connect timeout", seconds(c.GetConnectTimeout()), want.ConnectTimeout)
	j.setting(subject, v, c, "limit of connections", limit, want.MaxConnections)
	j.setting(subject, v, c, "keepalive time", int(c.GetUpstreamConnectionOptions().GetTcpKeepalive().GetKeepaliveTime().GetValue()), want.KeepaliveTime)
	j.setting(subject, v, c, "number of errors", errors, want.ConsecutiveErrors)
	if http {
		common := optionsOf(c).GetCommonHttpProtocolOptions()
		j.setting(subject, v, c, "idle timeout", seconds(common.GetIdleTimeout()), want.IdleTimeout)
		j.setting(subject, v, c, "longest connection", seconds(common.GetMaxConnectionDuration()), want.MaxConnectionDuration)
		return
	}
	for _, proxy := range tcpProxies(v, c.GetName()) {
		j.setting(subject, v, c, "idle timeout", seconds(proxy.GetIdleTimeout()), want.IdleTimeout)
		j.setting(subject, v, c, "longest connection", seconds(proxy.GetMaxDownstreamConnectionDuration()), want.MaxConnectionDuration)
	}
}

func (j *journey) setting(subject string, v *view, c *cluster.Cluster, what string, got, want int) {
	if want != 0 && got != want {
		j.find(subject, fmt.Sprintf("cluster %s of %s: the %s is %d, want %d", c.GetName(), v.proxy.ID, what, got, want))
	}
}

func seconds(d *durationpb.Duration) int {
	return int(d.AsDuration().Seconds())
}

// tcpProxies that send to a cluster.
func tcpProxies(v *view, name string) []*tcp.TcpProxy {
	found := []*tcp.TcpProxy{}
	for _, l := range v.listeners {
		for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
			for _, f := range chain.GetFilters() {
				proxy := &tcp.TcpProxy{}
				if f.GetTypedConfig().MessageIs(proxy) && f.GetTypedConfig().UnmarshalTo(proxy) == nil && proxy.GetCluster() == name {
					found = append(found, proxy)
				}
			}
		}
	}
	return found
}

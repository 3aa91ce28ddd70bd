package mesh

import (
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	fault "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	xdstype "github.com/envoyproxy/go-control-plane/envoy/type/v3"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"istio.io/istio/pilot/pkg/networking/util"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/wellknown"

	"cdk8s-istio-egress/conformance/internal/netpol"
)

// TraceCheck is the name of the check that compares what the trace says of connections with what istiod makes of them.
const TraceCheck = "trace"

// TracesFile is the name of the file with what the trace says, beside a set's manifests.
const TracesFile = "traces.json"

// traced is a connection, and what the trace says of it.
type traced struct {
	Namespace string `json:"namespace"`
	Account   string `json:"account"`
	Host      string `json:"host"`
	Port      int    `json:"port"`
	// Address that is dialled, or what stands for one; empty: what DNS says.
	Address  string `json:"address"`
	Protocol string `json:"protocol"`
	// Cluster of the sidecar.
	Cluster string `json:"cluster"`
	// Shares and Copies are the clusters that it chooses from, and those that get copies of requests.
	Shares []string `json:"shares"`
	Copies []string `json:"copies"`
	// Aborted is the percentage of the requests that it aborts.
	Aborted float64 `json:"aborted"`
	Gateway *struct {
		Port      int      `json:"port"`
		TLS       string   `json:"tls"`
		SNI       string   `json:"sni"`
		HasChain  bool     `json:"hasChain"`
		Handshake string   `json:"handshake"`
		Admitted  string   `json:"admitted"`
		Cluster   string   `json:"cluster"`
		Shares    []string `json:"shares"`
		Copies    []string `json:"copies"`
		Aborted   float64  `json:"aborted"`
	} `json:"gateway,omitempty"`
	Upstream *struct {
		TLS             string   `json:"tls"`
		SNI             string   `json:"sni"`
		SubjectAltNames string   `json:"subjectAltNames"`
		Endpoints       []string `json:"endpoints"`
	} `json:"upstream,omitempty"`
	IsCut      bool     `json:"isCut"`
	MayBeCut   bool     `json:"mayBeCut"`
	End        string   `json:"end"`
	Text       string   `json:"text"`
	Conditions []string `json:"conditions"`
}

func (t traced) String() string {
	at := t.Address
	if at == "" {
		at = "what DNS says"
	}
	return fmt.Sprintf("%s/%s to %s:%d (%s, at %s)", t.Namespace, t.Account, t.Host, t.Port, t.Protocol, at)
}

// readTraces of a set; a set without any has none.
func readTraces(dir string) ([]traced, error) {
	data, err := os.ReadFile(filepath.Join(dir, TracesFile))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := []traced{}
	return found, json.Unmarshal(data, &found)
}

// What the trace says when it has no address but what stands for one.
const (
	allocatedTo = "the address that istiod allocates to "
	clusterOf   = "the cluster's address of "
)

// traces compares what the trace says of a set with the configuration that istiod makes of it.
func (j *journey) traces(folder string) error {
	all, err := readTraces(folder)
	if err != nil || len(all) == 0 {
		return err
	}
	n, err := newNetwork(j.mesh.cluster, j.app)
	if err != nil {
		return err
	}
	j.follow(n, all)
	return nil
}

// podOf an account: that of the set's workload, or one without labels.
func (j *journey) podOf(n *network, t traced) *corev1.Pod {
	for _, p := range j.mesh.cluster.Pods {
		if p.Namespace == t.Namespace && p.Spec.ServiceAccountName == t.Account {
			return p
		}
	}
	return n.pod(t.Namespace, t.Account, nil)
}

// follow compares what the trace says with the configuration that istiod makes.
func (j *journey) follow(n *network, all []traced) {
	for _, t := range all {
		j.result.Checked++
		if differs := j.compare(n, t); differs != "" && j.stocks(n, t) {
			j.except("port 80", "requests are told apart by their host there, whatever the set has on the port",
				"the Services of Istio's gateways speak HTTP on port 80, and are not in the set")
		} else if differs != "" && j.halfImported(n, t) {
			j.except("Sidecar", "imports one of several addresses of a ServiceEntry",
				"istiod looks exact hosts up by their names, and takes the address that it read first or last")
		} else if differs != "" {
			j.find(t.String(), differs+"; the trace says "+t.End+": "+t.Text)
		}
	}
}

// stocks says whether a connection is told apart by what Istio's charts install and the set does not have.
func (j *journey) stocks(n *network, t traced) bool {
	c, known := j.dial(n, t)
	if !known || t.Protocol != "HTTP" || t.Port != 80 || !j.mesh.cluster.Stubbed("istio-system", "istio-egressgateway") {
		return false
	}
	// The host is one that the sidecar does not know: it is closed to such requests, or passes them on.
	got := j.mesh.sidecar(t.Namespace, t.Account).simulated.Run(c)
	return blackHole(got) || got.VirtualHostMatched == util.Passthrough
}

// halfImported says whether the trace does not know the end of a connection to one of several addresses of an entry, in a namespace with a Sidecar.
// Of exact hosts a Sidecar imports one address, and which one it is differs from one run of istiod to the next.
func (j *journey) halfImported(n *network, t traced) bool {
	c, known := j.dial(n, t)
	if t.End != "UNKNOWN" {
		return false
	}
	hasSidecar := slices.ContainsFunc(j.mesh.cluster.Declared, func(o *unstructured.Unstructured) bool {
		return o.GetKind() == "Sidecar" && (o.GetNamespace() == t.Namespace || o.GetNamespace() == "istio-system")
	})
	return known && hasSidecar && slices.ContainsFunc(j.mesh.cluster.Declared, func(o *unstructured.Unstructured) bool {
		addresses, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "addresses")
		return o.GetKind() == "ServiceEntry" && len(addresses) > 1 && slices.Contains(addresses, c.Address)
	})
}

// compare a connection; the first difference, or nothing.
func (j *journey) compare(n *network, t traced) string {
	sidecar := j.mesh.sidecar(t.Namespace, t.Account)
	c, known := j.dial(n, t)
	if !known || t.End == "UNKNOWN" && !strings.HasPrefix(t.Text, "Envoy refuses") && !t.isAtPods() {
		return fmt.Sprintf("is not followed (address %q)", t.Address)
	}
	got := sidecar.simulated.Run(c)
	if t.isAtPods() {
		return takenByNobody(got)
	}
	if got.Error == simulation.ErrMultipleFilterChain && t.End == "UNKNOWN" {
		return ""
	}
	if got.Error != nil && !(got.Error == simulation.ErrNoRoute && t.isPartial()) {
		if t.Cluster != "" {
			return fmt.Sprintf("the sidecar: %s, want cluster %s", ending(got), t.Cluster)
		}
		return wantEnd(t, "REFUSED")
	}
	aborted := t.aborted(sidecar, got)
	if aborted != t.Aborted {
		return fmt.Sprintf("the sidecar aborts %v %% of the requests, want %v", aborted, t.Aborted)
	}
	if t.answers(sidecar, got) || aborted > 50 {
		return wantEnd(t, "REFUSED")
	}
	matched := got
	got.ClusterMatched = largest(sidecar.sharesAt(got, t.isPartial()))
	if got.ClusterMatched != t.Cluster && !(got.ClusterMatched == "" && blackHole(got)) {
		return fmt.Sprintf("the sidecar sends it to %s, the trace to %s", ending(got), t.Cluster)
	}
	if differs := sidecar.sharesOtherwise(matched, t.isPartial(), t.Shares, t.Copies); differs != "" {
		return differs
	}
	switch {
	case got.ClusterMatched == util.BlackHoleCluster, got.ClusterMatched == "" && blackHole(got):
		return wantEnd(t, "NOWHERE")
	case got.ClusterMatched == util.PassthroughCluster:
		return j.ends(n, t, sidecar, nil, []netip.AddrPort{dialled(c)}, "DIRECT")
	case sidecar.clusters[got.ClusterMatched] == nil:
		return wantEnd(t, "NOWHERE")
	}
	chosen := sidecar.clusters[got.ClusterMatched]
	endpoints := sidecar.endpoints(chosen)
	for _, e := range endpoints {
		at, err := netip.ParseAddrPort(e)
		if err != nil {
			continue
		}
		if gateway := j.mesh.gateway(at.Addr().String()); gateway != nil &&
			(t.Gateway != nil || j.isGateway(gateway.proxy.ConfigNamespace, gateway.proxy.Labels)) {
			return j.pass(n, t, sidecar, got, chosen, gateway, at)
		}
	}
	if t.Gateway != nil {
		return fmt.Sprintf("cluster %s leads to %v, and the trace to a gateway", chosen.GetName(), endpoints)
	}
	return j.last(n, t, sidecar, sidecar, chosen, c)
}

// isAtPods says whether the trace ends where proxies listen at addresses of pods alone, which it does not know.
func (t traced) isAtPods() bool {
	return t.End == "UNKNOWN" && strings.Contains(t.Text, " have no other address than their own")
}

// takenByNobody says what takes a connection to another address than those of the pods; nothing should.
func takenByNobody(got simulation.Result) string {
	if got.ClusterMatched == util.BlackHoleCluster || got.ClusterMatched == util.PassthroughCluster || blackHole(got) {
		return ""
	}
	return fmt.Sprintf("the sidecar sends it to %s, whatever address it has", ending(got))
}

// isPartial says whether the trace has found a route for some requests alone.
func (t traced) isPartial() bool {
	return slices.ContainsFunc(t.Conditions, func(c string) bool {
		return strings.HasPrefix(c, "if the request is one that ") && strings.HasSuffix(c, " matches")
	})
}

// answers says whether a proxy answers a request itself: with a redirect, or with what a rule says.
func (t traced) answers(v *view, got simulation.Result) bool {
	if got.RouteConfigMatched == "" || got.VirtualHostMatched == util.BlackHole {
		return false
	}
	taken := v.routeTaken(got, t.isPartial())
	return taken.GetRedirect() != nil || taken.GetDirectResponse() != nil
}

// aborted is the percentage of the requests that the fault filter of a proxy answers.
func (t traced) aborted(v *view, got simulation.Result) float64 {
	if got.RouteConfigMatched == "" || got.VirtualHostMatched == util.BlackHole {
		return 0
	}
	config := v.routeTaken(got, t.isPartial()).GetTypedPerFilterConfig()[wellknown.Fault]
	filter := &fault.HTTPFault{}
	if config == nil || config.UnmarshalTo(filter) != nil {
		return 0
	}
	percent := filter.GetAbort().GetPercentage()
	switch percent.GetDenominator() {
	case xdstype.FractionalPercent_MILLION:
		return float64(percent.GetNumerator()) / 10_000
	case xdstype.FractionalPercent_TEN_THOUSAND:
		return float64(percent.GetNumerator()) / 100
	}
	return float64(percent.GetNumerator())
}

func blackHole(got simulation.Result) bool {
	return got.VirtualHostMatched == util.BlackHole
}

// dial what the trace says; whether it is known.
func (j *journey) dial(n *network, t traced) (simulation.Call, bool) {
	address := t.Address
	switch {
	case address == "":
		address = n.resolve(t.Host).String()
	case strings.HasPrefix(address, allocatedTo):
		address = j.mesh.vips[host.Name(strings.TrimPrefix(address, allocatedTo))]
	case strings.HasPrefix(address, clusterOf):
		address = ""
		for _, s := range j.mesh.cluster.Services {
			if fmt.Sprintf("%s.%s.svc.%s", s.Name, s.Namespace, j.mesh.facts.ClusterDomain) == t.Host {
				address = s.Spec.ClusterIP
			}
		}
	}
	c := simulation.Call{Address: address, Port: t.Port, CallMode: simulation.CallModeOutbound, Protocol: simulation.TCP}
	switch t.Protocol {
	case "HTTP":
		c.Protocol, c.HostHeader = simulation.HTTP, t.Host
	case "TLS":
		c.TLS, c.Sni = simulation.TLS, t.Host
	}
	_, err := netip.ParseAddr(address)
	return c, err == nil
}

func wantEnd(t traced, end string) string {
	if t.End != end {
		return "ends as " + end
	}
	return ""
}

// pass a gateway.
func (j *journey) pass(
	n *network, t traced, sidecar *view, at simulation.Result, chosen *cluster.Cluster, gateway *view, end netip.AddrPort,
) string {
	if t.Gateway == nil && t.End != "UNKNOWN" {
		return fmt.Sprintf("cluster %s leads to a gateway, and the trace to none", chosen.GetName())
	}
	// A Service that is not in the set may have any port of the pods.
	if t.Gateway != nil && t.Gateway.Port != int(end.Port()) && t.Gateway.Port != 0 {
		return fmt.Sprintf("it enters the gateway at port %d, want %d", end.Port(), t.Gateway.Port)
	}
	context, err := contextOf(chosen)
	if err != nil {
		return err.Error()
	}
	entering := simulation.Call{
		Address: end.Addr().String(), Port: int(end.Port()), CallMode: simulation.CallModeGateway, Protocol: simulation.TCP,
	}
	if t.Protocol == "HTTP" {
		entering.Protocol, entering.HostHeader = simulation.HTTP, t.Host
		for _, h := range rewritten(sidecar, at) {
			if h != "" {
				entering.HostHeader = h
			}
		}
	}
	mode := modeOf(context)
	switch {
	case mode == "ISTIO_MUTUAL":
		entering.TLS, entering.Sni = simulation.MTLS, context.GetSni()
	case mode != "PLAINTEXT":
		entering.TLS, entering.Sni = simulation.TLS, context.GetSni()
	case t.Protocol == "TLS":
		entering.TLS, entering.Sni = simulation.TLS, t.Host
	}
	if t.End == "UNKNOWN" {
		if got := gateway.simulated.Run(entering); got.Error != simulation.ErrMultipleFilterChain {
			return "the gateway: " + ending(got)
		}
		return ""
	}
	if mode != t.Gateway.TLS || entering.Sni != t.Gateway.SNI {
		return fmt.Sprintf("it enters the gateway with TLS %s and SNI %q, want %s and %q", mode, entering.Sni, t.Gateway.TLS, t.Gateway.SNI)
	}
	if !t.MayBeCut && j.cut(n, t, sidecar, gateway, netip.AddrPort{}, end.Port()) {
		if !t.IsCut && t.End != "NOWHERE" {
			return "NetworkPolicies cut it before the gateway"
		}
		return wantEnd(t, "REFUSED")
	}
	got := gateway.simulated.Run(entering)
	if got.Error == simulation.ErrMultipleFilterChain {
		return wantEnd(t, "UNKNOWN")
	}
	if got.Error == simulation.ErrProtocolError && mode == "PLAINTEXT" && t.Protocol == "TLS" {
		// The gateway ends the application's own TLS: what is in it are requests.
		entering.Protocol, entering.HostHeader = simulation.HTTP, t.Host
		got = gateway.simulated.Run(entering)
	}
	chain := enteredChain(gateway, got, entering)
	if (chain != nil) != t.Gateway.HasChain && got.Error != simulation.ErrProtocolError {
		return fmt.Sprintf("the gateway has a filter chain: %v, want %v (%s)", chain != nil, t.Gateway.HasChain, ending(got))
	}
	if chain == nil {
		return wantEnd(t, "NOWHERE")
	}
	who := connection{principal: j.mesh.facts.TrustDomain + "/ns/" + t.Namespace + "/sa/" + t.Account, sni: entering.Sni, port: uint32(end.Port())}
	if mode != "ISTIO_MUTUAL" || chain.GetTransportSocket() == nil {
		who.principal = ""
	}
	accepted := got.Error != simulation.ErrTLSError && got.Error != simulation.ErrMTLSError && got.Error != simulation.ErrProtocolError
	// The simulation lets the TLS of the mesh pass where nothing ends it.
	if chain.GetTransportSocket() == nil && mode != "PLAINTEXT" {
		accepted = false
	}
	shake, err := handshakeOf(chain)
	if err != nil {
		return err.Error()
	}
	switch {
	case accepted && mode == "ISTIO_MUTUAL":
		if accepted, err = shake.accepts(who); err != nil {
			return err.Error()
		}
	case mode == "SIMPLE" && shake != nil && shake.demands:
		// The simulation knows the certificates of the mesh alone.
		accepted = false
	}
	if accepted != (t.Gateway.Handshake == "accepted") {
		return fmt.Sprintf("the handshake is accepted: %v (%s), want %s", accepted, ending(got), t.Gateway.Handshake)
	}
	if !accepted {
		return wantEnd(t, "REFUSED")
	}
	rules, err := accessRules(chain)
	if err != nil {
		return err.Error()
	}
	if t.Gateway.Admitted != "depends" {
		admitted, err := passes(rules, who)
		if err != nil || admitted != (t.Gateway.Admitted == "yes") {
			return fmt.Sprintf("policies admit it: %v %v, want %s", admitted, err, t.Gateway.Admitted)
		}
		if !admitted {
			return wantEnd(t, "REFUSED")
		}
	}
	aborted := t.aborted(gateway, got)
	if aborted != t.Gateway.Aborted {
		return fmt.Sprintf("the gateway aborts %v %% of the requests, want %v", aborted, t.Gateway.Aborted)
	}
	if t.answers(gateway, got) || aborted > 50 || got.Error == simulation.ErrTLSRedirect {
		return wantEnd(t, "REFUSED")
	}
	matched := got
	got.ClusterMatched = largest(gateway.sharesAt(got, t.isPartial()))
	if got.ClusterMatched != t.Gateway.Cluster {
		return fmt.Sprintf("the gateway sends it to %s, want %s", ending(got), t.Gateway.Cluster)
	}
	if differs := gateway.sharesOtherwise(matched, t.isPartial(), t.Gateway.Shares, t.Gateway.Copies); differs != "" {
		return differs
	}
	upstream := gateway.clusters[got.ClusterMatched]
	if upstream == nil {
		return wantEnd(t, "NOWHERE")
	}
	return j.last(n, t, sidecar, gateway, upstream, simulation.Call{})
}

// enteredChain of a gateway, even when the connection gets no further.
func enteredChain(gateway *view, got simulation.Result, c simulation.Call) (chain *listener.FilterChain) {
	if got.Error == simulation.ErrNoListener || got.Error == simulation.ErrNoFilterChain {
		return nil
	}
	best := -1
	for _, l := range gateway.listeners {
		if l.Name != got.ListenerMatched {
			continue
		}
		for _, candidate := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
			if candidate == nil {
				continue
			}
			rank := -1
			names := candidate.GetFilterChainMatch().GetServerNames()
			if len(names) == 0 {
				rank = 0
			}
			for _, name := range names {
				switch {
				case name == c.Sni:
					rank = math.MaxInt
				case strings.HasPrefix(name, "*") && strings.HasSuffix(c.Sni, name[1:]):
					rank = max(rank, len(name))
				}
			}
			if rank > best {
				best, chain = rank, candidate
			}
		}
	}
	return chain
}

// last proxy before the destination: its TLS, and where it connects to.
func (j *journey) last(n *network, t traced, sidecar, v *view, chosen *cluster.Cluster, c simulation.Call) string {
	if t.Upstream == nil {
		return fmt.Sprintf("%s sends it on by cluster %s", v.proxy.ID, chosen.GetName())
	}
	context, err := contextOf(chosen)
	if err != nil {
		// The pods of a Service, which may have sidecars or not.
		return wantEnd(t, "REACHES")
	}
	names := sansOf(context)
	if j.isOfCluster(chosen) {
		// Those of the accounts of its pods.
		names = t.Upstream.SubjectAltNames
	}
	if mode := modeOf(context); mode != t.Upstream.TLS || context.GetSni() != t.Upstream.SNI || names != t.Upstream.SubjectAltNames {
		return fmt.Sprintf("the last proxy speaks %s with SNI %q and checks %q, want %s, %q and %q", mode, context.GetSni(), names,
			t.Upstream.TLS, t.Upstream.SNI, t.Upstream.SubjectAltNames)
	}
	if strings.Contains(chosen.GetName(), ".svc."+j.mesh.facts.ClusterDomain) && j.isOfCluster(chosen) {
		// What NetworkPolicies do between pods is asked on the way to gateways alone.
		if t.IsCut {
			return ""
		}
		return wantEnd(t, "REACHES")
	}
	var want []string
	switch {
	case typeOf(chosen) == dynamic:
		if t.IsCut {
			// What cuts a name cuts any address of it.
			_, port, _ := net.SplitHostPort(t.Upstream.Endpoints[0])
			number, _ := strconv.Atoi(port)
			return j.ends(n, t, sidecar, v, []netip.AddrPort{netip.AddrPortFrom(n.resolve(t.Host), uint16(number))}, "REACHES")
		}
		return wantEnd(t, "REACHES")
	case chosen.GetType() == cluster.Cluster_ORIGINAL_DST:
		end := n.ends(v, chosen, c, target{})
		for _, e := range end {
			want = append(want, e.String())
		}
		if strings.HasPrefix(t.Address, allocatedTo) {
			// Nobody has it.
			return wantEnd(t, "NOWHERE")
		}
		if t.Address == "" || strings.HasPrefix(t.Address, clusterOf) {
			want = []string{net.JoinHostPort(t.Host, strconv.Itoa(int(end[0].Port())))}
		}
	default:
		want = v.endpoints(chosen)
	}
	// Addresses of IPv6 are written without brackets by the view.
	got := slices.Clone(t.Upstream.Endpoints)
	for i, e := range got {
		if !slices.Contains(want, e) {
			got[i] = strings.NewReplacer("[", "", "]", "").Replace(e)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) == 0 {
		return wantEnd(t, "NOWHERE")
	}
	if !slices.Equal(got, slices.Compact(want)) {
		return fmt.Sprintf("%s connects to %v, want %v", v.proxy.ID, want, got)
	}
	ends := []netip.AddrPort{}
	for _, e := range want {
		if at, err := netip.ParseAddrPort(e); err == nil {
			ends = append(ends, at)
		}
	}
	if len(ends) < len(want) && !t.IsCut {
		// Among them is a name, which may have an address that NetworkPolicies let it out to.
		return wantEnd(t, "REACHES")
	}
	return j.ends(n, t, sidecar, v, ends, "REACHES")
}

// ends of a way: whether NetworkPolicies let the last proxy out to them. A name has an address that the trace does not know.
func (j *journey) ends(n *network, t traced, sidecar, v *view, ends []netip.AddrPort, end string) string {
	if v == nil {
		v = sidecar
	}
	if t.MayBeCut {
		// The network of the judge has addresses and labels that the set does not say.
		return wantEnd(t, end)
	}
	if len(ends) == 0 || end == "DIRECT" && net.ParseIP(t.Address) == nil {
		// What the trace says of an address that nobody knows holds for all of them.
		if t.IsCut {
			return wantEnd(t, "REFUSED")
		}
		return wantEnd(t, end)
	}
	cut := true
	for _, e := range ends {
		cut = cut && j.cut(n, t, v, nil, e, 0)
	}
	if cut != t.IsCut {
		return fmt.Sprintf("NetworkPolicies cut it: %v, want %v", cut, t.IsCut)
	}
	if cut {
		return wantEnd(t, "REFUSED")
	}
	return wantEnd(t, end)
}

// cut says whether NetworkPolicies cut a connection of a proxy to a gateway's pod or to an address.
func (j *journey) cut(n *network, t traced, from, gateway *view, end netip.AddrPort, port uint16) bool {
	pod := j.mesh.podAt(netip.MustParseAddr(from.proxy.IPAddresses[0]))
	if pod == nil {
		pod = j.podOf(n, t)
	}
	if gateway == nil {
		let, _ := n.lets(netpol.Pod(pod), netpol.Outside(end.Addr()), int(end.Port()), "TCP")
		return !let
	}
	let, _ := n.lets(netpol.Pod(pod), netpol.Pod(j.mesh.podAt(netip.MustParseAddr(gateway.proxy.IPAddresses[0]))), int(port), "TCP")
	return !let
}

func (j *journey) isOfCluster(c *cluster.Cluster) bool {
	for _, s := range j.mesh.cluster.Services {
		if strings.HasSuffix(c.GetName(), fmt.Sprintf("|%s.%s.svc.%s", s.Name, s.Namespace, j.mesh.facts.ClusterDomain)) {
			return true
		}
	}
	return false
}

// contextOf the TLS of a cluster. For the pods of a gateway, which do not say that they speak the TLS of the mesh, nothing is spoken where it is chosen by endpoint.
func contextOf(c *cluster.Cluster) (*tls.UpstreamTlsContext, error) {
	if len(c.GetTransportSocketMatches()) > 0 {
		return nil, nil
	}
	return upstreamTLS(c)
}

func modeOf(context *tls.UpstreamTlsContext) string {
	if context == nil {
		return "PLAINTEXT"
	}
	certificates := context.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs()
	switch {
	case meshIdentity(context.GetCommonTlsContext()):
		return "ISTIO_MUTUAL"
	case len(certificates) > 0:
		return "MUTUAL"
	}
	return "SIMPLE"
}

func sansOf(context *tls.UpstreamTlsContext) string {
	found := []string{}
	//nolint:staticcheck // istiod still writes the older field
	for _, m := range context.GetCommonTlsContext().GetCombinedValidationContext().GetDefaultValidationContext().GetMatchSubjectAltNames() {
		found = append(found, m.GetExact())
	}
	return strings.Join(found, ",")
}

package mesh

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	envoycore "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	upstreams "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/config/protocol"
	"istio.io/istio/pkg/test"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "istiod"

// Addresses of documentation ranges, for connections whose destination does not matter or must be a stranger's.
var strangers = []string{"198.51.100.201", "203.0.113.202", "192.0.2.203", "100.64.0.204", "8.8.8.205"}

const (
	anyAddress  = "198.51.100.101"
	foreignHost = "foreign.invalid"
)

// Run generates the configuration of every proxy that a set concerns and follows every connection it is about; then it works out who reaches what.
func Run(set *manifests.Set, c *fixtures.Cluster) []*verdict.Result {
	result, reached := verdict.New(set.Name, Check, "connections"), verdict.New(set.Name, ReachCheck, "connections")
	followed := verdict.New(set.Name, TraceCheck, "connections")
	app := set.Expect
	if app == nil {
		app, _ = expect.Parse([]byte("{}"), set.Name)
	}
	err := test.Wrap(func(t test.Failer) {
		defer func() {
			if r := recover(); r != nil {
				result.Find(set.Name, fmt.Sprintf("istiod's generators panic: %v", r))
			}
		}()
		m, err := newMesh(t, c, app.Mesh)
		if err != nil {
			result.Find(set.Name, err.Error())
			return
		}
		j := &journey{mesh: m, app: app, result: result, seen: map[string]bool{}, asked: map[*listener.FilterChain]bool{}}
		j.all()
		if err := (&journey{mesh: m, app: app, result: reached, seen: map[string]bool{}}).matrix(); err != nil {
			reached.Find(set.Name, err.Error())
		}
		if err := (&journey{mesh: m, app: app, result: followed, seen: map[string]bool{}}).traces(set.Folder); err != nil {
			followed.Find(set.Name, err.Error())
		}
	})
	if err != nil {
		result.Find(set.Name, strings.Join(strings.Fields(err.Error()), " "))
	}
	return []*verdict.Result{result, reached, followed}
}

// journey follows the connections of one app.
type journey struct {
	mesh   *mesh
	app    *expect.App
	result *verdict.Result
	seen   map[string]bool
	// asked holds the filter chains whose access was judged: every client of a namespace enters the same one.
	asked map[*listener.FilterChain]bool
}

// istiod counts rejected configuration in one place for the whole process.
var counting sync.Mutex

func (j *journey) all() {
	counting.Lock()
	before := rejected()
	for _, p := range j.mesh.cluster.Pods {
		if j.isGateway(p.Namespace, p.Labels) {
			j.mesh.gateway(p.Status.PodIP)
		}
	}
	after := rejected()
	counting.Unlock()
	for name, n := range after {
		if n > before[name] {
			j.find("Gateway "+name, "istiod drops a server or a rule of it (pilot_total_rejected_configs)")
		}
	}
	for _, s := range j.app.Services {
		if s.Route != nil {
			j.gatewayPorts(s.Route.Gateway)
		}
		for _, client := range j.clients(s) {
			j.service(s, client)
		}
		j.visible(s)
	}
	for _, r := range j.app.Requests {
		j.request(r)
	}
	for _, m := range j.app.Machines {
		j.machines(m)
	}
	j.serverNames()
	j.pushStatus()
}

func (j *journey) isGateway(namespace string, labels map[string]string) bool {
	for _, s := range j.app.Services {
		if s.Route != nil && s.Route.Gateway.Namespace == namespace && within(s.Route.Gateway.Selector, labels) {
			return true
		}
	}
	for _, o := range j.mesh.cluster.Declared {
		if o.GetKind() != "Gateway" {
			continue
		}
		spec, _ := o.Object["spec"].(map[string]any)
		raw, _ := spec["selector"].(map[string]any)
		selector := map[string]string{}
		for k, v := range raw {
			selector[k], _ = v.(string)
		}
		if len(selector) > 0 && within(selector, labels) {
			return true
		}
	}
	return false
}

func within(part, whole map[string]string) bool {
	for k, v := range part {
		if whole[k] != v {
			return false
		}
	}
	return true
}

// find records a finding once: many clients share one proxy configuration.
func (j *journey) find(subject, message string) {
	if !j.seen[subject+"\n"+message] {
		j.seen[subject+"\n"+message] = true
		j.result.Find(subject, message)
	}
}

func (j *journey) except(subject, message, reason string) {
	if !j.seen[subject+"\n"+message] {
		j.seen[subject+"\n"+message] = true
		j.result.Except(subject, message, reason)
	}
}

// gatewayPorts says what an imported gateway must offer beyond what its chart gives it.
func (j *journey) gatewayPorts(g expect.Gateway) {
	for _, p := range g.Ports {
		if j.mesh.cluster.Stubbed(g.Namespace, g.Service) && !fixtures.Stock(p.Port) {
			j.except("Service "+g.Namespace+"/"+g.Service, fmt.Sprintf("has to offer port %d", p.Port),
				"the application asks for this port; the Service of Istio's chart does not have it and belongs to somebody else")
		}
	}
}

// clients to probe with: those named; for whole namespaces, and where nobody is named, some account of each namespace.
func (j *journey) clients(s expect.Service) []expect.Client {
	found := []expect.Client{}
	for _, c := range s.Clients {
		if c.ServiceAccount == "" {
			c.ServiceAccount = "default"
		}
		found = append(found, c)
	}
	if len(found) > 0 {
		return found
	}
	for _, n := range s.VisibleTo {
		if n == "*" {
			n = s.Namespace
		}
		found = append(found, expect.Client{Namespace: n, ServiceAccount: "default"})
	}
	return found
}

func outbound(port int, subset, hostname string) string {
	return model.BuildSubsetKey(model.TrafficDirectionOutbound, subset, host.Name(hostname), port)
}

func (j *journey) gatewayHost(g expect.Gateway) string {
	return g.Service + "." + g.Namespace + ".svc." + j.mesh.facts.ClusterDomain
}

// cluster a sidecar should choose.
func (j *journey) want(s expect.Service, hostname string, port expect.Port) (string, *expect.Leg, bool) {
	if s.Route == nil {
		return outbound(port.Number, "", hostname), nil, true
	}
	leg, found := s.Leg(hostname, port.Number)
	if !found {
		return "", nil, false
	}
	return outbound(leg.GatewayPort, leg.Subset, j.gatewayHost(s.Route.Gateway)), &leg, true
}

func (j *journey) service(s expect.Service, client expect.Client) {
	sidecar := j.mesh.sidecar(client.Namespace, client.ServiceAccount)
	for _, h := range s.Hosts {
		for _, port := range s.Ports {
			subject := fmt.Sprintf("%s from %s/%s", s.Path, client.Namespace, client.ServiceAccount)
			want, leg, known := j.want(s, h, port)
			if !known {
				j.find(s.Path, fmt.Sprintf("%s:%d has no leg through the gateway", h, port.Number))
				continue
			}
			for _, call := range j.calls(s, h, port) {
				j.result.Checked++
				got := sidecar.simulated.Run(call)
				if got.Error != nil || got.ClusterMatched != want {
					j.find(subject, fmt.Sprintf("%s ends in %s, want %s", describe(call), ending(got), want))
					continue
				}
				j.virtually(subject, sidecar, s, h, port)
				if leg == nil {
					j.direct(subject, sidecar, want, s, h, port)
					j.byRequest(subject, sidecar, got, s, h, port)
				} else {
					j.routed(subject, sidecar, got, s, port, *leg, client)
				}
			}
			j.foreign(subject, sidecar, s, port)
		}
	}
}

func ending(r simulation.Result) string {
	at := " (listener " + r.ListenerMatched + ")"
	if r.Error != nil {
		return r.Error.Error() + at
	}
	if r.ClusterMatched == "" {
		return "no cluster" + at
	}
	return r.ClusterMatched + at
}

func describe(c simulation.Call) string {
	text := fmt.Sprintf("%s:%d", c.Address, c.Port)
	if c.HostHeader != "" && c.TLS != simulation.MTLS {
		return text + " with host " + c.HostHeader
	}
	if c.Sni != "" {
		return text + " with SNI " + c.Sni
	}
	return text
}

// calls of an application for a host and a port, one for each address it may see.
func (j *journey) calls(s expect.Service, hostname string, port expect.Port) []simulation.Call {
	found := []simulation.Call{}
	for _, a := range j.addresses(s, hostname) {
		found = append(found, call(protocol.Parse(port.Protocol), a, port.Number, concrete(hostname)))
	}
	return found
}

func call(p protocol.Instance, address string, port int, hostname string) simulation.Call {
	c := simulation.Call{Address: address, Port: port, CallMode: simulation.CallModeOutbound, Protocol: simulation.TCP}
	switch {
	case p.IsHTTP():
		c.Protocol = simulation.HTTP
		if p.IsHTTP2() {
			c.Protocol = simulation.HTTP2
		}
		c.HostHeader = hostname
	case p.IsTLS():
		c.TLS = simulation.TLS
		c.Sni = hostname
	}
	return c
}

// concrete host for a declared one.
func concrete(hostname string) string {
	if rest, wild := strings.CutPrefix(hostname, "*"); wild {
		return "probe" + rest
	}
	return hostname
}

// addresses that a client dials: those declared (one of each range), else the allocated one if its DNS is captured, else whatever DNS says, which may be
// an endpoint.
func (j *journey) addresses(s expect.Service, hostname string) []string {
	found := []string{}
	for _, a := range s.Addresses {
		if p, err := netip.ParsePrefix(a); err == nil {
			first := p.Masked().Addr()
			if !p.IsSingleIP() {
				first = first.Next()
			}
			found = append(found, first.String())
			continue
		}
		found = append(found, a)
	}
	if len(found) > 0 {
		return found
	}
	if vip := j.mesh.vips[host.Name(hostname)]; j.mesh.facts.DNSCapture && vip != "" {
		return []string{vip}
	}
	if s.Resolution == expect.Static {
		return append([]string{anyAddress}, s.Endpoints...)
	}
	return []string{anyAddress}
}

// direct checks the cluster by which a sidecar reaches the host outside itself.
func (j *journey) direct(subject string, v *view, name string, s expect.Service, hostname string, port expect.Port) {
	want := []string{}
	for _, e := range s.Endpoints {
		want = append(want, fmt.Sprintf("%s:%d", e, port.TargetPort))
	}
	if len(want) == 0 && s.ByName() {
		want = append(want, fmt.Sprintf("%s:%d", hostname, port.TargetPort))
	}
	if c := j.upstream(subject, v, name, s.Resolution, want); c != nil {
		j.origination(subject, c, port, hostname)
		j.order(subject, v, c, s)
		j.connection(subject, v, c, s, port)
	}
}

var discovery = map[string]cluster.Cluster_DiscoveryType{
	expect.None: cluster.Cluster_ORIGINAL_DST, expect.Static: cluster.Cluster_EDS,
	expect.DNS: cluster.Cluster_STRICT_DNS, expect.DNSRoundRobin: cluster.Cluster_LOGICAL_DNS,
}

// dynamic is the type of a cluster that connects to the name of each request.
const dynamic = "envoy.clusters.dynamic_forward_proxy"

func typeOf(c *cluster.Cluster) string {
	if custom := c.GetClusterType().GetName(); custom != "" {
		return custom
	}
	return c.GetType().String()
}

func typeFor(resolution string) string {
	if resolution == expect.DynamicDNS {
		return dynamic
	}
	return discovery[resolution].String()
}

// upstream checks how the last proxy before the host outside finds it.
func (j *journey) upstream(subject string, v *view, name, resolution string, endpoints []string) *cluster.Cluster {
	c := v.clusters[name]
	if c == nil {
		j.find(subject, fmt.Sprintf("%s has no cluster %s", v.proxy.ID, name))
		return nil
	}
	if got, want := typeOf(c), typeFor(resolution); got != want {
		j.find(subject, fmt.Sprintf("cluster %s is %s, want %s", name, got, want))
	}
	if resolution != expect.None {
		// An entry with several addresses gets its endpoints once for each of them; Envoy keeps the first of equal ones.
		if got := slices.Compact(slices.Sorted(slices.Values(v.endpoints(c)))); !same(got, endpoints) {
			j.find(subject, fmt.Sprintf("cluster %s has the endpoints %v, want %v", name, got, endpoints))
		}
	}
	return c
}

func same(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// origination compares the TLS that a proxy adds with what the library says.
func (j *journey) origination(subject string, c *cluster.Cluster, port expect.Port, hostname string) {
	context, err := upstreamTLS(c)
	switch {
	case err != nil:
		j.find(subject, err.Error())
	case port.TLS == nil && context != nil:
		j.find(subject, fmt.Sprintf("cluster %s originates TLS, nothing declares it", c.Name))
	case port.TLS != nil && context == nil:
		j.find(subject, fmt.Sprintf("cluster %s sends plaintext, want TLS (%s)", c.Name, port.TLS.Mode))
	case port.TLS != nil:
		j.verified(subject, c, context, *port.TLS, hostname)
	}
}

// verified asks whether a proxy sends the server name, and knows the names and the authority of the server's certificate.
func (j *journey) verified(subject string, c *cluster.Cluster, context *tls.UpstreamTlsContext, want expect.TLS, hostname string) {
	name, sni, altNames := c.Name, want.SNI, want.SubjectAltNames
	if sni == "" && !host.Name(hostname).IsWildCarded() {
		sni = hostname
	}
	if len(altNames) == 0 && sni != "" {
		altNames = []string{sni}
	}
	// Of a wildcard the host of each request is the name.
	if sni == "" && !ofRequests(c).GetAutoSni() {
		j.find(subject, fmt.Sprintf("cluster %s does not send the host of a request as server name", name))
	}
	if len(altNames) == 0 && !ofRequests(c).GetAutoSanValidation() {
		j.find(subject, fmt.Sprintf("cluster %s does not look for the host of a request in the certificate", name))
	}
	if context.GetSni() != sni {
		j.find(subject, fmt.Sprintf("cluster %s sends SNI %q, want %q", name, context.GetSni(), sni))
	}
	if got := names(context); !same(got, altNames) {
		j.find(subject, fmt.Sprintf("cluster %s verifies the names %v, want %v", name, got, altNames))
	}
	common := context.GetCommonTlsContext()
	authority := common.GetCombinedValidationContext().GetValidationContextSdsSecretConfig().GetName()
	wantAuthority := "file-root:" + want.CaCertificates
	if want.CredentialName != "" {
		wantAuthority = "kubernetes://" + want.CredentialName + "-cacert"
	}
	if authority != wantAuthority {
		j.find(subject, fmt.Sprintf("cluster %s takes the authority of the server's certificate from %q, want %q", name, authority, wantAuthority))
	}
	shown := []string{}
	for _, secret := range common.GetTlsCertificateSdsSecretConfigs() {
		shown = append(shown, secret.GetName())
	}
	wantShown := []string{}
	if want.Mode == "MUTUAL" {
		wantShown = []string{"kubernetes://" + want.CredentialName}
	}
	if !same(shown, wantShown) {
		j.find(subject, fmt.Sprintf("cluster %s shows the certificates %v, want %v", name, shown, wantShown))
	}
}

// ofRequests is what a cluster takes from the requests that it sends on.
func ofRequests(c *cluster.Cluster) *envoycore.UpstreamHttpProtocolOptions {
	return optionsOf(c).GetUpstreamHttpProtocolOptions()
}

// optionsOf a cluster for HTTP; nil when it has none.
func optionsOf(c *cluster.Cluster) *upstreams.HttpProtocolOptions {
	options := &upstreams.HttpProtocolOptions{}
	raw := c.GetTypedExtensionProtocolOptions()["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"]
	if raw == nil || raw.UnmarshalTo(options) != nil {
		return nil
	}
	return options
}

func names(context *tls.UpstreamTlsContext) []string {
	validation := context.GetCommonTlsContext().GetCombinedValidationContext().GetDefaultValidationContext()
	if validation == nil {
		validation = context.GetCommonTlsContext().GetValidationContext()
	}
	found := []string{}
	for _, m := range validation.GetMatchTypedSubjectAltNames() {
		if exact := m.GetMatcher().GetExact(); exact != "" && !slices.Contains(found, exact) {
			found = append(found, exact)
		}
	}
	//nolint:staticcheck // istiod still writes the older field
	for _, m := range validation.GetMatchSubjectAltNames() {
		if exact := m.GetExact(); exact != "" && !slices.Contains(found, exact) {
			found = append(found, exact)
		}
	}
	return found
}

func upstreamTLS(c *cluster.Cluster) (*tls.UpstreamTlsContext, error) {
	if len(c.GetTransportSocketMatches()) > 0 {
		return nil, fmt.Errorf("cluster %s chooses between TLS and plaintext by endpoint, want one of them", c.Name)
	}
	socket := c.GetTransportSocket()
	if socket == nil || !socket.GetTypedConfig().MessageIs(&tls.UpstreamTlsContext{}) {
		return nil, nil
	}
	context := &tls.UpstreamTlsContext{}
	return context, socket.GetTypedConfig().UnmarshalTo(context)
}

// foreign asks whether a connection to somebody else on the same port ends in one of the service's clusters.
func (j *journey) foreign(subject string, v *view, s expect.Service, port expect.Port) {
	ours := map[string]bool{}
	for _, h := range s.Hosts {
		if want, _, known := j.want(s, h, port); known {
			ours[want] = true
		}
		ours[outbound(port.Number, "", h)] = true
	}
	stranger := j.stranger()
	if stranger == "" {
		return
	}
	c := call(protocol.Parse(port.Protocol), stranger, port.Number, foreignHost)
	j.result.Checked++
	got := v.simulated.Run(c)
	if got.Error != nil || !ours[got.ClusterMatched] {
		return
	}
	byName := len(s.Addresses) == 0 && !slices.ContainsFunc(s.Hosts, func(h string) bool { return j.mesh.facts.DNSCapture && j.mesh.vips[host.Name(h)] != "" })
	if p := protocol.Parse(port.Protocol); byName && !p.IsHTTP() && !p.IsTLS() {
		j.except(s.Path, fmt.Sprintf("catches every address of port %d", port.Number),
			"a TCP service known by name only has no address to listen on unless the sidecars capture DNS")
		return
	}
	j.find(subject, fmt.Sprintf("a stranger's %s ends in %s", describe(c), got.ClusterMatched))
}

// stranger is an address that no service of the app declares.
func (j *journey) stranger() string {
	for _, candidate := range strangers {
		if !slices.ContainsFunc(j.app.Services, func(s expect.Service) bool { return declares(s, candidate) }) {
			return candidate
		}
	}
	return ""
}

func declares(s expect.Service, address string) bool {
	a := netip.MustParseAddr(address)
	for _, declared := range s.Addresses {
		if p, err := netip.ParsePrefix(declared); err == nil && p.Contains(a) || declared == address {
			return true
		}
	}
	return false
}

// pushStatus reports what istiod counted while it generated: conflicts, duplicates, clusters without endpoints.
func (j *journey) pushStatus() {
	status := j.mesh.control.PushContext().ProxyStatus
	for _, metric := range slices.Sorted(maps.Keys(status)) {
		if metric == model.ProxyStatusNoService.Name() {
			continue // our probing sidecars belong to no Service
		}
		for _, key := range slices.Sorted(maps.Keys(status[metric])) {
			s := status[metric][key]
			j.find(key, fmt.Sprintf("istiod counts %s for %s: %s", metric, s.Proxy, strings.Join(strings.Fields(s.Message), " ")))
		}
	}
}

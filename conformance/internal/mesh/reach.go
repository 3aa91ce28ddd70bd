package mesh

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/config/protocol"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/netpol"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// ReachCheck is the name of the check that compares who reaches what with what an app declares.
const ReachCheck = "reach"

// anyOther account of a namespace: one that nothing names.
const anyOther = "*"

// reach works out the matrix of client accounts and external services, through their sidecars and without.
type reach struct {
	*journey
	network *network
	targets []target
	probes  []probe
	ways    map[string][]way
}

// probe is a pod that tries to reach everything.
type probe struct {
	namespace string
	account   string
	pod       *corev1.Pod
	sidecar   *view
}

func (p probe) String() string {
	return p.namespace + "/" + p.account
}

// matrix of a set, compared with what its app declares, both ways.
func (j *journey) matrix() error {
	n, err := newNetwork(j.mesh.cluster, j.app)
	if err != nil {
		return err
	}
	r := &reach{journey: j, network: n, targets: n.targets(j.app), ways: map[string][]way{}}
	r.probes = r.allProbes()
	matrix := &verdict.Matrix{
		NetworkPolicies: n.policies.Count(), OutboundTrafficPolicy: j.app.Mesh.OutboundTrafficPolicy, Locked: []string{}, Cells: []verdict.Cell{},
	}
	for _, l := range j.app.Lockdowns {
		matrix.Locked = append(matrix.Locked, l.Namespace)
	}
	slices.Sort(matrix.Locked)
	for _, t := range r.targets {
		for _, p := range r.probes {
			matrix.Cells = append(matrix.Cells, r.cell(p, t))
		}
	}
	slices.SortStableFunc(matrix.Cells, func(a, b verdict.Cell) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Service, b.Service),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Account, b.Account))
	})
	for _, p := range r.probes {
		if lockdown, locked := j.app.LockdownOf(p.namespace); locked {
			r.keptIn(p, lockdown)
		}
	}
	r.gateways()
	j.result.Matrix = matrix
	return nil
}

// allProbes are the accounts that anything names, and some other account of every namespace. Its pod is that of the set's workload, if it has one.
func (r *reach) allProbes() []probe {
	accounts := map[string]map[string]*corev1.Pod{}
	for _, n := range r.mesh.cluster.Namespaces {
		accounts[n.Name] = map[string]*corev1.Pod{anyOther: nil}
	}
	add := func(clients []expect.Client) {
		for _, c := range clients {
			if c.ServiceAccount != "" {
				accounts[c.Namespace][c.ServiceAccount] = nil
			}
		}
	}
	for _, s := range r.app.Services {
		add(s.Clients)
	}
	for _, m := range r.app.Machines {
		add(m.Clients)
	}
	for _, p := range r.mesh.cluster.Workloads {
		if !r.isGateway(p.Namespace, p.Labels) {
			accounts[p.Namespace][p.Spec.ServiceAccountName] = p
		}
	}
	found := []probe{}
	for _, namespace := range slices.Sorted(maps.Keys(accounts)) {
		for _, account := range slices.Sorted(maps.Keys(accounts[namespace])) {
			p := probe{namespace: namespace, account: account, pod: accounts[namespace][account]}
			if p.pod != nil {
				p.sidecar = r.mesh.sidecar(namespace, account)
			} else {
				p.pod = r.network.pod(namespace, account, nil)
				p.sidecar = r.mesh.unlabelled(namespace)
			}
			found = append(found, p)
		}
	}
	return found
}

// unlabelled sidecar of a namespace: what istiod makes for an account depends on the labels of its pods alone.
func (m *mesh) unlabelled(namespace string) *view {
	if m.cluster.LabelsOf(namespace, "default") == nil {
		return m.sidecar(namespace, "default")
	}
	return m.sidecar(namespace, anyOther)
}

// cell of the matrix, after it was compared.
func (r *reach) cell(p probe, t target) verdict.Cell {
	r.result.Checked += 2
	declared := r.declared(p, t)
	through, via, why := r.through(p, t, r.calls(*t.service, t), true)
	if !declared {
		// Somebody who is not a client also tries the addresses themselves. The policies of the network are no excuse for a sidecar.
		through, via, why = r.through(p, t, append(r.calls(*t.service, t), r.byAddress(t)...), false)
	}
	subject := p.String() + ", through its sidecar"
	switch {
	case declared && through != verdict.All:
		r.find(subject, fmt.Sprintf("reaches %s: %s, want yes: %s", t, through, why))
	case !declared && through != verdict.None && !r.otherwise(p, t):
		r.find(subject, fmt.Sprintf("reaches %s (%s), want no", t, through))
	}
	alone, why := r.alone(p, t)
	subject = p.String() + ", without its sidecar"
	switch lockdown, locked := r.app.LockdownOf(p.namespace); {
	case !locked && alone != verdict.All:
		r.find(subject, fmt.Sprintf("reaches %s: %s, want yes, because nothing says that %s is locked down: %s", t, alone, p.namespace, why))
	case locked && alone != verdict.None && !r.open(p, t, lockdown):
		r.find(subject, fmt.Sprintf("reaches %s (%s), want no", t, alone))
	}
	if !declared {
		through, via, _ = r.through(p, t, append(r.calls(*t.service, t), r.byAddress(t)...), true)
	}
	return verdict.Cell{
		Host: t.host, Port: t.port.Number, Service: t.service.Name, Namespace: p.namespace, Account: p.account,
		Declared: declared, Through: through, Via: strings.TrimSuffix(via, ".svc."+r.app.Mesh.ClusterDomain), Alone: alone,
	}
}

// declared says whether an app declares an account as a client: by its identity where a gateway asks for one, by its namespace where nothing does.
func (r *reach) declared(p probe, t target) bool {
	s := *t.service
	leg, routed := s.Leg(t.host, t.port.Number)
	if !routed || !leg.Mutual {
		return s.VisibleIn(p.namespace)
	}
	return slices.ContainsFunc(s.Clients, func(c expect.Client) bool {
		return c.Namespace == p.namespace && (c.ServiceAccount == "" || c.ServiceAccount == p.account)
	})
}

// otherwise says whether somebody who is no client of a service reaches it in a way that the app declares: as the client of another service at the
// same place, or because the mesh lets everything out.
func (r *reach) otherwise(p probe, t target) bool {
	if _, locked := r.app.LockdownOf(p.namespace); !locked && r.app.Mesh.OutboundTrafficPolicy == expect.AllowAny {
		return true
	}
	return slices.ContainsFunc(r.targets, func(other target) bool { return other.overlaps(t) && r.declared(p, other) })
}

// open says whether a namespace that is locked down has to let its pods connect to a target past their sidecars.
func (r *reach) open(p probe, t target, lockdown expect.Lockdown) bool {
	return slices.Contains(lockdown.OpenPorts(), t.port.TargetPort) || slices.ContainsFunc(r.targets, func(other target) bool {
		if !other.service.VisibleIn(p.namespace) {
			return false
		}
		leg, routed := other.service.Leg(other.host, other.port.Number)
		if routed {
			// A leg in plaintext asks for no identity: who may connect to the gateway passes.
			return !leg.Mutual && other.overlaps(t)
		}
		return other.overlaps(t)
	})
}

// calls that an application makes to a target, one for each address that its DNS or its configuration may give it.
func (r *reach) calls(s expect.Service, t target) []simulation.Call {
	found := []simulation.Call{}
	for _, address := range r.addresses(s, t.host) {
		if address == anyAddress {
			address = r.network.resolve(concrete(t.host)).String()
		}
		found = append(found, call(protocol.Parse(t.port.Protocol), address, t.port.Number, concrete(t.host)))
	}
	return found
}

// byAddress calls a target at the addresses that it really has.
func (r *reach) byAddress(t target) []simulation.Call {
	found := []simulation.Call{}
	for _, a := range t.addresses {
		found = append(found, call(protocol.Parse(t.port.Protocol), a.Addr().String(), t.port.Number, concrete(t.host)))
	}
	return found
}

// through its sidecar: how many of the ends of all calls are the target and let through, the gateway that is passed, and why it is not all of them.
func (r *reach) through(p probe, t target, calls []simulation.Call, policies bool) (verdict.Extent, string, string) {
	reached, all, via, reason := 0, 0, "", ""
	if policies {
		if reason = r.network.lacks(p.pod); reason != "" {
			return verdict.None, "", reason
		}
	}
	for _, c := range calls {
		for _, w := range r.follow(p, t, c) {
			all += max(len(w.ends), 1)
			if why := r.enters(p, w, policies); why != "" {
				reason = why
				continue
			}
			for _, end := range w.ends {
				if why := r.leaves(p, t, w, end, policies); why != "" {
					reason = why
					continue
				}
				reached, via = reached+1, w.via
			}
		}
	}
	return verdict.Counted(reached, all), via, reason
}

func (r *reach) follow(p probe, t target, c simulation.Call) []way {
	key := fmt.Sprintf("%s %s %s %d", p.sidecar.proxy.ID, t, c.Address, c.Port)
	if _, known := r.ways[key]; !known {
		r.ways[key] = r.network.follow(r.mesh, p.sidecar, c, t)
	}
	return r.ways[key]
}

// enters the way: the reason why not.
func (r *reach) enters(p probe, w way, policies bool) string {
	if w.refused != "" || w.gateway == nil {
		return w.refused
	}
	if policies {
		if let, why := r.network.lets(netpol.Pod(p.pod), netpol.Pod(w.gateway), w.port, corev1.ProtocolTCP); !let {
			return why
		}
		// A stub has what its own app gives it, which is not in the set.
		if why := r.network.lacks(w.gateway); why != "" && slices.Contains(r.mesh.cluster.Workloads, w.gateway) {
			return why
		}
	}
	identity := r.app.Mesh.TrustDomain + "/ns/" + p.namespace + "/sa/" + p.account
	switch admitted, err := w.admits(identity); {
	case err != nil:
		return err.Error()
	case !admitted:
		return "the gateway refuses " + identity
	}
	return ""
}

// leaves the mesh for an end of a way, and reaches the target there: the reason why not.
func (r *reach) leaves(p probe, t target, w way, end netip.AddrPort, policies bool) string {
	if !t.has(end) {
		return fmt.Sprintf("it ends at %s", end)
	}
	if policies {
		from := p.pod
		if w.gateway != nil {
			from = w.gateway
		}
		_, why := r.network.out(from, end)
		return why
	}
	return ""
}

// alone, past its sidecar: straight to each address, or by a gateway that asks for no identity.
func (r *reach) alone(p probe, t target) (verdict.Extent, string) {
	if r.unasked(p, t) {
		return verdict.All, ""
	}
	reached, all, reason := 0, 0, ""
	for _, a := range t.addresses {
		for _, address := range []netip.Addr{a.Addr(), last(a)} {
			all++
			if let, why := r.network.out(p.pod, netip.AddrPortFrom(address, uint16(t.port.TargetPort))); !let {
				reason = why
				continue
			}
			reached++
		}
	}
	return verdict.Counted(reached, all), reason
}

// unasked says whether a gateway takes a connection to the target from a pod that shows no certificate.
func (r *reach) unasked(p probe, t target) bool {
	leg, routed := t.service.Leg(t.host, t.port.Number)
	if !routed || leg.Mutual {
		return false
	}
	return slices.ContainsFunc(r.gatewayEnds(t.service.Route.Gateway, leg.GatewayPort), func(end gatewayEnd) bool {
		let, _ := r.network.lets(netpol.Pod(p.pod), netpol.Pod(end.pod), end.port, corev1.ProtocolTCP)
		return let && slices.ContainsFunc(t.addresses, func(a netip.Prefix) bool {
			out, _ := r.network.out(end.pod, netip.AddrPortFrom(a.Addr(), uint16(t.port.TargetPort)))
			return out
		})
	})
}

// gatewayEnd is where connections to a gateway's Service arrive.
type gatewayEnd struct {
	pod  *corev1.Pod
	port int
}

func (r *reach) gatewayEnds(g expect.Gateway, port int) []gatewayEnd {
	found := []gatewayEnd{}
	for _, slice := range r.mesh.cluster.Slices {
		if slice.Name != g.Service+"-0" || slice.Namespace != g.Namespace {
			continue
		}
		for i, p := range r.mesh.cluster.Service(g.Namespace, g.Service).Spec.Ports {
			if int(p.Port) != port {
				continue
			}
			for _, e := range slice.Endpoints {
				found = append(found, gatewayEnd{r.mesh.podAt(netip.MustParseAddr(e.Addresses[0])), int(*slice.Ports[i].Port)})
			}
		}
	}
	return found
}

// keptIn asks whether the pods of a namespace that is locked down have what they need, and reach nothing that is not declared for them.
func (r *reach) keptIn(p probe, lockdown expect.Lockdown) {
	subject := p.String() + ", locked down"
	if why := r.network.lacks(p.pod); why != "" {
		r.find(subject, why)
	}
	places := []place{}
	for _, t := range r.targets {
		if _, routed := t.service.Leg(t.host, t.port.Number); !routed && t.service.VisibleIn(p.namespace) {
			places = append(places, t.places()...)
		}
	}
	for _, m := range r.app.Machines {
		for _, a := range m.Addresses {
			for _, port := range m.Ports {
				address := netip.MustParseAddr(a)
				places = append(places, place{netip.PrefixFrom(address, address.BitLen()), port.TargetPort})
			}
		}
	}
	r.nothingElse(subject, p.pod, places, lockdown.OpenPorts())
}

// gateways whose pods are let out to the services alone that are routed through them.
func (r *reach) gateways() {
	for _, pod := range r.mesh.cluster.Pods {
		places, open, locked := []place{}, []int{}, false
		for _, t := range r.targets {
			route := t.service.Route
			if route == nil || route.Gateway.Namespace != pod.Namespace || !within(route.Gateway.Selector, pod.Labels) {
				continue
			}
			locked = locked || route.Gateway.Locked
			places = append(places, t.places()...)
			if len(t.service.Networks) == 0 {
				open = append(open, t.port.TargetPort)
			}
		}
		if locked {
			subject := "the gateway " + pod.Namespace + "/" + pod.Name
			if why := r.network.lacks(pod); why != "" {
				r.find(subject, why)
			}
			r.nothingElse(subject, pod, places, open)
		}
	}
}

// nothingElse asks whether a pod reaches addresses beside its places, or other ports of them. Open ports are not asked for.
func (r *reach) nothingElse(subject string, pod *corev1.Pod, places []place, open []int) {
	declared, ports := []netip.Prefix{}, []int{22, 443}
	for _, p := range places {
		declared = append(declared, p.Prefix)
	}
	addresses := neighbours(declared)
	for _, t := range r.targets {
		ports = append(ports, t.port.TargetPort)
		for _, a := range t.addresses {
			addresses = append(addresses, a.Addr())
		}
	}
	slices.Sort(ports)
	for _, port := range slices.Compact(ports) {
		if slices.Contains(open, port) {
			continue
		}
		for _, address := range addresses {
			if slices.ContainsFunc(places, func(p place) bool { return p.port == port && p.Contains(address) }) {
				continue
			}
			r.result.Checked++
			if let, _ := r.network.out(pod, netip.AddrPortFrom(address, uint16(port))); let {
				r.find(subject, fmt.Sprintf("its NetworkPolicies let it out to %s, which nothing declares for it", netip.AddrPortFrom(address, uint16(port))))
			}
		}
	}
}

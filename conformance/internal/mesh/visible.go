package mesh

import (
	"fmt"
	"slices"

	"istio.io/istio/pkg/config/protocol"

	"cdk8s-istio-egress/conformance/internal/expect"
)

// visible asks the sidecars of every namespace, and the gateways, which of a service's hosts they know: the real hosts are for the service's clients,
// the gateway's subsets too, and the private upstreams for the gateway's namespace alone.
func (j *journey) visible(s expect.Service) {
	for _, n := range j.mesh.cluster.Namespaces {
		j.result.Checked++
		v := j.mesh.sidecar(n.Name, "default")
		subject := "sidecars in " + n.Name
		if !s.VisibleIn(n.Name) {
			j.hidden(s, v, subject)
		}
		switch {
		case s.Route == nil:
		case s.Route.Gateway.Namespace == n.Name:
			j.quiet(s, v)
		default:
			j.noUpstream(s, v, subject)
		}
	}
	if s.Route == nil {
		return
	}
	if j.app.Mesh.OutboundTrafficPolicy == expect.AllowAny {
		j.except("mesh", "workloads that are no client connect straight to hosts outside",
			"the mesh has outboundTrafficPolicy ALLOW_ANY: a route holds for its clients, whom else it keeps out depends on other means")
	}
	for _, p := range j.mesh.cluster.Pods {
		if j.isGateway(p.Namespace, p.Labels) && !s.VisibleIn(p.Namespace) {
			j.result.Checked++
			j.hidden(s, j.mesh.gateway(p.Status.PodIP), "the gateway "+p.Namespace+"/"+p.Name)
		}
		if j.isGateway(p.Namespace, p.Labels) && s.Route.Gateway.Namespace != p.Namespace {
			j.noUpstream(s, j.mesh.gateway(p.Status.PodIP), "the gateway "+p.Namespace+"/"+p.Name)
		}
	}
}

func (j *journey) hidden(s expect.Service, v *view, subject string) {
	for _, h := range s.Hosts {
		for _, port := range s.Ports {
			if j.declaredFor(v.proxy.ConfigNamespace, h, port.Number) {
				continue
			}
			want, _, _ := j.want(s, h, port)
			for _, name := range []string{outbound(port.Number, "", h), want} {
				if v.clusters[name] != nil {
					j.find(s.Path, fmt.Sprintf("%s have the cluster %s, it should be hidden from them", subject, name))
				}
			}
		}
	}
}

// quiet asks whether a private upstream takes connections that sidecars in the gateway's namespace make to somebody else.
func (j *journey) quiet(s expect.Service, v *view) {
	stranger := j.stranger()
	if stranger == "" {
		return
	}
	for _, leg := range s.Route.Legs {
		port := s.UpstreamPort(leg)
		got := v.simulated.Run(call(protocol.TCP, stranger, port, foreignHost))
		if got.ClusterMatched == outbound(port, "", leg.Upstream) {
			j.find(s.Path, fmt.Sprintf("%s catches every address of port %d in namespace %s", leg.Upstream, port, v.proxy.ConfigNamespace))
		}
	}
}

func (j *journey) noUpstream(s expect.Service, v *view, subject string) {
	for _, leg := range s.Route.Legs {
		if name := outbound(s.UpstreamPort(leg), "", leg.Upstream); v.clusters[name] != nil {
			j.find(s.Path, fmt.Sprintf("%s have the cluster %s, which is for the gateway's namespace alone", subject, name))
		}
	}
}

// declaredFor says whether another service makes the same host and port visible to a namespace.
func (j *journey) declaredFor(namespace, hostname string, port int) bool {
	return slices.ContainsFunc(j.app.Services, func(s expect.Service) bool {
		_, has := s.PortNumbered(port)
		return has && s.VisibleIn(namespace) && slices.Contains(s.Hosts, hostname)
	})
}

package mesh

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	faults "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	percent "github.com/envoyproxy/go-control-plane/envoy/type/v3"

	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pkg/wellknown"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/fixtures"
)

// request follows one request to a service inside the mesh, as the proxies that may see it first do.
func (j *journey) request(r expect.Request) {
	if r.Ingress != nil {
		j.fromOutside(r)
		return
	}
	service := j.mesh.cluster.Service(r.Namespace, r.Service)
	if service == nil {
		j.find(r.Service, "is no Service of namespace "+r.Namespace)
		return
	}
	for _, namespace := range []string{r.Namespace, fixtures.Elsewhere} {
		v := j.mesh.sidecar(namespace, "default")
		call := simulation.Call{
			Address: service.Spec.ClusterIP, Port: r.Port, CallMode: simulation.CallModeOutbound, Protocol: simulation.HTTP,
			HostHeader: r.Service + "." + r.Namespace, Path: r.Path, Headers: headersOf(r),
		}
		j.answered(fmt.Sprintf("%s from %s", said(r), namespace), v, call, r)
	}
}

// fromOutside asks every pod of the stock ingress gateway.
func (j *journey) fromOutside(r expect.Request) {
	for _, p := range j.mesh.cluster.PodsSelected(fixtures.SystemNamespace, map[string]string{"istio": "ingressgateway"}) {
		v := j.mesh.gateway(p.Status.PodIP)
		target := map[int]int{80: 8080, 443: 8443}[r.Ingress.Port]
		call := simulation.Call{
			Address: p.Status.PodIP, Port: target, CallMode: simulation.CallModeGateway, Protocol: simulation.HTTP,
			HostHeader: r.Ingress.Host, Path: r.Path, Headers: headersOf(r),
		}
		if r.Ingress.Certificate != "" {
			call.TLS, call.Sni = simulation.TLS, r.Ingress.Host
		}
		if r.Ingress.Mutual {
			call.TLS, call.MtlsSecretConfigName = simulation.MTLS, "kubernetes://"+r.Ingress.Certificate
		}
		subject := said(r) + " from outside"
		if r.Ingress.Certificate != "" {
			j.shown(subject, v, r)
		}
		j.answered(subject, v, call, r)
	}
}

func headersOf(r expect.Request) http.Header {
	found := http.Header{}
	for name, value := range r.Headers {
		found[name] = []string{value}
	}
	return found
}

func said(r expect.Request) string {
	return fmt.Sprintf("%s/%s%s %v", r.Namespace, r.Service, r.Path, r.Headers)
}

// answered compares what a proxy does with a request with what should become of it.
func (j *journey) answered(subject string, v *view, call simulation.Call, r expect.Request) {
	j.result.Checked++
	got := v.simulated.Run(call)
	if r.Redirected {
		if got.Error != simulation.ErrTLSRedirect {
			j.find(subject, fmt.Sprintf("is not redirected to HTTPS: %s", ending(got)))
		}
		return
	}
	if got.VirtualHostMatched == "" || got.Error != nil && got.Error != simulation.ErrNoRoute {
		j.find(subject, "is not served: "+ending(got))
		return
	}
	taken, err := routeOf(v, got, r)
	if err != nil {
		j.find(subject, err.Error())
		return
	}
	action := taken.GetRoute()
	want := map[string]uint32{}
	for subset, share := range r.Shares {
		if share > 0 {
			want[j.inside(r, subset)] = share
		}
	}
	if shares := sharesOf(action); !maps.Equal(shares, want) {
		j.find(subject, fmt.Sprintf("goes to %v, want %v", shares, want))
	}
	for name := range want {
		if c := v.clusters[name]; c == nil || len(v.endpoints(c)) == 0 {
			j.find(subject, fmt.Sprintf("goes to %s, which has no endpoint there", name))
		} else {
			j.kept(subject, c, action, r)
		}
	}
	if seconds := action.GetTimeout().AsDuration().Seconds(); seconds != r.Seconds {
		j.find(subject, fmt.Sprintf("may take %v s, want %v s", seconds, r.Seconds))
	}
	j.mirrored(subject, action, r)
	if abort := abortOf(taken); abort != r.Abort {
		j.find(subject, fmt.Sprintf("is answered by a fault with %d, want %d", abort, r.Abort))
	}
}

func (j *journey) inside(r expect.Request, subset string) string {
	return outbound(r.Port, subset, fmt.Sprintf("%s.%s.svc.%s", r.Service, r.Namespace, j.mesh.facts.ClusterDomain))
}

// routeOf a request in the virtual host that it enters. Istio's simulation compares paths alone.
func routeOf(v *view, at simulation.Result, r expect.Request) (*route.Route, error) {
	for _, config := range v.simulated.Routes {
		for _, virtual := range config.GetVirtualHosts() {
			if config.GetName() != at.RouteConfigMatched || virtual.GetName() != at.VirtualHostMatched {
				continue
			}
			for _, candidate := range virtual.GetRoutes() {
				fits, err := matches(candidate.GetMatch(), r)
				if err != nil || fits {
					return candidate, err
				}
			}
		}
	}
	return nil, fmt.Errorf("has no route at %s", v.proxy.ID)
}

func matches(m *route.RouteMatch, r expect.Request) (bool, error) {
	switch path := m.GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		if !strings.HasPrefix(r.Path, path.Prefix) {
			return false, nil
		}
	case *route.RouteMatch_Path:
		if r.Path != path.Path {
			return false, nil
		}
	case *route.RouteMatch_SafeRegex:
		fits, err := regexp.MatchString("^(?:"+path.SafeRegex.GetRegex()+")$", r.Path)
		if err != nil || !fits {
			return false, err
		}
	default:
		return false, fmt.Errorf("has a route for paths of the kind %T, which nobody declared", path)
	}
	if len(m.GetQueryParameters()) > 0 {
		return false, nil // no request has any
	}
	for _, h := range m.GetHeaders() {
		value, has := r.Headers[h.GetName()]
		fits, err := header(h, value)
		if err != nil || !has || !fits {
			return false, err
		}
	}
	return true, nil
}

func header(h *route.HeaderMatcher, value string) (bool, error) {
	if h.GetPresentMatch() {
		return true, nil
	}
	switch m := h.GetStringMatch().GetMatchPattern().(type) {
	case *matcher.StringMatcher_Exact:
		return value == m.Exact, nil
	case *matcher.StringMatcher_Prefix:
		return strings.HasPrefix(value, m.Prefix), nil
	case *matcher.StringMatcher_SafeRegex:
		return regexp.MatchString("^(?:"+m.SafeRegex.GetRegex()+")$", value)
	default:
		return false, fmt.Errorf("has a route for the header %s of the kind %T, which nobody declared", h.GetName(), m)
	}
}

// sharesOf the clusters of a route in percent.
func sharesOf(action *route.RouteAction) map[string]uint32 {
	if one := action.GetCluster(); one != "" {
		return map[string]uint32{one: 100}
	}
	found := map[string]uint32{}
	for _, c := range action.GetWeightedClusters().GetClusters() {
		found[c.GetName()] += c.GetWeight().GetValue()
	}
	return found
}

func (j *journey) mirrored(subject string, action *route.RouteAction, r expect.Request) {
	got, want := []string{}, []string{}
	for _, m := range action.GetRequestMirrorPolicies() {
		share := m.GetRuntimeFraction().GetDefaultValue()
		of := map[percent.FractionalPercent_DenominatorType]float64{
			percent.FractionalPercent_HUNDRED: 100, percent.FractionalPercent_TEN_THOUSAND: 10_000, percent.FractionalPercent_MILLION: 1_000_000,
		}[share.GetDenominator()]
		got = append(got, fmt.Sprintf("%s: %v %%", m.GetCluster(), math.Round(float64(share.GetNumerator())/of*1e8)/1e6))
	}
	if r.Mirror != nil {
		want = append(want, fmt.Sprintf("%s: %v %%", j.inside(r, r.Mirror.Subset), r.Mirror.Percentage))
	}
	if !slices.Equal(got, want) {
		j.find(subject, fmt.Sprintf("is copied to %v, want %v", got, want))
	}
}

func abortOf(taken *route.Route) uint32 {
	fault := &faults.HTTPFault{}
	config := taken.GetTypedPerFilterConfig()[wellknown.Fault]
	if config == nil || config.UnmarshalTo(fault) != nil || fault.GetAbort() == nil {
		return 0
	}
	return fault.GetAbort().GetHttpStatus()
}

// kept asks by what a proxy keeps requests with one pod.
func (j *journey) kept(subject string, c *cluster.Cluster, action *route.RouteAction, r expect.Request) {
	got := ""
	for _, p := range action.GetHashPolicy() {
		switch {
		case p.GetHeader() != nil:
			got = "header " + p.GetHeader().GetHeaderName()
		case p.GetCookie() != nil:
			got = "cookie " + p.GetCookie().GetName()
		case p.GetQueryParameter() != nil:
			got = "parameter " + p.GetQueryParameter().GetName()
		case p.GetConnectionProperties().GetSourceIp():
			got = "address"
		}
	}
	if got != r.Hash {
		j.find(subject, fmt.Sprintf("is kept with a pod by %q, want %q", got, r.Hash))
	}
	if hashes := c.GetLbPolicy() == cluster.Cluster_RING_HASH; hashes != (r.Hash != "") {
		j.find(subject, fmt.Sprintf("cluster %s chooses its endpoints by %s", c.GetName(), c.GetLbPolicy()))
	}
}

// shown asks which certificate the gateway has for the host, and whether it wants one.
func (j *journey) shown(subject string, v *view, r expect.Request) {
	for _, l := range v.listeners {
		for _, chain := range l.GetFilterChains() {
			names := chain.GetFilterChainMatch().GetServerNames()
			context := &tls.DownstreamTlsContext{}
			if !slices.Contains(names, r.Ingress.Host) || chain.GetTransportSocket().GetTypedConfig().UnmarshalTo(context) != nil {
				continue
			}
			certificates := []string{}
			for _, c := range context.GetCommonTlsContext().GetTlsCertificateSdsSecretConfigs() {
				certificates = append(certificates, c.GetName())
			}
			if want := []string{"kubernetes://" + r.Ingress.Certificate}; !slices.Equal(certificates, want) {
				j.find(subject, fmt.Sprintf("is shown the certificates %v, want %v", certificates, want))
			}
			if demanded := context.GetRequireClientCertificate().GetValue(); demanded != r.Ingress.Mutual {
				j.find(subject, fmt.Sprintf("has to show a certificate: %v, want %v", demanded, r.Ingress.Mutual))
			}
			return
		}
	}
	j.find(subject, fmt.Sprintf("finds no filter chain for SNI %s", r.Ingress.Host))
}

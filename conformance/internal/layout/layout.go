// Package layout checks which objects a set has, in which namespaces and in which order, without asking Istio.
package layout

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "layout"

type layout struct {
	app     *expect.App
	objects []*unstructured.Unstructured
	result  *verdict.Result
}

// Run checks a set.
func Run(set *manifests.Set) *verdict.Result {
	l := &layout{app: set.Expect, result: verdict.New(set.Name, Check, "objects")}
	l.result.Checked = len(set.Objects)
	l.unique(set)
	l.objects = set.Namespaced()
	if l.app == nil {
		return l.result
	}
	for i, o := range l.objects {
		switch o.GetKind() {
		case "ServiceEntry", "VirtualService":
			l.ownNamespace(o, texts(o, "spec", "hosts"))
		case "DestinationRule":
			l.destinationRule(o)
		case "Gateway":
			l.gateway(i, o)
		case "AuthorizationPolicy":
			l.policy(o)
		case "Deployment", "StatefulSet", "DaemonSet":
			l.names(o)
			l.closedBefore(i, o)
		}
	}
	l.policies()
	return l.result
}

// unique names: tools that write one file for each object call it by kind and name, and two apps that write the same object undo each other.
func (l *layout) unique(set *manifests.Set) {
	inApp, inCluster := map[string]bool{}, map[string]string{}
	for _, o := range set.Objects {
		app := set.App(o)
		if key := app + " " + o.GetKind() + "." + o.GetName(); manifests.IsIstio(o) {
			if inApp[key] {
				l.result.Find(manifests.Subject(o), fmt.Sprintf("its app has another %s %s: written to files by kind and name, one replaces the other",
					o.GetKind(), o.GetName()))
			}
			inApp[key] = true
		}
		key := o.GroupVersionKind().Group + " " + manifests.Subject(o)
		if first, taken := inCluster[key]; taken {
			l.result.Find(manifests.Subject(o), twice(first, app))
		}
		inCluster[key] = app
	}
}

func twice(first, second string) string {
	if first == second {
		return "the set has it twice"
	}
	return "two apps of the set have it: each undoes what the other writes"
}

// servicesWith one of these hosts: its own, its server names at the gateway, or its private upstreams.
func (l *layout) servicesWith(hosts []string) []expect.Service {
	return l.services(func(s expect.Service) bool {
		return slices.ContainsFunc(hosts, func(h string) bool {
			_, name, _ := strings.Cut(h, "/")
			return slices.Contains(s.Hosts, h) || slices.Contains(madeUp(s), h) || slices.Contains(madeUp(s), name)
		})
	})
}

func (l *layout) services(which func(s expect.Service) bool) []expect.Service {
	found := []expect.Service{}
	for _, s := range l.app.Services {
		if which(s) {
			found = append(found, s)
		}
	}
	return found
}

// madeUp hosts of a service, which exist in the mesh only.
func madeUp(s expect.Service) []string {
	found := []string{}
	if s.Route == nil {
		return found
	}
	for _, leg := range s.Route.Legs {
		found = append(found, leg.Name, leg.Upstream)
		for name := range s.ServerNames(leg) {
			found = append(found, name)
		}
	}
	return found
}

func (l *layout) ownNamespace(o *unstructured.Unstructured, hosts []string) {
	services := l.servicesWith(hosts)
	declared := func(s expect.Service) bool { return s.Namespace == o.GetNamespace() }
	if len(services) > 0 && !slices.ContainsFunc(services, declared) {
		l.result.Find(manifests.Subject(o), fmt.Sprintf("belongs into the namespace of the service, %s", services[0].Namespace))
	}
}

func (l *layout) destinationRule(o *unstructured.Unstructured) {
	host := text(o, "spec", "host")
	routed := l.services(func(s expect.Service) bool { return s.Route != nil && l.gatewayHost(s.Route.Gateway) == host })
	if len(routed) == 0 {
		l.ownNamespace(o, []string{host})
		return
	}
	uses := func(s expect.Service) bool {
		return slices.ContainsFunc(s.Clients, func(c expect.Client) bool { return c.Namespace == o.GetNamespace() })
	}
	// Without clients of its own a plaintext leg serves the namespaces that see it.
	sees := func(s expect.Service) bool { return len(s.Clients) == 0 && s.VisibleIn(o.GetNamespace()) }
	if !slices.ContainsFunc(routed, func(s expect.Service) bool { return uses(s) || sees(s) }) {
		l.result.Find(manifests.Subject(o), "leads to the gateway from a namespace without a client")
	}
}

func (l *layout) gatewayHost(g expect.Gateway) string {
	return g.Service + "." + g.Namespace + ".svc." + l.app.Mesh.ClusterDomain
}

// gateway servers for whole namespaces need their policy, applied before them: for as long as it is missing, every account passes. One that an app deploys
// is closed until then.
func (l *layout) gateway(index int, o *unstructured.Unstructured) {
	hosts := []string{}
	servers, _, _ := unstructured.NestedSlice(o.Object, "spec", "servers")
	for _, s := range servers {
		server, _ := s.(map[string]any)
		found, _, _ := unstructured.NestedStringSlice(server, "hosts")
		hosts = append(hosts, found...)
	}
	l.ownNamespace(o, hosts)
	for _, h := range hosts {
		_, name, _ := strings.Cut(h, "/")
		for _, s := range l.servicesWith([]string{h}) {
			if s.Route.Gateway.Locked {
				continue
			}
			for _, leg := range s.Route.Legs {
				if s.ServerNames(leg)[name] != "" && !slices.ContainsFunc(l.objects[:index], func(p *unstructured.Unstructured) bool { return covers(p, name) }) {
					l.result.Find(manifests.Subject(o), fmt.Sprintf("no policy for %s comes before it in the set", name))
				}
			}
		}
	}
}

// closedBefore its pods run: a gateway that an app deploys has a policy that denies everything before its workload. Its NetworkPolicy may come later: one
// file for each object is applied in the order of the names of kinds.
func (l *layout) closedBefore(index int, o *unstructured.Unstructured) {
	pods, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector", "matchLabels")
	deployed := l.services(func(s expect.Service) bool {
		return s.Route != nil && s.Route.Gateway.Locked && s.Route.Gateway.Namespace == o.GetNamespace() && same(s.Route.Gateway.Selector, pods)
	})
	if len(deployed) == 0 {
		return
	}
	closed := slices.ContainsFunc(l.objects[:index], func(p *unstructured.Unstructured) bool {
		selected, _, _ := unstructured.NestedStringMap(p.Object, "spec", "selector", "matchLabels")
		rules, _, _ := unstructured.NestedSlice(p.Object, "spec", "rules")
		return p.GetKind() == "AuthorizationPolicy" && p.GetNamespace() == o.GetNamespace() && same(selected, pods) && len(rules) == 0
	})
	if !closed {
		l.result.Find(manifests.Subject(o), "no policy that denies everything comes before it in the set")
	}
}

// covers says whether an object is a policy for a server name.
func covers(o *unstructured.Unstructured, name string) bool {
	return o.GetKind() == "AuthorizationPolicy" && slices.ContainsFunc(serverNames(o), func(pattern string) bool {
		prefix, wild := strings.CutSuffix(pattern, "*")
		return pattern == name || wild && strings.HasPrefix(name, prefix)
	})
}

// serverNames that the rules of a policy are about.
func serverNames(o *unstructured.Unstructured) []string {
	found := []string{}
	rules, _, _ := unstructured.NestedSlice(o.Object, "spec", "rules")
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		conditions, _, _ := unstructured.NestedSlice(rule, "when")
		for _, c := range conditions {
			condition, _ := c.(map[string]any)
			if condition["key"] == "connection.sni" {
				values, _, _ := unstructured.NestedStringSlice(condition, "values")
				found = append(found, values...)
			}
		}
	}
	return found
}

// policy in a gateway's namespace has to be about a client that is a whole namespace, or keep a gateway that an app deploys closed.
func (l *layout) policy(o *unstructured.Unstructured) {
	selected, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector", "matchLabels")
	if slices.ContainsFunc(l.app.Machines, func(m expect.Machines) bool { return m.Namespace == o.GetNamespace() && same(m.Labels, selected) }) {
		return // of machines that happen to be in that namespace
	}
	routed := l.services(func(s expect.Service) bool { return s.Route != nil && s.Route.Gateway.Namespace == o.GetNamespace() })
	if len(routed) == 0 && len(serverNames(o)) > 0 {
		l.result.Find(manifests.Subject(o), "is about server names, in a namespace without a gateway")
	}
	rules, _, _ := unstructured.NestedSlice(o.Object, "spec", "rules")
	about := func(s expect.Service) bool {
		if s.Route.Gateway.Locked && same(s.Route.Gateway.Selector, selected) && text(o, "spec", "action") == "ALLOW" {
			return len(rules) == 0 || slices.ContainsFunc(madeUp(s), func(name string) bool { return covers(o, name) })
		}
		return slices.ContainsFunc(s.Route.Legs, func(leg expect.Leg) bool {
			for name, namespace := range s.ServerNames(leg) {
				if namespace != "" && covers(o, name) {
					return true
				}
			}
			return false
		})
	}
	if len(routed) > 0 && !slices.ContainsFunc(routed, about) {
		l.result.Find(manifests.Subject(o), "is about no client that is a whole namespace, and about no service of a gateway that is deployed")
	}
}

// policies of a gateway are part of each of its filter chains, so there must not be one for each service. One for each chart, namespace of services and
// client namespace is enough; at a gateway that an app deploys, one that denies everything, and one for each way that lets services through.
func (l *layout) policies() {
	allowed := map[expect.WayGateway]map[string]bool{}
	selectors := map[expect.WayGateway]map[string]string{}
	for _, s := range l.app.Services {
		if s.Route == nil || !slices.ContainsFunc(s.Route.Legs, func(leg expect.Leg) bool { return leg.Mutual }) {
			continue
		}
		g := expect.WayGateway{Namespace: s.Route.Gateway.Namespace, Service: s.Route.Gateway.Service}
		if allowed[g] == nil {
			allowed[g] = map[string]bool{}
		}
		selectors[g] = s.Route.Gateway.Selector
		chart := chartOf(s.Path)
		if s.Route.Gateway.Locked {
			allowed[g]["closed"] = true
			for _, way := range l.app.Ways {
				if way.Gateway == g && chartOf(way.Path) == chart {
					allowed[g]["admitted by "+way.Path] = true
				}
			}
			continue
		}
		for _, client := range s.WholeNamespaces() {
			allowed[g][chart+" "+s.Namespace+" "+client] = true
		}
	}
	for g, selector := range selectors {
		count := 0
		for _, o := range l.objects {
			labels, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector", "matchLabels")
			if o.GetKind() == "AuthorizationPolicy" && o.GetNamespace() == g.Namespace && len(labels) > 0 && same(labels, selector) {
				count++
			}
		}
		if count > len(allowed[g]) {
			l.result.Find("Service "+g.Namespace+"/"+g.Service, fmt.Sprintf("%d policies select this gateway, want at most %d", count, len(allowed[g])))
		}
	}
}

func chartOf(path string) string {
	chart, _, _ := strings.Cut(path, "/")
	return chart
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func text(o *unstructured.Unstructured, path ...string) string {
	found, _, _ := unstructured.NestedString(o.Object, path...)
	return found
}

func texts(o *unstructured.Unstructured, path ...string) []string {
	found, _, _ := unstructured.NestedStringSlice(o.Object, path...)
	return found
}

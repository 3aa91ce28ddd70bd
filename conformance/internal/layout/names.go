package layout

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"cdk8s-istio-egress/conformance/internal/manifests"
)

// names that pods resolve without DNS: to the addresses that their sidecars listen on for these hosts. A pod that is told a host of the mesh's range, and
// has no address for it, would dial an address that its sidecar does not know.
func (l *layout) names(o *unstructured.Unstructured) {
	raw, _, _ := unstructured.NestedMap(o.Object, "spec", "template", "spec")
	pod := &corev1.PodSpec{}
	if runtime.DefaultUnstructuredConverter.FromUnstructured(raw, pod) != nil {
		return // the Kubernetes check says so
	}
	allocated, _ := netip.ParsePrefix(l.app.Mesh.VirtualIPRange)
	for _, s := range l.app.Services {
		if !s.ByName() || !s.VisibleIn(o.GetNamespace()) {
			continue
		}
		for _, host := range s.Hosts {
			known := l.addresses(s.Namespace, s.Name)
			if len(known) == 0 {
				continue
			}
			found := aliases(pod, host)
			for _, ip := range found {
				if !slices.Contains(known, ip) {
					l.result.Find(manifests.Subject(o), fmt.Sprintf("resolves %s to %s, its sidecar listens on %v for it", host, ip, known))
				}
			}
			first, err := netip.ParseAddr(known[0])
			if len(found) == 0 && told(pod, host) && err == nil && allocated.IsValid() && allocated.Contains(first) {
				l.result.Find(manifests.Subject(o), fmt.Sprintf("is told %s and does not resolve it to %v, on which its sidecar listens for it", host, known))
			}
		}
	}
}

// addresses of an entry; another one of the namespace may have the same host, for other clients.
func (l *layout) addresses(namespace, name string) []string {
	for _, o := range l.objects {
		if o.GetKind() == "ServiceEntry" && o.GetNamespace() == namespace && o.GetName() == name {
			return texts(o, "spec", "addresses")
		}
	}
	return nil
}

func aliases(pod *corev1.PodSpec, host string) []string {
	found := []string{}
	for _, alias := range pod.HostAliases {
		if slices.Contains(alias.Hostnames, host) {
			found = append(found, alias.IP)
		}
	}
	return found
}

// told says whether a variable of the pod has a host: alone, in a list of servers, or in a URL.
func told(pod *corev1.PodSpec, host string) bool {
	for _, c := range pod.Containers {
		for _, variable := range c.Env {
			servers := strings.FieldsFunc(variable.Value, func(r rune) bool { return strings.ContainsRune(",/@?", r) })
			if slices.ContainsFunc(servers, func(server string) bool { return server == host || strings.HasPrefix(server, host+":") }) {
				return true
			}
		}
	}
	return false
}

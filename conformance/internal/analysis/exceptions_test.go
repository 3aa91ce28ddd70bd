package analysis

import (
	"testing"

	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	types "istio.io/api/type/v1beta1"

	"cdk8s-istio-egress/conformance/internal/fixtures"
)

func excepted(code, text string, about proto.Message) bool {
	return isExcepted(code, message{text: text, about: about})
}

func isExcepted(code string, m message) bool {
	for _, e := range exceptions {
		if e.code == code && e.means(m) {
			return true
		}
	}
	return false
}

func TestIneffectiveSubsetIsExceptedOnlyBetweenNamespaces(t *testing.T) {
	for namespace, want := range map[string]bool{"bookinfo": true, "shop": false} {
		text := "warning [IST0140] Subset in virtual service " + namespace + "/inside has no effect on ingress gateway shop/exposed requests"
		if excepted("IST0140", text, nil) != want {
			t.Errorf("rules of namespace %s and a route of shop: excepted is %v", namespace, !want)
		}
	}
}

func TestRouteToEveryVersionIsExceptedOnlyBesideOneToAVersion(t *testing.T) {
	to := func(subset string) *networking.HTTPRoute {
		return &networking.HTTPRoute{Route: []*networking.HTTPRouteDestination{{Destination: &networking.Destination{Host: "reviews", Subset: subset}}}}
	}
	message := "warning [IST0140] Subset in virtual service shop/inside has no effect on ingress gateway shop/inside requests"
	for name, c := range map[string]struct {
		rules []*networking.HTTPRoute
		want  bool
	}{
		"the rules of the sidecars": {[]*networking.HTTPRoute{to("v2"), to("")}, true},
		"no rule of the sidecars":   {[]*networking.HTTPRoute{to("")}, false},
	} {
		if excepted("IST0140", message, &networking.VirtualService{Http: c.rules}) != c.want {
			t.Errorf("%s: excepted is %v", name, !c.want)
		}
	}
}

func TestMissingAuthorityIsExceptedOnlyWhereASecretHasIt(t *testing.T) {
	simple := &networking.ClientTLSSettings{Mode: networking.ClientTLSSettings_SIMPLE}
	secret := &networking.ClientTLSSettings{Mode: networking.ClientTLSSettings_SIMPLE, CredentialName: "authority"}
	port := func(tls *networking.ClientTLSSettings) *networking.TrafficPolicy_PortTrafficPolicy {
		return &networking.TrafficPolicy_PortTrafficPolicy{Tls: tls}
	}
	for name, c := range map[string]struct {
		policy *networking.TrafficPolicy
		want   bool
	}{
		"a Secret":                              {&networking.TrafficPolicy{Tls: secret}, true},
		"a Secret for a port":                   {&networking.TrafficPolicy{PortLevelSettings: []*networking.TrafficPolicy_PortTrafficPolicy{port(secret), port(nil)}}, true},
		"nothing":                               {&networking.TrafficPolicy{Tls: simple}, false},
		"a Secret for one of two ports":         {&networking.TrafficPolicy{PortLevelSettings: []*networking.TrafficPolicy_PortTrafficPolicy{port(secret), port(simple)}}, false},
		"no TLS, and so nothing to be excepted": {nil, false},
	} {
		if excepted("IST0128", "", &networking.DestinationRule{TrafficPolicy: c.policy}) != c.want {
			t.Errorf("%s: excepted is %v", name, !c.want)
		}
	}
}

func TestPolicyWithoutPodsIsExceptedOnlyForMachines(t *testing.T) {
	entry := &unstructured.Unstructured{Object: map[string]any{
		"kind": "WorkloadEntry", "metadata": map[string]any{"namespace": "vm"},
		"spec": map[string]any{"address": "192.0.2.30", "labels": map[string]any{"app": "mysqldb", "tier": "data"}},
	}}
	cluster := &fixtures.Cluster{Declared: []*unstructured.Unstructured{entry}}
	about := func(app string) proto.Message {
		return &security.AuthorizationPolicy{Selector: &types.WorkloadSelector{MatchLabels: map[string]string{"app": app}}}
	}
	for name, c := range map[string]struct {
		m    message
		want bool
	}{
		"a machine":                      {message{about: about("mysqldb"), namespace: "vm", cluster: cluster}, true},
		"a machine of other labels":      {message{about: about("other"), namespace: "vm", cluster: cluster}, false},
		"a machine in another namespace": {message{about: about("mysqldb"), namespace: "shop", cluster: cluster}, false},
		"another kind of object":         {message{about: &networking.Sidecar{}, namespace: "vm", cluster: cluster}, false},
	} {
		if isExcepted("IST0127", c.m) != c.want {
			t.Errorf("%s: excepted is %v", name, !c.want)
		}
	}
}

func TestUserAndImageOfTheProxyAreExceptedOnlyForGateways(t *testing.T) {
	pod := func(name, templates string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "egress", Name: name + "-0", Annotations: map[string]string{"inject.istio.io/templates": templates}}}
	}
	cluster := &fixtures.Cluster{Workloads: []*corev1.Pod{pod("gateway", "gateway"), pod("api", "sidecar")}}
	for name, c := range map[string]struct {
		m    message
		want bool
	}{
		"a gateway":                      {message{namespace: "egress", name: "gateway", cluster: cluster}, true},
		"a workload with a sidecar":      {message{namespace: "egress", name: "api", cluster: cluster}, false},
		"a workload of another name":     {message{namespace: "egress", name: "other", cluster: cluster}, false},
		"its namesake in another team's": {message{namespace: "shop", name: "gateway", cluster: cluster}, false},
	} {
		for _, code := range []string{"IST0144", "IST0146"} {
			if isExcepted(code, c.m) != c.want {
				t.Errorf("%s, %s: excepted is %v", name, code, !c.want)
			}
		}
	}
}

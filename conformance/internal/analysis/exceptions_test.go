package analysis

import (
	"testing"

	"google.golang.org/protobuf/proto"

	networking "istio.io/api/networking/v1alpha3"
)

func excepted(code, message string, about proto.Message) bool {
	for _, e := range exceptions {
		if e.code == code && e.means(message, about) {
			return true
		}
	}
	return false
}

func TestIneffectiveSubsetIsExceptedOnlyBetweenNamespaces(t *testing.T) {
	for namespace, want := range map[string]bool{"bookinfo": true, "shop": false} {
		message := "warning [IST0140] Subset in virtual service " + namespace + "/inside has no effect on ingress gateway shop/exposed requests"
		if excepted("IST0140", message, nil) != want {
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

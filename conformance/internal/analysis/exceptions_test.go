package analysis

import "testing"

func TestIneffectiveSubsetIsExceptedOnlyBetweenNamespaces(t *testing.T) {
	for namespace, excepted := range map[string]bool{"bookinfo": true, "shop": false} {
		var means func(string) bool
		for _, e := range exceptions {
			if e.code == "IST0140" {
				means = e.means
			}
		}
		message := "warning [IST0140] Subset in virtual service " + namespace + "/inside has no effect on ingress gateway shop/exposed requests"
		if means(message) != excepted {
			t.Errorf("rules of namespace %s and a route of shop: excepted is %v", namespace, !excepted)
		}
	}
}

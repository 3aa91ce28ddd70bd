package main

import (
	"reflect"
	"testing"

	"github.com/cdk8s-istio-egress/cdk8s-istio-egress-go/istioegress"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
)

func TestNoRuleFindsAMistake(t *testing.T) {
	app := cdk8s.Testing_App(nil)
	NewShopEgress(app, "shop")

	for _, finding := range *istioegress.MeshFindings_Of(app).List(nil) {
		t.Errorf("%s: %s", *finding.Id, *finding.Message)
	}
}

func TestTheGatewayAdmitsTheAccountOfTheCartAndNoOther(t *testing.T) {
	var admitted []any
	for _, object := range *cdk8s.Testing_Synth(NewShopEgress(cdk8s.Testing_App(nil), "shop")) {
		if manifest := object.(map[string]any); manifest["kind"] == "Gateway" {
			for _, server := range in(manifest, "spec")["servers"].([]any) {
				admitted = append(admitted, in(server.(map[string]any), "tls")["subjectAltNames"].([]any)...)
			}
		}
	}

	if want := []any{"spiffe://cluster.local/ns/shop/sa/cart"}; !reflect.DeepEqual(admitted, want) {
		t.Errorf("the gateway admits %v, want %v", admitted, want)
	}
}

func in(object map[string]any, field string) map[string]any {
	return object[field].(map[string]any)
}

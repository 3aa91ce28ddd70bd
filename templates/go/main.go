package main

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk8s-istio-egress/cdk8s-istio-egress-go/istioegress"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
)

// NewShopEgress declares what namespace shop uses outside the mesh.
func NewShopEgress(scope constructs.Construct, id string) cdk8s.Chart {
	chart := cdk8s.NewChart(scope, jsii.String(id), &cdk8s.ChartProps{Namespace: jsii.String("shop")})

	orders := istioegress.NewExternalMysql(chart, jsii.String("Orders"), &istioegress.ExternalMysqlProps{
		Host:       jsii.String("orders.example.com"),
		Resolution: istioegress.Resolution_IpAddresses(jsii.String("192.0.2.14")),
	})

	// The gateway denies every other account. This requires outboundTrafficPolicy: REGISTRY_ONLY in the mesh.
	orders.AllowFrom(istioegress.MeshClient_ServiceAccount(jsii.String("shop"), jsii.String("cart")))

	istioegress.NewEgressViaGateway(chart, jsii.String("Egress"), &istioegress.EgressViaGatewayProps{
		Gateway: istioegress.EgressGateway_IstioEgressGateway(),
	}).Route(orders, nil)

	return chart
}

func main() {
	defer jsii.Close()

	app := cdk8s.NewApp(nil)
	NewShopEgress(app, "shop")
	app.Synth()
}

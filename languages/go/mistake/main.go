package main

import (
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk8s-istio-egress/cdk8s-istio-egress-go/istioegress"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
)

func main() {
	defer jsii.Close()

	app := cdk8s.NewApp(nil)
	chart := cdk8s.NewChart(app, jsii.String("bookinfo"), &cdk8s.ChartProps{Namespace: jsii.String("bookinfo")})

	istioegress.NewExternalMysql(chart, jsii.String("Mysql"), &istioegress.ExternalMysqlProps{
		Host:       jsii.String("mysqldb.example.com"),
		Port:       jsii.Number(70000),
		Resolution: istioegress.Resolution_IpAddresses(jsii.String("192.0.2.14")),
	})
}

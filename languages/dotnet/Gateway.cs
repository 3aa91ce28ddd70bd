using Cdk8s.IstioEgress;
using Org.Cdk8s;

var app = new App();
var chart = new Chart(app, "bookinfo", new ChartProps { Namespace = "bookinfo" });

var mysql = new ExternalMysql(chart, "Mysql", new ExternalMysqlProps
{
    Host = "mysqldb.example.com",
    Resolution = Resolution.IpAddresses("192.0.2.14"),
});
mysql.AllowFrom(MeshClient.ServiceAccount("bookinfo", "ratings"));

var egress = new EgressViaGateway(chart, "Egress", new EgressViaGatewayProps { Gateway = EgressGateway.IstioEgressGateway() });
egress.Route(mysql);

app.Synth();

using Cdk8s.IstioEgress;
using Org.Cdk8s;

var app = new App();
var chart = new Chart(app, "bookinfo", new ChartProps { Namespace = "bookinfo" });

new ExternalMysql(chart, "Mysql", new ExternalMysqlProps
{
    Host = "mysqldb.example.com",
    Port = 70000,
    Resolution = Resolution.IpAddresses("192.0.2.14"),
});
